"""Announcements as people export them: headings, times, what is missing, in every reader."""

from __future__ import annotations

from datetime import date, datetime, timedelta
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


ROWS = [
    ["发布时间", "证券简称", "标题"],
    ["2025/3/6 01:30", "腾讯控股", "混元, 新模型; 开源|权重"],
    ["2025/3/16 16:05", "阿里巴巴-W", "第二条"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "big5"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_fields_are_separated_by_what_the_head_is_known_by(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [[f'"{cell}"' for cell in row] for row in ROWS]
    if encoding == "big5":
        rows = [[cell.replace("发", "發").replace("证", "證").replace("标", "標") for cell in row] for row in rows[:1]]
        rows += [
            ['"2025/3/6 01:30"', '"騰訊控股"', '"混元, 新模型; 開源|權重"'],
            ['"2025/3/16 16:05"', '"小米"', '"二"'],
        ]
        rows[0] = ['"發佈時間"', '"公司"', '"標題"']
    text = "\n".join(separator.join(row) for row in rows)
    batch = read(
        tmp_path, text.encode(encoding), zone="Asia/Shanghai", encoding=encoding if encoding == "big5" else None
    )
    first = batch.announcements[0]
    assert first.published_at.isoformat() == "2025-03-06T01:30:00+08:00"
    assert first.headline.startswith("混元, 新模型;")
    assert first.issuer in ("腾讯控股", "騰訊控股")


def test_a_table_of_newsbt_whose_cells_hold_other_separators_stays_separated_by_commas(tmp_path: Path) -> None:
    head = "event_id,published_at,event_type,issuer,headline,tickers"
    rows = [f'e{k},2025-03-0{k}T03:00Z,news,A,"a; b; c; d; e; f; g","BABA;0700.HK"' for k in range(1, 8)]
    batch = read(tmp_path, "\n".join([head, *rows]))
    assert [item.tickers for item in batch.announcements] == [("BABA", "0700.HK")] * 7


def test_a_row_of_another_separator_that_does_not_fit_is_bad(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"news.csv:3: expected 3 fields as in the header, got 4; quote .* contain ';'"):
        read(tmp_path, "time;headline;ticker\n2025-03-06T01:30Z;a;BABA\n2025-03-06T02:30Z;a;b;BABA\n")


def test_titles_above_the_head_are_passed_over(tmp_path: Path) -> None:
    text = "Export of 2025-06-30\n\nAll announcements,,\ntime,headline,ticker\n2025-03-06T01:30Z,a,BABA\n"
    batch = read(tmp_path, text)
    assert [(item.headline, item.origin.rpartition(":")[2]) for item in batch.announcements] == [("a", "5")]
    assert "2 lines above the head passed over" in batch.readings[0][1]
    book = tmp_path / "news.xlsx"
    frame = pd.DataFrame([["Announcements", None, None], ["time", "headline", "ticker"],
                          ["2025-03-06T01:30Z", "a", 700]])  # fmt: skip
    frame.to_excel(book, index=False, header=False)
    (item,) = (found := ExcelAnnouncements(path=book).read(KNOWN)).announcements
    assert (item.tickers, item.origin.rpartition(":")[2]) == (("0700.HK",), "3")
    assert "1 line above the head passed over" in found.readings[0][1]


def test_a_workbook_of_three_sheets_is_read_by_the_one_with_a_head_or_asked_for(tmp_path: Path) -> None:
    book = tmp_path / "news.xlsx"
    table = pd.DataFrame({"time": ["2025-03-06T01:30Z"], "headline": ["a"], "ticker": ["BABA"]})
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"notes": ["x"]}).to_excel(writer, sheet_name="Read me", index=False)
        table.to_excel(writer, sheet_name="News", index=False)
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="Other", index=False)
    batch = ExcelAnnouncements(path=book).read(KNOWN)
    assert "sheet 'News' of 3" in batch.readings[0][1]
    with pd.ExcelWriter(book, mode="a", if_sheet_exists="replace") as writer:
        table.assign(headline="b").to_excel(writer, sheet_name="Other", index=False)
    with pytest.raises(DataError, match=r"got several \('News', 'Other'\); its sheets are .*sheet: \.\.\."):
        ExcelAnnouncements(path=book).read(KNOWN)
    assert ExcelAnnouncements(path=book, sheet="Other").read(KNOWN).announcements[0].headline == "b"


def test_a_half_downloaded_table_loses_no_row_in_silence(tmp_path: Path) -> None:
    text = "time,headline,ticker\n2025-03-06T01:30Z,a,BABA\n2025-03-06T02:30Z,b"
    with pytest.raises(DataError, match=r"news.csv:3: expected 3 fields"):
        read(tmp_path, text)
    batch = read(tmp_path, text, on_bad_row="skip")
    assert (len(batch.announcements), dict(batch.bad_rows)) == (1, {"bad_value": 1})


@pytest.mark.parametrize("own", [True, False], ids=["own head", "other head"])
@pytest.mark.parametrize("written", ["2025-03-05 16:30 EST", '"March 5, 2025, 4:30 p.m. ET"'])
def test_a_time_that_names_its_zone_is_read_as_in_feeds(tmp_path: Path, own: bool, written: str) -> None:
    head = "event_id,published_at,event_type,issuer,headline" if own else "id,Published,type,company,Title"
    (found,) = read(tmp_path, f"{head}\n1,{written},news,A,x\n").announcements
    assert found.published_at.isoformat() == "2025-03-05T16:30:00-05:00"


def test_a_form_with_a_zone_reads_its_name(tmp_path: Path) -> None:
    content = "Published,Title,Company\n3/5/2025 4:30 PM EST,x,A\n3/5/2025 4:30 PM HKT,y,A\n"
    batch = read(tmp_path, content, time_format="%m/%d/%Y %I:%M %p %Z")
    assert [one.published_at.utcoffset() for one in batch.announcements] == [timedelta(hours=-5), timedelta(hours=8)]


def test_a_zone_or_a_day_that_may_be_several_is_told(tmp_path: Path) -> None:
    for cell, told in (("2025-03-05 16:30 CST", "is the time of"), ("3/5/2025 4:30 PM EST", "day/month or month/day")):
        with pytest.raises(DataError, match=told):
            read(tmp_path, f"Published,Title,Company\n{cell},x,A\n")
