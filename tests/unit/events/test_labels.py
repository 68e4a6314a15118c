"""Labels made elsewhere: joined by event id, checked like any table, told with their maker and cut-off."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.errors import ConfigError, DataError
from newsbt.events.labels import LabelTable, label

ITEM = Announcement(
    event_id="a",
    published_at=datetime(2025, 3, 6, tzinfo=UTC),
    event_type="news",
    issuer="Alibaba",
    sentiment=0.1,
    attributes={"desk": "x"},
)
BATCH = AnnouncementBatch(announcements=(ITEM,), rows_read=1)


def table(folder: Path, text: str, **changes: object) -> LabelTable:
    file = folder / "labels.csv"
    file.write_text(text, encoding="utf-8")
    return LabelTable(**{"path": file, "made_by": "a model", "cutoff": date(2024, 10, 1), **changes})


def test_labels_stand_in_place_of_what_the_announcement_says(tmp_path: Path) -> None:
    source = table(
        tmp_path, "event_id,sentiment,relevance,event_type,tickers,why\na,-0.5,,upgrade,9988.HK,because\nz,1,,,,\n"
    )
    batch, labelled = label(BATCH, [source], {"9988.HK"})
    (found,) = batch.announcements
    assert (found.sentiment, found.event_type, found.tickers) == (-0.5, "upgrade", ("9988.HK",))
    assert found.attributes == {"desk": "x", "why": "because"}
    assert (labelled.strangers, labelled.cutoffs) == (("z",), (date(2024, 10, 1),))
    assert labelled.notices[0].startswith("labels by a model for 1 of 1 events: ")
    assert batch.files == (source.path,)


def test_an_announcement_is_not_known_before_its_label(tmp_path: Path) -> None:
    source = table(tmp_path, "event_id,available_at\na,2025-03-06T09:00+08:00\n")
    assert label(BATCH, [source])[0].announcements[0].known_at() == datetime(2025, 3, 6, 1, tzinfo=UTC)
    early = table(tmp_path, "event_id,available_at\na,2025-03-01T09:00+08:00\n")
    assert label(BATCH, [early])[0].announcements[0].known_at() == ITEM.published_at


def test_nobody_knowing_the_cutoff_is_told(tmp_path: Path) -> None:
    _, labelled = label(BATCH, [table(tmp_path, "event_id,sentiment\na,1\n", cutoff=None)])
    assert labelled.cutoffs == ()
    assert "may be hindsight" in labelled.notices[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("event_id,sentiment\na,2\n", "bad_value"),
        ("event_id,sentiment\na,x\n", "bad_value"),
        ("event_id,sentiment\na,1\na,0\n", "duplicate_event_id"),
        ("event_id,sentiment\n,1\n", "missing_value"),
        ("event_id,tickers\na,NOPE\n", "unknown_ticker"),
        ("event_id,available_at\na,2025-03-06T09:00\n", "naive_time"),
        ("event_id,available_at\na,soon\n", "bad_time"),
        ("event_id,sentiment\na,1,2\n", "bad_value"),
    ],
)
def test_a_bad_label_stops_or_is_left_out(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(DataError) as caught:
        label(BATCH, [table(tmp_path, text)], {"9988.HK"})
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].line is not None
    batch, _ = label(BATCH, [table(tmp_path, text, on_bad_row="skip")], {"9988.HK"})
    assert batch.announcements[0].tickers == ()


def test_a_maker_and_known_columns_are_needed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="made_by"):
        table(tmp_path, "event_id\n", made_by=" ")
    with pytest.raises(ConfigError, match="sentiment"):
        table(tmp_path, "event_id\n", columns={"sentimnt": "x"})
