"""Times as news sites, mails and feeds write them: the instant of each worked out by hand, and what is refused."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.written_times import UnclearTimeError, read_time
from newsbt.domain.zone_names import UnclearZoneError

# 16:45 in Hong Kong on 6 March 2025, a Thursday, is 08:45 in UTC; 16:45 in New York that day (winter) is 21:45.
HONG_KONG, NEW_YORK, LONDON = "2025-03-06T08:45", "2025-03-06T21:45", "2025-03-06T16:45"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Mar 6, 2025, 4:45 PM HKT", HONG_KONG),
        ("Mar 6, 2025 4:45 PM HKT", HONG_KONG),
        ("Mar 6 2025 4:45 pm HKT", HONG_KONG),
        ("Mar. 6, 2025, 4:45 p.m. HKT", HONG_KONG),
        ("MAR 6, 2025, 4:45 P.M. HKT", HONG_KONG),
        ("March 6, 2025, 4:45PM HKT", HONG_KONG),
        ("March 6, 2025 at 4:45 PM HKT", HONG_KONG),
        ("March 6th, 2025, 16:45 HKT", HONG_KONG),
        ("Thursday, March 6, 2025, 4:45 PM (HKT)", HONG_KONG),
        ("Thu, Mar 6, 2025 at 4:45 PM GMT+8", HONG_KONG),
        ("Thu Mar 6 2025 16:45:00 GMT+0800 (China Standard Time)", HONG_KONG),
        ("Thu Mar  6 16:45:00 HKT 2025", HONG_KONG),
        ("6 March 2025, 4:45pm HKT", HONG_KONG),
        ("6 Mar 2025 16:45 HKT", HONG_KONG),
        ("6th of March 2025 16.45 HKT", HONG_KONG),
        ("06-Mar-2025 16:45:00 +0800", HONG_KONG),
        ("Thursday, 06-Mar-25 08:45:00 GMT", HONG_KONG),
        ("Thu, 06 Mar 2025 16:45:00 +0800", HONG_KONG),
        ("Thu, 6 Mar 2025 16:45 +08:00", HONG_KONG),
        ("06 Mar 25 16:45 +0800", HONG_KONG),
        ("Thu, 06 Mar 2025 16:45:00 +0800 (CST)", HONG_KONG),
        ("Thu, 06 Mar 2025 08:45:00 -0000", HONG_KONG),
        ("Thu, 06 Mar 2025 08:45:00 UT", HONG_KONG),
        ("2025 Mar 6, 16:45 SGT", HONG_KONG),
        ("4:45 PM HKT, Thu March 6, 2025", HONG_KONG),
        ("16:45 SGT | 6 March 2025", HONG_KONG),
        ("March 6, 2025 / 4:45 PM SGT", HONG_KONG),
        ("Mar 6, 2025 – 16:45 HKT", HONG_KONG),
        ("Published: Mar 6, 2025, 4:45 PM HKT", HONG_KONG),
        ("Updated: Mar 6, 2025, 4:45 PM HKT", HONG_KONG),
        ("Last updated on March 6, 2025 at 4:45 p.m. HKT", HONG_KONG),
        ("Published 4:45 PM HKT, Thu March 6, 2025", HONG_KONG),
        ("2025-03-06T16:45:00+08:00", HONG_KONG),
        ("2025-03-06T08:45:00Z", HONG_KONG),
        ("2025-03-06 08:45:00 UTC", HONG_KONG),
        ("2025-03-06 16:45:00 +08:00", HONG_KONG),
        ("2025-03-06T16:45:00.000+0800", HONG_KONG),
        ("20250306T084500Z", HONG_KONG),
        ("2025-03-06T16:45 HKT", HONG_KONG),
        ("2025/3/6 16:45 HKT", HONG_KONG),
        ("2025.03.06 17:45 KST", HONG_KONG),
        ("2025年3月6日 16:45 北京时间", HONG_KONG),
        ("2025年3月6日16:45（香港时间）", HONG_KONG),
        ("北京时间2025年03月06日16时45分", HONG_KONG),
        ("2025年3月6日（星期四）下午4:45 北京时间", HONG_KONG),
        ("2025年3月6日 周四 下午 4时45分00秒 UTC+8", HONG_KONG),
        ("发布时间：2025年3月6日 16:45 北京时间", HONG_KONG),
        ("2025-03-06 16:45 北京時間", HONG_KONG),
        ("２０２５年３月６日 16：45 北京时间", HONG_KONG),
        ("March 6, 2025 0845 GMT", HONG_KONG),
        ("Mar 6, 2025, 5:45 PM JST", HONG_KONG),
        ("March 6, 2025, 4:45 p.m. ET", NEW_YORK),
        ("March 6, 2025, 4:45 PM EST", NEW_YORK),
        ("Thu, March 6, 2025 at 4:45 PM EST", NEW_YORK),
        ("March 6, 2025 1:45 p.m. PT", NEW_YORK),
        ("March 6, 2025 3:45 PM U.S. Central Time", NEW_YORK),
        ("2025年3月6日 美东时间下午4:45", NEW_YORK),
        ("Thu, 06 Mar 2025 16:45:00 EST", NEW_YORK),
        ("Thu, 6 March 2025, 16:45 GMT", LONDON),
        ("6 March 2025 16:45 London time", LONDON),
        ("6 March 2025 17:45 CET", LONDON),
        ("13/03/2025 16:45 GMT", "2025-03-13T16:45"),
        ("July 1, 2025, 4:45 PM ET", "2025-07-01T20:45"),
        ("July 1, 2025, 4:45 PM EDT", "2025-07-01T20:45"),
        ("July 1, 2025, 4:45 PM EST", "2025-07-01T21:45"),
        ("1 July 2025 16:45 BST", "2025-07-01T15:45"),
        ("1 July 2025 16:45 CEST", "2025-07-01T14:45"),
        ("Sept. 4, 2025, 12:05 a.m. ET", "2025-09-04T04:05"),
        ("Sep 4, 2025, 12:30 PM ET", "2025-09-04T16:30"),
        ("2025年3月6日凌晨12:30 北京时间", "2025-03-05T16:30"),
        ("2025年3月6日 中午12:30 北京时间", "2025-03-06T04:30"),
        ("2025年3月6日晚上8:00 北京时间", "2025-03-06T12:00"),
    ],
)
def test_the_instant_of_a_written_time(written: str, instant: str) -> None:
    found = read_time(written)
    assert found.at.tzinfo is not None
    assert found.at.astimezone(UTC).isoformat()[:16] == instant
    assert found.precision == "minute"


@pytest.mark.parametrize(
    ("written", "local", "precision"),
    [
        ("Mar 6, 2025, 4:45 PM", "2025-03-06T16:45:00", "minute"),
        ("Thu Mar  6 16:45:00 2025", "2025-03-06T16:45:00", "minute"),
        ("2025年3月6日 16:45", "2025-03-06T16:45:00", "minute"),
        ("March 6, 2025, 4 p.m.", "2025-03-06T16:00:00", "hour"),
        ("2025年3月6日下午4时", "2025-03-06T16:00:00", "hour"),
        ("2025-03-06T16", "2025-03-06T16:00:00", "hour"),
        ("March 6, 2025", "2025-03-06T00:00:00", "day"),
        ("6 Mar 2025", "2025-03-06T00:00:00", "day"),
        ("2025年3月6日 星期四", "2025-03-06T00:00:00", "day"),
        ("25 May 2025", "2025-05-25T00:00:00", "day"),
    ],
)
def test_without_a_zone_and_with_coarse_clocks(written: str, local: str, precision: str) -> None:
    found = read_time(written)
    assert (found.at.isoformat(), found.precision) == (local, precision)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Mar 6, 2025, 4:45 PM CST", "'CST' is the time of China"),
        ("Mar 6, 2025, 4:45 PM local time", "'local time' is no zone"),
        ("Mar 6, 2025, 4:45 PM EST / 5:45 AM HKT", "5:45 AM HKT"),
        ("06/03/2025 16:45 GMT", "'06/03/2025' .* day/month or month/day; write 2025-03-06 or 2025-06-03"),
        ("Wed, 06 Mar 2025 16:45:00 GMT", "'Wed' .* is not the weekday of 2025-03-06, a Thursday"),
        ("2025年3月6日（星期五） 16:45 北京时间", "'星期五' .* is not the weekday"),
        ("Mar 6, 2025, 16:45 PM HKT", "'16:45 PM' .* is no time of day"),
        ("2025年3月6日 晚上12:00 北京时间", "'晚上12:00' .* is no clear time of day"),
        ("2025年3月6日 上午16:45 北京时间", "'上午16:45' .* is no clear time of day"),
        ("Mar 6, 2025, 12 noon ET", "is no zone"),
        ("Mar 6, 2025, 25:10 HKT", "hour must be in 0..23"),
        ("Feb 30, 2025, 16:45 HKT", "there is no 'Feb 30, 2025, 16:45 HKT': day"),
        ("Marvel 6, 2025, 16:45 HKT", "expected a time"),
        ("16:45 HKT", "expected a time"),
        ("2 hours ago", "expected a time"),
        ("1741250700", "expected a time"),
        ("x" * 300, "expected a time"),
    ],
)
def test_what_is_refused_says_which_part_is_unclear(written: str, message: str) -> None:
    with pytest.raises((UnclearTimeError, UnclearZoneError), match=message):
        read_time(written)


def test_a_day_behind_a_clock_is_no_short_year() -> None:
    """16:05 Mar 06, 2025 is the 6th of March 2025, not the 5th of March 2006."""
    assert read_time("16:05 Mar 06, 2025").at.isoformat() == "2025-03-06T16:05:00"


PIECES = st.sampled_from(
    [
        "Mar",
        "6",
        "06",
        "2025",
        "4:45",
        "16:45",
        "PM",
        "a.m.",
        "Thu",
        "HKT",
        "+08:00",
        "年",
        "月",
        "日",
        ",",
        "下午",
        "İ",
        "ſ",
        "ET",
    ]
)


@given(written=st.text(max_size=40) | st.lists(PIECES, max_size=9).map(" ".join) | st.lists(PIECES).map("".join))
def test_any_text_is_a_time_or_refused(written: str) -> None:
    try:
        found = read_time(written)
    except (UnclearTimeError, UnclearZoneError):
        return
    assert found.precision in ("minute", "hour", "day")


@given(
    at=st.datetimes().filter(lambda at: at.year > 1000),
    style=st.sampled_from(
        [
            "%B %-d, %Y, %-I:%M %p",
            "%-d %b %Y %H:%M",
            "%H:%M, %a %b %-d, %Y",
            "%Y年%-m月%-d日%H时%M分",
            "%a %b %e %H:%M:00 %Y",
        ]
    ),
)
def test_what_is_written_is_what_is_read(at, style: str) -> None:
    assert read_time(at.strftime(style)).at == at.replace(second=0, microsecond=0)
