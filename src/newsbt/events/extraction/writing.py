"""Extractions as a CSV file of announcements, as the csv reader reads it back."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from pathlib import Path

from newsbt.domain.output_files import write_whole
from newsbt.errors import DataError, Problem
from newsbt.events.extraction.extraction_result import Extraction, Rejection

__all__ = ["COLUMNS", "announcements_csv", "write_announcements"]

COLUMNS = (
    "event_id", "published_at", "received_at", "time_precision", "event_type", "issuer", "subject", "rivals",
    "headline", "source", "url", "sentiment", "tickers", "mentioned", "language", "broader_type",
)  # fmt: skip


def announcements_csv(extractions: Iterable[Extraction | Rejection]) -> str:
    """The announcements among extractions as CSV text, a row each, in their order; everything else is left out.

    Raises
    ------
    DataError
        Two announcements have one id.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    seen: dict[str, str] = {}
    for one in extractions:
        if isinstance(one, Rejection) or not one.is_announcement:
            continue
        first = seen.setdefault(one.event_id, one.origin)
        if first is not one.origin:
            message = f"{one.event_id!r} comes from {first} and from {one.origin}; give each article its own name"
            raise DataError(message, [Problem(code="duplicate_event_id", message=message, file=one.origin or None)])
        writer.writerow(_row(one))
    return stream.getvalue()


def _row(one: Extraction) -> list[str]:
    return [
        one.event_id,
        one.published_at.isoformat(),
        one.received_at.isoformat(),
        one.time_precision,
        one.event_type,
        one.issuer,
        one.subject,
        _list(one.rivals),
        one.headline,
        one.source,
        one.url,
        "" if math.isnan(one.sentiment) else f"{one.sentiment:.4f}",
        _list(one.tickers),
        _list(one.mentioned),
        one.language,
        one.broader_type,
    ]


def _list(names: tuple[str, ...]) -> str:
    """Names separated by ``;``, which no name may hold itself."""
    return ";".join(name.replace(";", ",") for name in names)


def write_announcements(extractions: Iterable[Extraction | Rejection], path: Path | str) -> int:
    """Write the announcements among extractions to a CSV file, whole or not at all; answers how many there are.

    Raises
    ------
    DataError
        Two announcements have one id, or the file cannot be written.
    """
    text = announcements_csv(extractions)
    write_whole(Path(path), [text.encode()], "extract")
    return sum(1 for _ in csv.reader(io.StringIO(text))) - 1
