"""When a text says it was published: read from its own words, refused where they are not clear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.domain.zone_names import LARGEST_OFFSET, SeveralZonesError, UnclearZoneError, in_zone
from newsbt.errors import ConfigError, nearest
from newsbt.events.extraction.news_item import RefusedItem, refuse

__all__ = ["Stated", "agree", "instant", "named_zone", "parse_time", "refused_in", "unused"]


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
        if name[:1] not in ("+", "-"):
            return ZoneInfo(name)
        fixed = datetime.strptime(name, "%z")
        offset = fixed.utcoffset()
        if offset is None or abs(offset) > LARGEST_OFFSET:
            raise ValueError
        return fixed.tzinfo
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ConfigError(
            f"zone is a name such as Asia/Shanghai or an offset such as +08:00, not {name!r}"
            f"{nearest(name, sorted(available_timezones()))}",
            code="bad_value",
        ) from None


def parse_time(written: str, zone: tzinfo | None = None, published: Stated | None = None) -> Stated:
    """A time in ISO 8601, RFC 2822 or the usual English and Chinese ways of writing.

    A day without a clock has the precision ``day``, a clock without minutes ``hour``. Nothing is guessed: without an
    offset or a zone that means one thing only, and without `zone`, the time is refused. `zone` never replaces a zone
    that is written. `published` is an instant known from elsewhere: a time without offset, or of a zone that may
    be several, that reads as its clock does is that instant.

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
    from newsbt.domain.written_times import UnclearTimeError, read_time  # ways of writing that most tables have none of

    shown = written.strip()
    try:
        read = read_time(shown)
        found, precision = read.at, read.precision
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise refuse("bad_time", f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {shown!r}")
        if found.tzinfo is None and zone is not None:
            # A day is over at its end, which may have another offset than its beginning.
            end = in_zone(found + timedelta(days=1) if precision == "day" else found, zone)
            found = found.replace(tzinfo=end.tzinfo)
        elif found.tzinfo is None and published is not None and _reads(published.at, found, precision):
            found = found.replace(tzinfo=published.at.tzinfo)
    except UnclearZoneError as error:
        if isinstance(error, SeveralZonesError) and published is not None and published.at in error.instants:
            return Stated(published.at, published.precision, shown)
        raise refuse("bad_time", f"the zone of {shown[:80]!r} is unclear: {error}") from None
    except UnclearTimeError as error:
        raise refuse("bad_time", str(error)) from None
    offset = found.utcoffset()
    if offset is None:
        other = "" if published is None else f" ({published.written!r} reads another time of day)"
        raise refuse(
            "naive_time",
            f"{shown!r} has no offset, so nobody can say which instant it is{other}; write for example"
            f" {found.isoformat()}+08:00, or name the zone of such times (zone: Asia/Shanghai)",
        )
    return Stated(found.replace(tzinfo=timezone(offset)), precision, shown)


def instant(written: str, option: str) -> Stated:
    """An instant given on the command line, in any of the ways of :func:`parse_time`, with its offset or zone.

    Raises
    ------
    ConfigError
    """
    try:
        return parse_time(written)
    except RefusedItem as error:
        from newsbt.domain.written_times import read_time

        message = error.problem.message
        if error.problem.code == "naive_time":
            found = read_time(written).at.isoformat()
            message = (
                f"{written!r} has no offset, so nobody can say which instant it is; write for example {found}+08:00"
            )
        raise ConfigError(f"{option}: {message}", code="bad_time") from None


def unused(published: Stated | None, own: datetime, origin: str = "") -> str:
    """What to say of an instant that was given for a text with another of its own; empty where they are one."""
    if published is None or abs((own - published.at).total_seconds()) < 60:
        return ""
    where = f"{origin}: " if origin else ""
    return (
        f"{where}the text says that it was published at {own.isoformat()}, and that stands; --published"
        f" {published.at.isoformat()} is for texts that do not say it"
    )


def agree(stated: Iterable[Stated], file: str | None = None, published: Stated | None = None) -> Stated:
    """The one time that all statements of a text mean; a day that holds the others' instant agrees with them.

    `published` is an instant known from elsewhere. It stands where the text states none, or a day or hour that holds
    it; a text's own time stands before it.

    Raises
    ------
    RefusedItem
        ``missing_time`` without any statement, ``two_times`` where they differ.
    """
    listed = list(stated)
    if not listed:
        if published is not None:
            return published
        message = (
            "the text does not say when it was published; add a line such as Published: 2025-03-06T16:45:00+08:00, or"
            " give --published 2025-03-06T16:45:00+08:00"
        )
        raise refuse("missing_value", message, file=file)
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
            raise refuse("bad_time", message, file=file)
    if published is not None and best.precision != "minute" and _reads(published.at, best.at, best.precision):
        return published
    return best


def _reads(at: datetime, written: datetime, precision: str) -> bool:
    """Whether an instant's clock, in the zone of a written time if that has one, reads it to its precision."""
    clock = (at.astimezone(written.tzinfo) if written.tzinfo else at).replace(tzinfo=None)
    known = {"day": 3, "hour": 4, "minute": 5}[precision]
    return clock.timetuple()[:known] == written.timetuple()[:known]


def refused_in(error: RefusedItem, file: str | None, line: int | None = None) -> RefusedItem:
    """The same refusal with its place."""
    return refuse(error.problem.code, error.problem.message, file=file, line=line)
