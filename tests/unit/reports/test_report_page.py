"""report.html: one quiet file in which data is text."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import numpy as np
import pytest

from made_runs import CASH, METRICS, labels, made_run, strategy
from newsbt.domain.record import RunRecord
from newsbt.reports.html import report_page
from newsbt.reports.svg import MOST_POINTS, Line, day_ticks, line_chart, value_ticks
from newsbt.runs.document import record_of

VOID = {"meta", "path", "line", "br"}


class Outline(HTMLParser):
    """Collects tags and text, and fails on a tag that is not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "src"):
                raise AssertionError(f"{name}={value} reaches out")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("h1", "h2"):
            self.headings.append(data)
        if "style" not in self._open:
            self.text += data


def test_the_page_tells_the_run() -> None:
    page = Outline(report_page(record_of(made_run())))
    assert page.headings == [
        "rival release", "Results", "Equity and drawdown", "Refused orders", "Events", "Data", "Definitions", "Origin",
    ]  # fmt: skip
    for expected in ("simulated sample", "2 relations", "made 0.49%", "limit up", "qwq-32b-2025-03-06", "9988.HK"):
        assert expected in page.text, expected
    assert page.tags.count("table") == page.tags.count("caption") == 4
    assert "script" not in page.tags
    assert page.tags.count("svg") == 2 + 4, "two charts, and a sample of each line in the legend"


def test_markup_in_data_is_text() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=y>'
    made = strategy(attack, places=labels(attack), warnings=(attack,), reasons={"sortino": attack})
    page = Outline(report_page(record_of(made_run(strategies=[made], notices=(attack,), doubts=(attack,)))))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert page.text.count("<script>alert(1)</script>") >= 6


def test_a_run_without_trades_or_curve_is_a_page_that_says_so() -> None:
    flat = strategy("Never", trades=False, equity=[CASH] * 5)
    page = Outline(report_page(record_of(made_run(strategies=[flat], with_benchmark=False, drops={}))))
    assert "No order was refused." in page.text
    assert "No strategy gave a signal for an event." in page.text
    assert "Nothing was dropped." in page.text


def test_undefined_metrics_make_a_page() -> None:
    nothing = strategy("A", metrics=dict.fromkeys(METRICS, math.nan), reasons=dict.fromkeys(METRICS, "n<2"))
    page = Outline(report_page(record_of(made_run(strategies=[nothing], with_benchmark=False))))
    assert "n<2" in page.text


def test_an_old_run_with_little_in_it_makes_a_page() -> None:
    full = record_of(made_run())
    old = RunRecord(run_id="old", document={"strategies": [{"name": "A"}]}, table_of=full.table_of)
    assert "unknown" in Outline(report_page(old)).text


@pytest.mark.parametrize(
    ("low", "high"), [(-0.2, 0.5), (0.0, 0.0), (-0.00013, 0.0), (0.0, 123.0), (-0.99, 0.0), (-1e-12, 1e-12)]
)
def test_ticks_enclose_the_values_and_are_few(low: float, high: float) -> None:
    ticks = value_ticks(low, high)
    assert ticks[0] <= low + 1e-9
    assert ticks[-1] >= high - 1e-9
    assert 2 <= len(ticks) <= 9
    assert any(abs(tick) < 1e-12 for tick in ticks)


@pytest.mark.parametrize("days", [1, 3, 40, 300, 700, 4000, 20_000])
def test_dates_on_the_axis_are_few_and_inside(days: int) -> None:
    first = int(np.datetime64("2024-07-01", "D").astype(np.int64))
    ticks = day_ticks(first, first + days)
    assert 1 <= len(ticks) <= 9
    assert all(first <= day <= first + days for day, _ in ticks)


def test_a_long_line_keeps_its_lowest_point() -> None:
    days = np.arange(np.datetime64("2000-01-01"), np.datetime64("2000-01-01") + 20_000)
    values = np.zeros(20_000)
    values[12_345] = -0.5
    drawn = line_chart([Line(name="A", days=days, values=values, place=0)], title="t", description="d", chart_id="c")
    path = drawn.split(' d="')[1].split('"')[0]
    assert path.count("L") <= 2 * MOST_POINTS
    heights = [float(step.split()[1]) for step in path.replace("L", "M").split("M")[1:]]
    assert max(heights) > 250


def test_a_gap_is_not_bridged() -> None:
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2025-01-06"))
    values = np.array([0.0, 0.1, np.nan, 0.2, 0.1])
    drawn = line_chart([Line(name="A", days=days, values=values, place=0)], title="t", description="d", chart_id="c")
    assert drawn.split(' d="')[1].split('"')[0].count("M") == 2
