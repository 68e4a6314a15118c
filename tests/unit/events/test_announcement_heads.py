"""Announcements as people export them: headings, times, what is missing, in every reader."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import ConfigError, DataError
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.from_excel import ExcelAnnouncements
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.events.from_jsonl import JsonlAnnouncements
from newsbt.events.from_parquet import ParquetAnnouncements

pytestmark = pytest.mark.rule("T8")

KNOWN = KnownTickers({"0700.HK": "XHKG", "BABA": "XNYS"})
TABLE = pd.DataFrame(
    {"Published": ["3/6/2025 1:30 AM", "3/16/2025 4:05 PM"], "Title": ["a", "b"], "Symbol": ["700", "BABA US"],
     "Desk": ["x", "y"]}
)  # fmt: skip


def read(folder: Path, content: str | bytes, **options: object) -> AnnouncementBatch:
    path = folder / "news.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CsvAnnouncements(path=path, **options).read(KNOWN)  # type: ignore[arg-type]


def made(folder: Path, kind: str) -> AnnouncementBatch:
    zone = "America/New_York"
    if kind == "frame":
        return FrameAnnouncements(frame=TABLE, zone=zone).read(KNOWN)
    path = folder / f"news.{kind}"
    if kind == "csv":
        TABLE.to_csv(path, index=False)
        return CsvAnnouncements(path=path, zone=zone).read(KNOWN)
    if kind == "xlsx":
        TABLE.to_excel(path, index=False)
        return ExcelAnnouncements(path=path, zone=zone).read(KNOWN)
    if kind == "parquet":
        TABLE.to_parquet(path)
        return ParquetAnnouncements(path=path, zone=zone).read(KNOWN)
    TABLE.to_json(path, orient="records", lines=True)
    return JsonlAnnouncements(path=path, zone=zone).read(KNOWN)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "parquet", "frame"])
def test_every_reader_knows_the_headings_and_the_form_of_the_times(tmp_path: Path, kind: str) -> None:
    batch = made(tmp_path, kind)
    first, second = batch.announcements
    assert first.published_at.isoformat() == "2025-03-06T01:30:00-05:00"
    assert second.published_at.isoformat() == "2025-03-16T16:05:00-04:00"  # summer time has begun
    assert (first.tickers, second.tickers) == (("0700.HK",), ("BABA",))
    assert (first.headline, first.event_type, dict(first.attributes)) == ("a", "news", {"Desk": "x"})
    assert first.event_id != second.event_id
    ((_, message),) = batch.readings
    assert {"published_at from 'Published'", "event_id made from the content", "times as %m/%d/%Y %I:%M %p",
            "times without an offset of America/New_York"} <= set(message)  # fmt: skip


def test_an_id_of_the_content_is_the_same_in_any_order(tmp_path: Path) -> None:
    rows = ["2025-03-06T01:30Z,a,BABA", "2025-03-06T01:30Z,b,BABA"]
    head = "time,headline,ticker"
    ids = [
        {item.headline: item.event_id for item in read(tmp_path, "\n".join([head, *some])).announcements}
        for some in (rows, rows[::-1])
    ]
    assert ids[0] == ids[1]


def test_two_rows_of_one_content_are_a_duplicate(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="stands already in line 2"):
        read(tmp_path, "time,headline,ticker\n" + "2025-03-06T01:30Z,a,BABA\n" * 2)


UNCLEAR = "Date,Headline,Company\n3/6/2025 1:30 AM,a,Tencent\n"


def test_a_day_that_may_be_two_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Date: '3/6/2025 1:30 AM' may be 2025-03-06 .* or 2025-06-03 .*time_format"):
        read(tmp_path, UNCLEAR, zone="UTC")
    (item,) = read(tmp_path, UNCLEAR, zone="UTC", time_format="%d/%m/%Y %I:%M %p").announcements
    assert item.published_at.date() == date(2025, 6, 3)


def test_news_of_a_weekend_tells_no_order(tmp_path: Path) -> None:
    """8 March 2025 is a Saturday, 3 August a Sunday: of prices neither is a day."""
    with pytest.raises(DataError, match="may be"):
        read(tmp_path, "Date,Headline,Company\n3/8/2025 1:30 AM,a,T\n", zone="UTC")


def test_a_time_without_offset_needs_a_zone(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no offset.* give the reader a `zone`"):
        read(tmp_path, UNCLEAR, time_format="%m/%d/%Y %I:%M %p")


@pytest.mark.parametrize("at", ["2025-03-09T02:30:00", "2025-11-02 01:30"])
def test_a_time_that_clocks_show_never_or_twice_is_a_bad_row(tmp_path: Path, at: str) -> None:
    batch = read(tmp_path, f"Date,Title,Company\n{at},a,T\n", zone="America/New_York", on_bad_row="skip")
    assert dict(batch.bad_rows) == {"naive_time": 1}


def test_a_day_has_the_precision_of_a_day_and_a_midnight_has_not(tmp_path: Path) -> None:
    content = "Date,Title,Company\n3/16/2025,a,T\n3/17/2025,b,T\n"
    batch = read(tmp_path, content, zone="Asia/Hong_Kong")
    assert [(one.published_at.isoformat(), one.time_precision) for one in batch.announcements] == [
        ("2025-03-16T00:00:00+08:00", "day"), ("2025-03-17T00:00:00+08:00", "day"),
    ]  # fmt: skip
    batch = read(tmp_path, content.replace("2025,", "2025 12:00 AM,"), zone="Asia/Hong_Kong")
    assert [(one.published_at.isoformat(), one.time_precision) for one in batch.announcements] == [
        ("2025-03-16T00:00:00+08:00", "minute"), ("2025-03-17T00:00:00+08:00", "minute"),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chinese_headings_with_day_and_clock_in_two_columns(tmp_path: Path, encoding: str) -> None:
    content = "日期,时间,标题,公司,代码\n2025-03-06,16:45,腾讯发布新模型,腾讯控股,00700\n2025-03-07,,二,腾讯控股,\n"
    first, second = read(tmp_path, content.encode(encoding), zone="Asia/Shanghai").announcements
    assert (first.published_at.isoformat(), first.time_precision) == ("2025-03-06T16:45:00+08:00", "minute")
    assert (second.published_at.isoformat(), second.time_precision) == ("2025-03-07T00:00:00+08:00", "day")
    assert (first.issuer, first.tickers, second.tickers) == ("腾讯控股", ("0700.HK",), ())


def test_a_table_with_all_columns_of_newsbt_is_left_as_it_is(tmp_path: Path) -> None:
    content = "event_id,published_at,event_type,issuer,headline,title,date\ne,2025-03-06T01:30Z,t,A,h,mine,soon\n"
    batch = read(tmp_path, content)
    assert dict(batch.announcements[0].attributes) == {"title": "mine", "date": "soon"}
    assert batch.readings == ()


def test_headings_of_newsbt_in_another_case(tmp_path: Path) -> None:
    content = "Event ID,Published_At,Event Type,Issuer,Headline,Title\ne,2025-03-06T01:30Z,t,A,h,mine\n"
    (item,) = read(tmp_path, content).announcements
    assert (item.event_id, item.event_type, item.headline) == ("e", "t", "h")
    assert dict(item.attributes) == {"Title": "mine"}


def test_the_config_names_what_no_heading_tells(tmp_path: Path) -> None:
    content = "Date,Title,Company,What\n2025-03-06T01:30Z,h,A,note\n"
    (item,) = read(tmp_path, content, columns={"headline": "what"}).announcements
    assert (item.headline, dict(item.attributes)) == ("note", {"Title": "h"})


@pytest.mark.parametrize(
    ("content", "message"),
    [("Date,Company\n2025-03-06T01:30Z,A\n", "headline: expected a column 'headline'"),
     ("Title,Company\nh,A\n", "published_at: expected a column"),
     ("Title,Date\nh,2025-03-06T01:30Z\n", "issuer: expected a column"),
     ("Title,Date,Company\nh,soon,A\n", ":2: Date: expected a time")],
)  # fmt: skip
def test_what_cannot_be_made_is_missing(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, zone="UTC")


def test_cells_that_are_days_and_instants(tmp_path: Path) -> None:
    at = datetime.fromisoformat("2025-03-06T16:45:00")
    pd.DataFrame({"Date": [at], "Title": ["h"], "Company": ["A"]}).to_excel(tmp_path / "a.xlsx", index=False)
    (item,) = ExcelAnnouncements(path=tmp_path / "a.xlsx", zone="Asia/Hong_Kong").read().announcements
    assert (item.published_at.isoformat(), item.time_precision) == ("2025-03-06T16:45:00+08:00", "minute")
    pd.DataFrame({"Date": [at.date()], "Title": ["h"], "Company": ["A"]}).to_excel(tmp_path / "a.xlsx", index=False)
    (item,) = ExcelAnnouncements(path=tmp_path / "a.xlsx", zone="Asia/Hong_Kong").read().announcements
    assert (item.published_at.isoformat(), item.time_precision) == ("2025-03-06T00:00:00+08:00", "day")


@pytest.mark.parametrize("options", [{"zone": "Mars"}, {"time_format": "month first"}, {"encoding": "klingon"}])
def test_options_that_say_nothing_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        CsvAnnouncements(path="a.csv", **options)  # type: ignore[arg-type]
