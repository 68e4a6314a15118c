"""Sizes and powers of the tests by simulation: which survive events that move together, and which a wilder day.

Rejections at 5 % of a true null over 1000 seeded samples: two standard errors are 1.4 points.
"""

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.event_study import event_study

SAMPLES, EVENTS, SESSIONS, DAY = 1000, 40, 140, 135
DAYS = pd.bdate_range("2020-01-01", periods=SESSIONS)
EVENT_TABLE = pd.DataFrame({"ticker": [f"T{n}" for n in range(EVENTS)], "date": DAYS[DAY]})


def rejections(seed, *, correlation=0.0, event_variance=1.0, effect=0.0):
    """Share of samples in which each test of day 0 rejects at 5 %; all events share their date."""
    rng = np.random.default_rng(seed)
    counted = None
    for _ in range(SAMPLES):
        market = rng.normal(0, 0.01, SESSIONS)
        shared, own = rng.normal(0, 1, (SESSIONS, 1)), rng.normal(0, 1, (SESSIONS, EVENTS))
        residual = 0.02 * (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)
        residual[DAY] = residual[DAY] * np.sqrt(event_variance) + effect
        returns = pd.DataFrame(market[:, None] + residual, DAYS, EVENT_TABLE["ticker"])
        study = event_study(returns, pd.Series(market, DAYS), EVENT_TABLE, window=(-1, 1), estimation=100, gap=5)
        day = study.tests[(study.tests["start"] == 0) & (study.tests["end"] == 0)].set_index("test")["p"]
        rejected = (day < 0.05).astype(float)
        counted = rejected if counted is None else counted + rejected
    return counted / SAMPLES


@pytest.mark.slow
def test_every_test_keeps_its_size_when_its_assumptions_hold():
    assert rejections(1).between(0.025, 0.08).all()


@pytest.mark.slow
def test_shared_dates_with_correlated_residuals_break_the_tests_that_take_events_for_independent():
    share = rejections(2, correlation=0.2)
    for name in ("cross_sectional", "patell", "bmp", "sign", "generalised_sign", "wilcoxon"):
        assert share[name] > 0.3, name
    for name in ("kp_bmp", "kp_patell", "grank", "time_series", "corrado"):
        assert share[name] < 0.11, name


@pytest.mark.slow
def test_a_day_of_doubled_variance_breaks_the_tests_that_take_it_from_the_estimation():
    share = rejections(3, event_variance=2.0)
    for name in ("patell", "time_series", "kp_patell"):
        assert share[name] > 0.12, name
    assert share["corrado"] > 0.075
    for name in ("bmp", "kp_bmp", "cross_sectional", "grank"):
        assert share[name] < 0.075, name


@pytest.mark.slow
def test_an_effect_of_one_percent_is_found_by_every_test():
    # Standard error of the mean: 0.02 / sqrt(40) = 0.32 %; the size of the effect is three of them.
    share = rejections(4, effect=0.01)
    assert (share > 0.6).all()
    assert (share[["patell", "bmp", "cross_sectional", "grank", "wilcoxon"]] > 0.8).all()
