"""Which sessions are over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsbt.markets.rulebook import load_rulebook
from newsbt.pulling.session_ends import SessionEnds


@pytest.mark.parametrize(
    ("mic", "now", "last", "today"),
    [
        ("XHKG", "2025-03-14T08:29:00", "2025-03-13", "2025-03-14"),
        ("XHKG", "2025-03-14T08:31:00", "2025-03-14", "2025-03-14"),
        ("XHKG", "2025-03-16T18:00:00", "2025-03-14", "2025-03-17"),  # Monday there already
        ("XNYS", "2025-03-14T20:29:00", "2025-03-13", "2025-03-14"),  # summer time
        ("XNYS", "2025-03-14T20:31:00", "2025-03-14", "2025-03-14"),
        ("XNYS", "2025-03-15T02:00:00", "2025-03-14", "2025-03-14"),
        ("XSHG", "2025-03-14T07:31:00", "2025-03-14", "2025-03-14"),
    ],
)
def test_a_session_is_over_half_an_hour_after_its_close(mic: str, now: str, last: str, today: str) -> None:
    span = date(2025, 3, 3), date(2025, 3, 31)
    ends = SessionEnds.of(mic, span, datetime.fromisoformat(now).replace(tzinfo=UTC), load_rulebook())
    assert (ends.last, ends.today) == (date.fromisoformat(last), date.fromisoformat(today))
    assert ends.dates[-1].item() == ends.last and ends.over_at[ends.last] <= datetime.fromisoformat(f"{now}+00:00")


def test_only_days_that_are_asked_for_are_listed_and_the_last_of_all_is_known() -> None:
    span = date(2025, 3, 3), date(2025, 3, 5)
    ends = SessionEnds.of("XHKG", span, datetime(2025, 3, 14, 22, tzinfo=UTC), load_rulebook())
    assert len(ends.dates) == 3 and ends.last == date(2025, 3, 14)
