"""A function is handed the setup that it needs: no one object has everything of a run."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun

SRC = Path(__file__).parents[2] / "src" / "newsbt"
PARTS = {"components", "market", "news"}


@pytest.mark.parametrize("setup", [MarketSetup, EventSetup])
def test_a_setup_has_at_most_twelve_fields(setup: type) -> None:
    assert dataclasses.is_dataclass(setup) and len(dataclasses.fields(setup)) <= 12


def test_a_prepared_run_is_its_parts_and_nothing_else() -> None:
    assert {field.name for field in dataclasses.fields(PreparedRun)} == PARTS
    assert {name for name in vars(PreparedRun) if not name.startswith("_")} <= PARTS


def narrow(tree: ast.Module) -> Iterator[str]:
    """Functions that take a whole prepared run, hand it to nobody, and use one of its parts or none."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        arguments = [*function.args.args, *function.args.kwonlyargs]
        for name in (one.arg for one in arguments if one.annotation and ast.unparse(one.annotation) == "PreparedRun"):
            read = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
            of_parts = [
                node
                for node in ast.walk(function)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
            ]
            parts = {node.attr for node in of_parts}
            if len(read) == len(of_parts) and len(parts) < 2:
                yield f"{function.name} needs {' and '.join(sorted(parts)) or 'nothing'} of {name}"


def test_what_takes_a_prepared_run_needs_more_than_one_of_its_parts() -> None:
    found = [
        f"{path.relative_to(SRC)}: {fault}"
        for path in sorted(SRC.rglob("*.py"))
        for fault in narrow(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return p.market.panel", ["f needs market of p"]),
        ("return 1", ["f needs nothing of p"]),
        ("return p.market.panel, p.news.links", []),
        ("return other(p), p.market", []),
    ],
)
def test_a_function_that_needs_less_is_told(body: str, expected: list[str]) -> None:
    assert list(narrow(ast.parse(f"def f(p: PreparedRun):\n    {body}"))) == expected
