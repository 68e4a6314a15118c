"""Small panels on which the tests of this package state their rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.markets.clock import daily_clock
from newsbt.markets.rulebook import Rulebook, load_rulebook


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rulebook()


def _instrument(ticker: str, exchange: str, board: str = "main", **more: Any) -> Instrument:
    currency = {"XHKG": "HKD", "XSHG": "CNY", "XSHE": "CNY", "BJSE": "CNY"}.get(exchange, "USD")
    return Instrument(
        **{"ticker": ticker, "name": ticker, "exchange": exchange, "board": board, "currency": currency, **more}
    )


def _panel(clock: Clock, universe: Universe, **given: Any) -> MarketPanel:
    """Bars of one price, 10 unless `close` says otherwise; all else flat."""
    shape = (len(clock), len(universe.instruments))
    close = np.broadcast_to(given.pop("close", np.full(shape, 10.0)), shape)
    market_of = [clock.markets.index(item.exchange) for item in universe.instruments]
    open_ = np.broadcast_to(given.pop("open", close), shape)
    arrays = {
        "open": open_,
        "high": np.fmax(open_, close),
        "low": np.fmin(open_, close),
        "close": close,
        "volume": np.full(shape, 1e6),
        "dividend": np.zeros(shape),
        "split": np.ones(shape),
        "prev_close": np.full(shape, np.nan),
        "adj_factor": np.ones(shape),
    }
    arrays |= {name: np.broadcast_to(given.pop(name), shape) for name in tuple(given) if name in arrays}
    return MarketPanel(
        tickers=universe.tickers,
        market_of=frozen_array(market_of, np.int64),
        clock=clock,
        tradable=frozen_array(np.isfinite(close) & np.isfinite(open_), np.bool_),
        close_before=frozen_array(given.pop("close_before", np.full(shape[1], np.nan)), np.float64),
        has_prices=frozen_array(given.pop("has_prices", np.ones(shape[1])), np.bool_),
        **{name: frozen_array(array, np.float64) for name, array in arrays.items()},
    )


@pytest.fixture
def instrument() -> Callable[..., Instrument]:
    return _instrument


@pytest.fixture
def panel_of() -> Callable[..., MarketPanel]:
    return _panel


@pytest.fixture
def daily(rulebook: Rulebook) -> Callable[..., MarketPanel]:
    """A daily panel of some instruments from one day to another."""

    def build(start: str, end: str, *instruments: Instrument, **given: Any) -> tuple[MarketPanel, Universe]:
        universe = Universe(instruments=instruments, statuses=given.pop("statuses", ()))
        markets = tuple(dict.fromkeys(item.exchange for item in instruments))
        clock = daily_clock(markets, date.fromisoformat(start), date.fromisoformat(end), rulebook)
        return _panel(clock, universe, **given), universe

    return build
