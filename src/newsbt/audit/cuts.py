"""Where to part worlds: just before what a strategy decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from newsbt.audit.decisions import Decision, Decisions
from newsbt.audit.perturbed_futures import Cut
from newsbt.domain.entries import FillPoint

__all__ = ["LEAST_CUTS", "cuts_of", "spread"]

T = TypeVar("T")

FEW_DECISIONS = 100  # of fewer each is a cut
LEAST_CUTS = 16  # of a strategy with more of them


def cuts_of(decided: Decisions, most: int | None = None) -> list[Cut]:
    """The cuts of a strategy, in order: just before decisions of its own, and two of the period's.

    Parameters
    ----------
    most : int, optional
        How many decisions are cuts, evenly over time. By default every one where there are fewer than a hundred, and
        16 otherwise.
    """
    clock = decided.clock
    moments = sorted({moment for one in decided.found.values() if (moment := _moment_of(decided, one)) is not None})
    if most is None:
        most = len(moments) if len(decided.found) < FEW_DECISIONS else LEAST_CUTS
    found: dict[Cut, None] = {}
    for row, market, point in spread(moments, max(most, 2)):
        before = Cut.before_close(clock, row, market) if point is FillPoint.CLOSE else None
        found[before or Cut.before(clock, row, market, by_row=decided.by_row)] = None
    sessions = [(int(t), int(m)) for t, m in np.argwhere(clock.session_of >= 0) if t > 0]
    for row, market in spread(sessions, 4)[1:3]:
        found[Cut.before(clock, row, market, by_row=decided.by_row)] = None
    return sorted(found, key=lambda cut: (cut.row, cut.market, cut.at))


def spread(values: Sequence[T], most: int) -> list[T]:
    """At most so many of some values, evenly from the first to the last."""
    if not values:
        return []
    return [values[k] for k in np.unique(np.linspace(0, len(values) - 1, num=min(most, len(values))).astype(int))]


def _moment_of(decided: Decisions, one: Decision) -> tuple[int, int, FillPoint] | None:
    """Row, market and the point of the bar; None where the row is no session of the market, or the first row."""
    clock = decided.clock
    if not 0 < one.row < len(clock):
        return None
    market = one.market
    if market < 0:
        present = np.flatnonzero(~np.isnat(clock.cutoff_at[one.row]))
        market = int(present[np.argmin(clock.cutoff_at[one.row, present])]) if len(present) else -1
    if market < 0 or np.isnat(clock.cutoff_at[one.row, market]):
        return None
    return one.row, market, one.point
