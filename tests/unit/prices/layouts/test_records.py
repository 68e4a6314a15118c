"""Separators and records."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.prices.layouts.records import separator_of
from newsbt.prices.price_readers import CsvPrices


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a\tb\n1,000\t2\n", "\t"),
        ("a|b|c\n1|2|3", "|"),
        ("one\n", ","),
    ],
)
def test_the_mark_that_stands_evenly(text: str, mark: str) -> None:
    assert separator_of(text) == mark


def test_a_last_row_of_other_cells_is_a_bad_row_and_no_foot(tmp_path: Path) -> None:
    """What is left of it once it is blanked looks like one."""
    path = tmp_path / "0700.HK.csv"
    rows = [*(f"2025-01-{day:02},1,1,1,1,10" for day in range(1, 24)), '"2,1",1,1,1']
    path.write_text("\n".join(["Date,Open,High,Low,Close,Volume", *rows]))
    read = CsvPrices(path=path, on_bad_row="skip", volume_unit=1.0, adjusted=False).read()
    assert (read.rows_read, dict(read.bad_rows)) == (24, {"bad_value": 1})
