"""The detection floor: the smallest effect that a set of events could have shown."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from newsbt._typing import Floats
from newsbt.analysis.evaluation import traded_events
from newsbt.domain.ledger import Ledger
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence
from newsbt.evidence.independent_days import TIE

__all__ = ["DEFINITION", "DETECTION_FLOOR", "DetectionFloor", "detection_floor", "floor_of_test"]

LEVEL, POWER = 0.05, 0.80
DEFINITION = (
    "the smallest effect, added to the profits of every other calendar, with which 80 % of them would have passed the "
    "one-sided 5 % level: the 80 % quantile of (critical T - T) sqrt(Q)"
)
OF_RETURNS = (
    "the smallest effect, added to the total return of every placebo run, with which 80 % of them would have passed "
    "the one-sided 5 % level of the placebo distribution: its 95 % quantile less its 20 % quantile"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionFloor:
    """Fractions, None where undefined with the `reason`.

    `total_return` is the floor by :data:`DEFINITION`, `critical` the total return from which on the placebo p-value is
    at most 5 %. `per_trade` is the floor as a mean return on the notional of each entry, `per_event` as a share of the
    initial cash for each traded event, `per_date` for each independent event date. `reached` says whether the observed
    return is at least critical.
    """

    total_return: float | None = None
    critical: float | None = None
    per_trade: float | None = None
    per_event: float | None = None
    per_date: float | None = None
    observed: float | None = None
    reached: bool | None = None
    level: float = LEVEL
    power: float = POWER
    definition: str = DEFINITION
    reason: str = ""

    def as_dict(self) -> dict[str, float | bool | str | None]:
        return asdict(self)


def detection_floor(
    placebo_returns: Floats, observed: float, ledger: Ledger, *, events: int, dates: int
) -> DetectionFloor:
    """The floor of one strategy from the total returns of placebo runs on independent days.

    Parameters
    ----------
    placebo_returns : ndarray of shape (m,)
        Fractions.
    observed : float
        The strategy's own total return.
    ledger : Ledger
        Its books: entry notionals make a return on what was invested of it.
    events, dates : int
        Events that were traded, and the distinct sessions on which they were.
    """
    if why := _too_few(len(placebo_returns)):
        return DetectionFloor(observed=observed, definition=OF_RETURNS, reason=why)
    if np.ptp(placebo_returns) <= TIE:
        return DetectionFloor(observed=observed, definition=OF_RETURNS, reason="all placebo runs returned the same")
    critical = _critical(placebo_returns)
    floor = critical - float(np.quantile(placebo_returns, 1.0 - POWER))
    return _floor_of(
        floor, critical, observed, ledger, events=events, dates=dates, reached=observed > critical,
        definition=OF_RETURNS,
    )  # fmt: skip


def floor_of_test(
    statistic: Floats, scale: Floats, observed: float, ledger: Ledger, *, events: int, dates: int
) -> DetectionFloor:
    """The floor of one strategy from its other calendars.

    Parameters
    ----------
    statistic, scale : ndarray of shape (A,)
        T and sqrt(Q) of each calendar, the run's own first.
    observed, ledger, events, dates
        As in :func:`detection_floor`.

    Notes
    -----
    An effect of d on the sum of daily profits moves T by d / sqrt(Q).
    """
    if why := _too_few(len(statistic) - 1):
        return DetectionFloor(observed=observed, reason=why)
    critical = _critical(statistic[1:])
    floor = max(float(np.quantile((critical - statistic[1:]) * scale[1:], POWER)), 0.0)
    own = float(statistic[0])
    return _floor_of(
        floor, observed + (critical - own) * float(scale[0]), observed, ledger, events=events, dates=dates,
        reached=own > critical, definition=DEFINITION,
    )  # fmt: skip


def _too_few(others: int) -> str:
    least = math.ceil(1 / LEVEL) - 1
    return f"{others} placebo runs: a level of {LEVEL:g} needs at least {least}" if others < least else ""


def _critical(values: Floats) -> float:
    """Above which p is at most the level: p = (b + 1) / (m + 1) leaves room for b values that are as good."""
    allowed = math.floor(LEVEL * (len(values) + 1) + 1e-9) - 1
    return float(np.sort(values)[::-1][allowed])


def _floor_of(
    floor: float, critical: float, observed: float, ledger: Ledger, *, events: int, dates: int, reached: bool,
    definition: str,
) -> DetectionFloor:  # fmt: skip
    notional = float(np.abs(ledger.lots["entry_notional"]).sum())
    cash = ledger.initial_cash
    return DetectionFloor(
        total_return=floor,
        critical=critical,
        per_trade=floor * cash / notional if notional > 0 else None,
        per_event=floor / events if events else None,
        per_date=floor / dates if dates else None,
        observed=observed,
        reached=reached,
        definition=definition,
    )


def _of_strategy(case: Case, name: str) -> DetectionFloor:
    ledger, moved = case.simulated[name].ledger, case.moved[name]
    if moved.returns is None:
        return DetectionFloor(observed=ledger.total_return, reason=moved.reason)
    events, dates = traded_events(ledger, case.prepared.market.panel)
    if moved.test is None:
        return detection_floor(moved.returns, ledger.total_return, ledger, events=events, dates=dates)
    kept = ~np.isnan(moved.test.statistic)
    return floor_of_test(
        moved.test.statistic[kept], moved.test.scale[kept], ledger.total_return, ledger, events=events, dates=dates
    )


def _find(case: Case) -> RunEvidence:
    return RunEvidence(rows={name: RowEvidence(section=_of_strategy(case, name).as_dict()) for name in case.simulated})


DETECTION_FLOOR = Evidence(name="detection_floor", find=_find, asked_by=("audit",))
