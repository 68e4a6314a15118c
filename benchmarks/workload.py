"""Seeded markets of three sizes with a "news hold" strategy on each: what the benchmarks measure.

An event asks for a share of equity at the next open, held five bars; repeats extend. `plain` has one market, lots of
one share and ten basis points a side; `every_rule` has three markets and currencies, with lots, price limits, T+1,
dated fees, participation, slippage and all three stops.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.entries import Entries, FillPoint
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.domain.slippage_table import Slippage
from newsbt.markets.clock import daily_clock
from newsbt.markets.costs import Flat, MarketSchedule
from newsbt.markets.fx import align_fx
from newsbt.markets.rulebook import load_rulebook
from newsbt.markets.rules import trading_rules
from newsbt.simulation.account_terms import AccountTerms, Hold, PositionTerms

__all__ = ["SIZES", "Size", "Workload", "every_rule", "plain"]


@dataclass(frozen=True)
class Size:
    name: str
    tickers: int
    rows: int
    events: int
    weight: float
    start: date = date(2014, 1, 2)


SIZES = {
    "S": Size("S", 30, 1_250, 500, 0.05),
    "M": Size("M", 300, 2_520, 10_000, 0.05),
    "L": Size("L", 3_000, 2_520, 100_000, 0.005),
    "XL": Size("XL", 3_000, 5_040, 1_000_000, 0.005, date(2004, 1, 2)),
}


@dataclass(frozen=True)
class Workload:
    """What an engine is given; `sign` is 1 throughout in `plain`."""

    size: Size
    terms: AccountTerms
    entries: Entries


def plain(size: Size, seed: int = 7) -> Workload:
    """One market, long only, no rule but cash."""
    return _workload(size, seed, ("XNYS",), market_rules=False)


def every_rule(size: Size, seed: int = 7) -> Workload:
    """Three markets, long and short, with everything on."""
    return _workload(size, seed, ("XHKG", "XNYS", "XSHG"), market_rules=True)


def _workload(size: Size, seed: int, markets: tuple[str, ...], *, market_rules: bool) -> Workload:
    rng = np.random.default_rng(seed)
    rulebook = load_rulebook()
    universe = Universe(instruments=tuple(_instrument(n, markets[n % len(markets)]) for n in range(size.tickers)))
    clock = _first_rows(
        daily_clock(markets, size.start, size.start + timedelta(days=int(size.rows * 1.6)), rulebook), size.rows
    )
    panel = _panel(rng, universe, clock)
    count = {"XHKG": "HKD", "XNYS": "USD", "XSHG": "CNY"}
    account = count[markets[0]]
    rates = {"USDHKD": 7.8, "CNYHKD": 1.1}
    costs = MarketSchedule() if market_rules else Flat(commission_bps=10.0)
    position = PositionTerms(weight=size.weight, hold=Hold("bars", 5))
    if market_rules:
        position = replace(position, stop_loss=0.05, take_profit=0.15, trailing_stop=0.08, max_positions=250)
    terms = AccountTerms(
        panel=panel,
        rules=trading_rules(panel, universe, rulebook, enabled=market_rules),
        fees=costs.table(panel, universe, rulebook),
        fx=align_fx({pair: rate for pair, rate in rates.items() if pair.endswith(account)}, account, panel, universe),
        position=position,
        cash=1_000_000.0,
        may_trade=frozen_array(np.ones(size.tickers, dtype=bool), np.bool_),
        slippage=Slippage(rate=0.0005) if market_rules else Slippage(),
        participation=0.1 if market_rules else None,
        borrow_bps=300.0 if market_rules else 0.0,
    )
    return Workload(size, terms, _entries(rng, size, panel, shorts=market_rules))


def _instrument(n: int, market: str) -> Instrument:
    board, currency = {"XHKG": ("main", "HKD"), "XNYS": ("main", "USD"), "XSHG": ("main", "CNY")}[market]
    return Instrument(
        ticker=f"T{n:04d}",
        name=f"Company {n}",
        exchange=market,
        board=board,
        currency=currency,
        lot_size=100 if market == "XHKG" else None,
        shortable=True if market == "XHKG" else None,
    )


def _first_rows(clock: Clock, rows: int) -> Clock:
    assert len(clock) >= rows
    return replace(
        clock,
        dates=frozen_array(clock.dates[:rows], clock.dates.dtype),
        **{
            name: frozen_array(getattr(clock, name)[:rows], getattr(clock, name).dtype)
            for name in ("open_at", "close_at", "cutoff_at", "session_of")
        },
    )


def _panel(rng: np.random.Generator, universe: Universe, clock: Clock) -> MarketPanel:
    shape = (len(clock), len(universe.instruments))
    market_of = np.array([clock.markets.index(item.exchange) for item in universe.instruments])
    tradable = clock.session_of[:, market_of] >= 0
    moves = np.where(tradable, rng.normal(0.0, 0.02, shape), 0.0)
    close = np.round(40.0 * np.exp(np.cumsum(moves, axis=0)), 2)
    before = np.vstack([np.full((1, shape[1]), 40.0), close[:-1]])
    opens = np.round(before * np.exp(rng.normal(0.0, 0.005, shape)), 2)
    high = np.round(np.maximum(opens, close) * np.exp(np.abs(rng.normal(0.0, 0.006, shape))), 2)
    low = np.round(np.minimum(opens, close) * np.exp(-np.abs(rng.normal(0.0, 0.006, shape))), 2)
    volume = np.round(np.exp(rng.normal(13.0, 1.0, shape)))

    def column(values: np.ndarray) -> np.ndarray:
        return frozen_array(np.where(tradable, np.maximum(values, 0.02), np.nan), np.float64)

    def constant(value: float) -> np.ndarray:
        return frozen_array(np.full(shape, value), np.float64)

    return MarketPanel(
        tickers=universe.tickers,
        market_of=frozen_array(market_of, np.int64),
        clock=clock,
        open=column(opens),
        high=column(high),
        low=column(low),
        close=column(close),
        volume=column(volume),
        tradable=frozen_array(tradable, np.bool_),
        close_before=frozen_array(np.full(shape[1], 40.0), np.float64),
        dividend=constant(0.0),
        split=constant(1.0),
        prev_close=constant(np.nan),
        adj_factor=constant(1.0),
        has_prices=frozen_array(np.ones(shape[1], dtype=bool), np.bool_),
    )


def _entries(rng: np.random.Generator, size: Size, panel: MarketPanel, *, shorts: bool) -> Entries:
    """Events at random on tradable cells, in the order in which they are worked."""
    ticker = rng.integers(0, size.tickers, size.events)
    row = rng.integers(1, size.rows, size.events)
    sign = np.where(rng.random(size.events) < (0.2 if shorts else 0.0), -1, 1)
    for k in np.flatnonzero(~panel.tradable[row, ticker]):
        row[k] = int(rng.choice(np.flatnonzero(panel.tradable[:, ticker[k]])[1:]))
    order = np.lexsort((ticker, row))
    return Entries(
        event=frozen_array(np.arange(size.events), np.int64),
        ticker=frozen_array(ticker[order], np.int64),
        sign=frozen_array(sign[order], np.int64),
        weight=frozen_array(np.full(size.events, size.weight), np.float64),
        row=frozen_array(row[order], np.int64),
        point=frozen_array(np.full(size.events, FillPoint.OPEN), np.int64),
        bound=frozen_array(np.full(size.events, np.nan), np.float64),
    )
