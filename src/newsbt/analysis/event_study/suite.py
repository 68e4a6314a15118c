"""All tests of all windows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.analysis.event_study import parametric, ranks, signs
from newsbt.analysis.event_study.conclusion import Conclusion, Window, WindowSample, not_tested
from newsbt.analysis.event_study.fitted import Fitted
from newsbt.analysis.event_study.ranks import CorradoDays

__all__ = ["INDEPENDENT", "Common", "SuiteRow", "run_suite"]

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
    """What all windows share: average estimation residuals (L,), their ranks within each event (N, L), Corrado's
    days, and the mean correlation."""

    average: Floats
    ranks: Floats
    corrado: CorradoDays
    rbar: float
    correlation: bool


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
        results = _tests(sample, fitted, common, has)
        for name, tested in results.items():
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


def _tests(sample: WindowSample, fitted: Fitted, common: Common, has: Bools) -> dict[str, Conclusion]:
    count = sample.count
    patell = parametric.patell(sample.scar, sample)
    bmp = parametric.boehmer(sample.scar)
    standardised = int((~np.isnan(sample.scar)).sum())
    if common.correlation:
        adjusted = {
            "kp_bmp": parametric.kolari_pynnonen(bmp, common.rbar, standardised, robust=True),
            "kp_patell": parametric.kolari_pynnonen(patell, common.rbar, standardised, robust=False),
        }
    else:
        adjusted = dict.fromkeys(("kp_bmp", "kp_patell"), not_tested("correlation was switched off"))
    scar = np.full(has.size, math.nan)
    scar[has] = sample.scar
    return {
        "cross_sectional": parametric.cross_sectional(sample.car),
        "time_series": parametric.time_series(sample, common.average),
        "patell": patell,
        "patell_z_original": parametric.patell(sample.sar_sum, sample),
        "bmp": bmp,
        **adjusted,
        "corrado": ranks.corrado(common.corrado, sample.window, fitted.first, count),
        "grank": ranks.generalised_rank(fitted.residual, common.ranks, fitted.sigma, scar),
        "sign": signs.sign(sample.car),
        "generalised_sign": signs.generalised_sign(sample.car, sample.share_up),
        "wilcoxon": signs.wilcoxon(sample.car),
        "bhar": parametric.cross_sectional(sample.bhar),
        "bhar_skewness_adjusted": parametric.skewness_adjusted(sample.bhar),
    }
