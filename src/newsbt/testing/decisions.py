"""What a strategy decided, in a form in which two worlds can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from newsbt._typing import Bools
from newsbt.assembly import StrategySpec
from newsbt.config.schema import PositionConfig
from newsbt.domain.market import MarketPanel
from newsbt.errors import StrategyError
from newsbt.pipeline.asking import ask
from newsbt.pipeline.preparing import Prepared
from newsbt.simulation.placing import traded_places
from newsbt.testing.futures import Cut

__all__ = ["Decisions", "Moved", "answered", "ordered"]

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Moved:
    """A decision that differs: what it is, and what it was in either world."""

    what: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.what} is {self.was}, and {self.now}"


@dataclass(frozen=True, slots=True)
class Key:
    """A decision's place: for which row and market it had to be in, and what it is about.

    Market -1: it was made before any market of the row opened.
    """

    row: int
    market: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Every decision of a strategy by its key. `kind` is ``events``, ``grid`` or ``orders``."""

    kind: str
    panel: MarketPanel
    found: Mapping[Key, str]

    def __len__(self) -> int:
        return len(self.found)

    @property
    def by_row(self) -> bool:
        """Whether all bars of a row are later than the decision (a grid's row t, a backtrader strategy's `next`)."""
        return self.kind != "events"

    def places(self) -> list[tuple[int, int]]:
        """The rows and markets that decisions were for, ascending, each once; where it is no session, nowhere."""
        cutoff = self.panel.clock.cutoff_at
        inside = {(key.row, key.market) for key in self.found if 0 < key.row < len(cutoff)}
        opening = {(row, _first_market(self.panel, row) if market < 0 else market) for row, market in inside}
        return sorted(place for place in opening if not np.isnat(cutoff[place]))

    def first_difference(self, base: Decisions, cut: Cut | None) -> Moved | None:
        """The first decision that had to be in by the cut and is another than in `base`; None where there is none."""
        timely = [key for key in {**base.found, **self.found} if cut is None or self._is_timely(key, cut)]
        for key in sorted(timely, key=lambda key: (key.row, key.market, key.text)):
            was, now = base.found.get(key, NOTHING), self.found.get(key, NOTHING)
            if was != now:
                day = self.panel.dates[min(max(key.row, 0), len(self.panel.dates) - 1)]
                return Moved(f"{key.text} for row {key.row} ({day})", was, now)
        return None

    def _is_timely(self, key: Key, cut: Cut) -> bool:
        if key.row != cut.row:
            return key.row < cut.row
        if key.market in (-1, cut.market):
            return True
        return bool(self.panel.clock.cutoff_at[key.row, key.market] <= cut.at)


def answered(prepared: Prepared, strategy: Any) -> Decisions:
    """The signals of a Strategy or a StepStrategy.

    An event's signal is for the first row in which it could be entered, a grid's row t for row t + 1.
    """
    name = type(strategy).__name__
    signal = ask(prepared, StrategySpec(name=name, strategy=strategy, position=PositionConfig()))
    panel = prepared.panel
    found: dict[Key, str] = {}
    if signal.array is not None:
        for t, n in np.argwhere(signal.array != 0.0).tolist():
            market = int(panel.market_of[n])
            found[Key(t + 1, market, f"the signal of {panel.tickers[n]} in row {t} of the grid,")] = _number(
                signal.array[t, n]
            )
        return Decisions(kind="grid", panel=panel, found=found)
    assert signal.events is not None
    traded = traded_places(prepared.universe)
    columns = (signal.events[column] for column in ("event_id", "ticker", "signal", "delay"))
    for event_id, ticker, value, delay in zip(*columns, strict=True):
        place = prepared.events.position.get(event_id)
        known = prepared.universe.position.get(ticker)
        if place is None or known is None:
            what = f"event {event_id!r}" if place is None else f"ticker {ticker!r}"
            raise StrategyError(f"strategy {name!r} signalled the unknown {what}")
        market = int(panel.market_of[traded[known]])
        row = _entry_row(panel, int(prepared.placement[place, market]), market, int(delay))
        if row < 0:
            continue
        text = f"the signal for {ticker} on event {event_id!r}"
        found[Key(row, market, text)] = _number(value) + (f" after {delay} bars" if delay else "")
    return Decisions(kind="events", panel=panel, found=found)


def _entry_row(panel: MarketPanel, first: int, market: int, delay: int) -> int:
    """The earliest row of an entry: `delay` sessions after the first one, whether or not there are bars."""
    if first < 0 or delay == 0:
        return first
    later = np.flatnonzero(panel.clock.session_of[:, market] >= 0)
    later = later[later > first]
    return int(later[delay - 1]) if len(later) >= delay else -1


def ordered(prepared: Prepared, cls: type, params: Mapping[str, Any]) -> Decisions:
    """The orders, cancels and fills of a BacktraderStrategy.

    What it sends in `next` of row t, or when it is told of an announcement after that row, is for row t + 1.
    """
    from newsbt.pipeline.trading import sent_orders

    spec = StrategySpec(name=cls.__name__, strategy=cls, position=PositionConfig(), params=params)
    sent, ledger = sent_orders(prepared, spec)
    panel, ids = prepared.panel, prepared.events.ids
    found: dict[Key, str] = {}
    counts: dict[tuple[int, int, str], int] = {}
    for order in sent:
        row = order.row + 1
        on = f" on event {str(ids[order.event])!r}" if order.event >= 0 else ""
        about = f"of {panel.tickers[order.ticker]}{on}"
        number = counts[row, order.market, about] = counts.get((row, order.market, about), 0) + 1
        found[Key(row, order.market, f"order {number} {about}")] = order.text
    for row, place, side, quantity, price in zip(
        *(ledger.fills[name].tolist() for name in ("row", "ticker", "side", "quantity", "price")), strict=True
    ):
        # A fill is over by the end of its row, and so among what the next row may know.
        about = f"the fill of {panel.tickers[place]} in row {row}"
        number = counts[row, -1, about] = counts.get((row, -1, about), 0) + 1
        found[Key(row + 1, -1, f"{about}, number {number},")] = (
            f"{'buy' if side > 0 else 'sell'} {quantity} at {_number(price)}"
        )
    return Decisions(kind="orders", panel=panel, found=found)


def _first_market(panel: MarketPanel, row: int) -> int:
    cutoff = panel.clock.cutoff_at[row]
    present: Bools = ~np.isnat(cutoff)
    return int(np.flatnonzero(present)[np.argmin(cutoff[present])])


def _number(value: float) -> str:
    return f"{value:.12g}"
