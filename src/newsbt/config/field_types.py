"""Single values of a config: what each kind accepts, and how it says what it expected.

Each class here is a marker for ``Annotated``: pydantic asks it to check a value and to describe itself for the JSON
Schema. A value that does not fit raises :func:`misfit`, whose text completes the sentence "expected ...".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from newsbt._plain import JsonValue, PlainValue
from newsbt.error_codes import ErrorCode

__all__ = [
    "Day",
    "Duration",
    "Flag",
    "FlagOrPath",
    "HoldTime",
    "Number",
    "NumberOrWord",
    "Text",
    "ValueCheck",
    "duration_text",
    "misfit",
    "parse_duration",
    "restated",
]

LARGEST_WHOLE = 2**31 - 1
LONGEST_DURATION = timedelta(days=3650)
FIRST_YEAR, LAST_YEAR = 1900, 2200
YAML_1_1_WORDS = {"yes": True, "on": True, "no": False, "off": False}
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|d)\s*", re.ASCII)
DURATION_PATTERN = r"^(0|(\d+(\.\d+)?\s*(s|min|h|d)\s*)+)$"
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def misfit(code: ErrorCode, expected: str) -> PydanticCustomError:
    """The error of a value that does not fit; `expected` completes "expected ...", `code` is the problem's."""
    return PydanticCustomError(code, "{expected}", {"expected": expected})


def restated(error: PydanticCustomError, expected: str) -> PydanticCustomError:
    """A misfit of the same code that expects something else."""
    return PydanticCustomError(error.type, "{expected}", {"expected": expected})


def parse_duration(text: str) -> timedelta | None:
    """Read a duration such as ``5min``, ``1h30min``, ``2d`` or ``0``; None when it is none.

    >>> parse_duration("1h30min"), parse_duration("0"), parse_duration("5")
    (datetime.timedelta(seconds=5400), datetime.timedelta(0), None)
    """
    text = text.strip()
    if text == "0":
        return timedelta(0)
    seconds, at = 0.0, 0
    while at < len(text):
        part = DURATION_PART.match(text, at)
        if part is None:
            return None
        seconds += float(part[1]) * SECONDS[part[2]]
        at = part.end()
    try:
        return timedelta(seconds=seconds) if text else None
    except OverflowError:
        return timedelta.max


def duration_text(length: timedelta) -> str:
    """Write a duration the way :func:`parse_duration` reads it.

    >>> duration_text(timedelta(minutes=90)), duration_text(timedelta(0))
    ('90min', '0')
    """
    if not length:
        return "0"
    micros = length // timedelta(microseconds=1)
    for unit in ("d", "h", "min", "s"):
        count, rest = divmod(micros, int(SECONDS[unit] * 1_000_000))
        if rest == 0:
            return f"{count}{unit}"
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}s"


class ValueCheck:
    """A marker whose `check` turns a value as written into the value of the model, or raises a misfit."""

    def check(self, value: PlainValue) -> PlainValue:
        raise NotImplementedError

    def json_schema(self) -> dict[str, JsonValue]:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.check, serialization=core_schema.plain_serializer_function_ser_schema(_serialised)
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, JsonValue]:
        return self.json_schema()


def _serialised(value: PlainValue) -> PlainValue:
    return duration_text(value) if isinstance(value, timedelta) else value


@dataclass(frozen=True, slots=True)
class Number(ValueCheck):
    """A finite number inside bounds: `above` and `below` exclude their end, `least` and `most` include it."""

    above: float | None = None
    least: float | None = None
    below: float | None = None
    most: float | None = None
    whole: bool = False

    @property
    def expected(self) -> str:
        bounds = [
            f"{words} {bound}"
            for words, bound in (
                ("above", self.above),
                ("of at least", self.least),
                ("below", self.below),
                ("at most", self.most),
            )
            if bound is not None
        ]
        return " ".join(["a whole number" if self.whole else "a number", " and ".join(bounds)]).strip()

    def check(self, value: PlainValue) -> float:
        if isinstance(value, bool) or not isinstance(value, int if self.whole else (int, float)):
            raise misfit("wrong_type", self.expected)
        try:
            number = value if self.whole else float(value)
        except OverflowError:
            raise misfit("bad_value", self.expected) from None
        most = LARGEST_WHOLE if self.whole and self.most is None else self.most
        if most is not None and number > most and self.most is None:
            raise misfit("bad_value", f"{self.expected} and at most {most}")
        inside = (
            math.isfinite(number)
            and (self.above is None or number > self.above)
            and (self.least is None or number >= self.least)
            and (self.below is None or number < self.below)
            and (most is None or number <= most)
        )
        if not inside:
            raise misfit("bad_value", self.expected)
        return number

    def json_schema(self) -> dict[str, JsonValue]:
        bounds = {
            "exclusiveMinimum": self.above,
            "minimum": self.least,
            "exclusiveMaximum": self.below,
            "maximum": self.most,
        }
        return {"type": "integer" if self.whole else "number"} | {k: v for k, v in bounds.items() if v is not None}


@dataclass(frozen=True, slots=True)
class NumberOrWord(ValueCheck):
    """A number, or the one word that stands for "work it out"."""

    number: Number
    word: str

    def check(self, value: PlainValue) -> float | str:
        if isinstance(value, str) and value == self.word:
            return self.word
        try:
            return self.number.check(value)
        except PydanticCustomError as error:
            raise restated(error, f"{self.number.expected}, or {self.word}") from None

    def json_schema(self) -> dict[str, JsonValue]:
        return {"anyOf": [self.number.json_schema(), {"const": self.word}]}


@dataclass(frozen=True, slots=True)
class Text(ValueCheck):
    """Text that is not blank, holds no control characters and, where there is a pattern, matches it whole."""

    expected: str = "text"
    pattern: str | None = None
    longest: int = 4096

    def check(self, value: PlainValue) -> str:
        if not isinstance(value, str):
            raise misfit("wrong_type", self.expected)
        fits = bool(value.strip()) and len(value) <= self.longest and not CONTROL.search(value)
        if not fits or (self.pattern is not None and re.fullmatch(self.pattern, value) is None):
            raise misfit("bad_value", self.expected)
        return value

    def json_schema(self) -> dict[str, JsonValue]:
        schema: dict[str, JsonValue] = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return schema | ({"pattern": f"^({self.pattern})$"} if self.pattern else {})


@dataclass(frozen=True, slots=True)
class Flag(ValueCheck):
    """True or false; the words yes, no, on and off count too, as many people's YAML has them."""

    def check(self, value: PlainValue) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in YAML_1_1_WORDS:
            return YAML_1_1_WORDS[value.lower()]
        raise misfit("wrong_type", "true or false")

    def json_schema(self) -> dict[str, JsonValue]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class FlagOrPath(ValueCheck):
    """True, false, or the path of a file."""

    def check(self, value: PlainValue) -> bool | str:
        for kind in (Flag(), Text()):
            try:
                return kind.check(value)
            except PydanticCustomError:
                continue
        raise misfit("bad_value" if isinstance(value, str) else "wrong_type", "true, false or the path of a file")

    def json_schema(self) -> dict[str, JsonValue]:
        return {"anyOf": [{"type": "boolean"}, {"type": "string", "minLength": 1}]}


@dataclass(frozen=True, slots=True)
class Day(ValueCheck):
    """A calendar day, as YAML has it or as ISO text."""

    def check(self, value: PlainValue) -> date:
        expected = "a date such as 2024-07-01"
        if isinstance(value, datetime):
            if value.time() != time(0) or value.tzinfo is not None:
                raise misfit("bad_value", f"{expected}, without a time of day")
            value = value.date()
        elif isinstance(value, str):
            try:
                value = date.fromisoformat(value) if re.fullmatch(DAY_PATTERN, value, re.ASCII) else None
            except ValueError:
                raise misfit("bad_value", f"{expected} that exists") from None
            if value is None:
                raise misfit("bad_value", expected)
        if not isinstance(value, date):
            raise misfit("wrong_type", expected)
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise misfit("bad_value", f"{expected}, from {FIRST_YEAR} to {LAST_YEAR}")
        return value

    def json_schema(self) -> dict[str, JsonValue]:
        return {"type": "string", "format": "date", "pattern": DAY_PATTERN}


@dataclass(frozen=True, slots=True)
class Duration(ValueCheck):
    """A length of time with its unit: ``30s``, ``5min``, ``1h``, ``1d``; 0 needs none."""

    positive: bool = False

    def check(self, value: PlainValue) -> timedelta:
        expected = "a duration such as 30s, 5min, 1h or 1d"
        if isinstance(value, str):
            value = parse_duration(value)
            if value is None:
                raise misfit("bad_value", expected)
        elif type(value) is int and value == 0:
            value = timedelta(0)
        if not isinstance(value, timedelta):
            raise misfit("wrong_type", f"{expected}, with its unit")
        if value < timedelta(0) or (self.positive and not value):
            raise misfit("bad_value", f"{expected}, {'above 0' if self.positive else 'not negative'}")
        if value > LONGEST_DURATION:
            raise misfit("bad_value", f"{expected}, at most {LONGEST_DURATION.days}d")
        return value

    def json_schema(self) -> dict[str, JsonValue]:
        text: dict[str, JsonValue] = {"type": "string", "pattern": DURATION_PATTERN}
        return text if self.positive else {"anyOf": [text, {"const": 0}]}


@dataclass(frozen=True, slots=True)
class HoldTime(ValueCheck):
    """How long a lot is held: bars, ``{sessions: n}``, or a duration (X13, T9). `of_sessions` builds the second."""

    of_sessions: Any

    def check(self, value: Any) -> Any:
        expected = "a whole number of bars of at least 1, {sessions: n}, or a duration such as 30min"
        bars = Number(least=1, whole=True)
        try:
            if isinstance(value, self.of_sessions):
                return value
            if isinstance(value, Mapping):
                if set(value) != {"sessions"}:
                    raise misfit("bad_value", expected)
                return self.of_sessions(sessions=bars.check(value["sessions"]))
            if isinstance(value, str | timedelta):
                return Duration(positive=True).check(value)
            return bars.check(value)
        except PydanticCustomError as error:
            raise restated(error, expected) from None

    def json_schema(self) -> dict[str, JsonValue]:
        sessions: dict[str, JsonValue] = {
            "type": "object",
            "properties": {"sessions": {"type": "integer", "minimum": 1}},
            "required": ["sessions"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "integer", "minimum": 1}, sessions, Duration(positive=True).json_schema()]}
