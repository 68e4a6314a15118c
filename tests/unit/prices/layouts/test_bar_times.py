"""Days and bars: zones that nobody stated, and stamps of starts and of ends."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import vendor_tables as vendors
from newsbt.domain.time_forms import UnclearTimesError
from newsbt.prices.layouts.bar_times import BarTimes, MissingZoneError, bar_times
from newsbt.prices.layouts.providers import NOBODY, Provider

IN_UTC = Provider(name="Alpaca", zone="UTC")
ENDS = Provider(name="baostock", stamps_ends=True)


def read(when: list[Any], market: str = "US", provider: Provider = NOBODY, **options: Any) -> BarTimes:
    stated = {"zone": None, "stamp": None, "time_format": None} | options
    return bar_times(when, None, [market] if market else [], provider, **stated)


def stamps(begin: str, end: str, step: str = "5min") -> list[str]:
    return [*map(str, pd.date_range(begin, end, freq=step))]


def first_and_last(times: BarTimes) -> list[str]:
    assert times.kind == "bar_start"
    column = [pd.Timestamp(one).tz_convert("UTC") for one in times.column]
    return [f"{one:%H:%M}" for one in (min(column), max(column))]


REGULAR = stamps("2025-03-06 09:30", "2025-03-06 15:55")


def test_times_without_an_offset_are_those_of_the_exchange() -> None:
    times = read(REGULAR)
    assert first_and_last(times) == ["14:30", "20:55"]
    assert times.assumed == ("times of America/New_York",)


@pytest.mark.parametrize(
    "when",
    [stamps("2025-03-06 14:30", "2025-03-06 20:55"), stamps("2025-03-06 09:00", "2025-03-07 00:55")],
    ids=["the session", "extended hours"],
)
def test_times_that_are_not_of_the_session_are_asked_for(when: list[str]) -> None:
    with pytest.raises(UnclearTimesError, match=r"times of America/New_York.*not those of a session.*`timezone`: UTC"):
        read(when)
    assert first_and_last(read(when, zone="UTC"))[0] == when[0][11:16]


def test_extended_hours_are_hours() -> None:
    assert first_and_last(read(stamps("2025-03-06 04:00", "2025-03-06 19:55"))) == ["09:00", "00:55"]


def test_a_vendor_whose_times_are_utc() -> None:
    times = read(stamps("2025-03-06 14:30", "2025-03-06 20:55"), provider=IN_UTC)
    assert first_and_last(times) == ["14:30", "20:55"]
    with pytest.raises(UnclearTimesError, match=r"read as times of UTC.*`timezone`: America/New_York"):
        read(REGULAR, provider=IN_UTC)


def test_midnights_of_the_exchange_without_their_offset_are_days() -> None:
    times = read(["2025-03-06 05:00:00", "2025-03-10 04:00:00"], provider=IN_UTC)
    assert times.kind == "date"
    assert [*map(str, times.column)] == ["2025-03-06", "2025-03-10"]


def test_tickers_of_two_markets_need_a_zone() -> None:
    with pytest.raises(UnclearTimesError, match="`timezone`"):
        bar_times(REGULAR, None, ["US", "HK"], NOBODY, zone=None, stamp=None, time_format=None)


SHANGHAI = vendors.five_minute_ends("2025-03-06")


@pytest.mark.parametrize(
    ("when", "provider", "begin"),
    [(SHANGHAI, NOBODY, "01:30"), (SHANGHAI[:20], ENDS, "01:30"), (SHANGHAI[:20], NOBODY, "01:35"),
     (stamps("2025-03-06 09:30", "2025-03-06 11:25"), ENDS, "01:30")],
    ids=["one at the end", "a vendor's", "nothing says so", "one when the session begins"],
)  # fmt: skip
def test_stamps_of_ends_are_moved_to_starts(when: list[str], provider: Provider, begin: str) -> None:
    assert first_and_last(read(when, "SH", provider))[0] == begin


def test_a_print_at_the_end_beside_bars_from_the_beginning_is_the_auction() -> None:
    assert first_and_last(read([*REGULAR, "2025-03-06 16:00:00"])) == ["14:30", "21:00"]


def test_a_minute_of_the_opening_auction_is_no_start() -> None:
    when = stamps("2025-03-06 09:30", "2025-03-06 11:30", "min") + stamps("2025-03-06 13:01", "2025-03-06 15:00", "min")
    assert first_and_last(read(when, "SH")) == ["01:29", "06:59"]


def test_a_stated_zone_and_stamp_are_not_doubted() -> None:
    assert first_and_last(read(SHANGHAI, "SH", stamp="start")) == ["01:35", "07:00"]
    assert first_and_last(read(SHANGHAI, "SH", zone="Asia/Shanghai")) == ["01:30", "06:55"]


def test_a_column_of_days_and_one_of_clocks() -> None:
    days, clocks = ["20250306"] * 3, ["93500", "94000", "94500"]
    found = bar_times(days, clocks, ["SH"], ENDS, zone=None, stamp=None, time_format=None)
    assert first_and_last(found) == ["01:30", "01:40"]


@pytest.mark.parametrize(
    ("when", "days"),
    [(["3/5/2025 16:00:00", "3/13/2025 16:00:00"], ["2025-03-05", "2025-03-13"]),
     (["2025-03-06T21:00:00Z", "2025-03-10T20:00:00Z"], ["2025-03-06", "2025-03-10"])],
    ids=["as written", "in UTC"],
)  # fmt: skip
def test_one_bar_a_day_is_that_day(when: list[str], days: list[str]) -> None:
    times = read(when)
    assert times.kind == "date"
    assert [*map(str, times.column)] == days
    assert "one bar a day, stamped 16:00" in times.assumed


def test_times_of_the_vendors_own_country_are_asked_for() -> None:
    with pytest.raises(UnclearTimesError, match="`timezone`: Asia/Shanghai or Asia/Hong_Kong"):
        read(stamps("2025-03-06 22:30", "2025-03-07 04:55"))


def test_clocks_of_four_digits_are_hours_and_minutes() -> None:
    found = bar_times(
        ["2025/03/06"] * 3, ["0935", "940", "0945"], ["SH"], ENDS, zone=None, stamp=None, time_format=None
    )
    assert first_and_last(found) == ["01:30", "01:40"]


def test_no_zone_is_proposed_that_has_no_bar_when_the_session_begins() -> None:
    """Polish time: as UTC most bars would lie in the session, an hour off."""
    with pytest.raises(UnclearTimesError, match="`timezone`: an IANA name"):
        read(stamps("2025-03-06 15:30", "2025-03-06 21:55"))


def test_one_print_at_the_end_of_minutes_is_no_sign_of_ends() -> None:
    when = [one for day in ("05", "06", "07") for one in stamps(f"2025-03-{day} 09:30", f"2025-03-{day} 15:59", "min")]
    assert first_and_last(read([*when, "2025-03-07 16:00:00"])) == ["14:30", "21:00"]


def test_of_times_with_and_without_an_offset_those_without_are_asked_for() -> None:
    mixed = [
        *pd.date_range("2025-03-06 14:30", "2025-03-06 20:55", freq="5min"),
        pd.Timestamp("2025-03-06T15:00+08:00"),
    ]
    with pytest.raises(MissingZoneError, match="2025-03-06 14:30:00 to 2025-03-06 20:55:00"):
        read([one.to_pydatetime() for one in mixed])
