"""The price limits of one ticker's rows, as a run would have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from newsbt._typing import Bools, Floats
from newsbt.domain.entity import StatusSpan, Universe
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.markets.calendars import Sessions
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.prices.checking.series import Series

__all__ = ["limits_of"]


def limits_of(
    series: Series, kept: Bools, listed: Sessions, rulebook: Rulebook, statuses: Sequence[StatusSpan], adjusted: bool
) -> tuple[Floats, Floats] | None:
    """The lower and the upper limit (R,) of the `kept` rows, with half a tick for rounding; None where the exchange
    has none at all. Adjusted prices are rounded a second time, on another scale."""
    if series.item.is_index or "price_limit" not in rulebook.exchange(series.item.exchange).rules:
        return None
    rules = _rules(series, kept, listed, rulebook, statuses)
    lower, upper = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    slack = rules.tick[:, 0] / 2 + (0.01 * series.reference[kept] if adjusted else 0.0)
    lower[kept], upper[kept] = rules.limit_down[:, 0] - slack, rules.limit_up[:, 0] + slack
    return lower, upper


def _rules(
    series: Series, kept: Bools, listed: Sessions, rulebook: Rulebook, statuses: Sequence[StatusSpan]
) -> TradingRules:
    """The exchange's rules at each kept row, as a run would have them."""
    dates = series.day[kept]
    rows = len(dates)
    index = np.searchsorted(listed.dates, dates)

    def column(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> np.ndarray:
        found: np.ndarray = frozen_array(np.asarray(values).reshape(rows, 1), dtype)
        return found

    clock = Clock(
        markets=(series.item.exchange,),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=column(listed.open_at[index], "datetime64[ns]"),
        close_at=column(listed.close_at[index], "datetime64[ns]"),
        cutoff_at=column(listed.cutoff_at[index], "datetime64[ns]"),
        session_of=column(index, np.int64),
        previous_cutoff_at=frozen_array([np.datetime64("NaT", "ns")], "datetime64[ns]"),
    )
    blank: Floats = np.full(rows, np.nan)
    prices = series.prices[kept]
    panel = MarketPanel(
        tickers=(series.item.ticker,),
        market_of=frozen_array([0], np.int64),
        clock=clock,
        open=column(prices[:, 0]),
        high=column(prices[:, 1]),
        low=column(prices[:, 2]),
        close=column(prices[:, 3]),
        volume=column(series.volume[kept]),
        tradable=column(np.zeros(rows), np.bool_),
        close_before=frozen_array([np.nan], np.float64),
        dividend=column(np.zeros(rows)),
        split=column(np.ones(rows)),
        prev_close=column(np.where(np.isfinite(series.reference[kept]), series.reference[kept], blank)),
        adj_factor=column(np.ones(rows)),
        has_prices=frozen_array([True], np.bool_),
    )
    mine = tuple(span for span in statuses if span.ticker == series.item.ticker)
    return trading_rules(panel, Universe(instruments=(series.item,), statuses=mine), rulebook)
