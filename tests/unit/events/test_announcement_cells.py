"""Columns of text are read as rows of text are: the same announcements, bad rows, messages and references."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from newsbt.domain.announcement_columns import columns_of
from newsbt.domain.bad_rows import listing
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.events.announcement_rows import COLUMNS, parse_rows
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.testing.whole import whole

KNOWN = KnownTickers({"0700.HK": "XHKG", "9988.HK": "XHKG", "BABA": "XNYS", "002230.SZ": "XSHE"})
CELLS = {
    "event_id": ["a", "b", " c ", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "", "é"],
    "published_at": ["2025-03-06T03:00:00+08:00", "2025-03-05T19:00:00Z", "2025-03-06 03:00", "2025-03-06", "", "soon",
                     "2025-03-06T03:00:00.5-05:00", "2300-01-01T00:00Z"],
    "event_type": ["release", "release", "release", " earnings ", ""],
    "issuer": ["Lab", "Lab", "Tencent", "阿里", ""],
    "headline": ["x", "y, z", 'said "so"', "two\nlines", ""],
    "received_at": ["", "", "2025-03-06T04:00+08:00", "2025-03-01T04:00Z", "2025-03-06"],
    "time_precision": ["", "minute", "hour", "day", "week"],
    "subject": ["", " chip "],
    "rivals": ["", "A; B;A"],
    "body": ["", "two\nlines"],
    "source": ["", "wire"],
    "url": ["", "https://news.example/1"],
    "sentiment": ["", "0.5", "-1", "NA", "2", "much"],
    "relevance": ["", "0.5", "1", "-0.5"],
    "tickers": ["", "0700.HK", "700; 9988.HK", "BABA", "2230", "NOBODY", "0700.HK;NOBODY"],
    "mentioned": ["", "Lab; Tencent;Lab"],
    "vendor": ["p", " q "],
}  # fmt: skip
SOUND = {"published_at": 2, "event_type": 4, "issuer": 4, "headline": 4, "received_at": 4, "time_precision": 4,
         "sentiment": 4, "relevance": 3, "tickers": 5}  # fmt: skip


def written(seed: int, tmp_path: Path, *, sound: bool) -> Path:
    """A table in which some rows are bad, many of them where nothing is `sound`, and some too short or too long."""
    random = np.random.default_rng(seed)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(CELLS)
    for number in range(40):
        cells = {}
        for name, values in CELLS.items():
            most = SOUND.get(name, len(values)) if sound or random.random() < 0.7 else len(values)
            cells[name] = str(random.choice(np.array(values[:most], dtype=object)))
        if sound or random.random() < 0.7:
            cells["event_id"] += str(number)
        row = list(cells.values())
        rows.writerow(row[:-1] if not sound and random.random() < 0.1 else row)
        if random.random() < 0.2:
            out.write("\n")
    path = tmp_path / "news.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def by_rows(reader: CsvAnnouncements):
    table = reader._table()
    chosen = {name: name for name in CELLS if name != "vendor"}
    return parse_rows(
        table.rows, file=table.name, chosen=chosen, known_tickers=KNOWN, on_bad_row=reader.on_bad_row,
        notes=table.readings,
    )  # fmt: skip


def test_every_column_that_announcements_have_is_among_the_cells() -> None:
    assert [name for name in COLUMNS if name not in CELLS] == []


@pytest.mark.parametrize("seed", range(8))
def test_columns_are_read_as_rows_are(seed: int, tmp_path: Path) -> None:
    path = written(seed, tmp_path, sound=False)
    reader = CsvAnnouncements(path=path, on_bad_row="skip")
    found, expected = reader.read(KNOWN), by_rows(reader)
    assert whole(tuple(found.announcements)) == whole(expected.announcements)  # nan is not itself from Python 3.13 on
    assert (found.rows_read, found.bad_rows, found.lost) == (expected.rows_read, expected.bad_rows, expected.lost)
    assert len(found.bad_rows) > 2
    messages = []
    for read in (lambda one: one.read(KNOWN), by_rows):
        with listing(1000), pytest.raises(DataError) as error:
            read(CsvAnnouncements(path=path))
        messages.append(str(error.value))
    assert messages[0] == messages[1]


@pytest.mark.parametrize("seed", range(3))
def test_each_is_known_when_its_object_says(seed: int, tmp_path: Path) -> None:
    found = CsvAnnouncements(path=written(seed, tmp_path, sound=True)).read(KNOWN).announcements
    assert len(found) == 40
    for columns in (found, columns_of(tuple(found)), columns_of(tuple(found)).take(np.arange(39, -1, -3))):
        known = [item.known_at(timedelta(minutes=5)).replace(tzinfo=None) for item in columns]
        assert columns.known_at(timedelta(minutes=5)).tolist() == np.array(known, dtype="M8[ns]").tolist()
