"""All tests of all windows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.analysis.event_study import parametric, ranks, signs
from newsbt.analysis.event_study.conclusion import Conclusion, Window, WindowSample, not_tested
from newsbt.analysis.event_study.cross_correlation import Spans, mean_correlation
from newsbt.analysis.event_study.fitted import Fitted
from newsbt.analysis.event_study.ranks import CorradoDays, corrado_days, own_ranks

__all__ = ["INDEPENDENT", "Common", "SuiteRow", "run_suite", "run_test"]

# Tests that take events for independent, and those that hold only for many of them.
INDEPENDENT = frozenset(
    {
        "cross_sectional", "bhar", "bhar_skewness_adjusted", "patell", "patell_z_original", "bmp", "sign",
        "generalised_sign", "wilcoxon",
    }
)  # fmt: skip
EXACT = frozenset({"grank", "wilcoxon", "time_series"})
# Tests of standardised returns, which an event without residual variance has none of.
STANDARDISED = frozenset({"patell", "patell_z_original", "bmp", "kp_bmp", "kp_patell", "grank"})


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all windows share, worked out when a test first asks for it; the mean correlation is NaN without
    `correlation`."""

    fitted: Fitted
    spans: Spans
    correlation: bool

    @cached_property
    def average(self) -> Floats:
        """(L,): average estimation residuals."""
        return _average(self.fitted.residual)

    @cached_property
    def ranks(self) -> Floats:
        """(N, L): the residuals' ranks within each event."""
        return own_ranks(self.fitted.residual)

    @cached_property
    def corrado(self) -> CorradoDays:
        return corrado_days(self.fitted.residual, self.ranks, self.fitted.abnormal)

    @cached_property
    def rbar(self) -> float:
        """The mean correlation of events with residual variance."""
        varied = self.fitted.sigma > 0
        return mean_correlation(self.fitted.residual[varied], self.spans.take(varied)) if self.correlation else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteRow:
    """One test of one window, the `count` of events it is of, and a `note` on how far it can be trusted."""

    window: Window
    name: str
    tested: Conclusion
    count: int
    note: str


def run_suite(
    samples: list[tuple[WindowSample, Bools]], fitted: Fitted, common: Common, *, clustered: bool
) -> list[SuiteRow]:
    """Every test of every window; `clustered` says that event windows overlap in calendar time."""
    rows = []
    for sample, has in samples:
        for name in TESTS:
            tested = run_test(name, sample, fitted, common, has)
            left, why = _left_out(name, sample)
            count = sample.count - left
            notes = [f"leaves out {left} of {sample.count} events: {why}"] if left else []
            if name == "kp_patell":
                notes.append("not recommended: news that brings variance makes it reject too often; prefer kp_bmp")
            if clustered and name in INDEPENDENT:
                notes.append("takes events for independent, but their windows overlap")
            if count < 10 and name not in EXACT:
                notes.append("asymptotic, unreliable with fewer than 10 events")
            rows.append(SuiteRow(window=sample.window, name=name, tested=tested, count=count, note="; ".join(notes)))
    return rows


def _left_out(name: str, sample: WindowSample) -> tuple[int, str]:
    """How many events of a window a test is not of, and what they lack."""
    if name in STANDARDISED:
        return int(np.isnan(sample.scar).sum()), "no residual variance"
    if name == "wilcoxon":
        return int((sample.car == 0).sum()), "a return of exactly zero has no sign"
    return 0, ""


def run_test(name: str, sample: WindowSample, fitted: Fitted, common: Common, has: Bools) -> Conclusion:
    """One test of one window, by its name."""
    return TESTS[name](sample, fitted, common, has)


def _adjusted(of: Conclusion, sample: WindowSample, common: Common, *, robust: bool) -> Conclusion:
    if not common.correlation:
        return not_tested("correlation was switched off")
    standardised = int((~np.isnan(sample.scar)).sum())
    return parametric.kolari_pynnonen(of, common.rbar, standardised, robust=robust)


def _generalised_rank(sample: WindowSample, fitted: Fitted, common: Common, has: Bools) -> Conclusion:
    scar = np.full(has.size, math.nan)
    scar[has] = sample.scar
    return ranks.generalised_rank(fitted.residual, common.ranks, fitted.sigma, scar)


def _average(residual: Floats) -> Floats:
    """(L,): mean residual of each estimation day over the events that have one."""
    known = ~np.isnan(residual)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, residual, 0.0).sum(axis=0) / np.where(count, count, np.nan))


TESTS: dict[str, Callable[[WindowSample, Fitted, Common, Bools], Conclusion]] = {
    "cross_sectional": lambda sample, *_: parametric.cross_sectional(sample.car),
    "time_series": lambda sample, _, common, __: parametric.time_series(sample, common.average),
    "patell": lambda sample, *_: parametric.patell(sample.scar, sample),
    "patell_z_original": lambda sample, *_: parametric.patell(sample.sar_sum, sample),
    "bmp": lambda sample, *_: parametric.boehmer(sample.scar),
    "kp_bmp": lambda sample, _, common, __: _adjusted(parametric.boehmer(sample.scar), sample, common, robust=True),
    "kp_patell": lambda sample, _, common, __: _adjusted(
        parametric.patell(sample.scar, sample), sample, common, robust=False
    ),
    "corrado": lambda sample, fitted, common, _: ranks.corrado(
        common.corrado, sample.window, fitted.first, sample.count
    ),
    "grank": _generalised_rank,
    "sign": lambda sample, *_: signs.sign(sample.car),
    "generalised_sign": lambda sample, *_: signs.generalised_sign(sample.car, sample.share_up),
    "wilcoxon": lambda sample, *_: signs.wilcoxon(sample.car),
    "bhar": lambda sample, *_: parametric.cross_sectional(sample.bhar),
    "bhar_skewness_adjusted": lambda sample, *_: parametric.skewness_adjusted(sample.bhar),
}
