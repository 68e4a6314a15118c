"""From what pydantic found to what a person needs to hear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from newsbt._plain import PlainValue
from newsbt.config.blocks import Component
from newsbt.config.consistency import Clash
from newsbt.config.models import RunConfig
from newsbt.error_codes import ErrorCode
from newsbt.errors import nearest

__all__ = ["ABSENT", "at", "dotted", "quoted", "translated"]

Path = tuple[str | int, ...]

ABSENT: Any = object()
KINDS = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}
NO_TEXT = ("a number", "a whole number", "a mapping", "a list", "a date", "a duration", "true")
NUMERIC = re.compile(r"[-+]?\d[\d_]*(\.\d*)?([eE][-+]?\d+)?", re.ASCII)


def dotted(path: Path) -> str:
    """A key path as people write it.

    >>> dotted(("strategies", 0, "position", "hold"))
    'strategies[0].position.hold'
    """
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def at(tree: Any, path: Path) -> tuple[Any, Path]:
    """What stands at a path of the tree, `ABSENT` if nothing, and the path without indices into a single mapping."""
    real: list[str | int] = []
    for key in path:
        inside = isinstance(tree, Mapping) and key in tree
        inside = inside or (isinstance(tree, list | tuple) and isinstance(key, int) and key < len(tree))
        if inside:
            tree = tree[key]
        elif isinstance(tree, Mapping) and key == 0:
            continue
        else:
            tree = ABSENT
        real.append(key)
    return tree, tuple(real)


def quoted(value: PlainValue) -> str:
    """A value as an error message shows it: short, on one line, in YAML's words."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"the date {value}"
    if isinstance(value, Mapping):
        shown = ", ".join(str(key) for key in list(value)[:4])
        return f"a mapping with the keys {shown}" if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if not isinstance(value, str | int | float):
        return f"a {type(value).__name__}"
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return "a very long number"
    return text if len(text) <= 80 else f"{text[:76]}..."


def translated(error: ValidationError, tree: Mapping[str, PlainValue]) -> Iterator[Clash]:
    """Each of pydantic's errors as a path of the user's tree, a code and a message that quotes what the user wrote."""
    for fault in error.errors(include_url=False, include_input=False):
        value, path = at(tree, fault["loc"])
        block, field = _field(fault["loc"])
        kind = fault["type"]
        if kind == "extra_forbidden":
            yield Clash(path, "unknown_key", _unknown(block, str(path[-1]), len(path) == 1))
        elif kind == "missing":
            hint = f" ({field.description.rstrip('.')})" if field is not None and field.description else ""
            yield Clash(path, "missing_key", f"this key is missing{hint}")
        elif kind == "literal_error":
            choices = _choices(field)
            code: ErrorCode = "bad_value" if isinstance(value, str) else "wrong_type"
            hint = nearest(value, choices) if isinstance(value, str) else ""
            expected = f"one of {', '.join(choices)}{_or_null(field)}"
            yield Clash(path, code, f"expected {expected}; got {quoted(value)}{hint}")
        else:
            code = "bad_value" if kind == "bad_value" else "wrong_type"
            expected = KINDS.get(kind) or (fault["msg"] if kind == code else fault["msg"].lower())
            hint = _quotes(expected, value) if code == "wrong_type" else ""
            yield Clash(path, code, f"expected {expected}{_or_null(field)}; got {quoted(value)}{hint}")


def _field(loc: Path) -> tuple[type[BaseModel], FieldInfo | None]:
    """The innermost block that a location passes through, and the field of it that the location names or is in."""
    block: type[BaseModel] = RunConfig
    field: FieldInfo | None = None
    for key in loc:
        if isinstance(key, int):
            continue
        if field is not None:
            inner = _model(field.annotation)
            if inner is None:
                break
            block = inner
        field = block.model_fields.get(key)
    return block, field


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model(inner))), None)


def _choices(field: FieldInfo | None) -> list[str]:
    def words(annotation: Any) -> Iterator[str]:
        for inner in get_args(annotation):
            if isinstance(inner, str):
                yield inner
            else:
                yield from words(inner)

    return [] if field is None else list(words(field.annotation))


def _or_null(field: FieldInfo | None) -> str:
    nullable = field is not None and type(None) in get_args(field.annotation)
    return ", or null" if nullable else ""


def _quotes(expected: str, value: PlainValue) -> str:
    if isinstance(value, str) and "number" in expected and NUMERIC.fullmatch(value):
        return "; write it without quotes"
    scalar = isinstance(value, bool | int | float | date)
    return "; put it in quotes" if scalar and not expected.startswith(NO_TEXT) else ""


def _unknown(block: type[BaseModel], key: str, is_top: bool) -> str:
    known = [name for name in block.model_fields if not (issubclass(block, Component) and name == "params")]
    hint = nearest(key, known)
    homes = _homes().get(key, ())
    if not hint and homes:
        hint = f"; did you mean '{homes[0]}'?"
    hint = hint or f"; {'a config' if is_top else 'this block'} takes {', '.join(known)}"
    return f"unknown key {key!r}{hint}"


@cache
def _homes() -> Mapping[str, tuple[str, ...]]:
    """Every key below the top to where it belongs, for those who put it on the wrong level."""
    found: dict[str, list[str]] = {}

    def walk(block: type[BaseModel], prefix: str) -> None:
        for name, field in block.model_fields.items():
            if prefix:
                found.setdefault(name, []).append(f"{prefix}{name}")
            inner = _model(field.annotation)
            if inner is not None and not issubclass(inner, Component):
                listed = "[0]" if "tuple" in str(field.annotation) else ""
                walk(inner, f"{prefix}{name}{listed}.")

    walk(RunConfig, "")
    return {name: tuple(homes) for name, homes in found.items()}
