"""Single cells of a table, from text or Python objects to values; a ValueError says what is wrong with one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from newsbt._plain import PlainValue
from newsbt.domain.zone_names import LARGEST_OFFSET

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "NO_NUMBER",
    "flag",
    "instant",
    "instants",
    "items",
    "number",
    "session_day",
    "text",
    "texts",
    "whole",
]

# Years that fit 64-bit nanoseconds with room for latencies and holds on both sides.
HAS_TIME = "which has a time of day"
EARLIEST_YEAR = 1900
LATEST_YEAR = 2200

NO_NUMBER = ("", "nan", "NaN", "NAN", "NA", "N/A", "null", "NULL", "None")  # what files write for "no number"
_NO_NUMBER = frozenset(NO_NUMBER)
_FLAGS = {
    "true": True, "yes": True, "y": True, "1": True, "1.0": True,
    "false": False, "no": False, "n": False, "0": False, "0.0": False,
}  # fmt: skip


def text(value: PlainValue) -> str:
    """Text without surrounding blanks; empty for None and NaN.

    >>> text("  9988.HK "), text(None), text(float("nan")), text(7)
    ('9988.HK', '', '', '7')
    """
    if isinstance(value, str):
        stripped = value.strip()
        if not stripped.isascii():
            _refuse_lone_surrogates(stripped)
        return stripped
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, int | float | Decimal | date):
        try:
            return str(value)
        except (NotImplementedError, ValueError):  # pandas beyond the year 9999; integers of thousands of digits
            raise ValueError("expected text, got a value out of range") from None
    raise ValueError(f"expected text, got {_short(value)}")


def texts(values: Sequence[str]) -> tuple[str, ...]:
    """:func:`text` of each of many.

    >>> texts(["  9988.HK ", ""])
    ('9988.HK', '')
    """
    stripped = tuple(map(str.strip, values))
    if not all(map(str.isascii, stripped)):
        for one in stripped:
            if not one.isascii():
                _refuse_lone_surrogates(one)
    return stripped


def _refuse_lone_surrogates(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"the text {_short(value)} is broken: half a character (a lone surrogate)") from None


def items(value: PlainValue) -> tuple[str, ...]:
    """A list written ``a; b; c``, or a real list of texts, without blanks and repeats.

    >>> items("OpenAI; DeepSeek;;OpenAI")
    ('OpenAI', 'DeepSeek')
    """
    parts = value if isinstance(value, list | tuple) else text(value).split(";")
    return tuple(dict.fromkeys(part for part in map(text, parts) if part))


def number(value: PlainValue) -> float:
    """A finite number, or NaN where there is none (blank, ``NaN``, ``NA``, ``null``).

    >>> number(" 1.5e3"), number("NA"), number(None)
    (1500.0, nan, nan)
    """
    if value is None:
        return math.nan
    if isinstance(value, str):
        stripped = value.strip()
        if stripped in _NO_NUMBER:
            return math.nan
        try:
            if "_" in stripped or not stripped.isascii():
                raise ValueError
            result = float(stripped)
        except ValueError:
            raise ValueError(f"expected a number such as 1234.5, got {_short(value)}") from None
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            result = float(value)
        except (OverflowError, ValueError):
            raise ValueError(f"expected a finite number, got {_short(value)}") from None
    else:
        raise ValueError(f"expected a number such as 1234.5, got {_short(value)}")
    if math.isinf(result):
        raise ValueError(f"expected a finite number, got {_short(value)}")
    return result


def whole(value: PlainValue) -> int | None:
    """A whole number, or None where there is none; ``100.0`` counts as whole."""
    result = number(value)
    if math.isnan(result):
        return None
    if result != int(result):
        raise ValueError(f"expected a whole number, got {_short(value)}")
    return int(result)


def flag(value: PlainValue) -> bool | None:
    """True or false in the usual spellings, None where blank."""
    if isinstance(value, bool):
        return value
    written = text(value)
    if not written:
        return None
    try:
        return _FLAGS[written.lower()]
    except KeyError:
        raise ValueError(f"expected true or false, got {_short(value)}") from None


def session_day(value: PlainValue) -> date | None:
    """A day, or None where blank. A time of day is refused unless it is midnight.

    >>> session_day("2025-03-06"), session_day("2025/3/6"), session_day("20250306")
    (datetime.date(2025, 3, 6), datetime.date(2025, 3, 6), datetime.date(2025, 3, 6))
    """
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124 - pandas' NaT is a datetime
            return None
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time(0))
    else:
        written = text(value)
        if not written:
            return None
        found = _parse_day(written)
    if found.time() != time(0):
        raise ValueError(f"expected a day such as 2025-03-06, got {_short(value)}, {HAS_TIME}")
    _check_year(found.year, value)
    return found.date()


def _parse_day(written: str) -> datetime:
    try:
        if not written.isascii():
            raise ValueError
        if "/" in written:
            year, month, day = written.split("/")
            return datetime(int(year), int(month), int(day), tzinfo=UTC)
        return datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        raise ValueError(f"expected a day such as 2025-03-06, got {_short(written)}") from None


def instant(value: PlainValue) -> datetime | None:
    """A date and time as written, None where blank. The caller decides whether a missing offset is a fault.

    >>> instant("2025-03-06T03:00:00Z").isoformat()
    '2025-03-06T03:00:00+00:00'
    """
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124 - pandas' NaT is a datetime
            return None
        to_pydatetime = getattr(value, "to_pydatetime", None)
        found: datetime = value if to_pydatetime is None else to_pydatetime(warn=False)
    elif isinstance(value, date):
        found = datetime.combine(value, time(0))
    elif value is None or isinstance(value, str):
        written = text(value)
        if not written:
            return None
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            raise ValueError(f"expected a time such as 2025-03-06T03:00:00+08:00, got {_short(value)}") from None
    else:
        raise ValueError(f"expected a time such as 2025-03-06T03:00:00+08:00, got {_short(value)}")
    _check_year(found.year, value)
    offset = found.utcoffset()
    if offset is not None and abs(offset) > LARGEST_OFFSET:
        raise ValueError(f"expected an offset of at most 14 hours, got {_short(value)}")
    return found


def instants(values: Sequence[str]) -> tuple[datetime, ...]:
    """:func:`instant` of each of many, none of which is blank or without an offset; ValueError where one is not good.

    >>> [one.isoformat() for one in instants([" 2025-03-06T03:00Z"])]
    ['2025-03-06T03:00:00+00:00']
    """
    found = tuple(map(datetime.fromisoformat, map(str.strip, values)))
    for offset in {None if one.tzinfo is None else one.utcoffset() for one in found}:
        if offset is None or abs(offset) > LARGEST_OFFSET:
            raise ValueError("expected an offset of at most 14 hours")
    for year in {one.year for one in found}:
        _check_year(year, year)
    return found


def _check_year(year: int, value: PlainValue) -> None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, got {_short(value)}")


def _short(value: PlainValue) -> str:
    try:
        shown = str(value) if isinstance(value, datetime | date) else repr(value)
    except (NotImplementedError, ValueError):
        return "a value out of range"
    return shown if len(shown) <= 80 else shown[:77] + "..."
