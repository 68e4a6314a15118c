"""What an event study of a run says of its groups: numbers for evidence.json, counts, sentences, and p over groups."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.event_study.prepared_study import prepare_study
from newsbt.analysis.inference import holm
from newsbt.evidence.study_groups import LEFT_OUT, MOST_GROUPS, Study, StudyGroup, StudyPlan, _adjusted, _fewer

DAYS = pd.bdate_range("2024-01-01", periods=100)
WINDOWS = ((0, 0), (0, 1), (-2, 3))
PLAN = StudyPlan(model="mean_adjusted", window=(-2, 3), windows=((0, 0), (0, 1)), estimation=40, gap=2)


def group(name: str, *, of_signals: bool = False, seed: int = 1, pairs: int = 4) -> StudyGroup:
    """Four events of three tickers, two on one day, and a fifth that comes too early."""
    random = np.random.default_rng(seed)
    returns = pd.DataFrame(random.normal(0.0, 0.02, (100, 3)), index=DAYS, columns=["A", "B", "C"])
    returns.loc[DAYS[60], "C"] = np.nan  # of day 0 of the first of its events
    events = pd.DataFrame(
        {
            "event_id": ["one", "two", "two", "three", "early"],
            "ticker": ["A", "A", "B", "C", "A"],
            "date": DAYS[[60, 80, 80, 60, 3]],
        }
    )

    prepared = prepare_study(
        returns, None, events, model="mean_adjusted", window=(-2, 3), windows=[(0, 0), (0, 1)], estimation=40, gap=2,
        on_overlap="first",
    )  # fmt: skip
    return StudyGroup(
        name=name, of_signals=of_signals, summarise=prepared.whole, pairs=pairs, events=4, dates=3,
        evidence={"moves": [1]}, traded=None,
    )  # fmt: skip


def test_a_group_counts_the_events_and_days_of_each_window() -> None:
    found = group("news").as_dict()
    assert (found["name"], found["kind"], found["pairs"], found["events"], found["dates"]) == ("news", "links", 4, 4, 3)
    assert (found["n"], found["n_events"], found["n_dates"]) == (4, 3, 2)
    assert sum(found["excluded"].values()) == 1 and found["moves"] == [1]
    assert found["days"] == [-2, -1, 0, 1, 2, 3] and len(found["caar"]) == len(found["low"]) == len(found["high"]) == 6
    by_window = {(one["start"], one["end"]): one for one in found["windows"]}
    assert {*WINDOWS} <= {*by_window} and len(by_window) > 3  # and every day
    assert (by_window[0, 0]["events"], by_window[0, 0]["n"]) == (2, 3)  # C has no price on day 0
    assert (by_window[0, 1]["events"], by_window[-2, 3]["events"]) == (2, 3)  # nor a return on day 1
    shown = group("news", of_signals=True).as_dict({(0, 1), (-2, 3)})
    assert shown["kind"] == "signals" and [(one["start"], one["end"]) for one in shown["windows"]] == [(0, 1), (-2, 3)]


def test_numbers_of_a_group_are_those_of_its_study() -> None:
    one = group("news")
    found, study = one.as_dict(), one.study
    assert found["caar"] == pytest.approx(study.caar["caar"].tolist())
    for window in found["windows"]:
        row = study.windows.query(f"start == {window['start']} and end == {window['end']}").iloc[0]
        assert (window["caar"], window["n"], window["dates"]) == (row["caar"], row["n"], row["clusters"])
        for test, p in window["p"].items():
            mine = study.tests.query(f"test == '{test}' and start == {window['start']} and end == {window['end']}")
            value = float(mine["p"].iloc[0])
            assert p is None if math.isnan(value) else p == value


def test_p_is_adjusted_over_the_groups_of_a_window_links_and_signals_apart() -> None:
    groups = [group(name, of_signals=of, seed=seed) for name, of, seed in (("a", 0, 1), ("b", 0, 2), ("c", 1, 3))]
    found = Study(groups=tuple(groups), plan=PLAN).as_dict()
    by_name = {one["name"]: {(w["start"], w["end"]): w["p"] for w in one["windows"]} for one in found["groups"]}
    assert [*by_name] == ["c", "a", "b"]  # what was signalled comes first
    for window in WINDOWS:
        a, b, c = (by_name[name][window] for name in "abc")
        expected = holm([a["kp_bmp"], b["kp_bmp"]]).tolist()
        assert [a["holm"], b["holm"]] == pytest.approx(expected) and c["holm"] == c["kp_bmp"]


def test_a_p_that_is_undefined_stays_so() -> None:
    windows: list[dict[str, Any]] = [{"start": 0, "end": 1, "p": {"kp_bmp": value}} for value in (None, 0.02)]
    found = _adjusted([{"kind": "links", "windows": [one]} for one in windows])
    assert [one["windows"][0]["p"]["holm"] for one in found] == [None, 0.02]


def test_a_document_says_what_was_asked_and_what_is_not_shown() -> None:
    groups = tuple(group(name, pairs=pairs) for name, pairs in (("large", 5), ("small", 2), ("single", 1)))
    study = Study(groups=groups, plan=PLAN, left_out={"no_market": 3, "no_prices": 1}, definitions={"moves": "x"})
    found = study.with_at_least(2).as_dict(most=1)
    assert (found["model"], found["window"], found["estimation"], found["gap"]) == ("mean_adjusted", [-2, 3], 40, 2)
    assert (found["on_overlap"], found["moves_definition"]) == ("first", "x") and study.without_market == 3
    assert [one["name"] for one in found["groups"]] == ["large"]
    assert {(one["start"], one["end"]) for one in found["groups"][0]["windows"]} == {*WINDOWS}
    assert found["left_out"] == {"no_market": 3, "no_prices": 1} and found["few"] == [{"name": "single", "pairs": 1}]
    assert found["note"] == (
        "Day 0 is the session that first closes after the news; 40 estimation sessions end 2 before the window; "
        f"overlapping windows of one ticker: first. Left out: 3 pairs {LEFT_OUT['no_market']}. "
        f"Left out: 1 pair {LEFT_OUT['no_prices']}. Not shown: 1 group with fewer than --least 2 pairs: "
        "single (1 pair). 1 smaller groups are not shown."
    )
    whole = Study(groups=groups, plan=PLAN).as_dict()
    assert len(whole["groups"]) == 3 and whole["note"].endswith("first.")
    assert Study(groups=(), plan=PLAN).without_market == 0


def test_of_many_small_groups_the_first_are_named() -> None:
    few = [(f"g{k}", 1_000 + k) for k in range(MOST_GROUPS + 2)]
    assert _fewer(few, 2_000).startswith("10 groups with fewer than --least 2000 pairs: g0 (1,000 pairs); g1")
    assert _fewer(few, 2_000).endswith("g7 (1,007 pairs); and 2 more")
    assert _fewer(few[:MOST_GROUPS], 2_000).endswith("g7 (1,007 pairs)")


def test_horizons_are_the_ends_of_the_windows_that_begin_at_day_zero_or_before() -> None:
    assert StudyPlan(window=(-5, 9), windows=((0, 2), (1, 4), (-3, -1), (-1, 0))).horizons == (0, 2, 9)
    assert StudyPlan(window=(2, 9), windows=((1, 4),)).horizons == (0, 1, 5)
