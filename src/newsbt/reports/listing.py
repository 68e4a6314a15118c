"""A run folder's tables in a terminal: fills, trades, refusals and events of each strategy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich import box
from rich.console import ConsoleRenderable, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from newsbt.domain.record import RunRecord
from newsbt.reports.columns import MISSING, percent
from newsbt.reports.summary import reason_text
from newsbt.reports.text import clean

__all__ = ["LISTED", "events_with_counts", "listing"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a listing; a `wide` one is shown from :data:`WIDE` columns of terminal on."""

    key: str
    title: str
    show: Callable[[Any], str] = str
    is_text: bool = False
    wide: bool = False


WIDE = 110
EVENT_WIDTH = 22


def _minute(value: pd.Timestamp) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def _day(value: pd.Timestamp) -> str:
    return f"{value:%Y-%m-%d}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _price(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _money(value: float) -> str:
    return f"{value:,.2f}"


def _signal(value: float) -> str:
    return f"{value:+.2f}"


_TICKER = Field("ticker", "Ticker", is_text=True)
_SIDE = Field("side", "Side", is_text=True)
_EVENT = Field("event_id", "Event", is_text=True)
_COSTS = Field("costs", "Costs", _money, wide=True)

LISTED: dict[str, tuple[Field, ...]] = {
    "trades": (
        _TICKER,
        Field("entry_at", "Entry", _day),
        Field("exit_at", "Exit", _day),
        Field("quantity", "Quantity", _whole),
        Field("entry_price", "Paid", _price),
        Field("exit_price", "Got", _price),
        Field("pnl", "P&L", _money),
        Field("return", "Return", percent),
        _COSTS,
        Field("exit_reason", "Ended by", reason_text, is_text=True),
        _EVENT,
    ),
    "fills": (
        Field("date", "Date", _day),
        Field("at", "At (UTC)", _minute, wide=True),
        _TICKER,
        _SIDE,
        Field("quantity", "Quantity", _whole),
        Field("price", "Price", _price),
        Field("costs", "Costs", _money),
        Field("slippage_cost", "Slippage", _money, wide=True),
        Field("reason", "Reason", reason_text, is_text=True),
        _EVENT,
    ),
    "refusals": (
        Field("date", "Date", _day),
        Field("at", "At (UTC)", _minute, wide=True),
        _TICKER,
        _SIDE,
        Field("reason", "Reason", reason_text, is_text=True),
        Field("wanted_quantity", "Wanted", _whole),
        Field("filled_quantity", "Filled", _whole),
        Field("would_have_returned", "Would have returned", percent),
        _EVENT,
    ),
    "events": (
        _EVENT,
        _TICKER,
        Field("weight", "Link", _signal, wide=True),
        Field("signal", "Signal", _signal),
        Field("known_at", "Known (UTC)", _minute, wide=True),
        Field("first_tradable_at", "Tradable (UTC)", _minute),
        Field("fills", "Fills", _whole),
        Field("refusals", "Refused", _whole),
        Field("pnl", "P&L", _money),
        _COSTS,
        Field("refused_reason", "Not traded", reason_text, is_text=True),
    ),
}


def events_with_counts(record: RunRecord) -> pd.DataFrame:
    """The events table with `fills` and `refusals`: how many of each a strategy's event had in a ticker; and with
    `explanations`, the sentences about those refusals, a list."""
    events = record.table("events")
    keys = ["strategy", "event_id", "ticker"]
    for name in ("fills", "refusals"):
        counted = record.table(name).groupby(keys, sort=False).size().rename(name).reset_index()
        events = events.merge(counted, on=keys, how="left")
        events[name] = events[name].fillna(0).astype("int64")
    sentences = record.table("explanations").groupby(keys, sort=False)["explanation"].agg(list)
    told = dict(sentences.items())
    named = zip(*(events[key] for key in keys), strict=True)
    events["explanations"] = pd.Series([told.get(key, []) for key in named], index=events.index, dtype=object)
    return events


def listing(name: str, frame: pd.DataFrame, width: int, strategies: Sequence[str]) -> ConsoleRenderable:
    """One of :data:`LISTED` for the terminal, a table for each strategy that has rows."""
    parts: list[ConsoleRenderable] = []
    for strategy in strategies:
        rows = frame[frame["strategy"] == strategy]
        title = Text(f"{clean(strategy)}, {name}: {len(rows):,}", style="bold")
        parts += [title] if rows.empty else [title, _table(rows, LISTED[name], width)]
        parts += _sentences(rows)
    return Group(*parts)


def _sentences(rows: pd.DataFrame) -> list[ConsoleRenderable]:
    """What was refused and why, a line for each refusal, under the event it belongs to."""
    if "explanations" not in rows.columns:
        return []
    parts: list[ConsoleRenderable] = []
    told = rows[rows["explanations"].map(len) > 0]
    for event, found in told.groupby("event_id", sort=False)["explanations"]:
        parts.append(Text(clean(event), style="bold"))
        parts += [Text(f"  {clean(sentence)}") for sentences in found for sentence in sentences]
    return [Text("Why orders were refused", style="bold"), *parts, Text("")] if parts else []


def _table(frame: pd.DataFrame, fields: Sequence[Field], width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    shown = [field for field in fields if field.key in frame.columns and (width >= WIDE or not field.wide)]
    for field in shown:
        justify: JustifyMethod = "left" if field.is_text else "right"
        table.add_column(
            Text(field.title), justify=justify, overflow="fold", no_wrap=field is not _EVENT, min_width=_least(field)
        )
    columns = [[_text(field, value) for value in frame[field.key]] for field in shown]
    for cells in zip(*columns, strict=True):
        table.add_row(*cells)
    return table


def _least(field: Field) -> int | None:
    """An event's id may be folded, but not into a column of letters."""
    return EVENT_WIDTH if field is _EVENT else None


def _text(field: Field, value: Any) -> Text:
    return Text(MISSING if pd.isna(value) else clean(field.show(value)))
