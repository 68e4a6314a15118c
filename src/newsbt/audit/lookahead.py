"""Proof that a strategy does not look ahead: whatever the future, the past stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from newsbt.assembly import StrategySpec
from newsbt.audit.futures import Future, futures
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.pipeline.preparing import Inputs, Prepared, prepare_inputs
from newsbt.pipeline.rows import Books
from newsbt.pipeline.trading import strategy_books

__all__ = ["Difference", "cut_rows", "first_differences", "look_ahead"]

EPSILON = 1e-9  # of the account's cash: an equity that differs by less is the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first thing of the past that a change of the future moved.

    `kind` is ``signal``, ``fill`` or ``equity``; `before` and `after` are its values, None where it is missing.
    """

    what: str
    cut_date: str
    kind: str
    row: int
    date: str
    ticker: str | None
    event_id: str | None
    before: Any
    after: Any

    def __str__(self) -> str:
        where = " of ".join(part for part in (self.ticker, self.event_id) if part)
        return (
            f"{self.kind} {where} on {self.date} (row {self.row}) was {self.before} and is {self.after} when only "
            f"{self.what} after {self.cut_date} differ"
        )


def cut_rows(prepared: Prepared, books: Sequence[Books], most: int) -> list[int]:
    """Rows after which the future is changed: those just before, of and after entries, then evenly spread ones."""
    last = prepared.panel.shape[0] - 2
    rows: list[int] = []
    for one in books:
        entered = np.unique(one.ledger.fills["row"])
        for row in entered[:: max(1, len(entered) // 3)].tolist():
            rows += [row - 1, row]
    spread = np.linspace(1, max(1, last), num=max(2, most)).astype(int).tolist()
    found = list(dict.fromkeys(row for row in (*rows, *spread) if 0 <= row <= last))
    return sorted(found[:most])


def look_ahead(
    prepared: Prepared,
    inputs: Inputs,
    specs: Sequence[StrategySpec],
    *,
    cuts: int = 12,
    seed: int = 7,
    progress: Progress | None = None,
) -> dict[str, Difference | None]:
    """For each strategy by name: None, or the first difference that a change of the future made to its past.

    Prices, fx, announcements, relations and the calendar are changed after `cuts` rows, one at a time, and the whole
    pipeline runs again. Intents for the row after the cut are compared too, so that a strategy that uses the very bar
    it enters on is caught.
    """
    progress = progress or SilentProgress()
    original = {spec.name: strategy_books(prepared, spec) for spec in specs}
    found: dict[str, Difference | None] = {spec.name: None for spec in specs}
    rows = cut_rows(prepared, list(original.values()), cuts)
    progress.stage("look ahead", len(rows))
    for cut in rows:
        for future in futures(prepared, inputs, cut, seed):
            waiting = [spec for spec in specs if found[spec.name] is None]
            if not waiting:
                return found
            other = prepare_inputs(prepared.components, future.inputs, SilentProgress())
            for spec in waiting:
                changed = strategy_books(other, spec)
                found[spec.name] = first_differences(prepared, original[spec.name], other, changed, future)
        progress.advance()
    return found


def first_differences(
    prepared: Prepared, one: Books, other_prepared: Prepared, other: Books, future: Future
) -> Difference | None:
    """The first signal, fill or equity up to the cut that two books do not share."""
    cut = future.cut
    shared = min(cut + 1, other_prepared.panel.shape[0] - 1)
    for kind, mine, theirs in (
        ("signal", _signals(prepared, one, shared), _signals(other_prepared, other, shared)),
        ("fill", _fills(prepared, one.ledger, cut), _fills(other_prepared, other.ledger, cut)),
    ):
        moved = _first_moved(mine, theirs)
        if moved is not None:
            key, before, after = moved
            return _difference(prepared, future, kind, key, before, after)
    apart = np.flatnonzero(
        np.abs(one.ledger.equity[: cut + 1] - other.ledger.equity[: cut + 1]) > EPSILON * one.ledger.initial_cash
    )
    if len(apart):
        row = int(apart[0])
        key = (row, None, None)
        return _difference(prepared, future, "equity", key, one.ledger.equity[row], other.ledger.equity[row])
    return None


Key = tuple[int, str | None, str | None]


def _signals(prepared: Prepared, books: Books, last: int) -> dict[Key, Any]:
    """Signal by (row it trades in, ticker, event); a grid's row t trades in t + 1."""
    tickers = prepared.panel.tickers
    if books.placed is not None:
        placed, ids = books.placed, prepared.events.ids
        return {
            (int(row), tickers[n], str(ids[e])): float(value)
            for row, n, e, value in zip(placed.row, placed.ticker, placed.event, placed.signal, strict=True)
            if 0 <= row <= last
        }
    if books.grid is not None:
        rows, places = np.nonzero(books.grid[:last])
        return {
            (int(t) + 1, tickers[n], None): float(books.grid[t, n])
            for t, n in zip(rows.tolist(), places.tolist(), strict=True)
        }
    return {}


def _fills(prepared: Prepared, ledger: Ledger, last: int) -> dict[Key, Any]:
    tickers, ids = prepared.panel.tickers, [*prepared.events.ids.tolist(), None]
    found: dict[Key, Any] = {}
    for row in ledger.fills[ledger.fills["row"] <= last]:
        key = (int(row["row"]), tickers[row["ticker"]], ids[row["event"]])
        found[key] = (*found.get(key, ()), (int(row["side"]) * int(row["quantity"]), float(row["price"])))
    return found


def _first_moved(mine: dict[Key, Any], theirs: dict[Key, Any]) -> tuple[Key, Any, Any] | None:
    apart = [key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key)]
    if not apart:
        return None
    key = min(apart, key=lambda item: (item[0], item[1] or "", item[2] or ""))
    return key, mine.get(key), theirs.get(key)


def _difference(prepared: Prepared, future: Future, kind: str, key: Key, before: Any, after: Any) -> Difference:
    row, ticker, event = key
    return Difference(
        what=future.what,
        cut_date=str(prepared.panel.dates[future.cut]),
        kind=kind,
        row=row,
        date=str(pd.Timestamp(prepared.panel.dates[row]).date()),
        ticker=ticker,
        event_id=event,
        before=before,
        after=after,
    )
