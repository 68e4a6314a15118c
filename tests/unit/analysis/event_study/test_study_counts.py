"""How many events each test of a study is of: an event without residual variance has no standardised return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.analysis.event_study.study_result import EventStudy

STANDARDISED = ("patell", "patell_z_original", "bmp", "kp_bmp", "kp_patell", "grank")
OTHERS = ("cross_sectional", "time_series", "corrado", "sign", "generalised_sign", "bhar", "bhar_skewness_adjusted")
DAYS = pd.bdate_range("2024-01-01", periods=400)
RNG = np.random.default_rng(4)
MARKET = pd.Series(RNG.normal(0, 0.01, 400), index=DAYS)
RETURNS = pd.DataFrame(
    {f"T{i}": 0.0002 + (0.5 + i / 10) * MARKET + RNG.normal(0, 0.015, 400) for i in range(6)}, index=DAYS
)
JUMP = pd.Series(np.where(np.arange(400) == 222, 0.05, 0.0), index=DAYS)
WITHOUT_VARIANCE = {"a flat stock": JUMP, "twice the market": 2 * MARKET + JUMP, "a constant": JUMP + 0.001}
EVENTS = pd.DataFrame(
    {
        "event_id": [f"e{i}" for i in range(7)],
        "ticker": [*RETURNS.columns, "Z"],
        "date": [DAYS[150 + 12 * i] for i in range(7)],
        "kind": ["odd" if i % 2 else "even" for i in range(7)],  # Z's is even, with T0, T2, T4
    }
)


def study(seventh: pd.Series[Any], events: pd.DataFrame = EVENTS, **how: Any) -> EventStudy:
    return newsbt.event_study(RETURNS.assign(Z=seventh), MARKET, events, window=(0, 2), windows=[(0, 1)], **how)


def values(found: EventStudy, names: tuple[str, ...], column: str) -> list[Any]:
    """A column of some tests, in every window."""
    return found.tests.loc[found.tests["test"].isin(names), column].tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("seventh", WITHOUT_VARIANCE.values(), ids=WITHOUT_VARIANCE)
def test_an_event_without_residual_variance_leaves_the_standardised_tests(seventh: pd.Series[Any]) -> None:
    """Seven events, six with residuals: those tests are of six and say so, and are what they are without the seventh.
    The other tests need no residual variance, and are of seven."""
    found, six = study(seventh), study(seventh, EVENTS.head(6))
    assert set(values(found, STANDARDISED, "n")) == {6} and set(values(found, OTHERS, "n")) == {7}
    notes = values(found, STANDARDISED, "note")
    assert all(note.startswith("leaves out 1 of 7 events: no residual variance") for note in notes)
    assert not any("leaves out" in note for note in values(found, OTHERS, "note"))
    assert values(found, STANDARDISED, "p") == values(six, STANDARDISED, "p")
    assert any("1 of 7 pairs have no residual variance" in note for note in found.notes)
    assert not any("residual variance" in note for note in six.notes)


@pytest.mark.parametrize("seventh", WITHOUT_VARIANCE.values(), ids=WITHOUT_VARIANCE)
def test_groups_count_their_own(seventh: pd.Series[Any]) -> None:
    groups = study(seventh, by="kind").groups
    assert set(values(groups["even"], STANDARDISED, "n")) == {3} and set(values(groups["even"], OTHERS, "n")) == {4}
    assert set(values(groups["odd"], (*STANDARDISED, *OTHERS), "n")) == {3}
    assert groups["even"].counts["without_variance"] == 1 and groups["odd"].counts["without_variance"] == 0


def test_the_warning_about_few_events_goes_by_a_test_s_own() -> None:
    """Ten events, one of them without residual variance: nine are few, ten are not."""
    dates = pd.DatetimeIndex([*EVENTS["date"].tolist(), *DAYS[[240, 252, 264]].tolist()])
    events = pd.DataFrame({"event_id": range(10), "ticker": [*EVENTS["ticker"], "T0", "T1", "T2"], "date": dates})
    found = study(JUMP, events)
    assert all("fewer than 10 events" in note for note in values(found, ("patell", "bmp"), "note"))
    assert not any("fewer than 10 events" in note for note in values(found, ("cross_sectional", "sign"), "note"))


def test_without_correlation_the_count_is_the_same() -> None:
    found = study(JUMP, correlation=False)
    assert set(values(found, ("kp_bmp", "kp_patell"), "n")) == {6}
    assert set(values(found, ("kp_bmp",), "reason")) == {"correlation was switched off"}


def test_rounding_has_no_ranks_and_no_signs() -> None:
    """Twice the market is the market to the last bit but for rounding: its residuals are 0, and so are its event days
    but the one that jumps. Ranks and signs are those of a flat stock."""
    names = ("corrado", "generalised_sign")
    assert values(study(WITHOUT_VARIANCE["twice the market"]), names, "p") == values(study(JUMP), names, "p")


def test_wilcoxon_is_of_the_sums_that_have_a_sign() -> None:
    """The seventh's returns are the market's around its event: its CAR is exactly 0 and has no sign to rank."""
    assert set(values(study(JUMP * 0), ("wilcoxon",), "n")) == {6}
    assert all("leaves out 1 of 7 events" in note for note in values(study(JUMP * 0), ("wilcoxon",), "note"))
