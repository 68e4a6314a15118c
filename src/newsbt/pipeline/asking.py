"""Ask a strategy for its signals, handing it what it may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.assembly import StrategySpec
from newsbt.domain.signal import Signal
from newsbt.errors import NewsbtError, StrategyError, user_traceback
from newsbt.linking.frames import event_frame, instrument_frame, link_frame
from newsbt.pipeline.preparing import Prepared
from newsbt.ports import EventView, StepStrategy
from newsbt.simulation.placing import traded_places
from newsbt.strategies.stepping import step_grid

__all__ = ["ask", "blamed", "event_rows_of", "hops_of", "traded_grid", "view_of"]

T = TypeVar("T")


def hops_of(spec: StrategySpec) -> int:
    """How many relations away the strategy's links reach: its own parameter `hops`, at least 1."""
    return max(1, int(getattr(spec.strategy, "hops", 1)))


def view_of(prepared: Prepared, hops: int = 1) -> EventView:
    """What a strategy sees, links up to so many relations away."""
    panel, universe = prepared.panel, prepared.universe
    events = event_frame(prepared.events)
    links = link_frame(prepared.links, events, universe, prepared.link_row, prepared.link_first)
    links = links[links["hop"] <= max(1, hops)].reset_index(drop=True)
    return EventView(
        links=links,
        events=events,
        universe=universe,
        tickers=np.array(universe.tickers, dtype=object),
        dates=panel.dates,
        instruments=instrument_frame(universe),
        open=panel.open,
        high=panel.high,
        low=panel.low,
        close=panel.close,
        volume=panel.volume,
        tradable=panel.tradable,
    )


def ask(prepared: Prepared, spec: StrategySpec) -> Signal:
    """The strategy's own answer, events or a grid of shape (T, N).

    Raises
    ------
    StrategyError
        It raised, or answered what is no signal or has another shape.
    """
    view = view_of(prepared, hops_of(spec))
    strategy = spec.strategy
    if isinstance(strategy, StepStrategy):
        return blamed(spec.name, step_grid, strategy, view, event_rows_of(prepared))
    answer = blamed(spec.name, strategy.signal, view)
    if not isinstance(answer, Signal):
        raise StrategyError(
            f"strategy {spec.name!r} answered a {type(answer).__name__}; signal() returns Signal.for_events(frame) or "
            "Signal.grid(array)"
        )
    if answer.array is not None and answer.array.shape != prepared.panel.shape:
        rows, count = prepared.panel.shape
        raise StrategyError(
            f"strategy {spec.name!r} answered a grid of shape {answer.array.shape}; expected ({rows}, {count}), a row "
            "for each of view.dates and a column for each of view.tickers"
        )
    return answer


def blamed(name: str, call: Callable[..., T], *args: Any) -> T:
    """Call into a user's strategy; what it raises becomes an error that shows the user's own lines."""
    try:
        return call(*args)
    except NewsbtError as error:
        raise StrategyError(f"strategy {name!r}: {error}") from error
    except Exception as error:
        raise StrategyError(f"strategy {name!r} raised {user_traceback(error)}") from error


def event_rows_of(prepared: Prepared) -> Ints:
    """(E,): the row of each event's first tradable bar in any market it touches, or in any with prices if none."""
    panel = prepared.panel
    priced = np.unique(panel.market_of[panel.has_prices])
    found = np.full(len(prepared.events), -1, dtype=np.int64)
    bounds = np.searchsorted(prepared.links.event, np.arange(len(found) + 1))
    for e in range(len(found)):
        rows = prepared.link_row[bounds[e] : bounds[e + 1]]
        rows = prepared.placement[e, priced] if not len(rows) else rows
        inside = rows[rows >= 0]
        if len(inside):
            found[e] = inside.min()
    return found


def traded_grid(prepared: Prepared, grid: Floats) -> Floats:
    """(T, N) by traded ticker: an index's signal is added to that of its proxy (X18), the sum cut to [-1, 1]."""
    traded = traded_places(prepared.universe)
    out = np.zeros_like(grid)
    np.add.at(out.T, traded, grid.T)
    return np.clip(out, -1.0, 1.0)
