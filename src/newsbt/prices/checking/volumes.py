"""What the volumes of one ticker show: none, less than a share, a thousand times the usual, another unit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from newsbt._typing import Bools
from newsbt.domain.findings import Finding, rows_text
from newsbt.prices.checking.series import Series

__all__ = ["odd_volumes"]

WINDOW = 10  # bars on either side, of which the median is usual
HUGE = 300.0  # times the usual
OTHER_UNIT = 40.0  # times the usual before, from one bar on


def odd_volumes(series: Series, half_days: Bools, known: Bools) -> Iterator[Finding]:
    """`half_days` (R,) are rows of sessions that end early by calendar, `known` (R,) rows that are named already."""
    volume, priced = series.volume, series.is_priced
    absurd = (volume > 0) & (volume < 1)
    if absurd.any():
        flat = " in flat bars, as of a snapshot taken before the day had traded" if series.is_flat[absurd].all() else ""
        later = "; other bars from then on may be snapshots too" if flat else ""
        yield series.finding(
            "absurd_volume", absurd,
            f"has volumes below one share in {rows_text(absurd.sum())}{flat}: {series.days_of(absurd)}{later}",
        )  # fmt: skip
    empty = priced & (volume == 0) & ~known
    flat_bars = empty & series.is_flat
    halves = flat_bars & half_days
    if halves.any():
        yield series.finding(
            "half_day_bar", halves,
            f"has half days as flat bars without volume on {series.days_of(halves)}: the source left them out, and "
            "nothing can be traded in them",
        )  # fmt: skip
    flat_bars &= ~half_days
    if flat_bars.any():
        yield series.finding(
            "flat_bar",
            flat_bars,
            f"has {rows_text(flat_bars.sum(), 'flat bar')} without volume: {series.days_of(flat_bars)}; suspended, or "
            "filled in",
        )
    rest = empty & ~series.is_flat
    if rest.any():
        always = rest.sum() == (priced & ~known).sum()
        what = "has no volume in any of its bars" if always and len(rest) > WINDOW else ""
        yield series.finding(
            "zero_volume", rest,
            what or f"has prices that move without volume in {rows_text(rest.sum())}: {series.days_of(rest)}",
            count=1 if what else None,
        )  # fmt: skip
    blank = priced & np.isnan(volume)
    if blank.any():
        yield series.finding(
            "blank_volume", blank, f"has no volume in {rows_text(blank.sum())}: traded without participation cap"
        )
    yield from _jumps(series)


def _jumps(series: Series) -> Iterator[Finding]:
    """Volumes that stand out by themselves, and the bar from which on all are of another size."""
    rows = np.flatnonzero(series.volume >= 1)
    if len(rows) < 2 * WINDOW + 1:
        return
    size = np.log(series.volume[rows])
    windows = np.lib.stride_tricks.sliding_window_view(size, WINDOW)
    if float(np.ptp(size)) < math.log(OTHER_UNIT):
        return  # nothing can stand out
    usual = np.median(windows, axis=1)  # of the window that begins at each bar
    bars = np.arange(len(rows))
    before = usual[np.clip(bars - WINDOW, 0, len(usual) - 1)]
    after = usual[np.clip(bars + 1, 0, len(usual) - 1)]
    nearest = np.where(np.abs(size - before) < np.abs(size - after), before, after)
    huge = size - nearest > math.log(HUGE)
    if huge.any():
        indices = rows[huge]
        k = int(indices[0])
        times = math.exp(float((size - nearest)[huge][0]))
        yield series.finding(
            "absurd_volume", indices,
            f"has a volume of {series.volume[k]:,.0f} on {series.day[k]}, {times:,.0f} times the usual"
            + (f", and {len(indices) - 1} more like it" if len(indices) > 1 else ""),
        )  # fmt: skip
    at = np.arange(WINDOW, len(rows) - WINDOW + 1)
    step = usual[at] - usual[at - WINDOW]
    if np.abs(step).max() > math.log(OTHER_UNIT):
        means = windows.mean(axis=1)  # which tell the bar, as medians do not
        k = int(np.argmax(np.abs(means[at] - means[at - WINDOW])))
        index = int(rows[at[k]])
        factor = math.exp(abs(float(step[k])))
        yield series.finding(
            "volume_unit", np.array([index]),
            f"trades {factor:,.0f} times as {'much' if step[k] > 0 else 'little'} from {series.day[index]} on: lots "
            "and shares in one column?",
        )  # fmt: skip
