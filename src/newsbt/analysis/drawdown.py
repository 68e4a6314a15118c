"""Drawdowns of an equity path that starts at the initial capital."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.measure import Measure, undefined

__all__ = ["Drawdown", "drawdown_measures", "drawdown_path", "find_drawdown"]

# Equity rebuilt from returns is a long product: a peak regained exactly may miss itself by rounding.
ROUNDING = 1e-12


def drawdown_path(equity: Floats, initial: float, rounding: float = ROUNDING) -> Floats:
    """(T,): E_t / max(E_s, s <= t) - 1 with E_0 = `initial` among the peaks; 0 at a peak, never positive.

    `equity` (T,) holds E_1 .. E_T. Where it is NaN, so is the result. The books of an account need no `rounding`: what
    is back at its peak there is so to the last bit.
    """
    peak = np.maximum.accumulate(np.concatenate(([initial], equity)))[1:]
    path = equity / peak - 1.0
    return np.where(path > -rounding, 0.0, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """The maximum drawdown and the longest time under water, as positions.

    `peak`, `trough` and `recovery` count bars from 1, 0 being the initial capital; None where there is none.
    `underwater_first` and `underwater_last` bound the longest run below a peak; None without a drawdown.
    """

    depth: float
    peak: int | None
    trough: int | None
    recovery: int | None
    underwater_first: int | None
    underwater_last: int | None


def find_drawdown(path: Floats) -> Drawdown:
    """The maximum drawdown in a drawdown path (T,), T >= 1; the first on ties."""
    if path.min() == 0:
        return Drawdown(depth=0.0, peak=None, trough=None, recovery=None, underwater_first=None, underwater_last=None)
    trough = int(path.argmin()) + 1
    at_peak = np.concatenate(([0], np.flatnonzero(path == 0) + 1))
    after = at_peak[at_peak > trough]
    # Between two bars at a peak everything is under water; the end of the sample closes the last gap.
    edges = np.concatenate((at_peak, [path.size + 1]))
    gap = int(np.diff(edges).argmax())
    return Drawdown(
        depth=float(path[trough - 1]),
        peak=int(at_peak[at_peak <= trough][-1]),
        trough=trough,
        recovery=int(after[0]) if after.size else None,
        underwater_first=int(edges[gap]) + 1,
        underwater_last=int(edges[gap + 1]) - 1,
    )


def drawdown_measures(path: Floats, dates: tuple[date, ...] | None) -> dict[str, Measure]:
    """Depth, dates and durations of the maximum drawdown of `path` (T,); `dates` (T,) or None when unknown."""
    found = find_drawdown(path)
    no_drawdown = "no drawdown"
    measures: dict[str, Measure] = {"max_drawdown": Measure(found.depth)}
    for name, position in (("peak", found.peak), ("trough", found.trough), ("recovery", found.recovery)):
        measures[f"max_drawdown_{name}"] = _on(
            position, dates, no_drawdown if found.trough is None else "not recovered"
        )
    for name, start, stop in (
        ("to_trough", found.peak, found.trough),
        ("to_recovery", found.trough, found.recovery),
    ):
        reason = no_drawdown if found.trough is None else "not recovered"
        bars, days = _span(start, stop, dates, reason)
        measures[f"max_drawdown_bars_{name}"] = bars
        measures[f"max_drawdown_days_{name}"] = days
    if found.underwater_first is None or found.underwater_last is None:
        measures["longest_underwater_bars"] = Measure(0.0)
        measures["longest_underwater_days"] = Measure(0.0) if dates is not None else undefined("no dates")
    else:
        bars, days = _span(found.underwater_first, found.underwater_last, dates, no_drawdown)
        measures["longest_underwater_bars"] = _plus_one(bars)
        measures["longest_underwater_days"] = _plus_one(days)
    return measures


def _on(position: int | None, dates: tuple[date, ...] | None, missing: str) -> Measure:
    if position is None:
        return Measure(None, missing)
    if position == 0:
        return Measure(None, "initial capital")
    return Measure(dates[position - 1]) if dates is not None else Measure(None, "no dates")


def _span(start: int | None, stop: int | None, dates: tuple[date, ...] | None, missing: str) -> tuple[Measure, Measure]:
    """Bars and calendar days from one position to another."""
    if start is None or stop is None:
        return undefined(missing), undefined(missing)
    bars = Measure(float(stop - start))
    if dates is None:
        return bars, undefined("no dates")
    if start == 0:
        return bars, undefined("the initial capital has no date")
    return bars, Measure(float((dates[stop - 1] - dates[start - 1]).days))


def _plus_one(measure: Measure) -> Measure:
    value = measure.value
    return Measure(value + 1) if isinstance(value, float) and not math.isnan(value) else measure
