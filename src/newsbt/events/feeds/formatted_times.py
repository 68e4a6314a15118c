"""Times by the format that a column map gives: no zone, half of a day or weekday in them is passed over in silence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from newsbt.domain.cells import EARLIEST_YEAR, LATEST_YEAR
from newsbt.domain.zone_names import LARGEST_OFFSET, SEVERAL, UnclearZoneError, in_stated_zone, in_zone
from newsbt.errors import ConfigError
from newsbt.events.extraction.news_item import refuse
from newsbt.events.extraction.published import Stated

__all__ = ["EPOCHS", "check_format", "read_formatted"]

EPOCHS = {"epoch_s": 1.0, "epoch_ms": 1e-3}
_DIRECTIVE = re.compile(r"%(?P<sign>.)", re.DOTALL)
_ZONE_IN_TEXT = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z_+/-]*(?:[+-]?\d{1,2}(?::?\d{2})?)?")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(r"(?<![a-z])(mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)


def _signs(form: str) -> str:
    return "".join(match["sign"] for match in _DIRECTIVE.finditer(form))


def check_format(form: str) -> None:
    """Raise ConfigError for a format in which a time is not whole, or in which a part of it would be passed over."""
    if not form or form in EPOCHS:
        return
    signs = set(_signs(form))
    has_day = signs & set("cxj") or ("d" in signs and signs & set("mbB")) or ("V" in signs and signs & set("uaAw"))
    if not has_day or not signs & set("YyGcx"):
        raise ConfigError(
            f"time_format {form!r} has no whole date; name year, month and day, such as %Y-%m-%d %H:%M",
            code="bad_value",
        )
    if ("p" in signs) != ("I" in signs):
        raise ConfigError(
            f"time_format {form!r}: %p goes with %I, the hour of a clock of twelve, and %I with %p", code="bad_value"
        )
    if {"z", "Z"} <= signs or _signs(form).count("Z") > 1:
        raise ConfigError(f"time_format {form!r} names the zone twice", code="bad_value")
    try:
        datetime.strptime(datetime(2025, 3, 6, 16, 45, tzinfo=UTC).strftime(form), form)  # noqa: DTZ007 - whether it can
    except ValueError as error:
        raise ConfigError(
            f"time_format {form!r} is none of Python's datetime.strptime, nor epoch_s or epoch_ms: {error}",
            code="bad_value",
        ) from None


def read_formatted(written: str, form: str, zone: tzinfo | None) -> Stated:
    """A time by its format; `zone` takes those without offset whose format names no zone either.

    Raises
    ------
    RefusedItem
        ``bad_time`` or ``naive_time``.
    """
    if form in EPOCHS:
        return _epoch(written, form)
    shown = repr(written[:60])
    try:
        found, name = _parsed(written, form)
    except (ValueError, OverflowError):
        raise refuse("bad_time", f"expected a time like {form}, got {shown}") from None
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise refuse("bad_time", f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {shown}")
    signs = set(_signs(form))
    weekday = _WEEKDAY.search(written) if signs & set("aA") else None
    if weekday is not None and _WEEKDAYS.index(weekday[1].lower()) != found.weekday():
        message = f"{weekday[1]!r} in {shown} is not the weekday of {found:%Y-%m-%d}, a {found:%A}"
        raise refuse("bad_time", message)
    has_hour = signs & set("HIcX")
    precision = "day" if not has_hour else "minute" if signs & set("McX") else "hour"
    own = found.utcoffset()
    if own is None:
        # A day is over at its end, which may have another offset than its beginning.
        local = found + timedelta(days=1) if precision == "day" else found
        try:
            if name:
                own = in_stated_zone(local, name).utcoffset()
            elif zone is not None:
                own = in_zone(local, zone).utcoffset()
        except UnclearZoneError as error:
            raise refuse("bad_time", f"the zone of {shown} is unclear: {error}") from None
    if own is None:
        message = f"{shown} has no offset; say in the column map which zone its times are in, such as zone: UTC"
        raise refuse("naive_time", message)
    if abs(own) > LARGEST_OFFSET:
        raise refuse("bad_time", f"no place on earth has the offset of {shown}")
    return Stated(found.replace(tzinfo=timezone(own)), precision, written)


def _epoch(written: str, form: str) -> Stated:
    try:
        at = datetime.fromtimestamp(float(written) * EPOCHS[form], UTC)
    except (ValueError, OverflowError, OSError):
        raise refuse("bad_time", f"expected a time like {form}, got {written[:60]!r}") from None
    if not 1971 <= at.year <= LATEST_YEAR:  # seconds read as milliseconds are of January 1970
        other = next(name for name in EPOCHS if name != form)
        raise refuse("bad_time", f"{written[:60]!r} as {form} is {at:%Y-%m-%d}; is it {other}?")
    return Stated(at, "minute", written)


def _parsed(written: str, form: str) -> tuple[datetime, str]:
    """The time, and the name of a zone that the text or the format gives beside it.

    strptime reads the names of UTC and of the machine's own zone and forgets them; here every name is kept.
    """
    if "Z" not in _signs(form):
        tail = form[max((match.end() for match in _DIRECTIVE.finditer(form)), default=0) :].strip(" ()[]\"'")
        return datetime.strptime(written, form), _zone_of(tail)  # noqa: DTZ007 - the zone is looked at by the caller
    head, _, behind = form.partition("%Z")
    for match in _ZONE_IN_TEXT.finditer(written):
        text = f"{written[: match.start()]}\0{written[match.end() :]}"
        try:
            return datetime.strptime(text, f"{head}\0{behind}"), match[0]  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError


def _zone_of(tail: str) -> str:
    """What stands behind the last directive of a format, where that names a zone: Z, HKT, +08:00."""
    if not tail:
        return ""
    try:
        in_stated_zone(datetime(2025, 3, 6), tail)  # noqa: DTZ001 - any day tells whether it is a name
    except UnclearZoneError:
        return tail if tail.lower() in SEVERAL else ""
    return tail
