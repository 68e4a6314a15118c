"""What a run's tables say of each event: rows, fills, refusals and the return of its trades."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypedDict

import numpy as np
import pandas as pd

from newsbt.domain.object_arrays import objects
from newsbt.reports.page.clocks import clock_text
from newsbt.reports.page.view import PageView
from newsbt.reports.page.wording import EXITS, refusal_sentence
from newsbt.reports.table_columns import percent

__all__ = ["FILL", "REFUSAL", "FillRow", "Happened", "RowAxis", "happened", "records", "short"]

FILL = ("row", "side", "price", "quantity", "reason", "at")
REFUSAL = ("row", "side", "sentence", "further rows", "attempts")
MOST_ROWS = 40  # of further attempts that are marked on the chart

Pair: TypeAlias = tuple[str, str]  # strategy and ticker


Fill: TypeAlias = "tuple[int | None, int, float | None, int | None, str, str]"  # FILL
RefusalKey: TypeAlias = "tuple[str, str, str, pd.Timestamp, str]"  # strategy, event, ticker, instant, reason


class EventsRow(TypedDict):
    """Of a row of events.parquet what the cards show; NaN and NaT where there is none."""

    strategy: str
    event_id: str
    ticker: str
    known_at: pd.Timestamp
    first_tradable_at: pd.Timestamp
    signal: float
    pnl: float
    costs: float
    refused_reason: str


class ActedRow(TypedDict):
    """What fills.parquet and refusals.parquet share."""

    strategy: str
    event_id: str
    ticker: str
    date: pd.Timestamp
    at: pd.Timestamp
    side: str
    reason: str


class FillRow(ActedRow):
    price: float
    quantity: float


class RefusalRow(ActedRow):
    wanted_quantity: float
    filled_quantity: float
    would_have_returned: float


@dataclass
class Happened:
    """One event: its rows of the events table as mappings, and by strategy and ticker its fills and refusals, arrays
    in the order of :data:`FILL` and :data:`REFUSAL`, and the return of its trades."""

    rows: list[EventsRow] = field(default_factory=list)
    fills: dict[Pair, list[Fill]] = field(default_factory=dict)
    refusals: dict[Pair, list[list[Any]]] = field(default_factory=dict)
    returns: dict[Pair, float] = field(default_factory=dict)


def happened(view: PageView) -> dict[str, Happened]:
    """By event id, in the order in which they became known: every event with a signal, a fill or a refusal."""
    frame = view.events
    if frame is None:
        return {}
    spoken = _spoken(view, frame).sort_values(["known_at", "event_id"], kind="stable", na_position="first")
    found: dict[str, Happened] = {}
    row: EventsRow
    for row in records(spoken):
        found.setdefault(str(row["event_id"]), Happened()).rows.append(row)
    axis = RowAxis(view)
    fill: FillRow
    for fill in records(_owned(view.table("fills"))):
        event, pair = found.get(str(fill["event_id"])), (fill["strategy"], fill["ticker"])
        if event is not None:
            event.fills.setdefault(pair, []).append(_fill(fill, axis))
    sentences = _sentences(view)
    refusal: RefusalRow
    for refusal in records(_owned(view.table("refusals"))):
        event, pair = found.get(str(refusal["event_id"])), (refusal["strategy"], refusal["ticker"])
        if event is not None:
            _add_refusal(event.refusals.setdefault(pair, []), refusal, axis, sentences)
    _add_returns(found, _owned(view.table("trades")))
    return found


def _spoken(view: PageView, frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["strategy", "event_id", "ticker"]
    acted = [_owned(view.table(name))[keys] for name in ("fills", "refusals")]
    touched = pd.concat([part for part in acted if len(part)] or acted).drop_duplicates()
    marked = frame.merge(touched.assign(acted=True), on=keys, how="left")
    signalled = (marked["signal"].fillna(0.0) != 0.0) | marked["acted"].notna() | (marked["pnl"].fillna(0.0) != 0.0)
    return marked[signalled & marked["event_id"].notna()].drop(columns="acted")


def _owned(frame: pd.DataFrame | None) -> pd.DataFrame:
    """The rows that belong to an event."""
    if frame is None:
        return pd.DataFrame({"strategy": [], "event_id": [], "ticker": []}, dtype=object)
    return frame[frame["event_id"].notna()]


def records(frame: pd.DataFrame) -> Any:
    """The rows of a table of the run folder, whose columns the caller names."""
    return frame.to_dict("records")


class RowAxis:
    """Where instants lie on the axis of rows, and what clocks show in a ticker's market."""

    def __init__(self, view: PageView) -> None:
        context = view.context
        self._dates = objects([str(date) for date in context.get("dates") or ()])
        self._row_of = {date: row for row, date in enumerate(self._dates.tolist())}
        self._intraday = bool(context.get("intraday"))
        self._zones = context.get("zones") or {}
        self._tickers = context.get("tickers") or {}

    def row(self, row: ActedRow) -> int | None:
        if not self._intraday:
            return None if pd.isna(row["date"]) else self._row_of.get(f"{row['date']:%Y-%m-%d}")
        index = int(np.searchsorted(self._dates, f"{row['at']:%Y-%m-%dT%H:%MZ}", side="right"))
        return max(index - 1, 0)

    def zone(self, ticker: str) -> str | None:
        about = self._tickers.get(ticker)
        return None if about is None else self._zones.get(about.get("market", ""))


def _fill(row: FillRow, axis: RowAxis) -> Fill:
    side = 1 if row["side"] == "buy" else -1
    at = clock_text(row["at"], axis.zone(row["ticker"]))
    reason = str(row["reason"])
    return axis.row(row), side, short(row["price"]), _whole(row["quantity"]), EXITS.get(reason, reason), at


def _add_refusal(found: list[list[Any]], row: RefusalRow, axis: RowAxis, sentences: Mapping[RefusalKey, str]) -> None:
    """Add a refusal, or count it as a further attempt where it repeats the one before."""
    side, reason, at = 1 if row["side"] == "buy" else -1, str(row["reason"]), axis.row(row)
    if found and found[-1][1] == side and found[-1][-1] == reason:
        further = found[-1][3]
        if at is not None and len(further) < MOST_ROWS:
            further.append(at)
        found[-1][4] += 1
        return
    key = row["strategy"], row["event_id"], row["ticker"], row["at"], row["reason"]
    found.append([at, side, sentences.get(key) or _sentence(row, reason), [], 1, reason])


def _sentence(row: RefusalRow, reason: str) -> str:
    """What was refused, when and why."""
    wanted, filled = _whole(row["wanted_quantity"]), _whole(row["filled_quantity"])
    what = f"cut to {filled:,}" if filled else "refused"
    of = f" of {wanted:,}" if wanted else ""
    on = "" if pd.isna(row["date"]) else f" on {row['date']:%Y-%m-%d}"
    missed = row["would_have_returned"]
    after = "" if pd.isna(missed) else f"; it would have returned {percent(float(missed))}"
    return f"{row['side']}{of} {what}{on}: {refusal_sentence(reason)}{after}"


def _sentences(view: PageView) -> dict[RefusalKey, str]:
    """The run's own sentences about refusals, where its folder has them."""
    try:
        frame = view.record.table("explanations")
    except Exception:  # a folder of an older version: the reasons' own words do
        return {}
    return {
        (row["strategy"], row["event_id"], row["ticker"], row["at"], row["reason"]): str(
            row["explanation"]
        ).removeprefix(f"{row['ticker']}: ")
        for row in records(frame)
        if isinstance(row["explanation"], str)
    }


def _add_returns(found: Mapping[str, Happened], trades: pd.DataFrame) -> None:
    """The return of an event's trades in a ticker: their P&L over what was paid for them."""
    if "pnl" not in trades.columns:
        return
    sums: dict[tuple[str, Pair], tuple[float, float]] = {}
    for row in records(trades):
        pnl, part = float(row["pnl"]), float(row["return"])
        if math.isfinite(pnl) and math.isfinite(part) and part != 0.0:
            key = (str(row["event_id"]), (row["strategy"], row["ticker"]))
            total, paid = sums.get(key, (0.0, 0.0))
            sums[key] = (total + pnl, paid + pnl / part)
    for (event_id, pair), (pnl, paid) in sums.items():
        if event_id in found and paid:
            found[event_id].returns[pair] = pnl / paid


def short(value: float | None) -> float | None:
    """Six digits of a number, None where there is none."""
    return None if value is None or pd.isna(value) or not math.isfinite(value) else float(f"{value:.6g}")


def _whole(value: float) -> int | None:
    return None if pd.isna(value) else int(value)


def largest_first(rows: Sequence[EventsRow]) -> list[EventsRow]:
    """Rows by the size of their P&L, equals by strategy and ticker."""

    def size(row: EventsRow) -> float:
        return 0.0 if pd.isna(row["pnl"]) else abs(float(row["pnl"]))

    return sorted(rows, key=lambda row: (-size(row), str(row["strategy"]), str(row["ticker"])))
