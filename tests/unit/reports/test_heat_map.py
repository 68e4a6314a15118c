"""The page of a sweep's heat map: numbers in cells, colours by sign, and never a large file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from newsbt.reports.heat_map import MOST_COLUMNS, MOST_ROWS, heat_of, heat_page
from newsbt.reports.html.heat_table import SHADES
from page_outline import Outline

CELL = re.compile(r'<td class="n ?([^"]*)"[^>]*>([^<]*)</td>')


@dataclass
class Variant:
    params: dict[str, Any]
    metrics: dict[str, float] = field(default_factory=dict)


def page(values: np.ndarray, labels: list[Any], metric: str = "sharpe") -> str:
    """Of a square of values, with the same labels down and across."""
    outcomes = [
        Variant({"position.hold": down, "position.stop_loss": across}, {metric: float(values[row, column])})
        for row, down in enumerate(labels)
        for column, across in enumerate(labels)
    ]
    best = outcomes[int(np.nanargmax(values))]
    heat = heat_of(outcomes, metric, best)  # type: ignore[arg-type]
    assert heat is not None
    return heat_page(heat, metric, best, "<b>Sweep</b>")  # type: ignore[arg-type]


def test_cells_have_numbers_and_losses_alone_the_colour_of_losses() -> None:
    values = np.array([[1.51, 0.02, -0.4], [-1.5, np.nan, 0.0], [0.3, 0.9, -0.01]])
    html = page(values, [1, 2, 3])
    cells = CELL.findall(html)
    assert [text for _, text in cells] == ["1.51", "0.02", "-0.40", "-1.50", "–", "0.00", "0.30", "0.90", "-0.01"]
    for (css, text), value in zip(cells, values.ravel().tolist(), strict=True):
        assert ("hd" in css) <= (value < 0) and ("hu" in css) <= (value > 0), text
    assert cells[0][0] == f"hu{SHADES} best" and cells[3][0] == f"hd{SHADES}"
    assert ">position.hold ↓<br>position.stop_loss →</th>" in html
    assert "prefers-color-scheme:dark" in html.replace(" ", "") and "<svg" not in html and "uPlot" not in html


def test_the_largest_grid_takes_less_than_a_megabyte_whatever_its_values_are_called() -> None:
    labels = [f"{'a value with a long name ' * 40}{n}" for n in range(MOST_ROWS + 5)]
    values = np.random.default_rng(3).normal(0, 1, (len(labels), len(labels)))
    html = page(values, labels)
    assert len(html.encode()) < 1_000_000
    left = len(labels) ** 2 - MOST_ROWS * MOST_COLUMNS
    assert f"{left:,} cells farther from the best variant are left out" in Outline(html).text
    assert html.count('best"') == 1, "the best variant's is among them"
