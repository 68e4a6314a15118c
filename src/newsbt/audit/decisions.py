"""What a strategy decided in one world, in a form in which two worlds can be compared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from newsbt._typing import Floats, Objects
from newsbt.assembly import StrategySpec
from newsbt.audit.perturbed_futures import Cut
from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import Clock, MarketPanel
from newsbt.simulation.entry_rows import PlacedSignals
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import sent_orders, sizing_of, strategy_books

if TYPE_CHECKING:
    from newsbt.simulation.backtrader.own_orders import Sent

__all__ = ["Decision", "DecisionValue", "Decisions", "Key", "Moved", "decisions_of", "first_moved"]

DecisionValue: TypeAlias = "float | str | tuple[DecisionValue, ...] | None"
Key = tuple[str, str | None, str | None, int]  # kind, ticker, event id, and a number or row that tells them apart


@dataclass(frozen=True, slots=True)
class Decision:
    """A signal, its weight, or an order: the row and market it is for (market -1: before any opens), and its value.

    `delayed` entries wait for a bar of their own, `point` is where in the row they fill (T7).
    """

    row: int
    market: int
    value: DecisionValue
    delayed: bool = False
    point: FillPoint = FillPoint.OPEN


class Moved(NamedTuple):
    """A decision that is not the same in two worlds, and its value in either, None where there is none."""

    key: Key
    row: int
    before: DecisionValue
    after: DecisionValue


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """All decisions of a strategy, and what they led to: `equity` is a fraction of the account's cash, (T,). `by_row`:
    made at the end of a row, for the next."""

    clock: Clock
    found: Mapping[Key, Decision]
    fills: Mapping[Key, Decision]
    equity: Floats
    by_row: bool

    def in_time(self, cut: Cut, last: int, *, moves_bars: bool) -> dict[Key, Decision]:
        """Those that had to be in by a cut, in rows up to `last`.

        Where later bars may be gone, a delayed entry of the cut's own row may rightly have moved.
        """
        return {
            key: one
            for key, one in self.found.items()
            if one.row <= last
            and cut.is_in_time(self.clock, one.row, one.market, one.point)
            and not (moves_bars and one.delayed and one.row == cut.row)
        }

    def done_before(self, row: int) -> dict[Key, Decision]:
        """Fills of earlier rows."""
        return {key: one for key, one in self.fills.items() if one.row < row}


def decisions_of(prepared: PreparedRun, spec: StrategySpec) -> Decisions:
    """Run a strategy, signals on the compiled engine, and take down what it decided and what became of it.

    Raises
    ------
    StrategyError
        It raised, or answered what is no signal.
    """
    panel, ids = prepared.market.panel, prepared.news.events.ids
    if spec.is_backtrader:
        sent, ledger = sent_orders(prepared, spec)
        found, fills, by_row = _orders(panel, ids, sent), _fills(panel, ids, ledger), True
    else:
        books = strategy_books(prepared, spec, engine="compiled")
        ledger, by_row = books.ledger, books.grid is not None
        if books.grid is not None:
            weights = None if spec.sizer is None else sizing_of(prepared.market, spec).weights
            found = _grid(panel, books.grid, weights)
        else:
            found = _signals(panel, ids, books.placed)
        fills = _dealt(panel, ledger) if by_row else _fills(panel, ids, ledger)
    equity = ledger.equity / ledger.initial_cash
    return Decisions(clock=panel.clock, found=found, fills=fills, equity=equity, by_row=by_row)


def first_moved(mine: Mapping[Key, Decision], theirs: Mapping[Key, Decision]) -> Moved | None:
    """The earliest decision that one world has and the other has not, or has otherwise; None where all agree."""
    moved = []
    for key in mine.keys() | theirs.keys():
        a, b = mine.get(key), theirs.get(key)
        if (a and (a.row, a.value)) != (b and (b.row, b.value)):
            row = min(one.row for one in (a, b) if one is not None)
            moved.append(Moved(key, row, None if a is None else a.value, None if b is None else b.value))
    return min(moved, key=lambda one: (one.row, *(str(part or "") for part in one.key)), default=None)


def _signals(panel: MarketPanel, ids: Objects, placed: PlacedSignals | None) -> dict[Key, Decision]:
    assert placed is not None
    tickers, market_of = panel.tickers, panel.market_of
    is_asked = placed.sizing.weights is not None
    found: dict[Key, Decision] = {}
    for e, n, signal, delay, row, entry in zip(
        placed.event.tolist(), placed.ticker.tolist(), placed.signal.tolist(), placed.delay.tolist(),
        placed.row.tolist(), placed.entry.tolist(), strict=True,
    ):  # fmt: skip
        if row < 0:
            continue
        key = ("signal", tickers[n], str(ids[e]), 0)
        while key in found:  # an index and its proxy may both be signalled
            key = (*key[:3], key[3] + 1)
        point = FillPoint(int(placed.entries.point[entry])) if entry >= 0 else FillPoint.OPEN
        found[key] = Decision(row, int(market_of[n]), (signal, delay) if delay else signal, delay > 0, point)
        if is_asked and entry >= 0:
            weight = _weight(float(placed.entries.weight[entry]))
            found["weight", *key[1:]] = replace(found[key], value=weight)
    return found


def _weight(value: float) -> DecisionValue:
    """A weight as two worlds are compared by it: what differs by rounding alone is the same."""
    return "unknown" if math.isnan(value) else float(f"{value:.10g}")


def _grid(panel: MarketPanel, grid: Floats, weights: Floats | None) -> dict[Key, Decision]:
    tickers, market_of = panel.tickers, panel.market_of
    found: dict[Key, Decision] = {}
    for t, n in np.argwhere(grid[:-1]).tolist():
        found["signal", tickers[n], None, t] = Decision(t + 1, int(market_of[n]), float(grid[t, n]))
        if weights is not None:
            found["weight", tickers[n], None, t] = Decision(t + 1, int(market_of[n]), _weight(weights[t + 1, n]))
    return found


def _orders(panel: MarketPanel, ids: Objects, sent: list[Sent]) -> dict[Key, Decision]:
    """What is sent in `next` of row t, or when an announcement is told after that row, is for row t + 1."""
    tickers = panel.tickers
    found: dict[Key, Decision] = {}
    for order in sent:
        event = str(ids[order.event]) if order.event >= 0 else None
        key = ("order", tickers[order.ticker], event, 1000 * (order.row + 1))
        while key in found:
            key = (*key[:3], key[3] + 1)
        found[key] = Decision(order.row + 1, order.market, order.text)
    return found


def _dealt(panel: MarketPanel, ledger: Ledger) -> dict[Key, Decision]:
    """What a grid bought and sold of each ticker in each row, whatever events it is attributed to: which these are may
    depend on what the strategy looks at later."""
    tickers = panel.tickers
    sizes: dict[tuple[int, int], dict[tuple[int, float], int]] = {}
    for row in ledger.fills:
        of_price = sizes.setdefault((int(row["row"]), int(row["ticker"])), {})
        key = int(row["side"]), float(row["price"])
        of_price[key] = of_price.get(key, 0) + int(row["quantity"])
    found: dict[Key, Decision] = {}
    for (t, n), of_price in sizes.items():
        value = tuple((side * size, price) for (side, price), size in of_price.items())
        found["fill", tickers[n], None, t] = Decision(t, -1, value)
    return found


def _fills(panel: MarketPanel, ids: Objects, ledger: Ledger) -> dict[Key, Decision]:
    tickers, ids_or_none = panel.tickers, [*ids.tolist(), None]
    found: dict[Key, Decision] = {}
    for row in ledger.fills:
        t = int(row["row"])
        key = ("fill", tickers[row["ticker"]], ids_or_none[row["event"]], t)
        dealt = (int(row["side"]) * int(row["quantity"]), float(row["price"]))
        before = found[key].value if key in found else ()
        found[key] = Decision(t, -1, (*before, dealt) if isinstance(before, tuple) else (dealt,))
    return found
