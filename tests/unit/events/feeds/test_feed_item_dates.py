"""Dates as feeds write them: the instant of each worked out by hand, in every reader of feeds alike.

A zone that a date states is its own: the reader's `zone`, here one that no date states, takes dates without one only.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from newsbt.events.feeds.alpaca import parse_alpaca
from newsbt.events.feeds.feed_item import Parsed
from newsbt.events.feeds.mapped import ColumnMap, parse_mapped
from newsbt.events.feeds.rss import parse_feed

ZONE = "Asia/Kathmandu"  # +05:45

# What is written, and its instant in UTC. 5 March 2025 is a Wednesday, 10 July 2025 a Thursday.
STATED = [
    # RFC 822, 2822, 5322
    ("Wed, 05 Mar 2025 21:00:00 -05:00", "2025-03-06T02:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 -0500", "2025-03-06T02:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +08:00", "2025-03-05T13:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +0530", "2025-03-05T15:30:00"),
    ("Wed, 05 Mar 2025 21:00:00 -0330", "2025-03-06T00:30:00"),
    ("Wed, 05 Mar 2025 21:00:00 +1245", "2025-03-05T08:15:00"),
    ("Wed, 05 Mar 2025 21:00:00 +1400", "2025-03-05T07:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 -0000", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +0000", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 GMT+0000", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 GMT+0100", "2025-03-05T20:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 GMT+0800", "2025-03-05T13:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 GMT-3", "2025-03-06T00:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 UTC+09:30", "2025-03-05T11:30:00"),
    ("Wed, 05 Mar 2025 21:00:00 UT", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 Z", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00Z", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +0000 (UTC)", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 16:00:00 -0500 (EST)", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +0800 (CST)", "2025-03-05T13:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 (UTC)", "2025-03-05T21:00:00"),
    ("05 Mar 2025 21:00:00 +0200", "2025-03-05T19:00:00"),
    ("5 Mar 2025 21:00 +0200", "2025-03-05T19:00:00"),
    ("Wed, 05 Mar 25 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("05 Mar 25 21:00 GMT", "2025-03-05T21:00:00"),
    ("Wednesday, 05-Mar-25 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed, 05-Mar-2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    # the same, sloppily
    ("wed, 05 mar 2025 21:00:00 gmt", "2025-03-05T21:00:00"),
    ("WED, 05 MAR 2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed 05 Mar 2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed,05 Mar 2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed, 5  Mar  2025  21:00:00  +0000", "2025-03-05T21:00:00"),
    ("Weds, 5 Mar 2025 21:00 GMT", "2025-03-05T21:00:00"),
    ("Wed, 05 March 2025 21:00:00 GMT", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00.250 +0000", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 24:00:00 +0000", "2025-03-06T00:00:00"),
    ("Wed, 05 Mar 2025 23:59:60 +0000", "2025-03-06T00:00:00"),
    # names of zones
    ("Wed, 05 Mar 2025 21:00:00 HKT", "2025-03-05T13:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 JST", "2025-03-05T12:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 KST", "2025-03-05T12:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 SGT", "2025-03-05T13:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 MSK", "2025-03-05T18:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 EET", "2025-03-05T19:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 AEDT", "2025-03-05T10:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 EST", "2025-03-06T02:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 PST", "2025-03-06T05:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 CEST", "2025-07-10T19:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 MEST", "2025-07-10T19:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 MESZ", "2025-07-10T19:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 EDT", "2025-07-11T01:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 PDT", "2025-07-11T04:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 America/New_York", "2025-07-11T01:00:00"),
    ("Thu, 10 Jul 2025 21:00:00 Europe/Paris", "2025-07-10T19:00:00"),
    # clocks of twelve hours, English and Chinese
    ("Wed, 05 Mar 2025 04:45 PM EST", "2025-03-05T21:45:00"),
    ("Wed, 05 Mar 2025 4:45:00 pm +0800", "2025-03-05T08:45:00"),
    ("March 5, 2025 12:05 AM GMT", "2025-03-05T00:05:00"),
    ("March 5th, 2025, 12:05 p.m. GMT", "2025-03-05T12:05:00"),
    ("北京时间2025年3月6日 下午4:45", "2025-03-06T08:45:00"),
    ("2025年3月6日下午4點45分 香港時間", "2025-03-06T08:45:00"),
    ("2025年3月6日（星期四）上午9点半 北京时间", "2025-03-06T01:30:00"),
    ("2025年3月6日 午後4:45 JST", "2025-03-06T07:45:00"),
    ("2025년 3월 6일 오전 9:30 KST", "2025-03-06T00:30:00"),
    # ISO 8601
    ("2025-03-05T21:00:00Z", "2025-03-05T21:00:00"),
    ("2025-03-05t21:00:00z", "2025-03-05T21:00:00"),
    ("2025-03-05T21:00Z", "2025-03-05T21:00:00"),
    ("2025-03-05 21:00:00 Z", "2025-03-05T21:00:00"),
    ("2025-03-05 21:00:00 UTC", "2025-03-05T21:00:00"),
    ("2025-03-05T21:00:00-05:00", "2025-03-06T02:00:00"),
    ("2025-03-05T21:00:00-0500", "2025-03-06T02:00:00"),
    ("2025-03-05T21:00:00 -05:00", "2025-03-06T02:00:00"),
    ("2025-03-05T21:00-05", "2025-03-06T02:00:00"),
    ("2025-03-05T21:00:00,250Z", "2025-03-05T21:00:00"),
    ("2025-03-05T21:00:00.123456789Z", "2025-03-05T21:00:00"),
    ("2025-03-05T24:00:00Z", "2025-03-06T00:00:00"),
    ("2025-03-05T23:59:60Z", "2025-03-06T00:00:00"),
    ("20250305T210000Z", "2025-03-05T21:00:00"),
    ("20250305T2100+0800", "2025-03-05T13:00:00"),
    ("20250305210000Z", "2025-03-05T21:00:00"),
    ("2025-W10-3T21:00:00Z", "2025-03-05T21:00:00"),
    ("2025-064T21:00:00Z", "2025-03-05T21:00:00"),
    ("2025-03-05T21:00:00+08:00[Asia/Shanghai]", "2025-03-05T13:00:00"),
    # asctime, and what else stands in feeds
    ("Wed Mar  5 21:00:00 UTC 2025", "2025-03-05T21:00:00"),
    ("Wed Mar 05 21:00:00 +0000 2025", "2025-03-05T21:00:00"),
    ("Wed Mar 05 2025 21:00:00 GMT+0800 (China Standard Time)", "2025-03-05T13:00:00"),
    ("Wed  5 Mar 21:00:00 HKT 2025", "2025-03-05T13:00:00"),
    ("5 Mar 21:00 JST 2025", "2025-03-05T12:00:00"),
    ("2025/03/05 21:00:00 +0800", "2025-03-05T13:00:00"),
    ("2025-03-05 21:00:00 +0800 CST", "2025-03-05T13:00:00"),
    ("2025-03-05 21:00:00 -0600 CST", "2025-03-06T03:00:00"),
    ("2025-03-05 21:00:00 +0000 UTC", "2025-03-05T21:00:00"),
    ("Wed, 05 Mar 2025 21:00:00 +0800 HKT", "2025-03-05T13:00:00"),
    ("25/03/2025 21:00 GMT", "2025-03-25T21:00:00"),
    ("21:00 HKT, 5 March 2025", "2025-03-05T13:00:00"),
]

# Without a zone: what clocks of ZONE, 5:45 h before UTC, say then.
NAIVE = [
    ("Wed, 05 Mar 2025 21:00:00", "2025-03-05T15:15:00"),
    ("Wed Mar  5 21:00:00 2025", "2025-03-05T15:15:00"),
    ("2025-03-05T21:00:00", "2025-03-05T15:15:00"),
    ("20250305210000", "2025-03-05T15:15:00"),
    ("2025年3月6日 下午4:45", "2025-03-06T11:00:00"),
]

UNCLEAR = [
    ("Wed, 05 Mar 2025 21:00:00 CST", "'CST' is the time of China"),
    ("Wed, 05 Mar 2025 21:00:00 IST", "'IST' is the time of India"),
    ("Wed, 05 Mar 2025 21:00:00 XYZ", "'XYZ' is no zone"),
    ("Wed, 05 Mar 2025 21:00:00 B", "'B' is no zone"),
    ("Wed, 05 Mar 2025 21:00:00 +1500", r"'\+1500' is no zone"),
    ("Wed, 05 Mar 2025 21:00:00 +0860", r"'\+0860' is no zone"),
    ("Wed, 05 Mar 2025 21:00:00 +0900 (PST)", "two zones that differ"),
    ("2025-03-05 21:00:00 +0100 CST", "two zones that differ"),
    ("2025-03-05 21:00:00 +0800 XYZ", "'XYZ' is no zone"),
    ("2025-03-05T21:00:00Z+08:00", r"'Z\+08:00' is no zone"),
    ("2025-03-05T21:00:00+15:00", r"offset '\+15:00'"),
    ("2025-03-05T21:00:00-23:59", "offset '-23:59'"),
    ("Thu, 05 Mar 2025 21:00:00 GMT", "'Thu' .* is not the weekday"),
    ("03/04/2025 10:00 GMT", "'03/04/2025' .* day/month or month/day"),
    ("05/03/25 10:00 GMT", "'05/03/25' .* is the year"),
    ("5 Mar 25", "is the year"),
    ("Wed, 05 Mar 2025 13:00 PM GMT", "'13:00 PM'"),
    ("Wed, 05 Mar 2025 00:30 AM GMT", "'00:30 AM'"),
    ("2025-03-05T24:30Z", "hour"),
    ("2025-03-05T21:60:00Z", "minute"),
    ("Sat, 01 Jan 0000 00:00:00 GMT", "year 0"),
    ("2025-02-29T10:00:00Z", "day is out of range"),
    ("2025-03-05_21:00Z", "'_"),
    ("Sun, 02 Nov 2025 01:30:00 ET", "01:30 twice"),
    ("Sun, 09 Mar 2025 02:30:00 ET", "02:30 never"),
    ("1741208400", "since 1970"),
    ("yesterday", "expected a time"),
]


def rss(written: str) -> Parsed:
    date = escape(written)
    feed = f"<rss version='2.0'><channel><item><title>A</title><pubDate>{date}</pubDate></item></channel></rss>"
    return parse_feed(feed.encode(), "feed", ZoneInfo(ZONE))


def atom(written: str) -> Parsed:
    entry = f"<entry><id>a</id><title>A</title><published>{escape(written)}</published></entry>"
    return parse_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), "feed", ZoneInfo(ZONE))


def alpaca(written: str) -> Parsed:
    return parse_alpaca(json.dumps([{"id": 1, "headline": "A", "created_at": written}]).encode(), "f", ZoneInfo(ZONE))


def mapped(written: str) -> Parsed:
    file = io.StringIO()
    csv.writer(file).writerows([("h", "t"), ("A", written)])
    columns = ColumnMap(columns={"headline": "h", "published_at": "t"}, zone=ZONE)
    return parse_mapped(file.getvalue().encode(), "f", columns)


READERS = pytest.mark.parametrize("read", [rss, atom, alpaca, mapped])


def instant(parsed: Parsed) -> datetime:
    assert not parsed.refused, parsed.refused
    return parsed.items[0].published_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)


@READERS
@pytest.mark.parametrize(("written", "utc"), STATED + NAIVE)
def test_the_instant_of_a_date(read, written: str, utc: str) -> None:
    assert instant(read(written)) == datetime.fromisoformat(utc)


@READERS
@pytest.mark.parametrize(("written", "message"), UNCLEAR)
def test_an_unclear_date_is_refused_by_the_part_that_is_unclear(read, written: str, message: str) -> None:
    parsed = read(written)
    assert not parsed.items
    (problem,) = parsed.refused
    assert problem.code == "bad_time"
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(problem.message)


@pytest.mark.parametrize("written", [written for written, _ in NAIVE])
def test_a_date_without_a_zone_is_refused_where_the_reader_has_none(written: str) -> None:
    parsed = parse_alpaca(json.dumps([{"id": 1, "headline": "A", "created_at": written}]).encode(), "f", None)
    assert [problem.code for problem in parsed.refused] == ["naive_time"]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2025-11-02", "2025-11-03T05:00:00"),  # New York's clocks go back that day: it ends at -05:00
        ("2025-03-09", "2025-03-10T04:00:00"),  # and forward that day: it ends at -04:00
        ("2 November 2025 ET", "2025-11-03T05:00:00"),
        ("2025-03-05-05:00", "2025-03-06T05:00:00"),
    ],
)
def test_a_day_is_known_at_its_end(written: str, known: str) -> None:
    row = {"id": 1, "headline": "A", "created_at": written}
    (item,) = parse_alpaca(json.dumps([row]).encode(), "f", ZoneInfo("America/New_York")).items
    assert item.time_precision == "day"
    assert item.known_from.astimezone(UTC).replace(tzinfo=None) == datetime.fromisoformat(known)
