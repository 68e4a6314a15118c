"""plotly figures for notebooks: the theme's colours, escaped texts, and errors that name what there is."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from made_runs import CASH, labels, made_run, strategy
from newsbt.api import Result
from newsbt.errors import DataError
from newsbt.reports.capacity_chart import capacity_figure
from newsbt.reports.figures import RUN_FIGURES, STRATEGY_FIGURES
from newsbt.reports.theme import LIGHT


def result(**changes: object) -> Result:
    found = made_run(**changes)  # type: ignore[arg-type]
    return Result(**{field.name: getattr(found, field.name) for field in dataclasses.fields(found)})


@pytest.mark.parametrize("what", sorted(RUN_FIGURES))
def test_a_run_draws_a_line_for_each_row_of_its_table(what: str) -> None:
    figure = result().plot(what)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [line.name for line in lines] == ["Buy on rival release", "Never", "buy_and_hold", "^HSTECH"]
    assert [line.line.color for line in lines] == [*LIGHT.series[:2], LIGHT.reference, LIGHT.ink]
    assert figure.layout.yaxis.title.text and figure.layout.xaxis.title.text


@pytest.mark.parametrize("what", sorted(STRATEGY_FIGURES))
def test_a_strategy_draws_itself_in_its_colour(what: str) -> None:
    item = result()["Never"]
    assert item.look.colour(LIGHT) == LIGHT.series[1]
    assert item.plot(what).layout.title.text.startswith("Never")
    assert item.equity.iloc[0] == CASH


def test_announcements_are_marked_with_their_headlines_as_text() -> None:
    attack = "<b>bold</b>"
    labelled = labels()
    events = dataclasses.replace(
        labelled.events, announcements=(dataclasses.replace(labelled.events.announcements[0], headline=attack),)
    )
    made = strategy("A", labelled=dataclasses.replace(labelled, events=events))
    (marks,) = [trace for trace in result(strategies=[made]).plot().data if trace.mode == "markers"]
    assert marks.text == ("&lt;b&gt;bold&lt;/b&gt;",)
    assert list(pd.DatetimeIndex(marks.x)) == [pd.Timestamp("2025-03-06")]


def test_an_unknown_figure_names_the_near_one() -> None:
    with pytest.raises(DataError, match="did you mean 'equity'"):
        result().plot("equty")
    with pytest.raises(DataError, match="there are equity, events, months"):
        result()["Never"].plot("zzz")


def test_a_result_shows_itself_in_a_notebook() -> None:
    shown = result()._repr_html_()
    assert shown.startswith("<style>.newsbt-result") or "<style>" in shown
    assert "It made 0.49% after all costs" in shown
    assert ":root" not in shown, "the notebook's own look stays as it is"
    assert "<script" not in shown


def test_account_sizes_are_labelled_where_they_stand_and_as_they_are() -> None:
    """plotly's own labels of a log axis read 2 where 2M stands."""
    sizes = [1e5, 2e5, 2.5e6, 1_234_567.0]
    table = pd.DataFrame({"strategy": "A", "size": sizes, "total_return": 0.1, "gross_return": 0.2})
    axis = capacity_figure(table, currency="HKD").layout.xaxis
    assert axis.type == "log" and list(axis.tickvals) == sorted(sizes)
    assert list(axis.ticktext) == ["100k", "200k", "1,234,567", "2.5M"]


def test_percent_axes_have_the_digits_that_any_step_needs() -> None:
    """d3's `.8~%` is up to eight digits after the point; `.3~%` was three, so that steps of 0.0005 % read alike."""
    assert result().plot("equity").layout.yaxis.tickformat == ".8~%"
