"""The same world as the product takes it: arrays, made by product code wherever it has some."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from newsbt.domain.entity import Instrument, StatusSpan, Universe
from newsbt.domain.market_panel import NO_INSTANT, Clock, MarketPanel, frozen_array
from newsbt.markets.clock import close_rows
from newsbt.markets.costs import Flat, MarketSchedule, ZeroCosts
from newsbt.markets.fx import align_fx
from newsbt.markets.rulebook import Rulebook, load_rulebook
from newsbt.markets.rules import trading_rules
from newsbt.simulation.account_terms import AccountTerms, Hold, PositionTerms
from newsbt.simulation.entry_rows import EntryPlacer
from newsbt.simulation.sizers import InverseVolatility, asked_weights
from newsbt.simulation.slippage import Bps, HalfSpread, VolumeShare

from .intents import is_tradable_bar
from .scenario import ByVolatility, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInputs:
    """`frame` has `event_id, ticker, signal, delay`, in the order of the events; `event_ids` and `known_at` (E,) are in
    order of (known_at, event id). `close_rows` (E, M) is T7's, None for `next_open`. `dates` label the rows and
    `grid` (T, N) is X21's, None where there is none; `weight` a number or (T, N)."""

    universe: Universe
    panel: MarketPanel
    placer: EntryPlacer
    terms: AccountTerms
    rulebook: Rulebook
    weight: float | np.ndarray
    frame: pd.DataFrame
    event_ids: tuple[str, ...]
    known_at: np.ndarray
    close_rows: np.ndarray | None
    dates: list[date]
    grid: np.ndarray | None


def nanoseconds(at: datetime | None) -> np.datetime64:
    return NO_INSTANT if at is None else np.datetime64(at.replace(tzinfo=None), "ns")


def to_universe(scenario: Scenario) -> Universe:
    return Universe(
        instruments=tuple(Instrument(name=item.ticker, **asdict(item)) for item in scenario.instruments),
        statuses=tuple(StatusSpan(**asdict(span)) for span in scenario.statuses),
    )


def to_clock(scenario: Scenario) -> Clock:
    rows, markets = scenario.rows, sorted(scenario.slots)
    shape = (len(rows), len(markets))
    open_at, close_at, cutoff_at = (np.full(shape, NO_INSTANT) for _ in range(3))
    session_of = np.full(shape, -1, dtype=np.int64)
    for m, mic in enumerate(markets):
        sessions = sorted({slot.date for slot in scenario.slots[mic].values()})
        for key, slot in scenario.slots[mic].items():
            t = rows.index(key)
            open_at[t, m] = nanoseconds(slot.open_at)
            close_at[t, m] = nanoseconds(slot.close_at)
            cutoff_at[t, m] = nanoseconds(slot.cutoff_at)
            session_of[t, m] = sessions.index(slot.date)
    return Clock(
        markets=tuple(markets),
        dates=frozen_array([scenario.row_date(t) for t in range(len(rows))], "datetime64[D]"),
        open_at=frozen_array(open_at, "datetime64[ns]"),
        close_at=frozen_array(close_at, "datetime64[ns]"),
        cutoff_at=frozen_array(cutoff_at, "datetime64[ns]"),
        session_of=frozen_array(session_of, np.int64),
        previous_cutoff_at=frozen_array(
            [nanoseconds(scenario.previous_cutoff.get(mic)) for mic in markets], "datetime64[ns]"
        ),
        intraday=scenario.intraday,
    )


def to_panel(scenario: Scenario, clock: Clock) -> MarketPanel:
    rows = scenario.rows
    tickers = tuple(item.ticker for item in scenario.instruments)

    def column(name: str, blank: float) -> np.ndarray:
        found = np.full((len(rows), len(tickers)), blank)
        for (ticker, key), bar in scenario.bars.items():
            value = getattr(bar, name)
            found[rows.index(key), tickers.index(ticker)] = np.nan if value is None else value
        return frozen_array(found, np.float64)

    tradable = [[is_tradable_bar(scenario, ticker, key) for ticker in tickers] for key in rows]
    return MarketPanel(
        tickers=tickers,
        market_of=frozen_array([clock.markets.index(item.exchange) for item in scenario.instruments], np.int64),
        clock=clock,
        open=column("open", np.nan),
        high=column("high", np.nan),
        low=column("low", np.nan),
        close=column("close", np.nan),
        volume=column("volume", np.nan),
        tradable=frozen_array(np.reshape(tradable, (len(rows), len(tickers))), np.bool_),
        close_before=frozen_array([scenario.close_before.get(ticker, np.nan) for ticker in tickers], np.float64),
        dividend=column("dividend", 0.0),
        split=column("split", 1.0),
        prev_close=column("prev_close", np.nan),
        adj_factor=frozen_array(np.ones((len(rows), len(tickers))), np.float64),
        has_prices=frozen_array([any(name == ticker for name, _ in scenario.bars) for ticker in tickers], np.bool_),
    )


def to_hold(scenario: Scenario) -> Hold | None:
    hold = scenario.position.hold
    if hold is None:
        return None
    if isinstance(hold, timedelta):
        return Hold("duration", int(hold.total_seconds() * 1_000_000_000))
    return Hold(scenario.position.hold_unit, hold)


def to_product(scenario: Scenario) -> ProductInputs:
    """Everything an engine is given, but for the placing of the signals."""
    rulebook = load_rulebook()
    universe = to_universe(scenario)
    clock = to_clock(scenario)
    panel = to_panel(scenario, clock)
    execution, position = scenario.execution, scenario.position
    costs = {
        "zero": ZeroCosts(),
        "flat": Flat(commission_bps=execution.commission_bps, minimum=execution.minimum),
        "market_schedule": MarketSchedule(),
    }[execution.costs]
    slippage: Bps | HalfSpread | VolumeShare = Bps(bps=execution.slippage_bps)
    if execution.half_spread_ticks:
        slippage = HalfSpread(ticks=execution.half_spread_ticks)
    elif execution.impact:
        slippage = VolumeShare(coefficient=execution.impact, window=execution.impact_window, bps=execution.slippage_bps)
    rules = trading_rules(panel, universe, rulebook, execution.market_rules)
    quotes = {currency + scenario.currency: dated for currency, dated in scenario.fx.items()}
    terms = AccountTerms(
        panel=panel,
        rules=rules,
        fees=costs.table(panel, universe, rulebook),
        fx=align_fx(quotes, scenario.currency, panel, universe),
        position=PositionTerms(
            weight=np.nan if isinstance(position.weight, ByVolatility) else position.weight,
            hold=to_hold(scenario),
            stop_loss=position.stop_loss,
            take_profit=position.take_profit,
            trailing_stop=position.trailing_stop,
            max_positions=position.max_positions,
            event_weight=position.event_weight,
            on_repeat=position.on_repeat,
            min_trade=position.min_trade,
            rebalance=position.rebalance,
        ),
        cash=scenario.cash,
        may_trade=frozen_array([item.tradable and not item.is_index for item in scenario.instruments], np.bool_),
        slippage=slippage.table(panel, rules),
        participation=execution.participation,
        reject_short_cash=execution.reject_short_cash,
        borrow_bps=execution.borrow_bps,
    )
    events = sorted(scenario.events, key=lambda event: (event.known_at, event.event_id))
    views = [(event.event_id, view.ticker, view.signal, view.delay) for event in events for view in event.views]
    known_at = np.array([nanoseconds(event.known_at) for event in events], dtype="datetime64[ns]")
    dates = [scenario.row_date(t) for t in range(len(scenario.rows))]
    grid = None
    if scenario.grid is not None:
        grid = np.array([[scenario.grid[key].get(ticker, 0.0) for ticker in panel.tickers] for key in scenario.rows])
    return ProductInputs(
        universe=universe,
        panel=panel,
        placer=EntryPlacer(universe=universe, panel=panel, rules=rules, limit_distance=execution.limit_distance),
        terms=terms,
        rulebook=rulebook,
        weight=asked_weights(InverseVolatility(**asdict(position.weight)), panel)
        if isinstance(position.weight, ByVolatility)
        else position.weight,
        frame=pd.DataFrame(views, columns=["event_id", "ticker", "signal", "delay"]),
        event_ids=tuple(event.event_id for event in events),
        known_at=known_at,
        close_rows=close_rows(known_at, clock, rulebook) if execution.same_close else None,
        dates=dates,
        grid=grid,
    )
