"""The columns of the results table: where a value comes from, and how people read it.

Values are fractions everywhere else; percent signs are made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["COLUMNS", "MISSING", "Cell", "Column", "cell", "columns_of", "raw_row"]

Row: TypeAlias = Mapping[str, Any]  # an entry of the `strategies` list of run.json

MISSING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, the sign of its value for colouring, and the reason where there is no value."""

    text: str
    sign: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the table for people.

    `rank` orders columns by how soon they are given up in a narrow terminal, 0 last. An `optional` column is
    shown only when some row has a value. `error_key` names the standard error shown beside the value.
    """

    key: str
    title: str
    show: Callable[[float], str]
    rank: int
    is_count: bool = False
    signed: bool = False
    optional: bool = False
    error_key: str | None = None


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


COLUMNS: Sequence[Column] = (
    Column(key="total_return", title="Return", show=percent, rank=0, signed=True),
    Column(key="cagr", title="CAGR", show=percent, rank=14, signed=True),
    Column(key="volatility", title="Vol", show=share, rank=12),
    Column(key="sharpe", title="Sharpe", show=ratio, rank=1, error_key="sharpe_se"),
    Column(key="psr", title="PSR", show=probability, rank=11, optional=True),
    Column(key="dsr", title="DSR", show=probability, rank=22, optional=True),
    Column(key="placebo_p", title="Placebo p", show=probability, rank=3, optional=True),
    Column(key="p_holm", title="Holm p", show=probability, rank=21, optional=True),
    Column(key="max_drawdown", title="Max DD", show=percent, rank=2),
    Column(key="calmar", title="Calmar", show=ratio, rank=23),
    Column(key="sortino", title="Sortino", show=ratio, rank=24),
    Column(key="trades", title="Trades", show=count, rank=4, is_count=True),
    Column(key="hit_rate", title="Hit", show=share, rank=8),
    Column(key="profit_factor", title="Profit f.", show=ratio, rank=25),
    Column(key="refusals", title="Refused", show=count, rank=5, is_count=True),
    Column(key="unfillable_return", title="Unfillable", show=percent, rank=9, signed=True, optional=True),
    Column(key="gross_return", title="Gross", show=percent, rank=7, signed=True),
    Column(key="total_costs", title="Costs", show=money, rank=6),
    Column(key="slippage_cost", title="Slippage", show=money, rank=10),
    Column(key="hedged_return", title="Hedged", show=percent, rank=19, signed=True, optional=True),
    Column(key="turnover", title="Turnover", show=ratio, rank=26),
    Column(key="exposure", title="Exposure", show=share, rank=27),
    Column(key="alpha", title="Alpha", show=percent, rank=28, signed=True, optional=True),
    Column(key="beta", title="Beta", show=ratio, rank=29, optional=True),
    Column(key="information_ratio", title="IR", show=ratio, rank=30, optional=True),
    Column(key="events_traded", title="Events", show=count, rank=13, is_count=True),
    Column(key="event_dates", title="Dates", show=count, rank=20, is_count=True),
    Column(key="final_equity", title="Final equity", show=money, rank=31),
)


UNITS: Mapping[str, Callable[[float], str]] = {
    "percent": percent, "share": share, "ratio": ratio, "probability": probability, "money": money, "count": count,
}  # fmt: skip


def columns_of(rows: Sequence[Row]) -> list[Column]:
    """The columns of a table of some rows: all but optional ones that are empty in every row, then those that the rows
    themselves bring (`columns` of run.json)."""
    shown = [
        column for column in COLUMNS if not column.optional or any(_value(row, column) is not None for row in rows)
    ]
    brought: dict[str, Column] = {}
    for one in (one for row in rows for one in row.get("columns") or ()):
        unit = str(one.get("unit"))
        brought[str(one["key"])] = Column(
            key=str(one["key"]), title=str(one["title"]), show=UNITS.get(unit, ratio), rank=int(one.get("rank", 32)),
            signed=unit == "percent",
        )  # fmt: skip
    return [*shown, *brought.values()]


def cell(row: Row, column: Column) -> Cell:
    """What a row shows in a column."""
    value = _value(row, column)
    if value is None:
        reason = str((row.get("reasons") or {}).get(column.key, ""))
        return Cell(text="inf" if reason.startswith("infinite") else MISSING, reason=reason)
    text = column.show(value)
    if column.error_key is not None:
        error = (row.get("metrics") or {}).get(column.error_key)
        if isinstance(error, float | int):
            text += f" ±{error:.2f}"
    return Cell(text=text, sign=(value > 0) - (value < 0) if column.signed else 0)


def _value(row: Row, column: Column) -> float | None:
    value = (row.get("counts" if column.is_count else "metrics") or {}).get(column.key)
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


def raw_row(row: Row) -> dict[str, Any]:
    """A row for programs: name, kind and engine, then every metric and count as it is, None where undefined."""
    return {
        "strategy": row.get("name"),
        "kind": row.get("kind"),
        "engine": row.get("engine"),
        **(row.get("metrics") or {}),
        **(row.get("counts") or {}),
    }
