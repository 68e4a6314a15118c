"""JSON lines, Parquet and frames say the same as CSV; batches of several readers are one."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import merge
from newsbt.errors import DataError
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.events.from_jsonl import JsonlAnnouncements
from newsbt.events.from_parquet import ParquetAnnouncements

ROWS = pd.DataFrame(
    {
        "event_id": ["e1", "e2"],
        "published_at": pd.to_datetime(["2025-03-05T19:00:00Z", "2025-03-07T01:30:00Z"]),
        "event_type": ["model_release", "policy"],
        "issuer": ["Alibaba", "NDRC"],
        "headline": ["QwQ-32B", "AI Plus"],
        "rivals": ["DeepSeek-R1;OpenAI o1", None],
        "sentiment": [0.5, None],
        "tickers": ["9988.HK", ""],
    }
)


def written(tmp_path: Path, kind: str, frame: pd.DataFrame = ROWS):
    path = tmp_path / f"news.{kind}"
    if kind == "frame":
        return FrameAnnouncements(frame=frame)
    if kind == "parquet":
        frame.to_parquet(path)
        return ParquetAnnouncements(path=path)
    text = frame.assign(published_at=frame["published_at"].map(str))
    if kind == "jsonl":
        text.to_json(path, orient="records", lines=True, force_ascii=False)
        return JsonlAnnouncements(path=path)
    text.to_csv(path, index=False)
    return CsvAnnouncements(path=path)


def whole(item: Announcement) -> str:
    """All that an announcement says; NaN is the same as NaN there."""
    values = {one.name: getattr(item, one.name) for one in fields(item)}
    return repr({**values, "origin": "", "published_at": item.published_at.astimezone(UTC)})


def test_all_sources_read_the_same(tmp_path: Path) -> None:
    batches = [written(tmp_path, kind).read({"9988.HK"}) for kind in ("csv", "jsonl", "parquet", "frame")]
    plain = [[whole(item) for item in batch.announcements] for batch in batches]
    assert plain[0] == plain[1] == plain[2] == plain[3]
    first = batches[3].announcements[0]
    assert first.rivals == ("DeepSeek-R1", "OpenAI o1")
    assert first.published_at == datetime(2025, 3, 5, 19, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["parquet", "frame"])
def test_naive_timestamps_are_bad_rows(tmp_path: Path, kind: str) -> None:
    naive = ROWS.assign(published_at=ROWS["published_at"].dt.tz_localize(None))
    with pytest.raises(DataError, match="no offset") as caught:
        written(tmp_path, kind, naive).read(None)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("naive_time", 1), ("naive_time", 2)]


def test_a_frame_with_dates_alone_is_naive_and_a_frame_may_hold_lists() -> None:
    frame = ROWS.assign(rivals=[["A", "B"], []], published_at=[datetime(2025, 3, 6, tzinfo=UTC).date()] * 2)
    with pytest.raises(DataError, match="is a day without a time and an offset"):
        FrameAnnouncements(frame=frame).read()
    batch = FrameAnnouncements(frame=frame.assign(published_at=ROWS["published_at"])).read()
    assert [item.rivals for item in batch.announcements] == [("A", "B"), ()]


def test_an_empty_frame_and_a_file_without_rows_are_errors(tmp_path: Path) -> None:
    for kind in ("parquet", "frame"):
        with pytest.raises(DataError, match="no rows"):
            written(tmp_path, kind, ROWS.iloc[:0]).read()
    path = tmp_path / "x.parquet"
    for content in (b"", b"PAR1 nonsense PAR1", b"a,b\n1,2"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"x\.parquet: (the file is empty|expected a Parquet file)"):
            ParquetAnnouncements(path=path).read()


LINE = (
    '{"event_id": "%s", "published_at": "2025-03-06T03:00:00+08:00", '
    '"event_type": "t", "issuer": "A", "headline": "h"%s}'
)


def test_json_lines_by_reason(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    rows = [
        LINE % ("e1", ', "rivals": ["X", "Y"], "extra": {"deep": [1]}'),
        "",
        LINE % ("e1", ""),
        "{not json",
        "[1, 2]",
        LINE % ("e3", ', "issuer": "B"'),
        LINE % ("e4", ', "sentiment": [1]'),
        LINE % ("\\ud83d", ""),
        "[" * 100_000,
        LINE % ("e5", ', "sentiment": ' + "9" * 5000),
    ]
    path.write_text("\r\n".join(rows))
    batch = JsonlAnnouncements(path=path, on_bad_row="skip").read()
    assert dict(batch.bad_rows) == {"duplicate_event_id": 1, "bad_value": 7}
    (item,) = batch.announcements
    assert item.rivals == ("X", "Y")
    assert dict(item.attributes) == {"extra": {"deep": [1]}}
    with pytest.raises(DataError) as caught:
        JsonlAnnouncements(path=path).read()
    assert [problem.line for problem in caught.value.problems] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert "the key 'issuer' stands twice" in str(caught.value)


def test_json_lines_without_a_required_key_or_without_objects(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"event_id": "e1", "published_ad": "2025-03-06T03:00:00Z"}')
    with pytest.raises(DataError, match=r"expected a column 'published_at'.*did you mean 'published_ad'"):
        JsonlAnnouncements(path=path).read()
    path.write_text("1\n2\n")
    with pytest.raises(DataError, match="expected a JSON object in each line"):
        JsonlAnnouncements(path=path).read()


def test_merging_keeps_order_and_refuses_an_id_that_two_readers_have(tmp_path: Path) -> None:
    first = written(tmp_path, "csv").read()
    other = FrameAnnouncements(frame=ROWS.assign(event_id=["e3", "e4"])).read()
    both = merge([first, other])
    assert [item.event_id for item in both.announcements] == ["e1", "e2", "e3", "e4"]
    assert (both.rows_read, both.files) == (4, first.files)
    again = FrameAnnouncements(frame=ROWS.assign(event_id=["e2", "e5"]))
    with pytest.raises(DataError, match=r"'e2' stands already at .*news\.csv:3") as caught:
        merge([first, again.read()])
    assert caught.value.problems[0].code == "duplicate_event_id"
    skipped = merge([first, replace(again, on_bad_row="skip").read()])
    assert [item.event_id for item in skipped.announcements] == ["e1", "e2", "e5"]
    assert dict(skipped.bad_rows) == {"duplicate_event_id": 1}
