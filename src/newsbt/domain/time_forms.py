"""Days and instants as exports write them, told from a whole column: what one cell leaves open, others settle."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from newsbt._plain import PlainValue
from newsbt.domain import cells

__all__ = ["SeveralFormsError", "Times", "UnclearTimesError", "in_form", "read_times"]

MIDNIGHT = time(0)
_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y",
    "%d %B %Y", "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%y", "%d/%m/%y", "%d-%b-%y",
    "%d.%m.%y",
)  # fmt: skip
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H%M", "%H%M%S", "%I:%M %p", "%I:%M:%S %p")
_PACKED = re.compile(r"(\d{8})(\d{2})(\d{2})(?:(\d{2})(?:\d{3})?)?")  # 20250306093500000, or up to seconds or minutes
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\d{3}){0,2}")  # seconds since 1970, or thousandths, and so on
_WEEKDAY = re.compile(r"[\s,(]+(?:(?:周|星期)?[一二三四五六日]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*)\)?$")
_ZONED = re.compile(r"(.+\d) ([A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)")
_SERIAL_DAYS = (20_000, 80_000)  # spreadsheets' numbers of days, from 1954 to 2119
_SERIAL_BEGIN = datetime(1899, 12, 30)  # noqa: DTZ001 - days of no zone
SATURDAY = 5
FEW = 20  # of so many cells one may be unreadable: a bad row


class UnclearTimesError(ValueError):
    """A column's days can be read in several ways, or in none."""


class SeveralFormsError(UnclearTimesError):
    """A column's days can be read in several ways."""


@dataclass(frozen=True, slots=True)
class Times:
    """A column read: `values` by cell as written, days (`intraday` false) or instants, those without an offset as
    written; `form` is the strptime form of the days where they are not written ISO's way, `zone` that in which
    instants are midnights of their days."""

    values: Mapping[PlainValue, PlainValue]
    intraday: bool
    form: str = ""
    zone: str = ""


def read_times(
    written: Iterable[PlainValue], zones: Sequence[str], stated: str | None = None, *, are_sessions: bool = True
) -> Times:
    """What the distinct cells of a column say.

    Parameters
    ----------
    written : iterable
        Strings, numbers such as 20250306, or what pandas and workbooks hold; blanks are left out.
    zones : sequence of str
        Those of the exchanges whose prices these may be: midnights of one of them are days.
    stated : str, optional
        The strptime form of the cells, such as ``%d/%m/%Y``, or ``%m/%d/%Y %H:%M``.
    are_sessions : bool
        Whether a form by which some fall on a weekend is none, as of days on which exchanges are open.

    Raises
    ------
    UnclearTimesError
        No form reads all cells, or several do.
    """
    values = [one for one in written if one is not None and cells_text(one)]
    if not values:
        return Times({}, intraday=False)
    if stated:
        read = _most(values, partial(in_form, form=stated))
        if not read:
            raise UnclearTimesError(f"{values[0]!r} is not of the form {stated!r} that time_format states")
        return _settled(read, stated)
    iso = _most(values, _iso)
    if iso:
        if all(one.time() == MIDNIGHT for one in iso.values()):
            return Times({value: one.date() for value, one in iso.items()}, intraday=False)
        return _midnights(iso, zones) or Times(iso, intraday=True)
    if numbers := _most(values, _of_spreadsheet):
        return _settled(numbers, "numbers of a spreadsheet")
    return _by_form(values, are_sessions)


def cells_text(value: PlainValue) -> str:
    return str(value).strip() if not isinstance(value, float) or value == value else ""  # noqa: PLR0124 - NaN


def _iso(value: PlainValue) -> datetime:
    if isinstance(value, datetime):
        found = cells.instant(value)
        assert found is not None
        return found
    if isinstance(value, date):
        return datetime.combine(value, MIDNIGHT)
    text = cells_text(value)
    if isinstance(value, float):
        text = text.removesuffix(".0")
    if packed := _PACKED.fullmatch(text):
        day, hour, minute, second = packed.groups("00")
        return datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}")
    if epoch := _EPOCH.fullmatch(text):
        return _in_years(datetime.fromtimestamp(int(epoch[1]) + int(epoch[2] or 0) / 1000, UTC))
    text = " ".join(_WEEKDAY.sub("", text).split())
    if zoned := _ZONED.fullmatch(text):  # 20250306 09:30:00 US/Eastern
        return _iso(zoned[1]).replace(tzinfo=_zone(zoned[2]))
    if re.match(r"\d{4}/\d{1,2}/\d{1,2}", text):
        day, _, clock = text.partition(" ")
        year, month, number = map(int, day.split("/"))
        return datetime.fromisoformat(f"{year:04}-{month:02}-{number:02} {clock}".strip())
    if re.fullmatch(r"\d+", text) and len(text) != len("20250306"):
        raise ValueError(text)
    return _in_years(datetime.fromisoformat(text))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError):
        raise ValueError(name) from None


def _in_years(found: datetime) -> datetime:
    if not cells.EARLIEST_YEAR <= found.year <= cells.LATEST_YEAR:
        raise ValueError(found)
    return found


def _of_spreadsheet(value: PlainValue) -> datetime:
    """A day, or an instant to the second, of a spreadsheet's number of days since the end of 1899."""
    days = float(cells_text(value))
    if not _SERIAL_DAYS[0] <= days <= _SERIAL_DAYS[1]:
        raise ValueError(value)
    return _SERIAL_BEGIN + timedelta(seconds=round(days * 86_400))


def in_form(value: PlainValue, form: str) -> datetime:
    """A cell in a strptime form; ValueError where it is not."""
    return _in_years(datetime.strptime(cells_text(value), form))  # noqa: DTZ007 - its zone is told elsewhere


def _most(values: Sequence[PlainValue], parse: Callable[[PlainValue], datetime]) -> dict[PlainValue, datetime]:
    """What is read of the cells, nothing where more than a stray few are not read."""
    found: dict[PlainValue, datetime] = {}
    strays = len(values) // FEW if len(values) > FEW else 0
    for value in values:
        try:
            found[value] = parse(value)
        except (ValueError, OverflowError):
            strays -= 1
            if strays < 0:
                return {}
    return found


def _midnights(found: Mapping[PlainValue, datetime], zones: Sequence[str]) -> Times | None:
    if any(one.utcoffset() is None for one in found.values()):
        return None
    for zone in zones:
        local = {value: one.astimezone(ZoneInfo(zone)) for value, one in found.items()}
        if all(one.time() == MIDNIGHT for one in local.values()):
            return Times({value: one.date() for value, one in local.items()}, intraday=False, zone=zone)
    return None


def _by_form(values: Sequence[PlainValue], are_sessions: bool) -> Times:
    readings: dict[str, dict[PlainValue, datetime]] = {}
    has_clock = any(":" in cells_text(value) for value in values)
    for day in _DAYS:
        for form in [f"{day} {clock}" for clock in _CLOCKS] if has_clock else [day]:
            if found := _most(values, partial(in_form, form=form)):
                readings[form] = found
    if not readings:
        strange = next(value for value in values if not _most([value], _iso))
        raise UnclearTimesError(f"no form of a day reads its cells, such as {strange!r}; state one with `time_format`")
    fullest = max(map(len, readings.values()))
    readings = {form: found for form, found in readings.items() if len(found) == fullest}
    trading = {
        form: found for form, found in readings.items() if all(day.weekday() < SATURDAY for day in found.values())
    }
    readings = (are_sessions and trading) or readings
    if len({tuple(found.items()) for found in readings.values()}) > 1:
        ways = " or ".join(f"{found[values[0]].date()} ({form})" for form, found in readings.items())
        raise SeveralFormsError(f"{values[0]!r} may be {ways}; say which with `time_format`")
    form, found = next(iter(readings.items()))
    return _settled(found, form)


def _settled(found: Mapping[PlainValue, datetime], form: str) -> Times:
    if all(one.time() == MIDNIGHT and one.tzinfo is None for one in found.values()):
        return Times({value: one.date() for value, one in found.items()}, intraday=False, form=form)
    return Times(found, intraday=True, form=form)
