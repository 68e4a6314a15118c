"""Times as news writes them: ISO 8601, RFC 2822, and the usual English and Chinese ways; nothing is guessed.

A time is a day, perhaps a clock, perhaps a weekday, and perhaps a zone, in the order in which its source has them. What
is left over when these are found must be the zone; a weekday that is not the day's is a contradiction.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsbt.domain.zone_names import LARGEST_OFFSET, in_stated_zone

__all__ = ["UnclearTimeError", "WrittenTime", "read_time"]

LONGEST = 200  # characters; a longer text is no time

_MONTHS = (
    ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may", "may"), ("jun", "june"),
    ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"), ("nov", "november"),
    ("dec", "december"),
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAME = r"(?P<name>" + "|".join(sorted(_MONTH_OF, key=len, reverse=True)) + r")(?![a-z])\.?"
_TH = r"(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}(?![\d:])|\d{2}(?![\d:]|\W+\d{4}))"  # 25 in RFC 822, but not the day of Mar 25 2025
_SIGNS = re.ASCII | re.IGNORECASE
_DAYS = tuple(
    re.compile(form, _SIGNS)
    for form in (
        r"(?<!\d)(?P<year>\d{4})\s*[年년/.-]\s*(?P<month>\d{1,2})\s*[月월/.-]\s*(?P<day>\d{1,2})(?!\d)(?:\s*[日号號일])?",
        rf"(?<![\d:.])(?P<day>\d{{1,2}}){_TH}(?: of)?[\s.,-]*{_NAME}[\s.,-]*{_YEAR}",
        rf"(?<![a-z]){_NAME}[\s-]*(?P<day>\d{{1,2}}){_TH}[\s.,-]+(?P<year>\d{{4}})(?![\d:])",
        rf"(?<!\d)(?P<year>\d{{4}})[\s.,/-]*{_NAME}[\s.,/-]*(?P<day>\d{{1,2}})(?![\d:])",
        rf"(?<![a-z]){_NAME}\s+(?P<day>\d{{1,2}})(?![\d:])(?P<between>.*\s)(?P<year>\d{{4}})$",  # asctime
        rf"(?<![\d:.])(?P<day>\d{{1,2}})\s+{_NAME}(?P<between>\s+\d{{1,2}}:.*\s)(?P<year>\d{{4}})$",  # date(1)
    )
)
_NUMBERS = re.compile(
    r"(?<![\d:])(?P<first>\d{1,2})(?P<sign>[/.-])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})(?![\d:])", re.ASCII
)

# ISO 8601, its basic form without T too; what Python reads of it and more is left to Python.
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d|\d{4}-?W\d\d(?:-?[1-7])?|\d{8})"
    r"(?:(?:[T ]|(?<=\d{8})(?=\d{4}))(?P<clock>\d\d(?:(?::?\d\d){1,2}(?:[.,]\d+)?)?))?"
    r"(?P<zone>\s*(?:Z|[+-]\d\d.*))?",
    re.ASCII,
)
_ORDINAL = re.compile(r"(?P<year>\d{4})-?(?P<day>\d{3})(?=T|Z|[+-]\d\d:?\d\d$|$)", re.ASCII)

_HALF = r"(?P<half>\s*[ap]\.?\s?m(?![a-z])\.?|[ap](?![a-z.]))"
_PART = r"(?P<part>凌晨|清晨|早上|早晨|上午|午前|오전|中午|下午|午後|오후|傍晚|晚上|晚间|晚間|夜间|夜間)?\s*"
_CLOCKS = tuple(
    re.compile(_PART + r"(?<![\d.:+\-\u2212])" + form, _SIGNS)
    for form in (
        rf"(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,]\d{{1,9}})?)?(?![\d:]){_HALF}?",
        r"(?P<hour>\d{1,2})\s*[时時点點시]\s*(?:(?:(?P<minute>\d{1,2})\s*[分분]?|(?P<thirty>半))\s*"
        r"(?:(?P<second>\d{1,2})\s*[秒초])?)?",
        rf"(?P<hour>\d{{1,2}}){_HALF}",
        r"(?P<hour>\d{2})(?P<minute>\d{2})(?=\s*(?:hrs|hours|[a-z]))",
    )
)
# The hours of a 24-hour clock that each part of a day holds.
_PARTS = {
    **dict.fromkeys(("凌晨",), range(6)),
    **dict.fromkeys(("清晨", "早上", "早晨", "上午", "午前", "오전"), range(1, 12)),
    **dict.fromkeys(("中午",), range(11, 14)),
    **dict.fromkeys(("下午", "午後", "오후", "傍晚"), range(12, 20)),
    **dict.fromkeys(("晚上", "晚间", "晚間", "夜间", "夜間"), range(17, 24)),
}

_WEEKDAY = re.compile(
    r"(?<![a-z])(?P<name>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?)(?![a-z])\.?|(?:星期|周|週|礼拜|禮拜)(?P<chinese>[一二三四五六日天])",
    _SIGNS,
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LABELS = re.compile(
    r"(?:first |last |originally )?(?:published|updated|posted|modified|created|issued|released|date|time)"
    r"(?: (?:on|at|date|time))*(?=[\s:])\s*:?\s*"
    r"|(?:首次|最后|最後)?(?:发布|发表|更新|發布|發表)?(?:时间|日期|時間|于|於)\s*:\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?<!\S)(?:at|on|h|hrs|hours|uhr|[/|·•–—,;-])(?!\S)|[,;](?=\s|$)|\(\s*\)", re.IGNORECASE)


class UnclearTimeError(ValueError):
    """What is written is no time, or may be several; the message says which part is unclear."""


@dataclass(frozen=True, slots=True)
class WrittenTime:
    """A time as it is written: without an offset where none is; `precision` is ``minute``, ``hour`` or ``day``."""

    at: datetime
    precision: str


def read_time(written: str) -> WrittenTime:
    """A time in any of the ways in which news writes them.

    Raises
    ------
    UnclearTimeError, UnclearZoneError

    Examples
    --------
    >>> read_time("Mar 6, 2025, 4:45 PM HKT").at.isoformat()
    '2025-03-06T16:45:00+08:00'
    >>> read_time("2025年3月6日（星期四）下午4时").at.isoformat()
    '2025-03-06T16:00:00'
    """
    shown = written.strip()
    if len(shown) > LONGEST:
        raise UnclearTimeError(f"expected a time such as 2025-03-06T16:45:00+08:00, got {shown[:80]!r}")
    text = " ".join(unicodedata.normalize("NFKC", shown).split())
    text = _LABELS.sub("", text, count=1) if _LABELS.match(text) else text
    return _iso(text) or _in_words(text, shown)


def _iso(text: str) -> WrittenTime | None:
    text = text.upper() if re.match(r"\d{4}[\dW-]", text, re.ASCII | re.IGNORECASE) else text
    ordinal = _ORDINAL.match(text)
    if ordinal is not None and 1 <= int(ordinal["day"]) <= 366 and int(ordinal["year"]) > 0:
        day = datetime(int(ordinal["year"]), 1, 1) + timedelta(days=int(ordinal["day"]) - 1)  # noqa: DTZ001
        if day.year == int(ordinal["year"]):
            text = f"{day:%Y-%m-%d}{text[ordinal.end() :]}"
    match = _ISO.fullmatch(text)
    if match is None or not match["clock"]:
        try:
            return None if match is None or match["zone"] else WrittenTime(datetime.fromisoformat(match["day"]), "day")
        except ValueError:
            return None
    try:
        found = datetime.fromisoformat(f"{match['day']}T{match['clock']}{(match['zone'] or '').strip()}")
    except ValueError:
        return None
    offset = found.utcoffset()
    if offset is not None and abs(offset) > LARGEST_OFFSET:
        raise UnclearTimeError(f"no place on earth has the offset {match['zone'].strip()!r} in {text!r}")
    return WrittenTime(found, "hour" if len(match["clock"]) == 2 else "minute")


def _in_words(text: str, shown: str) -> WrittenTime:
    year, month, day, rest, is_short = _day(text, shown)
    hour, minute, second, precision, rest = _clock(rest, shown)
    # The end of a day, and a leap second: the instants that they are, not the fault that Python takes them for.
    late = timedelta(0)
    if hour == 24 and minute == second == 0 and precision != "day":
        hour, late = 0, timedelta(days=1)
    if second == 60:
        second, late = 59, late + timedelta(seconds=1)
    try:
        found = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is read below
    except ValueError as error:
        raise UnclearTimeError(f"there is no {shown!r}: {error}") from None
    weekday = _WEEKDAY.search(rest)
    if weekday is not None:
        if _weekday_of(weekday) != found.weekday():
            raise UnclearTimeError(f"{weekday[0]!r} in {shown!r} is not the weekday of {found:%Y-%m-%d}, a {found:%A}")
        rest = f"{rest[: weekday.start()]} {rest[weekday.end() :]}"
    elif is_short and precision == "day":
        raise UnclearTimeError(f"which of the numbers in {shown!r} is the year is unclear; write {found:%Y-%m-%d}")
    found += late
    zone = " ".join(_BETWEEN.sub(" ", rest).split())
    if not zone:
        return WrittenTime(found, precision)
    if precision != "day":
        return WrittenTime(in_stated_zone(found, zone), precision)
    # A day is over at its end, which may have another offset than its beginning.
    return WrittenTime(found.replace(tzinfo=in_stated_zone(found + timedelta(days=1), zone).tzinfo), precision)


def _weekday_of(match: re.Match[str]) -> int:
    if match["chinese"]:
        return "一二三四五六日".index(match["chinese"].replace("天", "日"))
    return _WEEKDAYS.index(match["name"][:3].lower())


def _day(text: str, shown: str) -> tuple[int, int, int, str, bool]:
    """Year, month and day, the text without them, and whether the year has two digits."""
    for form in _DAYS:
        match = form.search(text)
        if match is None:
            continue
        part = match.groupdict()
        year = int(part["year"])
        if len(part["year"]) == 2:
            year += 2000 if year < 50 else 1900  # RFC 2822
        month = int(part["month"]) if part.get("month") else _MONTH_OF[part["name"].lower()]
        between = text[match.start("between") : match.end("between")] if "between" in part else " "
        return year, month, int(part["day"]), _left(text, match, between), len(part["year"]) == 2
    match = _NUMBERS.search(text)
    if match is None:
        hint = "; it looks like seconds or milliseconds since 1970" if re.fullmatch(r"\d{10}|\d{13}", text) else ""
        raise UnclearTimeError(f"expected a time such as 2025-03-06T16:45:00+08:00, got {shown[:80]!r}{hint}")
    if len(match["year"]) == 2:
        raise UnclearTimeError(f"which number of {match[0]!r} in {shown!r} is the year is unclear; write it as 2025")
    first, second = int(match["first"]), int(match["second"])
    if first <= 12 and second <= 12 and first != second:
        raise UnclearTimeError(
            f"{match[0]!r} in {shown!r} may be day/month or month/day; write {match['year']}-{second:02}-{first:02}"
            f" or {match['year']}-{first:02}-{second:02}"
        )
    day, month = (second, first) if second > 12 else (first, second)
    return int(match["year"]), month, day, _left(text, match, " "), False


def _left(text: str, match: re.Match[str], between: str) -> str:
    """The text without what was found; the T of 2025-03-06T16:45 goes with it."""
    return f"{text[: match.start()]}{between}{re.sub(r'^T(?=[0-9])', ' ', text[match.end() :])}"


def _clock(text: str, shown: str) -> tuple[int, int, int, str, str]:
    """Hour, minute and second, their precision, and the text without them; midnight where there is no clock."""
    match = next((found for form in _CLOCKS if (found := form.search(text)) is not None), None)
    if match is None:
        return 0, 0, 0, "day", text
    part = match.groupdict()
    hour, half = int(part["hour"]), (part.get("half") or "").strip()[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            raise UnclearTimeError(f"{match[0].strip()!r} in {shown!r} is no time of day")
        hour = hour % 12 + (12 if half == "p" else 0)
    elif part["part"]:
        hours = [one for one in (hour, 0 if hour == 12 else hour + 12) if one in _PARTS[part["part"]]]
        if len(hours) != 1:
            raise UnclearTimeError(f"{match[0].strip()!r} in {shown!r} is no clear time of day; write it as 16:45")
        hour = hours[0]
    minute = "30" if part.get("thirty") else part.get("minute")
    precision = "minute" if minute else "hour"
    return hour, int(minute or 0), int(part.get("second") or 0), precision, _left(text, match, " ")
