"""Zones as news and feeds write them: the offset that each means, worked out by hand, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain.zone_names import SEVERAL, UnclearZoneError, in_stated_zone, in_zone

WINTER = datetime.fromisoformat(
    "2025-03-06T16:45"
)  # before the clocks change in America (9 March) and Europe (30 March)
SUMMER = datetime.fromisoformat("2025-07-01T16:45")


@pytest.mark.parametrize(
    ("written", "winter", "summer"),
    [
        ("Z", "16:45", "16:45"),
        ("UTC", "16:45", "16:45"),
        ("GMT", "16:45", "16:45"),
        ("UT", "16:45", "16:45"),
        ("-0000", "16:45", "16:45"),
        ("GMT+0000", "16:45", "16:45"),
        ("GMT+0100", "15:45", "15:45"),
        ("+08:00", "08:45", "08:45"),
        ("+0800", "08:45", "08:45"),
        ("+8", "08:45", "08:45"),
        ("UTC+8", "08:45", "08:45"),
        ("(GMT+8)", "08:45", "08:45"),
        ("UTC +08:00", "08:45", "08:45"),
        ("-05:00", "21:45", "21:45"),
        ("\u221205:00", "21:45", "21:45"),
        ("+05:30", "11:15", "11:15"),
        ("GMT+0800 (China Standard Time)", "08:45", "08:45"),
        ("+0800 (CST)", "08:45", "08:45"),
        ("EST (UTC-5)", "21:45", "21:45"),
        ("CST (Beijing)", "08:45", "08:45"),
        ("HKT/SGT", "08:45", "08:45"),
        ("HKT", "08:45", "08:45"),
        ("hkt.", "08:45", "08:45"),
        ("SGT", "08:45", "08:45"),
        ("JST", "07:45", "07:45"),
        ("KST", "07:45", "07:45"),
        ("AEDT", "05:45", "05:45"),
        ("CET", "15:45", "15:45"),
        ("CEST", "14:45", "14:45"),
        ("MEST", "14:45", "14:45"),
        ("BST", "15:45", "15:45"),
        ("EST", "21:45", "21:45"),
        ("EDT", "20:45", "20:45"),
        ("CDT", "21:45", "21:45"),
        ("PST", "00:45+1", "00:45+1"),
        ("PDT", "23:45", "23:45"),
        ("ET", "21:45", "20:45"),
        ("E.T.", "21:45", "20:45"),
        ("Eastern Time", "21:45", "20:45"),
        ("U.S. Eastern Time", "21:45", "20:45"),
        ("US/Eastern", "21:45", "20:45"),
        ("New York time", "21:45", "20:45"),
        ("PT", "00:45+1", "23:45"),
        ("Pacific Time", "00:45+1", "23:45"),
        ("CT", "22:45", "21:45"),
        ("London time", "16:45", "15:45"),
        ("Hong Kong local time", "08:45", "08:45"),
        ("Beijing Time", "08:45", "08:45"),
        ("Asia/Shanghai", "08:45", "08:45"),
        ("北京时间", "08:45", "08:45"),
        ("（香港時間）", "08:45", "08:45"),
        ("美东时间", "21:45", "20:45"),
        ("纽约当地时间", "21:45", "20:45"),
        ("东京时间", "07:45", "07:45"),
        ("伦敦时间", "16:45", "15:45"),
    ],
)
def test_what_a_zone_means_in_winter_and_in_summer(written: str, winter: str, summer: str) -> None:
    """16:45 there, in UTC: 16:45 in New York is 21:45 in March before the 9th, and 20:45 in July."""
    for local, expected in ((WINTER, winter), (SUMMER, summer)):
        clock, _, days = expected.partition("+")
        instant = in_stated_zone(local, written).astimezone(UTC)
        assert f"{instant:%H:%M}" == clock
        assert (instant.date() - local.date()).days == int(days or 0)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("CST", r"'CST' is the time of China \(\+08:00\) or US Central \(-06:00\) or Cuba"),
        ("IST", r"India \(\+05:30\) or Ireland \(\+01:00\) or Israel"),
        ("CST (US)", "'CST' is the time of China"),
        ("local time", "'local time' is no zone"),
        ("当地时间", "'当地时间' is no zone"),
        ("ABC", "'ABC' is no zone that newsbt knows"),
        ("+0800 (PST)", r"names two zones that differ"),
        ("GMT/BST", "names two zones that differ"),
        ("+25:00", "is no zone"),
        ("+08:75", "is no zone"),
        ("Asia/Nowhere", "'Asia/Nowhere' is no zone"),
        ("America/Argentina", "is no zone"),
        ("()", "names no zone"),
    ],
)
def test_what_is_not_clear_is_refused_with_the_part_that_is_unclear(written: str, message: str) -> None:
    with pytest.raises(UnclearZoneError, match=message):
        in_stated_zone(WINTER, written)


def test_an_hour_that_clocks_read_twice_or_never_is_no_instant() -> None:
    """On 2 November 2025 New York's clocks go from 02:00 back to 01:00; on 9 March 2025 from 02:00 to 03:00."""
    with pytest.raises(UnclearZoneError, match="read 01:30 twice on 2025-11-02"):
        in_stated_zone(datetime.fromisoformat("2025-11-02T01:30"), "ET")
    with pytest.raises(UnclearZoneError, match="read 02:30 never on 2025-03-09"):
        in_zone(datetime.fromisoformat("2025-03-09T02:30"), ZoneInfo("America/New_York"))
    assert in_stated_zone(datetime.fromisoformat("2025-11-02T01:30"), "EDT").utcoffset() == timedelta(hours=-4)


@given(offset=st.integers(-14 * 60, 14 * 60))
def test_every_written_offset_is_itself(offset: int) -> None:
    written = f"{datetime(2025, 1, 1, tzinfo=timezone(timedelta(minutes=offset))):%z}"
    for form in (written, f"{written[:3]}:{written[3:]}", f"GMT{written}", f"(UTC {written})"):
        assert in_stated_zone(SUMMER, form).utcoffset() == timedelta(minutes=offset)


@given(written=st.text(max_size=30))
def test_any_text_is_a_zone_or_refused(written: str) -> None:
    try:
        found = in_stated_zone(SUMMER, written)
    except UnclearZoneError:
        return
    assert found.utcoffset() is not None
    assert found.replace(tzinfo=None) == SUMMER


def test_names_of_several_zones_mean_several() -> None:
    for name, meanings in SEVERAL.items():
        assert len({offset for _, offset in meanings}) > 1
        for _, offset in meanings:
            assert in_stated_zone(WINTER, f"{offset} ({name})").isoformat().endswith(offset)
