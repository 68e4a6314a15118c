"""When a text says it was published: read from its own words, refused where they are not clear."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.errors import ConfigError
from newsbt.events.extraction.item import RefusedItem, refuse

__all__ = ["Stated", "agree", "named_zone", "parse_time"]

# Names of zones that mean one thing only. CST, IST, BST and the like mean several and are refused.
_ZONES: dict[str, tzinfo] = {
    "utc": UTC, "gmt": UTC, "z": UTC, "hkt": timezone(timedelta(hours=8)), "jst": timezone(timedelta(hours=9)),
    "kst": timezone(timedelta(hours=9)), "sgt": timezone(timedelta(hours=8)), "cet": timezone(timedelta(hours=1)),
    "cest": timezone(timedelta(hours=2)), "est": timezone(timedelta(hours=-5)), "edt": timezone(timedelta(hours=-4)),
    "pst": timezone(timedelta(hours=-8)), "pdt": timezone(timedelta(hours=-7)),
    "beijing time": timezone(timedelta(hours=8)), "hong kong time": timezone(timedelta(hours=8)),
    "北京时间": timezone(timedelta(hours=8)), "香港时间": timezone(timedelta(hours=8)),
}  # fmt: skip
_NEW_YORK = ("et", "eastern time", "eastern", "new york time", "美东时间")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_CLOCK = r"(?P<hour>\d{1,2})[:.时点](?P<minute>\d{2})(?:[:分](?P<second>\d{2}))?分?\s*(?P<half>[ap]\.?m\.?)?"
_DAYS = (
    r"(?P<year>\d{4})\s*[年/.-]\s*(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})\s*日?",
    r"(?P<day>\d{1,2})\s+(?P<name>[a-z]{3,9})\.?,?\s+(?P<year>\d{4})",
    r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
)
_WRITTEN = tuple(
    re.compile(rf"(?:[a-z]+day,?\s+)?(?P<before>[^\d\s]*?时间)?\s*{day}(?:[\s,at]*{_CLOCK})?\s*(?P<zone>.*)")
    for day in _DAYS
)
_OFFSET = re.compile(r"\(?(?:utc|gmt)?\s*(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\)?")


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

    A day without a clock has the precision ``day``. Nothing is guessed: without an offset or a zone that means one
    thing only, and without `zone`, the time is refused.

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
    found, precision = _iso(shown) or _rfc(shown) or _in_words(shown)
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise refuse("bad_time", f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {shown!r}")
    if found.tzinfo is None:
        if zone is None:
            raise refuse(
                "naive_time",
                f"{shown!r} has no offset, so nobody can say which instant it is; write for example"
                f" {found.isoformat()}+08:00, or name the zone of such times (zone: Asia/Shanghai)",
            )
        found = found.replace(tzinfo=zone)
    offset = found.utcoffset()
    assert offset is not None
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


def _iso(written: str) -> tuple[datetime, str] | None:
    try:
        found = datetime.fromisoformat(written.replace(" Z", "Z").replace(" UTC", "Z"))
    except ValueError:
        return None
    return found, "minute" if len(written) > 10 else "day"


def _rfc(written: str) -> tuple[datetime, str] | None:
    if not re.match(r"(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{2,4} \d{1,2}:\d\d", written):
        return None
    if re.search(r"\b[CM][SD]T$", written):
        return None  # the format has them, but CST is China's time as well
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # "-0000" and an unknown name of a zone come back naive, and stay so.
    return found, "minute"


def _in_words(written: str) -> tuple[datetime, str]:
    lowered = written.lower()
    for pattern in _WRITTEN:
        match = pattern.fullmatch(lowered)
        if match is None:
            continue
        part = match.groupdict()
        try:
            month = int(part["month"]) if part.get("month") else _MONTHS.index(part["name"][:3]) + 1
            hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
            half = (part["half"] or "").replace(".", "")
            if half and not 1 <= hour <= 12:
                break
            hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
            found = datetime(int(part["year"]), month, int(part["day"]), hour, minute, int(part["second"] or 0))  # noqa: DTZ001
        except ValueError:
            break
        return _zoned(found, part["before"] or part["zone"] or "", written), "minute" if part["hour"] else "day"
    raise refuse("bad_time", f"expected a time such as 2025-03-06T16:45:00+08:00, got {written[:80]!r}")


def _zoned(found: datetime, zone: str, written: str) -> datetime:
    name = zone.strip(" ().,，（）")
    if not name:
        return found
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        size = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        if size < timedelta(hours=15):
            return found.replace(tzinfo=timezone(-size if offset["sign"] == "-" else size))
    elif name in _ZONES:
        return found.replace(tzinfo=_ZONES[name])
    elif name in _NEW_YORK:
        return found.replace(tzinfo=ZoneInfo("America/New_York"))
    raise refuse(
        "bad_time", f"{zone.strip()!r} in {written[:80]!r} does not name one zone; write an offset such as +08:00"
    )


def refused_in(error: RefusedItem, file: str | None, line: int | None = None) -> RefusedItem:
    """The same refusal with its place."""
    return refuse(error.problem.code, error.problem.message, file=file, line=line)
