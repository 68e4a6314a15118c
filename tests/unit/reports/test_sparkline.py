"""Equity in a line of text: any terminal, any curve."""

from __future__ import annotations

import io
import math

import pytest
from rich.cells import cell_len
from rich.console import Console

from made_runs import made_run
from newsbt.reports.results_table import CURVE, lines_of, run_view
from newsbt.reports.sparkline import BLOCKS, PLAIN, Sparkline, spark
from newsbt.reports.tabular import TerminalTable, token
from newsbt.runs.run_document import record_of


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "        "), ([math.nan, math.nan], "        "), ([1.0, 1.0, 1.0], "▄▄▄"), ([1.0, math.nan, 2.0], "▁ █"),
        ([0.0, 7.0], "▁█"), ([2.0, 1.0] * 4, "█▁█▁█▁█▁"), ([5.0], "▄"),
    ],
)  # fmt: skip
def test_a_curve_runs_from_its_lowest_to_its_highest(values: list[float], expected: str) -> None:
    assert spark(values, 8) == expected


def test_a_long_curve_fits() -> None:
    drawn = spark(list(range(10_000)), 14)
    assert len(drawn) == 14
    assert (drawn[0], drawn[-1]) == (BLOCKS[0], BLOCKS[-1])
    assert list(drawn) == sorted(drawn)


@pytest.mark.parametrize(("encoding", "letters"), [("ascii", PLAIN), ("utf-8", BLOCKS), ("latin-1", PLAIN)])
def test_it_is_written_in_letters_that_the_terminal_has(encoding: str, letters: str) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    Console(file=out, width=40).print(TerminalTable([token("")], [[Sparkline([1, 2, 3], 3)]], has_head=False))
    out.flush()
    assert set(raw.getvalue().decode(encoding).strip()) <= set(letters)


@pytest.mark.parametrize("width", [60, 80, 99, 100, 120, 200])
def test_it_is_shown_where_there_is_room_and_nothing_is_wider_than_the_terminal(width: int) -> None:
    lines = list(lines_of(run_view(record_of(made_run()), width), width))
    (head,) = [line for line in lines if line.startswith("Strategy ")]
    assert ("Equity" in head) == (width >= 100)
    assert all(cell_len(line) <= width for line in lines)
    if width >= 100:
        row = next(line for line in lines if line.startswith("Buy on rival release"))
        assert sum(letter in BLOCKS for letter in row) == 5 <= CURVE, "one for each of the five sessions"
