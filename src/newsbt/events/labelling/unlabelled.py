"""The event that keeps an item which its labeller could not label."""

from __future__ import annotations

from types import MappingProxyType

from newsbt.domain.announcement import Announcement
from newsbt.domain.text_label import UNLABELLED
from newsbt.events.extraction.extraction_result import Extraction

__all__ = ["unlabelled_event"]


def unlabelled_event(answer: Extraction) -> Announcement:
    """An event of the type ``unlabelled``, with the item's own time and words and nobody as its issuer, so that it is
    linked to nothing; why it has no label is its attribute `unlabelled`."""
    return Announcement(
        event_id=answer.event_id,
        published_at=answer.published_at,
        received_at=answer.received_at,
        time_precision=answer.time_precision,
        event_type=UNLABELLED,
        issuer=UNLABELLED,
        headline=answer.headline or "(no headline)",
        body=answer.body,
        source=answer.source,
        url=answer.url,
        attributes=MappingProxyType({"language": answer.language, "unlabelled": answer.unlabelled}),
        origin=answer.origin or answer.event_id,
    )
