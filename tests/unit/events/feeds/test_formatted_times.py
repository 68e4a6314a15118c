"""Times of vendors' files by the format of a column map: no zone, half of a day or weekday is passed over."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsbt.errors import ConfigError
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.feeds.formatted_times import check_format, read_formatted
from newsbt.events.feeds.mapped import ColumnMap, parse_mapped

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("form", "written", "utc", "precision"),
    [
        ("%Y-%m-%d %H:%M", "2025-03-06 16:45", "2025-03-06T07:45", "minute"),
        ("%Y-%m-%d %H:%M%z", "2025-03-06 16:45+08:00", "2025-03-06T08:45", "minute"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 HKT", "2025-03-06T08:45", "minute"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 UTC", "2025-03-06T16:45", "minute"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 GMT", "2025-03-06T16:45", "minute"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 GMT+8", "2025-03-06T08:45", "minute"),
        ("%a %b %d %H:%M:%S %Z %Y", "Thu Mar 06 16:45:00 EST 2025", "2025-03-06T21:45", "minute"),
        ("%Y-%m-%dT%H:%M:%SZ", "2025-03-06T16:45:00Z", "2025-03-06T16:45", "minute"),
        ("%Y-%m-%d %H:%M HKT", "2025-03-06 16:45 HKT", "2025-03-06T08:45", "minute"),
        ("%d.%m.%Y %H:%M (+08:00)", "06.03.2025 16:45 (+08:00)", "2025-03-06T08:45", "minute"),
        ("%d/%m/%Y %I:%M %p", "06/03/2025 04:45 PM", "2025-03-06T07:45", "minute"),
        ("%d/%m/%Y %H", "06/03/2025 16", "2025-03-06T07:00", "hour"),
        ("%d/%m/%Y", "06/03/2025", "2025-03-05T15:00", "day"),
        ("epoch_s", "1741250700", "2025-03-06T08:45", "minute"),
        ("epoch_ms", "1741250700000", "2025-03-06T08:45", "minute"),
    ],
)
def test_the_instant_of_a_formatted_time(form: str, written: str, utc: str, precision: str) -> None:
    check_format(form)
    found = read_formatted(written, form, TOKYO)
    assert (found.at.astimezone(UTC).isoformat()[:16], found.precision) == (utc, precision)


@pytest.mark.parametrize(
    ("form", "written", "message"),
    [
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 CST", "time of China"),
        ("%Y-%m-%d %H:%M CST", "2025-03-06 16:45 CST", "time of China"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45 XYZ", "no zone"),
        ("%Y-%m-%d %H:%M %Z", "2025-03-06 16:45", "expected a time like"),
        ("%Y-%m-%d %H:%M%z", "2025-03-06 16:45+15:00", "no place on earth"),
        ("%a %d %b %Y %H:%M", "Wed 06 Mar 2025 16:45", "not the weekday"),
        ("%d/%m/%Y %H:%M", "06/30/2025 16:45", "expected a time like"),
        ("%Y %m %d %H", "0999 03 06 16", "year"),
        ("epoch_s", "1741250700000", "expected a time like|is it epoch_ms"),
        ("epoch_ms", "1741250700", "is it epoch_s"),
        ("epoch_s", "inf", "expected"),
        ("epoch_s", "nan", "expected"),
    ],
)
def test_what_is_unclear_in_a_formatted_time(form: str, written: str, message: str) -> None:
    with pytest.raises(RefusedItem, match=message) as caught:
        read_formatted(written, form, TOKYO)
    assert caught.value.problem.code == "bad_time"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("%H:%M", "no whole date"),
        ("%d %b %H:%M", "no whole date"),
        ("%Y-%m %H:%M", "no whole date"),
        ("%Y-%m-%d %H:%M %p", "%p goes with %I"),
        ("%Y-%m-%d %I:%M", "%I with %p"),
        ("%Y-%m-%d %H:%M %Z %z", "twice"),
        ("%Y-%m-%d %Q", "strptime"),
    ],
)
def test_a_format_that_would_pass_over_a_part_is_no_format(form: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ColumnMap(columns={"headline": "h", "published_at": "t"}, time_format=form)


def test_a_day_of_a_vendor_is_known_at_its_end() -> None:
    columns = ColumnMap(columns={"headline": "h", "published_at": "t"}, time_format="%d/%m/%Y", zone="Asia/Tokyo")
    (item,) = parse_mapped(b"h,t\nA,06/03/2025\n", "f", columns).items
    assert item.known_from.astimezone(UTC) == datetime(2025, 3, 6, 15, tzinfo=UTC)


def test_a_long_field_refuses_no_file() -> None:
    columns = ColumnMap(columns={"headline": "h", "published_at": "t", "body": "b"})
    data = f"h,t,b\nA,2025-03-06T03:00Z,{'x' * 300_000}\n".encode()
    assert len(parse_mapped(data, "f", columns).items[0].body) == 300_000
