"""Why something waits for an opening, in words; and that the words' opening is the clock's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.markets.clock import daily_clock, place
from newsbt.markets.openings import as_instant, openings_from
from newsbt.markets.rulebook import load_rulebook
from newsbt.markets.why_first_tradable import waiting

BOOK = load_rulebook()
MARKETS = ("XHKG", "XSHG", "XNYS")
CLOCK = daily_clock(MARKETS, date(2023, 6, 1), date(2025, 4, 30), BOOK)


@pytest.mark.parametrize(
    ("mic", "at", "reason", "opens", "words"),
    [
        ("XHKG", "2025-03-06T03:00+08:00", "in_time", "2025-03-06T01:30", "cut-off 09:15"),
        ("XHKG", "2025-03-06T09:15+08:00", "in_time", "2025-03-06T01:30", "cut-off 09:15"),
        ("XHKG", "2025-03-06T09:16+08:00", "auction_cutoff", "2025-03-07T01:30", "too late for that opening"),
        ("XSHG", "2025-03-06T11:45+08:00", "lunch", "2025-03-07T01:30", "lunch break"),
        ("XHKG", "2025-03-06T10:00+08:00", "trading", "2025-03-07T01:30", "while it traded"),
        ("XHKG", "2025-03-06T16:45+08:00", "after_close", "2025-03-07T01:30", "after the close at 16:00"),
        ("XHKG", "2024-12-24T14:00+08:00", "half_day", "2024-12-27T01:30", "half day at 12:00"),
        ("XHKG", "2025-03-16T10:00+08:00", "weekend", "2025-03-17T01:30", "Sunday"),
        ("XSHG", "2025-01-28T10:00+08:00", "holiday", "2025-02-05T01:30", "holiday"),
        ("XHKG", "2023-09-08T10:00+08:00", "closed", "2023-09-11T01:30", "typhoon"),
        ("XHKG", "2023-10-09T10:00+08:00", "late_opening", "2023-10-09T06:00", "14:00"),
        ("XNYS", "2025-03-05T15:05-05:00", "trading", "2025-03-06T14:30", "known 15:05 local"),
    ],
)
def test_each_kind_of_waiting_has_its_word(mic: str, at: str, reason: str, opens: str, words: str) -> None:
    found = waiting(mic, datetime.fromisoformat(at), BOOK)
    assert found is not None
    assert (found.reason, str(found.open_at.astype("M8[m]"))) == (reason, opens)
    assert words in found.words


@pytest.mark.parametrize(
    ("mic", "at", "closed"),
    [
        ("XSHG", "2025-01-27T16:45+08:00", "holiday (6 days), weekend"),  # 28 to 31 January, 3 and 4 February
        ("XSHG", "2025-01-28T10:00+08:00", "holiday (5 days), weekend"),
        ("XHKG", "2024-12-24T14:00+08:00", "holiday (2 days)"),
        ("XHKG", "2025-05-02T17:00+08:00", "weekend, holiday"),
        ("XHKG", "2025-03-14T16:45+08:00", "weekend"),
        ("XHKG", "2025-03-15T10:00+08:00", "weekend"),  # of Saturday and Sunday
        ("XHKG", "2023-08-31T17:00+08:00", "typhoon, weekend"),  # Friday, September 1st
        ("XSHG", "2025-04-03T16:45+08:00", "holiday, weekend"),
    ],
)
def test_days_in_between_are_counted_by_why_they_are_closed(mic: str, at: str, closed: str) -> None:
    found = waiting(mic, datetime.fromisoformat(at), BOOK)
    assert found is not None and f"; closed in between: {closed}; opens " in found.words


@pytest.mark.parametrize(
    ("mic", "at", "words"),
    [
        ("XHKG", "2025-03-05T16:45+08:00", "after the close at 16:00; opens Thu 2025-03-06 09:30"),
        ("XHKG", "2025-03-16T10:00+08:00", "known 10:00 local on a Sunday; opens Mon 2025-03-17 09:30"),
        ("XHKG", "2025-03-06T09:20+08:00", "opening; opens Fri 2025-03-07 09:30"),
        ("XHKG", "2025-03-06T09:30+08:00", "while it traded: the day's opening is past; opens Fri 2025-03-07 09:30"),
        ("XHKG", "2025-03-06T16:00+08:00", "after the close at 16:00; opens Fri 2025-03-07 09:30"),
        ("XSHG", "2025-03-06T11:30+08:00", "in the lunch break: the day's opening is past; opens Fri 2025-03-07 09:30"),
        ("XSHG", "2025-03-06T13:00+08:00", "while it traded: the day's opening is past; opens Fri 2025-03-07 09:30"),
        ("XHKG", "2023-10-09T10:00+08:00", "before late opening at 14:00; opens Mon 2023-10-09 14:00"),
        ("XHKG", "2023-09-08T10:00+08:00", "market closed that day (typhoon); closed in between: weekend; opens "),
    ],
)
def test_where_nothing_is_closed_in_between_the_opening_follows(mic: str, at: str, words: str) -> None:
    found = waiting(mic, datetime.fromisoformat(at), BOOK)
    assert found is not None and words in found.words


@pytest.mark.parametrize(("minutes", "words"), [(5, "while it traded: the next bar"), (0, "the day's opening is past")])
def test_what_comes_while_a_market_trades_waits_for_a_bar_where_there_are_bars(minutes: int, words: str) -> None:
    found = waiting("XHKG", datetime.fromisoformat("2025-03-06T10:02+08:00"), BOOK, minutes * 60 * 10**9)
    assert found is not None and words in found.words and found.reason == "trading"
    assert str(found.open_at.astype("M8[m]")) == ("2025-03-06T02:05" if minutes else "2025-03-07T01:30")
    lunch = waiting("XHKG", datetime.fromisoformat("2025-03-06T12:30+08:00"), BOOK, minutes * 60 * 10**9)
    assert lunch is not None and "the next bar" not in lunch.words


def test_beyond_the_horizon_nobody_knows() -> None:
    assert waiting("XHKG", datetime(2150, 1, 1, tzinfo=UTC), BOOK) is None
    assert openings_from("XHKG", datetime(2150, 1, 1, tzinfo=UTC), BOOK) == ()


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2023, 6, 20), datetime(2025, 4, 10)), st.sampled_from(MARKETS))  # noqa: DTZ001
def test_the_opening_is_the_clocks(naive: datetime, mic: str) -> None:
    at = naive.replace(tzinfo=UTC)
    found = waiting(mic, at, BOOK)
    m = MARKETS.index(mic)
    row = int(place(np.array([as_instant(at)]), CLOCK)[0, m])
    assert found is not None
    assert found.open_at == CLOCK.open_at[row, m]


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(2024, 1, 2), datetime(2025, 4, 10)), st.sampled_from(MARKETS), st.sampled_from((5, 60)))  # noqa: DTZ001
def test_openings_of_bars_are_those_that_have_not_ended(naive: datetime, mic: str, minutes: int) -> None:
    at = naive.replace(tzinfo=UTC)
    step = timedelta(minutes=minutes)
    found = openings_from(mic, at, BOOK, int(step.total_seconds()) * 10**9)
    assert found[-1].cutoff_at >= as_instant(at)
    assert all(one.cutoff_at < as_instant(at) < one.close_at for one in found[:-1])
    assert len(found) <= 2
