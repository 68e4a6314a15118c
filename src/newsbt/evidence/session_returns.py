"""Total returns by session, over all prices there are, and which index stands for the market of each instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Days, Floats, Instants, Ints
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.total_prices import total_prices
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.run_inputs import RunInputs

__all__ = ["SessionReturns", "market_of", "session_returns_of"]


@dataclass(frozen=True, kw_only=True)
class SessionReturns:
    """S sessions by N tickers: total returns (dividends and splits put back), NaN where there is no bar.

    `growth` (S, N) is what one unit of account before the first session has become, the last value staying where there
    is no bar; `close_at` (S, M) the closes of the markets, NaT where there is no session.
    """

    dates: Days
    close_at: Instants
    returns: Floats
    growth: Floats


def session_returns_of(market: MarketSetup, inputs: RunInputs | None) -> SessionReturns:
    """Returns of the run's own sessions, and of those before them where `inputs` have earlier daily prices."""
    return _returns(_whole_panel(market, inputs))


def market_of(market: MarketSetup, n: int, *, but: str = "", first: Sequence[str] = ()) -> int:
    """The column of what stands for an instrument's market: of those named `first`, the run's benchmark and the indices
    of the universe, the first with prices that follows the same calendar; never itself or `but`. -1: there is none."""
    rulebook, universe = market.rulebook, market.universe
    calendar = rulebook.exchange(universe.instruments[n].exchange).calendar
    benchmark = market.benchmark
    columns = [universe.position[ticker] for ticker in (*first, *([] if benchmark is None else [benchmark]))]
    columns += universe.indices
    for k in columns:
        item = universe.instruments[k]
        same = rulebook.exchange(item.exchange).calendar == calendar
        if same and k != n and item.ticker != but and market.panel.has_prices[k]:
            return k
    return -1


def frame_of(found: SessionReturns, tickers: tuple[str, ...], columns: Ints) -> pd.DataFrame:
    """The returns of some instruments, dates by tickers."""
    index = pd.DatetimeIndex(found.dates.astype("M8[ns]"))
    return pd.DataFrame(found.returns[:, columns], index=index, columns=[tickers[n] for n in columns.tolist()])


def _whole_panel(market: MarketSetup, inputs: RunInputs | None) -> MarketPanel:
    if inputs is None or not market.prices.starts_late:
        return market.panel
    # A bad row before the period is none of the run's.
    return inputs.prices.aligned(market.universe, market.rulebook, None, market.period.end, policy="skip").panel


def _returns(panel: MarketPanel) -> SessionReturns:
    total = total_prices(panel)
    with np.errstate(invalid="ignore", divide="ignore"):
        returns = np.where(panel.tradable, total.close, np.nan) / total.last(panel.tradable)[:-1] - 1.0
    dates, clock = panel.dates.astype("M8[D]"), panel.clock
    if not clock.intraday:
        close_at = clock.close_at
    else:
        ends = np.flatnonzero(np.append(dates[1:] != dates[:-1], True))
        starts = np.append(0, ends[:-1] + 1)
        day = np.repeat(np.arange(len(ends)), ends - starts + 1)
        returns = _compounded(returns, day, len(ends))
        instants = clock.close_at.astype("M8[ns]")
        close_at = np.fmax.reduceat(instants, starts, axis=0)
        dates = dates[ends]
    growth = np.cumprod(1.0 + np.nan_to_num(returns), axis=0, dtype=np.float64)
    return SessionReturns(dates=dates, close_at=close_at.astype("M8[ns]"), returns=returns, growth=growth)


def _compounded(returns: Floats, day: Ints, days: int) -> Floats:
    """Bars' returns as one return a session; NaN for a session without any."""
    out = np.ones((days, returns.shape[1]))
    np.multiply.at(out, day, 1.0 + np.nan_to_num(returns))
    some = np.zeros(out.shape, dtype=bool)
    np.logical_or.at(some, day, np.isfinite(returns))
    return np.where(some, out - 1.0, np.nan)
