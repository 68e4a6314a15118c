"""Rows of a table that are wrong: which, in which order, and what of a table is left without them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from newsbt.errors import DataError
from newsbt.linking.checked_rows import CheckedRow, CheckedTable, CheckedTables, kept


def rows_of(frame: pd.DataFrame, *, skips: bool = False) -> tuple[CheckedTable, list[CheckedRow]]:
    table = CheckedTable(frame, "relations", skips=skips)
    return table, table.rows(["name"], ["from", "to"])


def test_a_span_of_one_day_is_one_and_one_that_ends_before_it_begins_is_wrong() -> None:
    frame = pd.DataFrame(
        {
            "name": ["day", "back", "open", "none"],
            "from": ["2025-03-04", "2025-03-05", "2025-03-04", ""],
            "to": ["2025-03-04", "2025-03-04", "", ""],
        }
    )
    table, rows = rows_of(frame)
    found = [row.span() for row in rows]
    day, back = date(2025, 3, 4), date(2025, 3, 5)
    assert found == [(day, day), (back, day), (day, None), (None, None)]
    assert [(one.line, one.key, one.message) for one in table.problems] == [
        (2, "to", "to 2025-03-04 is before from 2025-03-05")
    ]


def read(frame: pd.DataFrame, policy: str) -> tuple[CheckedTables, tuple[str, ...]]:
    """The names; a bad `to` is told before a missing name of an earlier row."""
    tables = CheckedTables(policy)

    def parse(table: CheckedTable) -> tuple[str, ...]:
        rows = table.rows(["name"], ["from", "to"])
        for row in rows:
            row.span()
        return tuple(name for _, name in kept((row, row.needed("name")) for row in rows))

    return tables, tables.read(frame, "relations", parse)


BAD = pd.DataFrame({"name": ["", "b", "", "d"], "from": [""] * 4, "to": ["", "", "never", "never"]})


def test_problems_come_by_line_and_stop_the_reading() -> None:
    tables, names = read(BAD, "error")
    assert [(one.line, one.key) for one in tables.problems] == [(1, "name"), (3, "to"), (3, "name"), (4, "to")]
    assert names == ("", "b", "", "d") and tables.bad_rows == {}
    with pytest.raises(DataError, match="on_bad_row: skip"):
        tables.finish()
    read(BAD.iloc[[1]], "error")[0].finish()


def test_bad_rows_are_skipped_and_counted_by_their_first_reason() -> None:
    tables, names = read(BAD, "skip")
    assert names == ("b",) and not tables.problems
    assert tables.bad_rows == {"relations": {"bad_value": 2, "missing_value": 1}}
    assert read(BAD.iloc[[1]], "skip")[0].bad_rows == {}


def test_of_a_table_without_a_good_row_nothing_is_right() -> None:
    tables, names = read(BAD.iloc[[0, 2]], "skip")
    assert names == () and len(tables.problems) == 3 and tables.bad_rows == {}
    assert tables.read(None, "relations", lambda table: (1,)) == ()


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ("", ["the row has no name"]),
        (None, ["the row has no name"]),
        ([1], ["expected text, got [1]"]),
        ("b", []),
    ],
)
def test_a_name_that_is_no_text_has_one_problem_and_is_not_missing_too(value: object, messages: list[str]) -> None:
    table, (row,) = rows_of(pd.DataFrame({"name": [value], "from": [""], "to": [""]}))
    assert row.needed("name") == ("b" if value == "b" else "")
    assert [one.message for one in table.problems] == messages
