"""How old what a sentence tells is, in whole days before the article, as far as its words say."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

__all__ = ["DayWord", "day_words"]


_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {
    **{word: number for number, word in enumerate(_ENGLISH, start=1)},
    **{character: number for number, character in enumerate("一二三四五六七八九十", start=1)},
    "a": 1, "an": 1, "半": 1, "两": 2, "several": 3, "few": 3, "数": 3, "几": 3,
}  # fmt: skip
_UNITS = {
    "day": 1,
    "week": 7,
    "month": 30,
    "year": 365,
    "天": 1,
    "日": 1,
    "周": 7,
    "星期": 7,
    "个月": 30,
    "月": 30,
    "年": 365,
}

_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("date", rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH}(?:,? (?P<year>20\d\d))?\b"),
        ("date", rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:, (?P<year>20\d\d))?"),
        ("date", r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
        ("monthday", r"(?<![\d月])(?P<day>\d{1,2})日"),
        (
            "month",
            rf"\b(?:in|since|of|last) (?:(?:early|late) |mid-|the middle of )?{_MONTH}(?: (?P<year>20\d\d))?\b(?! \d)",
        ),
        ("weekday", r"\b(?P<last>last )?(?P<weekday>mon|tues|wednes|thurs|fri|satur|sun)day\b"),
        ("weekday", r"(?P<last>上)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"),
        (
            "ago",
            rf"\b(?P<count>\d+|a|an|{'|'.join(_ENGLISH)}|several|a few) (?P<unit>day|week|month|year)s?"
            r" (?:ago|before|earlier|later|after|on)\b",
        ),
        (
            "ago",  # from the first digit on: every later one would be tried up to the last
            r"(?P<count>(?<!\d)\d+|[一两二三四五六七八九十半数几])(?:多)?(?P<unit>天|周|个月|年)(?:前|之前|以前|后)",
        ),
        ("old", r"\b(?:a |(?P<count>\w+)-)?(?P<unit>day|week|month|year)s?-old\b"),
        (
            "now",
            r"\b(?:today|tonight|overnight|this (?:morning|afternoon|evening)|just now|hours (?:ago|later|after))\b",
        ),
        ("now", r"今日|今天|今晚|今早|今晨|今午|当日|当天|当晚|刚刚|日前|近日|凌晨"),
        ("yesterday", r"\byesterday\b|昨日|昨天|昨晚|昨夜|前一日"),
        ("week", r"\bthis week\b|本周"),
        (
            "stale",
            r"\b(?:last (?:week|month|year|spring|summer|autumn|fall|winter|june|july)|earlier this (?:month|year)"
            r"|a few weeks|over the weekend|this spring|last numbered)\b",
        ),
        (
            "stale",
            r"上周(?![一二三四五六日天])|上月|上个月|去年|前年|今年初|年初|此前|早前|曾(?:表示|介绍|宣布|经)?|前几周|次年",
        ),
        ("year", r"\b(?:in|since|of|at the end of) (?P<year>20[0-3]\d)\b|(?P<year_zh>20[0-3]\d)年(?!\d)"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayWord:
    """A word of time at text[start:end]; `age` in days before the article's day, negative for what is to come."""

    start: int
    end: int
    age: int


def day_words(folded: str, start: int, end: int, on: date) -> list[DayWord]:
    """Words of time in folded[start:end], read on the article's day, in the order of the text."""
    found: list[DayWord] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(folded, start, end):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            found.extend([DayWord(match.start(), match.end(), age) for age in _age(kind, match, on)])
    return sorted(found, key=lambda one: one.start)


def _age(kind: str, match: re.Match[str], on: date) -> Iterator[int]:
    part = match.groupdict()
    if kind == "date":
        yield from _of_date(_month(part["month"]), int(part["day"]), part["year"], on)
    elif kind == "monthday":
        yield from _of_date(on.month, int(part["day"]), None, on)
    elif kind == "month":
        month = _month(part["month"])
        if part["year"]:
            yield (on - date(int(part["year"]), month, 15)).days
        elif 0 < month - on.month <= 3:
            yield -30 * (month - on.month)  # a month just ahead is more often meant than last year's
        else:
            yield max((on - date(on.year - (month > on.month), month, 15)).days, 10)
    elif kind == "weekday":
        yield _of_weekday(part["weekday"], bool(part["last"]), on)
    elif kind in ("ago", "old"):
        written = part["count"] or "a"
        count = int(written[:5]) if written.isdigit() else _NUMBERS.get(written.removeprefix("a "), 1)
        yield count * _UNITS[part["unit"]]
    elif kind == "year":
        year = int(part["year"] or part["year_zh"])
        if year < on.year:
            yield (on.year - year) * 365
    else:
        yield {"now": 0, "yesterday": 1, "week": 2, "stale": 14}[kind]


def _month(written: str) -> int:
    if written.isdigit():
        return int(written)
    return next(n for n, name in enumerate(_MONTHS, start=1) if name.startswith(written[:3]))


def _of_date(month: int, day: int, year: str | None, on: date) -> Iterator[int]:
    try:
        if year is not None:
            yield (on - date(int(year), month, day)).days
            return
    except ValueError:
        return
    # Without a year the nearest one is meant: 30 December read in January is last month's.
    ages = []
    for near in (on.year - 1, on.year, on.year + 1):
        with contextlib.suppress(ValueError):
            ages.append((on - date(near, month, day)).days)
    if ages:
        yield min(ages, key=abs)


def _of_weekday(written: str, last: bool, on: date) -> int:
    if written in "一二三四五六日天":
        weekday = "一二三四五六日".index("日" if written == "天" else written)
        if last:  # of the calendar week before, whatever today is
            return on.weekday() - weekday + 7
    else:
        weekday = next(n for n, name in enumerate(_WEEKDAYS) if name.startswith(written))
    age = (on.weekday() - weekday) % 7
    return 7 if last and age == 0 else age
