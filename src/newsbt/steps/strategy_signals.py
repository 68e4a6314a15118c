"""Ask a strategy for its signals, handing it what it may see."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from newsbt._typing import Floats, Ints
from newsbt.assembly import StrategySpec
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.object_arrays import objects
from newsbt.domain.signal import Signal
from newsbt.domain.ticker_forms import AmbiguousTickerError
from newsbt.errors import NewsbtError, StrategyError, user_traceback
from newsbt.linking.link_table import event_frame, instrument_frame, link_frame
from newsbt.linking.linking import LinkerReach
from newsbt.ports import EventView
from newsbt.simulation.entry_rows import traded_columns
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.strategies.stepping import BadAnswer, step_grid

__all__ = ["StrategyAnswer", "ask", "blamed", "event_rows_of", "signals_of", "traded_grid", "view_of"]

T = TypeVar("T")
P = ParamSpec("P")

FRAMES = ("links", "events", "instruments")


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyAnswer:
    """What a strategy answered, and whether it looked at links or events of what it was handed, in any row: what it did
    not look at did not cause its orders."""

    signal: Signal
    read_news: bool


def view_of(market: MarketSetup, news: EventSetup, hops: int = 1) -> EventView:
    """What a strategy sees, links up to so many relations away."""
    panel, universe = market.panel, market.universe
    events = event_frame(news.events)
    rows = news.link_row
    if news.close_rows is not None:
        closing = news.close_rows[news.links.event, news.link_market]
        rows = np.where(closing >= 0, closing, rows)
    links = link_frame(news.links, events, universe, rows, news.link_row, news.link_first)
    links = links[links["hop"] <= max(1, hops)].reset_index(drop=True)
    tickers = objects(universe.tickers)
    tickers.setflags(write=False)
    return EventView(
        links=links,
        events=events,
        universe=universe,
        tickers=tickers,
        dates=panel.dates,
        instruments=instrument_frame(universe),
        open=panel.open,
        high=panel.high,
        low=panel.low,
        close=panel.close,
        volume=panel.volume,
        tradable=panel.tradable,
        type_signs=news.events.type_signs,
        reach=LinkerReach(linker=news.linker, events=news.events, tickers=universe.tickers),
    )


def signals_of(market: MarketSetup, news: EventSetup, spec: StrategySpec) -> StrategyAnswer | None:
    """The strategy's answer; None of one that sends orders of its own while it is simulated."""
    return None if spec.is_backtrader else ask(market, news, spec)


def ask(market: MarketSetup, news: EventSetup, spec: StrategySpec, view: EventView | None = None) -> StrategyAnswer:
    """The strategy's own answer, signals of events or a grid of shape (T, N).

    `view` is what it sees where that was made before; it gets frames of its own, so that the view stays as it is.

    Raises
    ------
    StrategyError
        It raised, or answered what is no signal or has another shape.
    """
    known = view_of(market, news, spec.hops) if view is None else view
    strategy = spec.strategy
    looked_at: set[str] = set()
    if spec.kind == "steps":
        try:
            grid = blamed(spec.name, step_grid, strategy, known, event_rows_of(market.panel, news), looked_at)
        except BadAnswer as error:
            raise StrategyError(
                f"strategy {spec.name!r}: {error}{_source_line(strategy.signal_at)}", code="bad_signal"
            ) from error
        return StrategyAnswer(signal=grid, read_news=bool(looked_at))
    handed = {name: getattr(known, name) for name in FRAMES}
    if view is not None:
        handed = {name: frame.copy() for name, frame in handed.items()}
    before = {name: frame.copy(deep=False) for name, frame in handed.items()}
    answer = blamed(spec.name, strategy.signal, replace(known, **handed, _looked_at=looked_at))
    _refuse_changes(spec, handed, before)
    if not isinstance(answer, Signal):
        raise StrategyError(
            f"strategy {spec.name!r} answered a {type(answer).__name__}; signal() returns Signal.for_events(frame) or "
            f"Signal.grid(array){_source_line(strategy.signal)}",
            code="bad_signal",
        )
    if answer.array is not None and answer.array.shape != market.panel.shape:
        rows, count = market.panel.shape
        raise StrategyError(
            f"strategy {spec.name!r} answered a grid of shape {answer.array.shape}; expected ({rows}, {count}), a row "
            f"for each of view.dates and a column for each of view.tickers{_source_line(strategy.signal)}",
            code="bad_signal",
        )
    signal = answer if answer.events is None else _in_universe(answer.events, market.universe, spec.name)
    return StrategyAnswer(signal=signal, read_news=bool(looked_at))


def _in_universe(frame: pd.DataFrame, universe: Universe, name: str) -> Signal:
    """Signals of events with tickers as the universe writes them; what it does not know stays as it is written."""
    meant: dict[str, str] = {}
    for written in dict.fromkeys(frame["ticker"].tolist()):
        if written not in universe.position:
            try:
                meant[written] = universe.known_tickers.meant(str(written))
            except AmbiguousTickerError as error:
                raise StrategyError(f"strategy {name!r} signalled a ticker: {error}", code="bad_signal") from None
    meant = {written: ticker for written, ticker in meant.items() if ticker}
    if not meant:
        return Signal(events=frame)
    return blamed(name, Signal.for_events, frame.assign(ticker=frame["ticker"].replace(meant)))


def _refuse_changes(spec: StrategySpec, handed: Mapping[str, pd.DataFrame], before: Mapping[str, pd.DataFrame]) -> None:
    """A view's arrays cannot be written to; its frames can, and then their columns are others than before."""
    for frame, old in before.items():
        new = handed[frame]
        if not new.columns.equals(old.columns) or len(new) != len(old):
            column = next(iter(new.columns.symmetric_difference(old.columns)), None)
            what = f"its rows, from {len(old)} to {len(new)}" if column is None else f"its column {column!r}"
            raise StrategyError(_changed(spec, frame, what), code="strategy_failed")
        for column in old.columns:
            if not _is_same(new[column], old[column]):
                raise StrategyError(_changed(spec, frame, f"its column {column!r}"), code="strategy_failed")


def _is_same(new: pd.Series, old: pd.Series) -> bool:
    """Mostly at once: what nobody wrote to still lies in the same memory."""
    if isinstance(old.dtype, np.dtype) and np.shares_memory(new.to_numpy(), old.to_numpy()):
        return True
    return bool(new.equals(old))


def _changed(spec: StrategySpec, frame: str, what: str) -> str:
    return (
        f"strategy {spec.name!r} changed what it was handed: view.{frame}, {what}; work on a copy, "
        f"such as {frame} = view.{frame}.copy(){_source_line(spec.strategy.signal)}"
    )


def blamed(name: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call into a user's strategy; what it raises becomes an error that shows the user's own lines."""
    try:
        return call(*args, **kwargs)
    except BadAnswer:
        raise
    except NewsbtError as error:
        raise StrategyError(f"strategy {name!r}: {error}", code=error.code) from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise StrategyError(f"strategy {name!r} raised {user_traceback(error)}", code="strategy_failed") from error


def _source_line(method: Callable[P, T]) -> str:
    """Where a user's method stands, as a line of a traceback; nothing where its file is not known."""
    code = getattr(inspect.unwrap(method), "__code__", None)
    return "" if code is None else f"\n  {code.co_filename}:{code.co_firstlineno} in {code.co_name}"


def event_rows_of(panel: MarketPanel, news: EventSetup) -> Ints:
    """(E,): the row of each event's first tradable bar in any market it touches, or in any with prices if none."""
    priced = np.unique(panel.market_of[panel.has_prices])
    found = np.full(len(news.events), -1, dtype=np.int64)
    bounds = news.links.bounds(len(found))
    for e in range(len(found)):
        rows = news.link_row[bounds[e] : bounds[e + 1]]
        rows = news.placement[e, priced] if not len(rows) else rows
        inside = rows[rows >= 0]
        if len(inside):
            found[e] = inside.min()
    return found


def traded_grid(universe: Universe, grid: Floats) -> Floats:
    """(T, N) by traded ticker: an index's signal is added to that of its proxy (X18), the sum cut to [-1, 1]."""
    traded = traded_columns(universe)
    out = np.zeros_like(grid)
    np.add.at(out.T, traded, grid.T)
    return np.clip(out, -1.0, 1.0)
