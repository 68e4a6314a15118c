"""Several runs in one table."""

from __future__ import annotations

import math

import pytest

from made_runs import COUNTS, METRICS, made_run, strategy
from newsbt.domain.record import RunRecord
from newsbt.domain.verdict import verdict_of
from newsbt.errors import DataError
from newsbt.reports import comparison as views
from newsbt.reports.comparison import comparison
from newsbt.reports.results_table import lines_of
from newsbt.runs.run_document import record_of


def records() -> list[RunRecord]:
    found = []
    for minute, values in ((1, {"A": 1.0, "B": math.nan}), (2, {"C": 2.0, "D": -1.0})):
        rows = [
            strategy(name, metrics={**METRICS, "sharpe": value, "volatility": value}) for name, value in values.items()
        ]
        started = f"2025-08-01T09:0{minute}:00+00:00"
        found.append(record_of(made_run(strategies=rows, with_benchmark=False, started_at=started)))
    return found  # fmt: skip


def order(metric: str | None) -> list[str]:
    return [str(row["name"]) for row in comparison(records(), metric).rows]


def test_rows_keep_the_order_of_their_runs() -> None:
    assert order(None) == ["A", "B", "C", "D"]


def test_sorting_puts_the_best_first_and_nan_last() -> None:
    assert order("sharpe") == ["C", "A", "D", "B"]
    assert order("volatility") == ["D", "A", "C", "B"], "less of it is better"


def test_infinite_is_best() -> None:
    rows = [strategy(name, metrics={"omega": value}) for name, value in (("A", 3.0), ("B", math.inf), ("C", math.nan))]
    run = record_of(made_run(strategies=rows, with_benchmark=False))
    assert [row["name"] for row in comparison([run], "omega").rows] == ["B", "A", "C"]


@pytest.mark.parametrize("metric", ["placebo_p", "p_adjusted", "total_costs", "turnover"])
def test_the_smallest_chance_and_the_smallest_cost_come_first(metric: str) -> None:
    rows = [strategy(name, metrics={metric: value}) for name, value in (("A", 0.5), ("B", 0.01), ("C", 0.9))]
    run = record_of(made_run(strategies=rows, with_benchmark=False))
    assert [row["name"] for row in comparison([run], metric).rows] == ["B", "A", "C"]


def test_counts_can_be_sorted_by() -> None:
    assert order("trades") == ["A", "B", "C", "D"]


def test_an_unknown_metric_is_named_with_the_nearest() -> None:
    with pytest.raises(DataError, match="no such metric or count; did you mean 'sharpe'"):
        comparison(records(), "sharp")


def test_rows_for_programs_name_their_run() -> None:
    rows = views.raw_rows(comparison(records()))
    assert {row["run"] for row in rows} == {
        "rival-release-20250801T090100Z-01234567", "rival-release-20250801T090200Z-01234567",
    }  # fmt: skip
    assert rows[0]["strategy"] == "A"
    assert rows[1]["sharpe"] is None


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_terminal_view_fits_and_numbers_the_runs(width: int) -> None:
    lines = list(lines_of(views.terminal(comparison(records()), width), width))
    assert max(map(len, lines)) <= width
    assert any(line.startswith("1  rival-release-20250801T090100Z-01234567") for line in lines)
    assert any(line.startswith("2    C ") for line in lines)


def test_markdown_and_html_hold_the_rows() -> None:
    compared = comparison(records())
    assert views.markdown(compared).count("\n| ") == 1 + 1 + 4
    assert views.page(compared).count("<tr>") == 5


def test_each_strategy_has_the_verdict_of_its_own_run() -> None:
    """Two of one name, of which the later run's is judged otherwise."""
    few, many = (
        record_of(
            made_run(
                strategies=[strategy("A", metrics={**METRICS, "p_adjusted": p}, counts={**COUNTS, "event_dates": 20})],
                started_at=started,
            )
        )
        for p, started in ((math.nan, "2025-08-01T09:01:00+00:00"), (0.9, "2025-08-01T09:02:00+00:00"))
    )
    compared = comparison([few, many])
    words = [row["verdict"] for row in views.raw_rows(compared)]
    assert words == [
        None if row.get("kind") != "strategy" else verdict_of(row).word for record in (few, many) for row in record.rows
    ]
    assert [word for word in words if word] == ["too few", "luck?"]
    for text in (views.markdown(compared), "\n".join(lines_of(views.terminal(compared, 120), 120))):
        assert "Verdict" in text and "too few" in text
    assert "whose p is adjusted over its own strategies alone" in " ".join(lines_of(views.terminal(compared, 300), 300))
