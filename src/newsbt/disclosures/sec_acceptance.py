"""When EDGAR accepted a filing: by the header of the filing, or by the list of submissions alone.

The header's ``<ACCEPTANCE-DATETIME>`` is New York's clock. The list's ``acceptanceDateTime`` carries a Z, but is New
York's clock for about a fifth of the filers (john-friedman/datamule-python#115: 181 of 808; dgunning/edgartools#557),
and nothing in it says of which: used alone, the later of the two readings is taken.
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

__all__ = ["HEADER", "LATER_READING", "NEW_YORK", "FilingHeader", "later_reading", "read_header"]

NEW_YORK = ZoneInfo("America/New_York")
HEADER, LATER_READING = "header", "later_reading"
_STAMP = re.compile(r"<ACCEPTANCE-DATETIME>\s*(\d{14})")
_DOCUMENT = re.compile(r"<TYPE>\s*(EX-99[^\s<]*).*?(?:<DESCRIPTION>([^\n<]*)|</?DOCUMENT>)", re.DOTALL)
_TAG = re.compile(r"</?a\b[^>]*>", re.IGNORECASE)


class FilingHeader:
    """What a header says: the instant of acceptance, None where it has none, and the titles of the exhibits."""

    __slots__ = ("accepted_at", "titles")

    def __init__(self, accepted_at: datetime | None, titles: tuple[str, ...] = ()) -> None:
        self.accepted_at, self.titles = accepted_at, titles


def read_header(text: str) -> FilingHeader:
    """A header in any of the forms in which EDGAR has it: ``.hdr.sgml``, ``-index-headers.html``, or the beginning of
    the whole submission.

    >>> read_header("<SEC-HEADER>x\\n<ACCEPTANCE-DATETIME>20250703160512\\nACCESSION NUMBER: 1").accepted_at.isoformat()
    '2025-07-03T16:05:12-04:00'
    """
    plain = html.unescape(_TAG.sub("", text)) if "&lt;" in text else text
    stamp = _STAMP.search(plain)
    titles = tuple(" ".join(found[2].split()) for found in _DOCUMENT.finditer(plain) if found[2])
    return FilingHeader(None if stamp is None else _in_new_york(stamp[1]), titles)


def _in_new_york(stamp: str) -> datetime | None:
    """A stamp of New York's clock; of an hour that the clocks read twice the later one."""
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=NEW_YORK, fold=1)
    except ValueError:
        return None


def later_reading(written: str) -> datetime:
    """The later of what an instant of the list may mean: as written in UTC, or as New York's clock.

    Raises
    ------
    ValueError
        It is no instant.

    >>> later_reading("2025-05-01T16:21:59.000Z").astimezone(UTC).isoformat()
    '2025-05-01T20:21:59+00:00'
    """
    found = datetime.fromisoformat(written)
    clock = found.replace(tzinfo=NEW_YORK, fold=1, microsecond=0)
    stated = found.replace(microsecond=0, tzinfo=found.tzinfo or UTC)
    return max(clock, stated.astimezone(NEW_YORK))
