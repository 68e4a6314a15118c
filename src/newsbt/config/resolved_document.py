"""A config as plain values: what goes into a run folder, and what comes in as a Python mapping."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from newsbt._plain import PlainValue
from newsbt.config.blocks import Component
from newsbt.config.field_types import duration_text
from newsbt.config.models import RunConfig

__all__ = ["DEEPEST", "TooDeepError", "as_document", "copied", "default_document", "laid_over", "plain"]

DEEPEST = 50
SINCE = frozenset({"labeller", "pull", "splits"})  # keys younger than 0.1.0: unset they are not written, so that a
# config of then stays the trial that it was


class TooDeepError(ValueError):
    """A mapping nested deeper than any config is, or into itself."""


def as_document(value: Any) -> Any:
    """A model, or anything inside one, as plain values in the shape that a config file has."""
    if isinstance(value, Component):
        own = {name: as_document(getattr(value, name)) for name in type(value).model_fields if name != "params"}
        own = {name: inner for name, inner in own.items() if inner is not None or name not in SINCE}
        return own | {key: as_document(inner) for key, inner in value.params.items()}
    if isinstance(value, BaseModel):
        inside = {name: as_document(getattr(value, name)) for name in type(value).model_fields}
        return {name: inner for name, inner in inside.items() if inner is not None or name not in SINCE}
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Mapping):
        return {str(key): as_document(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [as_document(inner) for inner in value]
    if value is None or type(value) in (str, int, float, bool, date):
        return value
    return value.isoformat() if isinstance(value, date) else f"<{type(value).__name__}>"


def default_document() -> dict[str, PlainValue]:
    """What a config says that leaves out everything that has a default."""
    fields = RunConfig.model_fields
    return {name: as_document(field.default) for name, field in fields.items() if not field.is_required()}


def laid_over(document: Any, tree: Any) -> Any:
    """The document with the user's own words where there are any, so that no filled-in `${NAME}` is left in it."""
    if isinstance(document, list) and isinstance(tree, Mapping):
        return [laid_over(document[0], tree)]
    if isinstance(document, list) and isinstance(tree, list):
        return [laid_over(value, inner) for value, inner in zip(document, tree, strict=True)]
    if isinstance(document, dict) and isinstance(tree, Mapping):
        if "params" not in document and isinstance(tree.get("params"), Mapping):
            tree = {**tree["params"], **tree}
        return {key: laid_over(value, tree[key]) if key in tree else value for key, value in document.items()}
    if isinstance(document, dict) and isinstance(tree, str):
        return document | {"use": tree}
    return as_document(tree)


def copied(tree: Any) -> Any:
    """The same tree in fresh dicts and lists."""
    if isinstance(tree, dict):
        return {key: copied(value) for key, value in tree.items()}
    return [copied(value) for value in tree] if isinstance(tree, list) else tree


def plain(value: PlainValue, depth: int = 0) -> PlainValue:
    """A Python mapping as dicts, lists and plain scalars; objects of other kinds stay as they are.

    Raises
    ------
    TooDeepError
        More than `DEEPEST` levels.
    """
    if depth > DEEPEST:
        raise TooDeepError(f"nested deeper than {DEEPEST} levels")
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value
