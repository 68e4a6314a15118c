"""The other time that a proof sets the clock to differs in all that a strategy could go by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsbt.audit.wall_clock import another_time


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("day", [datetime(2024, 2, 29, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)], ids=str)
def test_another_time_is_another_hour_weekday_month_and_year_an_odd_number_of_days_on(day: datetime, hour: int) -> None:
    """Also in the evening, when a few hours on are the next day: who goes by odd days would not be noticed."""
    now = day + timedelta(hours=hour, minutes=50)
    other = another_time(now)
    assert (other.date() - now.date()).days == 431
    assert {
        name for name in ("hour", "minute", "second", "month", "year") if getattr(now, name) == getattr(other, name)
    } == set()
    assert other.weekday() != now.weekday() and other.tzinfo is UTC
