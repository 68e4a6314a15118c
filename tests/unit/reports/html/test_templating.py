"""Pages from templates: whatever a block is given is text, and a page fetches nothing."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

from newsbt.reports.charts.chart import Axis, Chart, ChartSeries
from newsbt.reports.html.page_blocks import (
    Absent,
    Bar,
    Block,
    Details,
    Facts,
    FigureTiles,
    Grid,
    Legend,
    Lines,
    Note,
    Plotted,
    Questions,
    Section,
    Subheading,
    Table,
    Td,
    Under,
    Who,
)  # fmt: skip
from newsbt.reports.html.templating import page_of
from newsbt.reports.theme import Look
from page_outline import Outline

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=y></script>\u202e"
LOOK = Look("c0", "", "strategy")
CHART = Chart(
    name="c", title=ATTACK, description=ATTACK, x=Axis(unit="names", title=ATTACK, names=[ATTACK]),
    y=Axis(title=ATTACK),
    series=[ChartSeries(name=ATTACK, at=np.zeros(1), values=np.zeros(1), look=LOOK)], marks=[(0.0, ATTACK)],
    uprights=[(0.0, ATTACK, "soft")], legend={ATTACK: LOOK},
)  # fmt: skip
CELL = Td(ATTACK, value=ATTACK, tip=ATTACK, look=LOOK, bars=[Bar(0.0, 2.0, "up")], zero=-1.0)
BLOCKS: list[Block] = [
    Absent(ATTACK), Under(ATTACK), Subheading(ATTACK), Lines([ATTACK], "notes"), Facts([(ATTACK, ATTACK)]),
    Details(ATTACK, [Absent(ATTACK)]), Note(ATTACK, [Absent(ATTACK)]), Grid([Absent(ATTACK)]),
    Table([(ATTACK, "text"), (ATTACK, "number")], [[CELL, CELL]], ATTACK), Plotted(CHART, ATTACK),
    Legend("g", {ATTACK: LOOK}), Who(ATTACK, LOOK), FigureTiles([(ATTACK, ATTACK, ATTACK, "up")]),
    Questions([(ATTACK, ATTACK)]), Section("s", ATTACK, [Absent(ATTACK)], folded=True),
]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.kind)
def test_every_text_of_every_block_is_text(block: Block) -> None:
    document = page_of(ATTACK, [block], under=ATTACK)
    page = Outline(document)
    charted = block.kind == "plotted"
    assert page.tags.count("script") == 2 * charted, "the library, and the chart's data"
    assert "img" not in page.tags and "\u202e" not in document
    assert ATTACK.removesuffix("\u202e") in page.text


def test_a_page_asks_for_nothing() -> None:
    document = page_of("t", BLOCKS, scripts=("page.js", "candles.js", "cards.js"))
    assert "default-src 'none'" in document
    # The library names its own address in a comment, and the licence stands before it.
    addresses = set(re.findall(r"https?://[^\s\"')]+", document))
    assert addresses <= {"https://github.com/leeoniya/uPlot"}
    assert "Copyright (c) 2022 Leon Sorokin" in document
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import)\s*\(", document)


def test_a_page_without_charts_carries_no_library() -> None:
    assert "uPlot" not in page_of("t", [Absent("nothing")])


def test_templates_and_the_library_are_found_in_the_package() -> None:
    """As they are in the wheel: nothing is read by a path of the checkout."""
    folder = files("newsbt.reports.html")
    for name in ("templates/page.html", "templates/blocks.html", "uplot/uPlot.iife.min.js", "uplot/LICENSE.txt"):
        assert folder.joinpath(*name.split("/")).is_file(), name
