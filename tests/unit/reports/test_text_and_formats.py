"""Text from data in terminals, spreadsheets and pages."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_runs import labels, made_run, strategy
from newsbt.reports.formats import frame_csv, frame_rows, rows_csv
from newsbt.reports.results_table import lines_of
from newsbt.reports.run_listing import LISTED, events_with_counts, listing
from newsbt.reports.text import clean, csv_cell
from newsbt.runs.run_document import record_of


@given(st.text())
def test_clean_text_is_one_line_without_controls(text: str) -> None:
    shown = clean(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)
    shown.encode("utf-8")
    assert clean(shown) == shown


def test_direction_overrides_are_taken_out_and_foreign_script_stays() -> None:
    assert clean("阿里巴巴 \u202egnp.exe مرحبا") == "阿里巴巴 gnp.exe مرحبا"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("+x", "'+x"), ("-x", "'-x"), ("@x", "'@x"), (" =x", "' =x"), ("\t=x", "' =x"),
     ("-1.5", "-1.5"), ("+2", "+2"), ("-1_0", "'-1_0"), ("^HSTECH", "^HSTECH"), ("a=b", "a=b"),
     (-1.5, -1.5), (None, None), ("", "")],
)  # fmt: skip
def test_no_cell_is_a_formula(value: object, cell: object) -> None:
    assert csv_cell(value) == cell


def test_csv_has_every_key_of_every_row() -> None:
    table = list(csv.DictReader(io.StringIO(rows_csv([{"a": 1, "b": None}, {"a": 2.5, "c": "x,y"}]))))
    assert table == [{"a": "1", "b": "", "c": ""}, {"a": "2.5", "b": "", "c": "x,y"}]


def test_rows_of_a_table_are_plain_values() -> None:
    record = record_of(made_run())
    fills = frame_rows(record.table("fills"))
    assert fills[0]["at"] == "2025-03-06T01:30:00Z"
    assert fills[0]["date"] == "2025-03-06"
    assert fills[0]["quantity"] == 500
    assert frame_rows(record.table("events"))[0]["refused_reason"] is None
    json.dumps(fills, allow_nan=False)


def test_an_empty_table_still_has_its_header() -> None:
    record = record_of(made_run(strategies=[strategy("Never", trades=False)], with_benchmark=False))
    assert frame_csv(record.table("fills")).startswith("strategy,at,date,ticker")
    assert frame_rows(record.table("fills")) == []
    assert events_with_counts(record).empty


def test_events_count_their_fills_and_refusals() -> None:
    events = events_with_counts(record_of(made_run())).set_index(["strategy", "ticker"])
    assert events.loc[("Buy on rival release", "9988.HK"), ["fills", "refusals"]].tolist() == [2, 0]
    assert events.loc[("Buy on rival release", "0700.HK"), ["fills", "refusals"]].tolist() == [0, 1]


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_listings_fit_and_take_text_as_it_is(name: str, width: int) -> None:
    record = record_of(made_run(strategies=[strategy("A", labelled=labels("[red]e[/]\x1b[0m"))]))
    frame = events_with_counts(record) if name == "events" else record.table(name)
    lines = list(lines_of(listing(name, frame, ["A"]), width))
    assert max(map(len, lines)) <= width
    joined = "".join(line.rstrip() for line in lines)
    assert "\x1b" not in joined
    assert lines[0].startswith(f"A, {name}: ")


def test_missing_values_are_a_dash_in_listings() -> None:
    frame = record_of(made_run()).table("events").assign(pnl=float("nan"), known_at=pd.NaT)
    assert "–" in "\n".join(lines_of(listing("events", frame, ["Buy on rival release"]), 120))
