"""What a rule file may say, and the check that it says nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, TypeGuard

from newsbt._plain import PlainValue
from newsbt.errors import nearest
from newsbt.markets.rule_files import Located, Path

__all__ = ["NAMED_RULES", "ROUNDINGS", "RULES", "check_entry", "check_mapping", "check_selector", "clock_time"]

ROUNDINGS = ("none", "half_up_to_cent", "up_to_unit", "up_to_cent")
SIDES = ("both", "buy", "sell")
SHORT_SALES = ("never", "designated", "always")
CONFIDENCES = ("A", "B", "C", "U")
COMMON = ("from", "to", "source", "conf")
NAMED_RULES = ("fee", "commission", "note")  # these hold one more level: the fee's name, the tariff's, the subject

Check = Callable[[PlainValue], str | None]


def _is_number(value: PlainValue) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def _positive(value: PlainValue) -> str | None:
    return None if _is_number(value) and value > 0 else "a number above 0"


def _amount(value: PlainValue) -> str | None:
    return None if _is_number(value) and value >= 0 else "a number of 0 or more"


def _fraction(value: PlainValue) -> str | None:
    return None if _is_number(value) and 0 <= value < 1 else "a fraction of at least 0 and below 1, 0.1 for 10 %"


def _count(value: PlainValue) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return None if whole else "a whole number of 1 or more"


def _zero_or_one(value: PlainValue) -> str | None:
    return None if value in (0, 1) and not isinstance(value, bool) else "0 or 1"


def _text(value: PlainValue) -> str | None:
    return None if isinstance(value, str) and value.strip() else "a text"


def clock_time(value: PlainValue) -> time:
    """A local time such as ``"09:30"``.

    >>> clock_time("09:30")
    datetime.time(9, 30)
    """
    if not isinstance(value, str) or not re.fullmatch(r"\d\d:\d\d", value):
        raise ValueError(value)
    return time.fromisoformat(value)


def _clock_time(value: PlainValue) -> str | None:
    try:
        clock_time(value)
    except ValueError:
        return 'a local time in quotes, such as "09:30"'
    return None


def _lunch(value: PlainValue) -> str | None:
    expected = 'two local times in quotes, ["12:00", "13:00"]'
    if not isinstance(value, list) or len(value) != 2 or any(_clock_time(part) for part in value):
        return expected
    return None if clock_time(value[0]) < clock_time(value[1]) else expected


def _bands(price: str, what: str) -> Check:
    """Rows of a price and what goes with it, such as ``[[100, 30], [200, 50]]``."""
    expected = f"rows of [{price}, {what}], both above 0, {price}s ascending"

    def check(value: PlainValue) -> str | None:
        if not isinstance(value, list) or not value:
            return expected
        last = 0.0
        for row in value:
            if not isinstance(row, list) or len(row) != 2 or _positive(row[1]):
                return expected
            upper = row[0]
            if not _is_number(upper) or upper <= last:
                return expected
            last = upper
        return None

    return check


def _names(value: PlainValue) -> str | None:
    return None if isinstance(value, list) and not any(_text(item) for item in value) else "a list of names"


def _one_of(choices: tuple[str, ...]) -> Check:
    return lambda value: None if value in choices else f"one of {', '.join(choices)}"


_CHARGE: Mapping[str, Check] = {
    "side": _one_of(SIDES),
    "rounding": _one_of(ROUNDINGS),
    "rate": _fraction,
    "per_share": _amount,
    "fixed": _amount,
    "minimum": _amount,
    "maximum": _amount,
}

# A limit is a fraction of the reference price, or an amount by the band that it lies in.
_LIMIT: Mapping[str, Check] = {
    "up": _fraction, "down": _fraction, "bands": _bands("price below which it holds", "amount"),
}  # fmt: skip

# Each rule: its fields with their checks, those that must be there, and those of which one must be.
RULES: Mapping[str, tuple[Mapping[str, Check], tuple[str, ...], tuple[str, ...]]] = {
    "hours": ({"open": _clock_time, "close": _clock_time, "lunch": _lunch}, ("open", "close"), ()),
    "auction_cutoff": ({"at": _clock_time}, ("at",), ()),
    "tick": ({"tick": _positive, "bands": _bands("upper price", "tick")}, (), ("tick", "bands")),
    "lot": ({"step": _count, "minimum": _count}, ("step",), ()),
    "price_limit": (_LIMIT, (), ("up", "bands")),
    "new_listing": ({"sessions": _count, **_LIMIT}, ("sessions",), ()),
    "t_plus": ({"sessions": _zero_or_one}, ("sessions",), ()),
    "short_sale": ({"allowed": _one_of(SHORT_SALES)}, ("allowed",), ()),
    "fee": (_CHARGE, ("side", "rounding"), ("rate", "per_share", "fixed")),
    "commission": ({**_CHARGE, "includes": _names}, ("side", "rounding"), ("rate", "per_share", "fixed")),
    "note": ({"text": _text}, ("text",), ()),
}


def check_mapping(file: Located, path: Path, value: Any, known: tuple[str, ...] | None) -> bool:
    """Whether a value is a mapping; notes a problem for it, or for each key that is not `known`."""
    if not isinstance(value, dict):
        file.fault(path, "bad_value", f"expected keys and values here, got {value!r}")
        return False
    for key in value:
        if known is not None and key not in known:
            file.fault(
                (*path, key), "unknown_key", f"unknown key {key!r}; known: {', '.join(known)}{nearest(key, known)}"
            )
    return True


def check_selector(file: Located, path: Path, selector: str, boards: tuple[str, ...]) -> bool:
    """A selector is `any`, a board, or a ticker; what is written like a board must be one."""
    if selector == "any" or selector in boards or not re.fullmatch(r"[a-z_]+", selector):
        return True
    choices = ("any", *boards)
    file.fault(
        (*path, selector),
        "bad_value",
        f"unknown board {selector!r}; expected a ticker or one of {', '.join(choices)}{nearest(selector, choices)}",
    )
    return False


def _check_limit(file: Located, path: Path, rule: str, value: Mapping[str, Any]) -> None:
    stated = [key for key in ("up", "down") if key in value]
    if stated and "bands" in value:
        message = f"an entry of {rule} has `bands` beside {' and '.join(stated)}; say one or the other"
        file.fault((*path, "bands"), "bad_value", message)
    elif rule == "price_limit" and stated == ["up"]:
        file.fault(path, "missing_value", f"an entry of {rule} with `up` needs `down`")


def check_entry(file: Located, path: Path, rule: str, value: Any) -> bool:
    """Whether one dated entry of a rule is complete and right; notes a problem for each fault."""
    fields, required, one_needed = RULES[rule]
    before = len(file.problems)
    if not check_mapping(file, path, value, (*fields, *COMMON)):
        return False
    if "from" not in value:
        file.fault(
            path,
            "missing_value",
            "an entry needs `from`, the first day it holds; write `from: null` for one without a known start",
        )
    for key in ("from", "to"):
        day = value.get(key)
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            file.fault((*path, key), "bad_value", f"expected a day such as 2025-03-06, got {day!r}")
    if len(file.problems) == before and value["from"] and value.get("to") and value["to"] < value["from"]:
        file.fault((*path, "to"), "bad_value", f"`to` {value['to']} lies before `from` {value['from']}")
    for key in required:
        if key not in value:
            file.fault(path, "missing_value", f"an entry of {rule} needs `{key}`")
    if one_needed and not any(key in value for key in one_needed):
        file.fault(path, "missing_value", f"an entry of {rule} needs one of {', '.join(one_needed)}")
    if fields.keys() >= _LIMIT.keys():
        _check_limit(file, path, rule, value)
    for key, check in fields.items():
        if key in value:
            expected = check(value[key])
            if expected:
                file.fault((*path, key), "bad_value", f"expected {expected}, got {value[key]!r}")
    if "conf" in value and value["conf"] not in CONFIDENCES:
        file.fault((*path, "conf"), "bad_value", f"expected one of {', '.join(CONFIDENCES)}, got {value['conf']!r}")
    if "source" in value and _text(value["source"]):
        file.fault((*path, "source"), "bad_value", f"expected a text, got {value['source']!r}")
    return len(file.problems) == before
