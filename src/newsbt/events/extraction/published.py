"""When a text says it was published: read from its own words, refused where they are not clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.domain.written_times import UnclearTimeError, read_time
from newsbt.domain.zone_names import UnclearZoneError, in_zone
from newsbt.errors import ConfigError
from newsbt.events.extraction.item import RefusedItem, refuse

__all__ = ["Stated", "agree", "named_zone", "parse_time"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A time as a text states it, with its precision, and where it was written."""

    at: datetime
    precision: str
    written: str


def named_zone(name: str | None) -> tzinfo | None:
    """The zone in which a reader takes times without offset; None takes none.

    Raises
    ------
    ConfigError
        No such zone.
    """
    if name is None:
        return None
    try:
        return datetime.strptime(name, "%z").tzinfo if name[:1] in ("+", "-") else ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ConfigError(f"zone is a name such as Asia/Shanghai or an offset such as +08:00, not {name!r}") from None


def parse_time(written: str, zone: tzinfo | None = None) -> Stated:
    """A time in ISO 8601, RFC 2822 or the usual English and Chinese ways of writing.

    A day without a clock has the precision ``day``, a clock without minutes ``hour``. Nothing is guessed: without an
    offset or a zone that means one thing only, and without `zone`, the time is refused. `zone` never replaces a zone
    that is written.

    Raises
    ------
    RefusedItem
        ``bad_time`` or ``naive_time``.

    Examples
    --------
    >>> parse_time("2025-03-06T16:45:00+08:00").at.isoformat()
    '2025-03-06T16:45:00+08:00'
    >>> parse_time("March 6, 2025, 4:45 p.m. ET").at.isoformat()
    '2025-03-06T16:45:00-05:00'
    >>> parse_time("北京时间2025年3月6日 16:45").at.isoformat()
    '2025-03-06T16:45:00+08:00'
    """
    shown = written.strip()
    try:
        read = read_time(shown)
        found, precision = read.at, read.precision
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise refuse("bad_time", f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {shown!r}")
        if found.tzinfo is None and zone is not None:
            found = in_zone(found, zone)
    except UnclearZoneError as error:
        raise refuse("bad_time", f"the zone of {shown[:80]!r} is unclear: {error}") from None
    except UnclearTimeError as error:
        raise refuse("bad_time", str(error)) from None
    offset = found.utcoffset()
    if offset is None:
        raise refuse(
            "naive_time",
            f"{shown!r} has no offset, so nobody can say which instant it is; write for example"
            f" {found.isoformat()}+08:00, or name the zone of such times (zone: Asia/Shanghai)",
        )
    return Stated(found.replace(tzinfo=timezone(offset)), precision, shown)


def agree(stated: Iterable[Stated], file: str | None = None) -> Stated:
    """The one time that all statements of a text mean; a day that holds the others' instant agrees with them.

    Raises
    ------
    RefusedItem
        ``missing_time`` without any statement, ``two_times`` where they differ.
    """
    listed = list(stated)
    if not listed:
        message = "the text does not say when it was published; add a line such as Published: 2025-03-06T16:45:00+08:00"
        raise refuse("missing_time", message, file=file)
    best = next((one for one in listed if one.precision == "minute"), listed[0])
    for one in listed:
        if one.precision == "day":
            same = one.at.date() in (best.at.date(), best.at.astimezone(one.at.tzinfo).date())
        else:
            same = abs((one.at - best.at).total_seconds()) < 60
        if not same:
            message = (
                f"the text gives two times, {best.written!r} and {one.written!r}, and nobody can say which is right;"
                " leave one"
            )
            raise refuse("two_times", message, file=file)
    return best


def refused_in(error: RefusedItem, file: str | None, line: int | None = None) -> RefusedItem:
    """The same refusal with its place."""
    return refuse(error.problem.code, error.problem.message, file=file, line=line)
