"""How people read the metrics of a row, in the results table and elsewhere.

Values are fractions everywhere else; percent signs are made here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from newsbt._plain import JsonValue
from newsbt.domain.metric_table import MetricSpec, Unit
from newsbt.domain.metrics import columns, interval_of, spec_of
from newsbt.domain.run_documents import BroughtColumn, StrategyDocument

__all__ = ["MISSING", "Cell", "Row", "cell", "columns_of", "interval_in", "is_percent", "number", "raw_row", "value_of"]

Row: TypeAlias = StrategyDocument  # an entry of the `strategies` list of run.json

MISSING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, the sign of its value for colouring, and the reason where there is no value."""

    text: str
    sign: int = 0
    reason: str = ""


def percent(value: float) -> str:
    """Signed, two digits below ten percent, no digits nobody reads above a thousand.

    >>> percent(0.0123), percent(-0.25), percent(12.5)
    ('+1.23%', '-25.0%', '+1,250%')
    """
    return _signless_zero(f"{value:+.{_digits(value)}%}" if abs(value) < 10 else f"{value * 100:+,.0f}%")


def share(value: float) -> str:
    return f"{value:.{_digits(value)}%}" if abs(value) < 10 else f"{value * 100:,.0f}%"


def _digits(value: float) -> int:
    return 2 if abs(value) < 0.09995 else 1


def ratio(value: float) -> str:
    return _signless_zero(f"{value:.2f}" if abs(value) < 1000 else f"{value:,.0f}")


def probability(value: float) -> str:
    return f"{value:.3f}"


def money(value: float) -> str:
    return _signless_zero(f"{value:,.0f}")


def count(value: float) -> str:
    return f"{value:,.0f}"


def _signless_zero(text: str) -> str:
    """``-0.00%`` and ``+0.00%`` are neither a loss nor a gain."""
    return text.lstrip("+-") if not any(digit in text for digit in "123456789") else text


SHOW: Mapping[Unit, Callable[[float], str]] = {
    "return": percent,
    "share": share,
    "ratio": ratio,
    "probability": probability,
    "money": money,
    "count": count,
}


def number(key: str, value: float) -> str:
    """A metric as people read it; one of a user's own with two digits."""
    spec = spec_of(key)
    return f"{value:,.2f}" if spec is None else SHOW[spec.unit](value)


def is_percent(key: str) -> bool:
    """Whether people read a metric in percent."""
    spec = spec_of(key)
    return spec is not None and spec.unit in ("return", "share")


def columns_of(rows: Sequence[Row]) -> list[MetricSpec]:
    """The columns of a table of some rows: all but optional ones that are empty in every row, then those that the rows
    themselves bring (`columns` of run.json)."""
    shown = [spec for spec in columns() if not spec.optional or any(value_of(row, spec) is not None for row in rows)]
    brought = {str(one["key"]): one for row in rows for one in row.get("columns") or ()}
    return [*shown, *map(_brought, brought.values())]


def _brought(one: BroughtColumn) -> MetricSpec:
    unit: Unit = next((known for known in SHOW if known == one.get("unit")), "ratio")
    return MetricSpec(
        str(one["key"]), "", scope="evidence", unit=unit, title=str(one["title"]),
        rank=int(one.get("rank", 32)), signed=unit == "return",
    )  # fmt: skip


def cell(row: Row, column: MetricSpec) -> Cell:
    """What a row shows in a column, with its 95 % interval where it has one."""
    value = value_of(row, column)
    if value is None:
        reason = str((row.get("reasons") or {}).get(column.key, ""))
        return Cell(text="inf" if reason.startswith("infinite") else MISSING, reason=reason)
    show = SHOW[column.unit]
    text = show(value)
    interval = interval_in(row, column.key)
    if interval is not None:
        text += f" {show(interval[0])}..{show(interval[1])}"
    return Cell(text=text, sign=(value > 0) - (value < 0) if column.signed else 0)


def value_of(row: Row, column: MetricSpec) -> float | None:
    """What a row has in a column, None where it is no number."""
    value = ((row.get("counts") if column.scope == "count" else row.get("metrics")) or {}).get(column.key)
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


def interval_in(row: Row, key: str) -> tuple[float, float] | None:
    """The 95 % interval of a metric, as run.json has it; None where it has none."""
    metrics = row.get("metrics") or {}
    ends = [metrics.get(end) for end in interval_of(key) or ()]
    low, high = ends if len(ends) == 2 else (None, None)
    if not isinstance(low, float | int) or not isinstance(high, float | int) or math.isnan(low) or math.isnan(high):
        return None
    return float(low), float(high)


def raw_row(row: Row) -> dict[str, JsonValue]:
    """A row for programs: name, kind and engine, then every metric and count as it is, None where undefined."""
    return {
        "strategy": row.get("name"),
        "kind": row.get("kind"),
        "engine": row.get("engine"),
        **(row.get("metrics") or {}),
        **(row.get("counts") or {}),
    }
