"""One test of one window, and what the tests of a window are computed from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.domain.distributions import ndtr, stdtr

__all__ = ["Conclusion", "Window", "WindowSample", "by_normal", "by_t", "not_tested"]


class Window(NamedTuple):
    """Relative days `start` to `end`, both included."""

    start: int
    end: int

    @property
    def label(self) -> str:
        return f"[{self.start},{self.end}]"


class Conclusion(NamedTuple):
    """A test's `statistic`, two-sided `p`, and the `reason` when both are NaN."""

    statistic: float
    p: float
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class WindowSample:
    """The N events with a value in one window.

    `car`, `bhar` (N,) fractions; `scar` (N,) CAR over its forecast standard deviation, NaN without residual variance;
    `sar_sum` (N,) sum of daily SAR over sqrt(m); `deviation` (N,) that forecast standard deviation; `days` (N,) the m
    available; `freedom` (N,) degrees of freedom of the residual variance; `share_up` (N,) the share of positive
    estimation residuals.
    """

    window: Window
    car: Floats
    bhar: Floats
    scar: Floats
    sar_sum: Floats
    deviation: Floats
    days: Ints
    freedom: Ints
    share_up: Floats

    @property
    def count(self) -> int:
        return int(self.car.size)


def not_tested(reason: str) -> Conclusion:
    return Conclusion(math.nan, math.nan, reason)


def by_normal(statistic: float) -> Conclusion:
    """Two-sided against the standard normal."""
    return Conclusion(statistic, 2 * float(ndtr(-abs(statistic))))


def by_t(statistic: float, freedom: float) -> Conclusion:
    """Two-sided against Student's t."""
    return Conclusion(statistic, 2 * float(stdtr(freedom, -abs(statistic)))) if freedom >= 1 else not_tested("N=1")


def varying(values: Floats) -> bool:
    """Whether the values differ by more than rounding relative to their size."""
    low, high = float(values.min()), float(values.max())
    return high - low > 1e-12 * float(np.abs(values).max())
