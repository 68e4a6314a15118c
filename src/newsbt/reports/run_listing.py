"""A run folder's tables in a terminal: fills, trades, refusals and events of each strategy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.record import RunRecord
from newsbt.reports.run_text import reason_text
from newsbt.reports.table_columns import MISSING, percent
from newsbt.reports.tabular import Head, TerminalTable, figure, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["LISTED", "events_with_counts", "listing"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a listing: the key of its values, its head, and how it shows one."""

    key: str
    head: Head
    show: Callable[[Any], str] = str


def _minute(value: pd.Timestamp) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


def _day(value: pd.Timestamp) -> str:
    return f"{value:%Y-%m-%d}"


def _number(value: float) -> str:
    """Four digits after the point, as many of them as are not 0; six figures where that would be nothing.

    >>> _number(1200.0), _number(12.3456789), _number(0.0000123), _number(-0.0)
    ('1,200', '12.3457', '0.0000123', '0')
    """
    digits = 4 if abs(value) >= 0.01 or not value else 5 - math.floor(math.log10(abs(value)))
    text = f"{value + 0.0:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(value: float) -> str:
    """To the cent, or as exact as it takes to be more than nothing.

    >>> _money(-12345678.9), _money(0.004), _money(-0.0)
    ('-12,345,678.90', '0.004', '0.00')
    """
    text = f"{value + 0.0:,.2f}"
    return _number(value) if value and not text.strip("-0.") else text


def _signal(value: float) -> str:
    text = f"{value:+.2f}"
    return f"{value:+.2g}" if value and not text.strip("+-0.") else text


_TICKER = Field("ticker", token("Ticker", 0))
_SIDE = Field("side", token("Side", 2))
_DATE = Field("date", token("Date", 1), _day)
_AT = Field("at", token("At (UTC)", 8), _minute)

LISTED: dict[str, tuple[Field, ...]] = {
    "trades": (
        _TICKER,
        Field("entry_at", token("Entry", 1), _day),
        Field("exit_at", token("Exit", 3), _day),
        Field("quantity", figure("Quantity", 5), _number),
        Field("entry_price", figure("Paid", 6), _number),
        Field("exit_price", figure("Got", 7), _number),
        Field("pnl", figure("P&L", 2), _money),
        Field("return", figure("Return", 4), percent),
        Field("costs", figure("Costs", 10), _money),
        Field("exit_reason", prose("Ended by", 8), reason_text),
        Field("event_id", token("Event", 9)),
    ),
    "fills": (
        _DATE,
        _AT,
        _TICKER,
        _SIDE,
        Field("quantity", figure("Quantity", 3), _number),
        Field("price", figure("Price", 4), _number),
        Field("costs", figure("Costs", 5), _money),
        Field("slippage_cost", figure("Slippage", 9), _money),
        Field("reason", prose("Reason", 7), reason_text),
        Field("event_id", token("Event", 6)),
    ),
    "refusals": (
        _DATE,
        _AT,
        _TICKER,
        _SIDE,
        Field("reason", prose("Reason", 3), reason_text),
        Field("wanted_quantity", figure("Wanted", 4), _number),
        Field("filled_quantity", figure("Filled", 5), _number),
        Field("would_have_returned", figure("Would have returned", 7), percent),
        Field("event_id", token("Event", 6)),
    ),
    "events": (
        Field("event_id", token("Event", 1)),
        _TICKER,
        Field("weight", figure("Link", 8), _signal),
        Field("signal", figure("Signal", 3), _signal),
        Field("known_at", token("Known (UTC)", 9), _minute),
        Field("first_tradable_at", token("Tradable (UTC)", 6), _minute),
        Field("fills", figure("Fills", 4), _number),
        Field("refusals", figure("Refused", 5), _number),
        Field("pnl", figure("P&L", 2), _money),
        Field("costs", figure("Costs", 10), _money),
        Field("refused_reason", prose("Not traded", 7), reason_text),
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
    by_key = dict(sentences.items())
    named = zip(*(events[key] for key in keys), strict=True)
    events["explanations"] = pd.Series([by_key.get(key, []) for key in named], index=events.index, dtype=object)
    return events


def listing(
    name: str, frame: pd.DataFrame, strategies: Sequence[str], totals: Mapping[str, int] | None = None
) -> ConsoleRenderable:
    """One of :data:`LISTED` for the terminal, a table for each strategy that has rows; `totals` says of each how many
    it has in all, where `frame` has some of them."""
    parts: list[RenderableType] = []
    for strategy in strategies:
        rows = frame[frame["strategy"] == strategy]
        parts += [Text("")] if parts else []
        of = "" if totals is None else f" of {totals.get(strategy, 0):,}"
        parts.append(Prose(f"{strategy}, {name}: {len(rows):,}{of}", "bold"))
        if len(rows):
            parts += [_table(rows, LISTED[name]), *_sentences(rows)]
    return Group(*parts)


def _sentences(rows: pd.DataFrame) -> list[RenderableType]:
    """What was refused and why, a line for each refusal, under the event it belongs to."""
    if "explanations" not in rows.columns:
        return []
    parts: list[RenderableType] = []
    refused = rows[rows["explanations"].map(len) > 0]
    for event, found in refused.groupby("event_id", sort=False)["explanations"]:
        parts.append(Prose(str(event), "bold"))
        parts += [Prose(f"  {sentence}", indent=2) for sentences in found for sentence in sentences]
    return [Text("Why orders were refused", style="bold"), *parts] if parts else []


def _table(frame: pd.DataFrame, fields: Sequence[Field]) -> TerminalTable:
    shown = [field for field in fields if field.key in frame.columns]
    columns = [[_text(field, value) for value in frame[field.key]] for field in shown]
    return TerminalTable([field.head for field in shown], zip(*columns, strict=True), more="--format csv")


def _text(field: Field, value: Any) -> str:
    return MISSING if pd.isna(value) else field.show(value)
