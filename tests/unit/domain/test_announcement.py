"""When an announcement could have been known: T1."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsbt.domain.announcement import Announcement

pytestmark = pytest.mark.rule("T1")

PUBLISHED = "2025-03-06T03:00:00+08:00"


@pytest.mark.parametrize(
    ("precision", "received", "known"),
    [
        ("minute", None, "2025-03-05T19:00"),
        ("hour", None, "2025-03-05T20:00"),
        ("day", None, "2025-03-06T16:00"),  # the next midnight at +08:00, not of UTC
        ("minute", "2025-03-06T09:30:00+08:00", "2025-03-06T01:30"),
        ("day", "2025-03-06T09:30:00+08:00", "2025-03-06T01:30"),  # a receipt says more than the precision
        ("minute", "2025-03-06T02:59:00+08:00", "2025-03-05T19:00"),  # nothing reaches us before it is published
    ],
)
def test_known_when_published_by_its_precision_or_when_received(
    precision: str, received: str | None, known: str
) -> None:
    item = Announcement(
        event_id="e", event_type="model_release", issuer="Alibaba", time_precision=precision,
        published_at=datetime.fromisoformat(PUBLISHED),
        received_at=None if received is None else datetime.fromisoformat(received),
    )  # fmt: skip
    at = datetime.fromisoformat(known).replace(tzinfo=UTC)
    assert item.known_at() == at
    assert item.known_at(timedelta(minutes=5)) == at + timedelta(minutes=5)


def test_a_day_is_over_at_the_next_midnight_even_if_published_at_midnight() -> None:
    midnight = datetime.fromisoformat("2025-03-06T00:00:00-05:00")
    item = Announcement(
        event_id="e", event_type="a", issuer="A", time_precision="day", published_at=midnight
    )  # fmt: skip
    assert item.known_at() == midnight + timedelta(days=1)
