"""The hand-made tables that the simulation reads: who is simulated and how, and which days are pinned."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

__all__ = ["Pin", "Series", "read_pins", "read_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One simulated ticker: what it is (from instruments.csv) and how it moves (from simulated_series.csv)."""

    ticker: str
    exchange: str
    board: str
    listed_on: date | None
    lot: int
    model: str
    base: str
    beta: float
    own_vol: float
    factors: Mapping[str, float] = field(default_factory=dict)
    start: float
    volume: float
    ratio: float

    @property
    def limited(self) -> bool:
        """Whether the exchange sets daily price limits."""
        return self.exchange in ("XSHG", "XSHE") and self.board != "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A day whose move is given: fractions against the close before. `high` and `low` are the day's extremes."""

    measure: str
    move: float
    gap: float
    high: float | None
    low: float | None
    touches: tuple[float, ...]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _number(text: str) -> float | None:
    return float(text) if text else None


def read_series(folder: Path) -> tuple[Series, ...]:
    """The simulated tickers in the order of their file; a base stands before what is built on it."""
    known = {row["ticker"]: row for row in _rows(folder / "universe" / "instruments.csv")}
    found = []
    for row in _rows(folder / "simulated_series.csv"):
        who = known[row["ticker"]]
        pairs = (part.split(":") for part in row["factors"].split(";") if part)
        found.append(
            Series(
                ticker=row["ticker"],
                exchange=who["exchange"],
                board=who["board"],
                listed_on=date.fromisoformat(who["listed_on"]) if who["listed_on"] else None,
                lot=int(who["lot_size"] or 100),
                model=row["model"],
                base=row["base"],
                beta=_number(row["beta"]) or 0.0,
                own_vol=(_number(row["own_vol_pct"]) or 0.0) / 100,
                factors={name: float(load) for name, load in pairs},
                start=_number(row["start"]) or 0.0,
                volume=(_number(row["volume_millions"]) or 0.0) * 1e6,
                ratio=_number(row["ratio"]) or 0.0,
            )
        )
    return tuple(found)


def read_pins(folder: Path) -> dict[tuple[str, date], Pin]:
    """The pinned days by ticker and session."""
    return {
        (row["ticker"], date.fromisoformat(row["date"])): Pin(
            measure=row["measure"],
            move=float(row["move"]),
            gap=float(row["gap"]),
            high=_number(row["high"]),
            low=_number(row["low"]),
            touches=tuple(float(part) for part in row["touches"].split(";") if part),
        )
        for row in _rows(folder / "pinned_moves.csv")
    }
