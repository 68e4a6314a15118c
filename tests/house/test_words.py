"""The field's own words: no index is a place, and no message is what was told or said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "newsbt"

DIALECT = frozenset({"place", "places", "told", "said", "room"})
# To place is a verb: of an event on the rows of the clock (T2). These are functions, and nothing else has their names.
VERBS = frozenset({"place", "place_links", "place_on_calendar"})


def dialect(tree: ast.AST) -> Iterator[str]:
    """Names of variables, parameters, fields, functions and classes that have a word of the dialect."""
    for node in ast.walk(tree):
        for name, is_function in _names(node):
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
            if not DIALECT.isdisjoint(words) and not (is_function and name in VERBS):
                yield name


def _names(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """The names of one node, and whether each may be that of a function."""
    match node:
        case ast.Name(id=name, ctx=ctx):
            yield name, isinstance(ctx, ast.Load)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name, True
        case ast.ClassDef(name=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
            yield name, False
        case ast.alias(name=name, asname=other):
            yield other or name, True
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name, False


def test_the_sources_speak_the_fields_language() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted(SOURCE.rglob("*.py"))
        for name in dialect(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "say index, column or row; message, notes or stated"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(place): ...", ["place"]),
        ("told = [said for said in lines]", ["told", "said", "said"]),
        ("class A:\n    link_place: int", ["link_place"]),
        ("f'{one.places}'", ["places"]),
        ("class FloorTold: ...", ["FloorTold"]),
        ("f(room=1)", ["room"]),
        ("from a import place\nrows = place(known_at, clock)", []),
        ("from a import place_links as placed", []),
        ("def place(a): ...", []),
        ("for place in range(3): ...", ["place"]),
    ],
)
def test_each_kind_of_name_is_looked_at(text: str, names: list[str]) -> None:
    assert sorted(dialect(ast.parse(text))) == sorted(names)
