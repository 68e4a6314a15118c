"""Figures for notebooks: the theme's colours, escaped texts, and errors that name what there is."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from made_runs import CASH, labels, made_run, strategy
from newsbt.api import Result
from newsbt.errors import DataError
from newsbt.reports.capacity_chart import capacity_figure
from newsbt.reports.figures import RUN_FIGURES, STRATEGY_FIGURES
from newsbt.reports.theme import LIGHT
from page_outline import Outline


def result(**changes: object) -> Result:
    found = made_run(**changes)  # type: ignore[arg-type]
    return Result(**{field.name: getattr(found, field.name) for field in dataclasses.fields(found)})


@pytest.mark.parametrize("what", sorted(RUN_FIGURES))
def test_a_run_draws_a_line_for_each_row_of_its_table(what: str) -> None:
    (chart,) = result().plot(what).charts
    assert [line.name for line in chart.series] == ["Buy on rival release", "Never", "buy_and_hold", "^HSTECH"]
    colours = [line.look.colour(LIGHT) for line in chart.series]
    assert colours == [*LIGHT.series[:2], LIGHT.reference, LIGHT.ink]
    assert chart.y.title and chart.x.title and list(chart.legend) == [line.name for line in chart.series]


def test_a_figures_numbers_are_the_results() -> None:
    found = result()
    (chart,) = found.plot().charts
    for line in chart.series[:2]:
        item = found[line.name]
        assert line.values.tolist() == (item.equity / item.ledger.initial_cash - 1.0).tolist()


@pytest.mark.parametrize("what", sorted(STRATEGY_FIGURES))
def test_a_strategy_draws_itself_in_its_colour(what: str) -> None:
    item = result()["Never"]
    assert item.look is not None and item.look.colour(LIGHT) == LIGHT.series[1]
    figure = item.plot(what)
    assert figure.title.startswith("Never")
    if what == "equity":
        assert figure.charts[0].series[0].look == item.look
    assert item.equity.iloc[0] == CASH


def test_announcements_are_marked_with_their_headlines_as_text() -> None:
    attack = "<b>bold</b>"
    labelled = labels()
    events = dataclasses.replace(
        labelled.events, announcements=(dataclasses.replace(labelled.events.announcements[0], headline=attack),)
    )
    made = strategy("A", labelled=dataclasses.replace(labelled, events=events))
    figure = result(strategies=[made]).plot()
    ((day, text),) = figure.charts[0].marks
    assert pd.Timestamp(day, unit="D") == pd.Timestamp("2025-03-06") and text == attack
    assert attack not in figure.to_html()


def test_a_figure_is_a_page_in_a_frame_and_can_be_kept(tmp_path: Path) -> None:
    """So it survives export: what a notebook keeps of it holds the library and the numbers."""
    figure = result().plot()
    shown = figure._repr_html_()
    assert shown.startswith("<iframe") and "<script" not in shown, "all of it is text of an attribute"
    frames = Frames()
    frames.feed(shown)
    (document,) = frames.documents
    assert document == figure.to_html()
    page = Outline(document)
    assert page.charts["chart"]["tables"][0]["series"][0]["name"] == "Buy on rival release"
    assert "uPlot" in document
    assert figure.save(tmp_path / "a.html").read_text(encoding="utf-8") == document
    assert len(repr(figure).splitlines()) == 1


class Frames(HTMLParser):
    """The documents of frames."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "iframe":
            self.documents.append(str(dict(attrs)["srcdoc"]))


def test_an_unknown_figure_names_the_near_one() -> None:
    with pytest.raises(DataError, match="did you mean 'equity'"):
        result().plot("equty")
    with pytest.raises(DataError, match="there are equity, events, months"):
        result()["Never"].plot("zzz")


def test_a_result_shows_itself_in_a_notebook() -> None:
    shown = result()._repr_html_()
    assert shown.startswith("<style>.newsbt-result") or "<style>" in shown
    assert "It made 0.49% after all costs" in shown
    assert ":root" not in shown.split("<iframe")[0], "the notebook's own look stays as it is"
    assert "<script" not in shown


def test_account_sizes_stand_where_they_are_and_are_told_exactly() -> None:
    sizes = [1e5, 2e5, 2.5e6, 1_234_567.0]
    table = pd.DataFrame({"strategy": "A", "size": sizes, "total_return": [1, 2, 4, 3], "gross_return": 0.2})
    (chart,) = capacity_figure(table, currency="HKD").charts
    assert chart.x.unit == "log" and "HKD" in chart.x.title
    net, gross = chart.series
    assert net.at.tolist() == sorted(sizes) and net.values.tolist() == [1, 2, 3, 4] and "gross" in gross.name
    assert "+300.0% at 1,234,567, +400.0% at 2.5M" in chart.description
