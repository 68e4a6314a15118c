"""The verdict in words: every doubt is said, and support only where there is some."""

from __future__ import annotations

from typing import Any

import pytest

from made_runs import METRICS, made_run, strategy
from newsbt.reports.page.credibility import beliefs
from newsbt.reports.page.verdict_section import answers, figures
from newsbt.reports.page.view import PageView
from newsbt.runs.run_document import record_of

SURE = {
    "sharpe": 3.0,
    "sharpe_low": 2.02,
    "sharpe_high": 3.98,
    "placebo_p": 0.005,
    "p_adjusted": 0.01,
    "dsr": 0.99,
    "dsr_trials": 4,
}
CLEAN: dict[str, Any] = {"notices": (), "hindsight": {}}
MANY = {"event_dates": 60, "fills": 2, "trades": 1}


def view(metrics: dict[str, Any], counts: dict[str, int] | None = None, **run: Any) -> PageView:
    made = strategy("A", metrics={**METRICS, **metrics}, reasons={}, counts={**MANY, **(counts or {})})
    return PageView(record_of(made_run(strategies=[made], **{**CLEAN, **run})))


def words(page: PageView) -> str:
    return " ".join(beliefs(page, page.strategies[0]))


def test_nothing_against_it_is_said_only_where_nothing_is() -> None:
    assert words(view(SURE)).startswith("Nothing here speaks against it: the Sharpe ratio's 95% interval, 2.02 to 3.98")


@pytest.mark.parametrize(
    ("change", "run", "doubt"),
    [
        ({"sharpe_low": -0.1}, {}, "-0.10 to 3.98, includes 0"),
        ({"sharpe": -1.0}, {}, "not above 0"),
        ({"sharpe_low": None}, {}, "no interval: none was drawn"),
        ({"placebo_p": 0.4, "placebo_m": 199}, {}, "79 of 199 other calendars of its news did at least as well (p"),
        ({"placebo_p": 0.4}, {}, "Other calendars of its news give p = 0.400"),
        ({"placebo_p": None}, {}, "No placebo test: none was run"),
        ({"p_adjusted": 0.2}, {}, "p is 0.200."),
        ({"dsr": 0.6}, {}, "After 4 configurations tried"),
        ({}, {"notices": ("simulated sample: made up",)}, "nothing follows for real markets"),
        ({}, {"hindsight": {"relations": 3}}, "3 relations without a date"),
    ],
)
def test_each_doubt_is_said_and_takes_the_clean_bill_away(
    change: dict[str, Any], run: dict[str, Any], doubt: str
) -> None:
    text = words(view({**SURE, **change}, **run))
    assert doubt in text
    assert "Nothing here speaks against it" not in text


def test_few_dates_are_a_doubt() -> None:
    assert "only 1 independent event date." in words(view(SURE, {"event_dates": 1}))


def study(*groups: tuple[str, float, float, int]) -> dict[str, Any]:
    return {
        "groups": [
            {"name": name, "kind": "signals", "moves": [
                {"horizon": 0, "pairs": pairs, "total": total, "gap": 0.0, "tradable": tradable}]}
            for name, total, tradable, pairs in groups
        ]
    }  # fmt: skip


def share_figure(found: dict[str, Any]) -> Any:
    import dataclasses

    made = made_run(strategies=[strategy("A")])
    page = PageView(record_of(dataclasses.replace(made, evidence={"study": found})))
    return figures(page, page.strategies[0])[4]


def test_the_tradable_share_weighs_longs_and_shorts_by_their_pairs() -> None:
    figure = share_figure(study(("A: long", 0.04, 0.01, 3), ("A: short", -0.02, -0.02, 1), ("B: long", 9.0, 9.0, 5)))
    assert figure.text == "35.7%", "(3 x 1% + 2%) / (3 x 4% + 2%)"


def test_a_move_against_the_signals_has_no_share_and_says_so() -> None:
    figure = share_figure(study(("A: long", -0.04, 0.01, 3)))
    assert figure.text == "–"
    assert "against their signals" in figure.under


def test_the_answers_are_five_and_never_empty() -> None:
    page = view({})
    found = answers(page, page.strategies[0])
    assert [question for question, _ in found] == [
        "Did it make money?", "How bad did it get?", "Which announcements did it?", "Could it have been traded?",
        "Do I believe it?",
    ]  # fmt: skip
    assert all(len(answer) > 10 for _, answer in found)
