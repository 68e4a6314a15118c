"""Events with their models: residuals before, abnormal returns around, and sums over windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.event_study.conclusion import Window, WindowSample
from newsbt.analysis.event_study.panel import StudyPanel

__all__ = ["FLAWS", "Fitted", "Schedule", "fit", "sample_window"]

FLAWS = {1: "few_estimation_days", 2: "constant_factor"}


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """N events: L estimation days and W event days from relative day `first`.

    `residual` (N, L), `abnormal`, `expected` (N, W) with NaN on missing days; `whitened` (N, W, K) as
    :func:`newsbt.kernels.abnormal.fit_events` leaves it; `coefficients` (N, K + 1); `sigma` (N,), 0 without residual
    variance; `used` (N,) estimation days; `flaw` (N,) a key of FLAWS or 0; `fixed`: nothing was estimated.
    """

    first: int
    residual: Floats
    abnormal: Floats
    expected: Floats
    whitened: Floats
    coefficients: Floats
    sigma: Floats
    used: Ints
    flaw: Ints
    fixed: bool

    @property
    def freedom(self) -> Ints:
        """(N,): degrees of freedom of each sigma."""
        return self.used - 1 - (0 if self.fixed else self.whitened.shape[2])

    def take(self, keep: Ints | Bools) -> Fitted:
        """The same for some of the events."""
        return Fitted(
            first=self.first, residual=self.residual[keep], abnormal=self.abnormal[keep], expected=self.expected[keep],
            whitened=self.whitened[keep], coefficients=self.coefficients[keep], sigma=self.sigma[keep],
            used=self.used[keep], flaw=self.flaw[keep], fixed=self.fixed,
        )  # fmt: skip


class Schedule(NamedTuple):
    """The event `window` in relative days, and the `estimation` days that end `gap` days before it."""

    window: tuple[int, int]
    estimation: int
    gap: int

    @property
    def first(self) -> int:
        """The first estimation day."""
        return self.window[0] - self.gap - self.estimation


def fit(
    panel: StudyPanel, dropped: Bools, ticker: Ints, day: Ints, schedule: Schedule, *, fixed: bool = False,
    given: Floats | None = None,
) -> Fitted:  # fmt: skip
    """Fit the panel's factors before each event and apply them around it, without the `dropped` (N, T) days.

    `fixed` takes intercept 0 and slope 1; `given` (E, K) are slopes to take, where they are not NaN.
    """
    from newsbt.kernels.abnormal import fit_events

    window, estimation = schedule.window, schedule.estimation
    events, span, count = ticker.size, window[1] - window[0] + 1, panel.factors.shape[2]
    slopes = np.full((events, count), np.nan) if given is None else given
    residual = np.empty((events, estimation))
    expected = np.empty((events, span))
    whitened = np.empty((events, span, count))
    coefficients = np.empty((events, count + 1))
    sigma = np.empty(events)
    used, flaw = np.zeros(events, dtype=np.int64), np.zeros(events, dtype=np.int64)
    fit_events(
        panel.returns, panel.factors, panel.factors_of, dropped, panel.sessions, ticker, day,
        schedule.first, window[0], fixed, slopes, residual, expected, whitened, coefficients, sigma, used, flaw,
    )  # fmt: skip
    return Fitted(
        first=window[0], residual=residual, abnormal=_around(panel, ticker, day, window) - expected, expected=expected,
        whitened=whitened, coefficients=coefficients, sigma=sigma, used=used, flaw=flaw, fixed=fixed,
    )  # fmt: skip


def _around(panel: StudyPanel, ticker: Ints, day: Ints, window: tuple[int, int]) -> Floats:
    """(N, W): returns on the event days, NaN outside the data."""
    days = day[:, None] + np.arange(window[0], window[1] + 1)
    inside = (days >= 0) & (days < panel.returns.shape[1])
    return np.where(inside, panel.returns[ticker[:, None], np.where(inside, days, 0)], np.nan)


def sample_window(fitted: Fitted, share_up: Floats, window: Window) -> tuple[WindowSample, Bools]:
    """What the tests of one window need, for the events with a value in it; and which those are, (N,)."""
    days = slice(window.start - fitted.first, window.end - fitted.first + 1)
    abnormal, expected = fitted.abnormal[:, days], fitted.expected[:, days]
    known = ~np.isnan(abnormal)
    has = np.asarray(known.any(axis=1))
    if not has.all():
        abnormal, expected, known = abnormal[has], expected[has], known[has]
    m = known.sum(axis=1)
    missing = not known.all()
    whitened = fitted.whitened[has, days]
    filled = np.where(known, abnormal, 0.0) if missing else abnormal
    base = np.where(known, expected, 0.0) if missing else expected
    if missing:
        whitened = np.where(known[:, :, None], whitened, 0.0)
    sigma, used = fitted.sigma[has], fitted.used[has]
    car = filled.sum(axis=1)
    if fitted.fixed:
        daily, total = np.ones_like(filled), m.astype(np.float64)
    else:
        daily = 1 + 1 / used[:, None] + (whitened**2).sum(axis=2)
        total = m + m**2 / used + (whitened.sum(axis=1) ** 2).sum(axis=1)
    deviation = sigma * np.sqrt(total)
    with np.errstate(invalid="ignore", divide="ignore"):
        scar = np.where(sigma > 0, car / deviation, np.nan)
        sar = (filled / np.sqrt(daily)).sum(axis=1) / sigma / np.sqrt(m)
        sar_sum = np.where(sigma > 0, sar, np.nan)
    bhar = np.prod(1 + base + filled, axis=1) - np.prod(1 + base, axis=1)
    sample = WindowSample(
        window=window, car=car, bhar=bhar, scar=scar, sar_sum=sar_sum, deviation=deviation, days=m,
        freedom=fitted.freedom[has], share_up=share_up[has],
    )  # fmt: skip
    return sample, has
