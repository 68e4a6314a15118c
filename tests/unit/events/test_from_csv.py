"""Announcements from CSV: the contract's columns, and every reason of T8."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from newsbt.errors import ConfigError, DataError
from newsbt.events.from_csv import CsvAnnouncements

pytestmark = pytest.mark.rule("T8")

HEADER = "event_id,published_at,time_precision,event_type,issuer,headline,rivals,sentiment,relevance,tickers,confidence"
GOOD = "e1,2025-03-06T03:00:00+08:00,hour,model_release,Alibaba,QwQ-32B,DeepSeek-R1; OpenAI o1,0.5,,9988.HK;BABA,high"


def write(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "news.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_good_row_becomes_an_announcement(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    batch = CsvAnnouncements(path=path).read({"9988.HK", "BABA"})
    (item,) = batch.announcements
    assert item.published_at == datetime(2025, 3, 6, 3, tzinfo=timezone(timedelta(hours=8)))
    assert item.published_at.utcoffset() == timedelta(hours=8)  # kept: a day ends at this offset's midnight
    assert (item.time_precision, item.rivals, item.tickers) == (
        "hour",
        ("DeepSeek-R1", "OpenAI o1"),
        ("9988.HK", "BABA"),
    )
    assert item.sentiment == 0.5 and math.isnan(item.relevance) and item.received_at is None
    assert dict(item.attributes) == {"confidence": "high"}
    assert item.origin == f"{path}:2"
    assert (batch.rows_read, dict(batch.bad_rows), batch.files) == (1, {}, (path,))


def test_columns_rename_and_leave_the_rest_as_attributes(tmp_path: Path) -> None:
    path = write(tmp_path, "e1,2025-03-06T03:00:00Z,t,A,h,QwQ,no",
                 header="event_id,when,event_type,issuer,headline,model_or_subject,open_weights")  # fmt: skip
    reader = CsvAnnouncements(path=path, columns={"subject": "model_or_subject", "published_at": "when"})
    (item,) = reader.read().announcements
    assert item.subject == "QwQ"
    assert dict(item.attributes) == {"open_weights": "no"}


def test_a_column_without_a_name_is_none_of_ours(tmp_path: Path) -> None:
    """As pandas writes an index: its numbers are no `received_at` of the file, which has none."""
    (item,) = CsvAnnouncements(path=write(tmp_path, f"0,{GOOD}", header=f",{HEADER}")).read().announcements
    assert item.received_at is None
    assert dict(item.attributes) == {"confidence": "high", "": "0"}


def test_a_receipt_without_an_offset_is_a_bad_row(tmp_path: Path) -> None:
    path = write(tmp_path, "e1,2025-03-06T03:00:00Z,2025-03-06T04:00:00,t,A,h",
                 header="event_id,published_at,received_at,event_type,issuer,headline")  # fmt: skip
    with pytest.raises(DataError, match=r"news\.csv:2: received_at: .* has no offset"):
        CsvAnnouncements(path=path).read()


def bad(column: str, value: str) -> str:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | {"event_id": "e2", column: value}
    return ",".join(cells.values())


@pytest.mark.parametrize(
    ("row", "reason", "message"),
    [
        (bad("published_at", "2025-03-06T03:00:00"), "naive_time", r"write for example 2025-03-06T03:00:00\+08:00"),
        (bad("published_at", "2025-03-06 03:00"), "naive_time", "no offset"),
        (bad("published_at", "2025-03-06"), "naive_time", r"2025-03-06T00:00:00\+08:00 with time_precision day"),
        (bad("published_at", "6 March 2025"), "bad_time", "expected a time such as"),
        (bad("published_at", "2025-02-30T03:00:00Z"), "bad_time", "2025-02-30"),
        (bad("published_at", "0001-01-01T00:00:00Z"), "bad_time", "year from 1900 to 2200"),
        (bad("published_at", "9999-12-31T23:59:59Z"), "bad_time", "year from 1900 to 2200"),
        (bad("published_at", "2025-03-05T21:00:00+15:00"), "bad_time", "offset of at most 14 hours"),
        (bad("published_at", "2025-03-05T21:00:00-23:59"), "bad_time", "offset of at most 14 hours"),
        (bad("event_id", "e1"), "duplicate_event_id", "'e1' stands already in line 2"),
        (bad("event_id", " "), "missing_value", "no event_id"),
        (bad("published_at", ""), "missing_value", "no published_at"),
        (bad("issuer", ""), "missing_value", "no issuer"),
        (bad("tickers", "9988.HK;9998.HK"), "unknown_ticker", "'9998.HK' is no instrument.*did you mean '9988.HK'"),
        (bad("sentiment", "good"), "bad_value", "expected a number such as 1234.5, got 'good'"),
        (bad("sentiment", "1.5"), "bad_value", "from -1 to 1, got 1.5"),
        (bad("relevance", "-0.1"), "bad_value", "from 0 to 1, got -0.1"),
        (bad("sentiment", "inf"), "bad_value", "finite"),
        (bad("time_precision", "hours"), "bad_value", "did you mean 'hour'"),
        (GOOD + ",surplus", "bad_value", "expected 11 fields as in the header, got 12"),
        ("e2", "bad_value", "expected 11 fields as in the header, got 1"),
    ],
)
def test_bad_rows_by_reason(tmp_path: Path, row: str, reason: str, message: str) -> None:
    path = write(tmp_path, GOOD, row)
    known = ["9988.HK", "BABA"]
    with pytest.raises(DataError, match=message) as caught:
        CsvAnnouncements(path=path).read(known)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (reason, str(path), 3)
    batch = CsvAnnouncements(path=path, on_bad_row="skip").read(known)
    assert dict(batch.bad_rows) == {reason: 1}
    assert (len(batch.announcements), batch.rows_read) == (1, 2)


def test_every_bad_row_is_told_with_its_own_column_name(tmp_path: Path) -> None:
    path = write(tmp_path, bad("published_at", "2025-03-06"), bad("sentiment", "x"))
    path.write_text(path.read_text().replace("published_at", "when", 1))
    with pytest.raises(DataError) as caught:
        CsvAnnouncements(path=path, columns={"published_at": "when"}).read()
    assert [(problem.line, problem.key) for problem in caught.value.problems] == [(2, "when"), (3, "sentiment")]


def test_a_missing_column_is_an_error_whatever_the_policy(tmp_path: Path) -> None:
    path = write(tmp_path, "e1,2025-03-06T03:00:00Z,t", header="event_id,published_on,event_type")
    with pytest.raises(DataError, match=r"expected a column 'published_at'.*did you mean 'published_on'") as caught:
        CsvAnnouncements(path=path, on_bad_row="skip").read()
    assert [problem.key for problem in caught.value.problems] == ["published_at", "issuer", "headline"]


def test_a_misspelt_parameter_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'subjct' is none of.*did you mean 'subject'"):
        CsvAnnouncements(path=tmp_path, columns={"subjct": "x"})
    with pytest.raises(ConfigError, match="on_bad_row"):
        CsvAnnouncements(path=tmp_path, on_bad_row="ignore")


def test_a_body_longer_than_the_csv_module_likes(tmp_path: Path) -> None:
    path = write(tmp_path, f'e1,2025-03-06T03:00:00Z,t,A,h,"{"long, " * 50_000}"',
                 header="event_id,published_at,event_type,issuer,headline,body")  # fmt: skip
    (item,) = CsvAnnouncements(path=path).read().announcements
    assert len(item.body) == 50_000 * 6 - 1
