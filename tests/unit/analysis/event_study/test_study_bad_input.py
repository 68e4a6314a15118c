"""What cannot be studied is NaN with its reason, or an event left out with one; never a number that looks right."""

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.event_study import event_study
from newsbt.analysis.inference import dsr, holm, placebo_p, psr

DAYS = pd.bdate_range("2024-01-02", periods=160)
RNG = np.random.default_rng(4)
MARKET = pd.Series(RNG.normal(0, 0.01, len(DAYS)), DAYS)
GOOD = MARKET.to_numpy() + RNG.normal(0, 0.01, len(DAYS))


def studied(column, dates=(140,), **settings):
    returns = pd.DataFrame({"A": column}, DAYS)
    events = pd.DataFrame({"event_id": range(len(dates)), "ticker": "A", "date": [DAYS[t] for t in dates]})
    return event_study(returns, MARKET, events, **settings)


def undefined(study):
    return study.tests[study.tests["statistic"].isna()]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (np.full(len(DAYS), np.nan), "no_event_return"),
        (np.where(np.arange(len(DAYS)) < 130, np.nan, GOOD), "few_estimation_days"),
    ],
    ids=["all missing", "no estimation"],
)
def test_an_event_without_returns_is_left_out(column, reason):
    study = studied(column)
    assert study.counts["included"] == 0
    assert set(study.excluded["reason"]) <= {reason, "few_estimation_days"} and len(study.excluded) == 1
    assert study.tests["p"].isna().all() and (study.tests["reason"] != "").all()
    assert study.caar["caar"].isna().all()


@pytest.mark.parametrize("observations", [0, 1, 2])
def test_fewer_observations_than_the_regression_needs(observations):
    """Estimation ends on day 124; two observations fit a line and leave nothing to estimate a variance from."""
    few = np.where(np.arange(len(DAYS)) < 125 - observations, np.nan, GOOD)
    study = studied(few, min_estimation=1)
    assert study.tests["p"].isna().all() and (study.tests["reason"] != "").all()
    if study.counts["included"] == 0:
        assert (study.excluded["reason"] != "").all()


def test_events_outside_the_data_are_left_out():
    returns = pd.DataFrame({"A": GOOD}, DAYS)
    dates = ["2001-01-02", "2031-01-02", DAYS[140]]
    events = pd.DataFrame({"event_id": ["before", "after", "other"], "ticker": ["A", "A", "B"], "date": dates})
    study = event_study(returns, MARKET, events)
    assert study.counts["included"] == 0 and len(study.excluded) == 3
    assert (study.excluded["reason"] != "").all()


@pytest.mark.parametrize("column", [np.zeros(len(DAYS)), MARKET.to_numpy()], ids=["flat", "the market itself"])
def test_without_variance_standardised_tests_have_no_value(column):
    study = studied(column, dates=(60, 100, 140), estimation=30, min_estimation=20)
    gone = undefined(study)
    assert {"bmp", "grank"} <= set(gone["test"])
    assert (gone["reason"] != "").all() and gone["p"].isna().all()
    shown = study.tests[study.tests["statistic"].notna()]
    assert np.isfinite(shown["statistic"]).all() and (shown["statistic"].abs() < 1e3).all()


def test_one_event_has_no_cross_section():
    study = studied(GOOD)
    gone = set(undefined(study)["test"])
    assert {"cross_sectional", "bmp", "grank"} <= gone
    assert any("unreliable" in note for note in study.notes)


def test_identical_events_have_no_spread():
    returns = pd.DataFrame({"A": GOOD, "B": GOOD, "C": GOOD}, DAYS)
    events = pd.DataFrame({"event_id": [0, 1, 2], "ticker": ["A", "B", "C"], "date": [DAYS[140]] * 3})
    study = event_study(returns, MARKET, events)
    row = study.test("cross_sectional")
    assert np.isnan(row["statistic"]) and row["reason"]
    assert study.windows["ci_low"].isna().all()  # one date is one cluster: there is nothing to draw from


def test_inference_without_variance_or_observations():
    for returns in ([0.01], [0.01] * 50, []):
        found = psr(returns)
        assert np.isnan(found) and found.reason
        found = dsr(returns, [0.1, 0.2])
        assert np.isnan(found) and found.reason
    assert np.isnan(holm([np.nan, np.nan])).all()
    found = placebo_p(0.1, [])
    assert np.isnan(found) and found.reason
