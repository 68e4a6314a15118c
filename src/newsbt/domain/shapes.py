"""Whether a document that was read has the shape that its TypedDict says."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from newsbt._plain import JsonValue

__all__ = ["wrong_shape"]

_MOST = 1 << 63
_NAMES = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    int: "a whole number of 64 bits",
    float: "a number of 64 bits",
    bool: "true or false",
}


def wrong_shape(document: JsonValue, expected: type, *, may_lack: Sequence[type] = ()) -> str | None:
    """What is first found to be of another shape, such as ``account.currency: expected text, got 5``; None where
    all is as expected.

    Keys that nobody knows are passed over, and so are those that a document of a kind of `may_lack` does not have.
    """
    return next(_faults(document, expected, "", frozenset(may_lack)), None)


def _faults(value: JsonValue, expected: type, at: str, may_lack: frozenset[type]) -> Iterator[str]:
    if expected is Any:
        return
    arguments, origin = get_args(expected), get_origin(expected)
    if origin in (Union, types.UnionType):
        if value is not None or type(None) not in arguments:
            wanted = [one for one in arguments if one is not type(None)]
            faults = [fault for one in wanted for fault in islice(_faults(value, one, at, may_lack), 1)]
            if len(faults) == len(wanted):
                yield faults[0] if len(faults) == 1 else _message(at, "another kind of value", value)
    elif is_typeddict(expected):
        yield from _of_keys(value, expected, at, may_lack)
    elif origin in (dict, Mapping):
        if not isinstance(value, dict):
            yield _message(at, _NAMES[dict], value)
        else:
            yield from (
                fault for key, one in value.items() for fault in _faults(one, arguments[1], f"{at}.{key}", may_lack)
            )
    elif origin in (list, Sequence, tuple):
        yield from _of_items(value, arguments, origin is tuple, at, may_lack)
    elif not isinstance(value, int | float if expected is float else expected) or (
        isinstance(value, int) and expected is not bool and (isinstance(value, bool) or not -_MOST < value < _MOST)
    ):
        yield _message(at, _NAMES.get(expected, str(expected)), value)


def _of_keys(value: JsonValue, expected: type, at: str, may_lack: frozenset[type]) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _message(at, _NAMES[dict], value)
        return
    hints = _hints(expected)
    if expected not in may_lack:
        needed = (
            key
            for key in hints
            if key in vars(expected)["__required_keys__"] and get_origin(hints[key]) is not NotRequired
        )
        yield from (f"{f'{at}.{key}'.lstrip('.')}: it is missing" for key in needed if key not in value)
    for key, kind in hints.items():
        if key in value:
            wanted = get_args(kind)[0] if get_origin(kind) is NotRequired else kind
            yield from _faults(value[key], wanted, f"{at}.{key}", may_lack)


def _of_items(
    value: JsonValue, kinds: tuple[type, ...], is_fixed: bool, at: str, may_lack: frozenset[type]
) -> Iterator[str]:  # fmt: skip
    if not isinstance(value, list) or (is_fixed and len(value) != len(kinds)):
        yield _message(at, f"a list of {len(kinds)}" if is_fixed else _NAMES[list], value)
    elif is_fixed:
        for k, (one, kind) in enumerate(zip(value, kinds, strict=True)):
            yield from _faults(one, kind, f"{at}[{k}]", may_lack)
    elif kinds[0] != float | None or not set(map(type, value)) <= {float, type(None)}:  # long lists, at once
        for k, one in enumerate(value):
            yield from _faults(one, kinds[0], f"{at}[{k}]", may_lack)


@cache
def _hints(expected: type) -> Mapping[str, type]:
    """By key; of annotations that are text, the class itself does not know which keys are needed."""
    return get_type_hints(expected, localns={"JsonValue": Any}, include_extras=True)


def _message(at: str, wanted: str, value: JsonValue) -> str:
    shown = repr(value)
    return f"{at.lstrip('.') or 'all of it'}: expected {wanted}, got {shown if len(shown) < 60 else shown[:57] + '...'}"
