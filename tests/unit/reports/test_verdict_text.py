"""The verdict in a terminal: a word in the table, and a line that says what decided it."""

from __future__ import annotations

import math

import pytest

from made_runs import COUNTS, METRICS, made_run, strategy
from newsbt.domain.verdict import ADJUSTED_P
from newsbt.reports.results_table import fitting_columns, lines_of, run_view
from newsbt.runs.run_document import record_of

GOOD = {**METRICS, ADJUSTED_P: 0.012, "dsr": 0.97, "hedged_return": 0.043, "dsr_trials": 17}


def shown(width: int, **changes: float) -> list[str]:
    reasons, counts = {"placebo_p": "too even"}, {**COUNTS, "event_dates": 22}
    made = strategy("A", metrics={**GOOD, **changes}, reasons=reasons, counts=counts)
    return list(lines_of(run_view(record_of(made_run(strategies=[made])), width), width))


def test_what_decides_is_in_a_table_of_120_columns() -> None:
    lines = shown(120)
    (head,) = [line for line in lines if line.startswith("Strategy")]
    for title in ("Verdict", "Return", "Sharpe", "DSR", "Adj. p", "Hedged", "Dates"):
        assert title in head
    (row,) = [line for line in lines if line.startswith("A ")]
    for text in ("holds", "1.50 0.03..2.97", "0.970", "0.012", "+4.30%", "22"):
        assert text in row


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "A: holds; not audited (newsbt audit CONFIG)"),
        ({"dsr": 0.41}, "A: weak; failed: deflated Sharpe 0.410 (not above 0.95); not audited (newsbt audit CONFIG)"),
        (
            {ADJUSTED_P: 0.31, "hedged_return": -0.01},
            "A: luck?; failed: adjusted p 0.310 (above 0.05), hedged return -1.00% (not above 0); not audited (newsbt "
            "audit CONFIG)",
        ),
        (
            {ADJUSTED_P: math.nan},
            "A: too few; failed: no adjusted p (too even); not audited (newsbt audit CONFIG)",
        ),
    ],
)
def test_a_line_says_which_figure_failed_and_whether_there_was_an_audit(changes: dict[str, float], line: str) -> None:
    assert line in " ".join(" ".join(shown(200, **changes)).split())


def test_trials_stand_beside_the_adjusted_p() -> None:
    text = " ".join(" ".join(shown(120)).split())
    assert (
        "Adjusted p: over the 1 strategy of this run with a p. Deflated Sharpe: over the 17 configurations ever tried "
        "in this runs folder, which the p leaves to it."
    ) in text


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, shown(width))) <= width


def test_what_decides_is_kept_longest() -> None:
    rows = record_of(made_run(strategies=[strategy("A", metrics=GOOD, reasons={})])).rows
    decide = {"total_return", "sharpe", ADJUSTED_P, "dsr", "hedged_return", "event_dates"}
    assert (
        {item.key for item in fitting_columns(rows, 60)} <= decide <= {item.key for item in fitting_columns(rows, 90)}
    )
    assert any("Verdict" in line for line in shown(50))


def test_a_table_without_any_p_says_nothing_of_adjusting_it() -> None:
    text = " ".join(" ".join(shown(120, **{ADJUSTED_P: math.nan})).split())
    assert "Adjusted p: over" not in text
    assert "Deflated Sharpe: over the 17 configurations ever tried in this runs folder." in text
