"""docs/architecture.md: its picture is the contract of imports, its links and the functions they name are there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")
NAMED = re.findall(r"\[`([\w.]+)`\]\(\.\./([\w/.-]+\.py)\)", TEXT)
"""What is named at a link into a source file, and the file."""


def test_the_picture_is_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = [one["layers"] for one in contracts if one["type"] == "layers"]
    (picture,) = re.findall(r"^## Layers\n.*?```\n(.*?)```", TEXT, re.M | re.S)
    drawn = [re.split(r" {2,}", line)[0] for line in picture.splitlines()]
    assert [set(line.split(" | ")) for line in drawn] == [
        {name.strip(" ()") for name in line.split("|")} for line in layers
    ]


@pytest.mark.parametrize(("name", "file"), NAMED)
def test_what_a_link_names_is_in_its_file(name: str, file: str) -> None:
    inside: ast.AST = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for part in name.split("."):
        found = [node for node in ast.iter_child_nodes(inside) if part in names_of(node)]
        assert found, f"docs/architecture.md: {file} has no {name}"
        inside = found[-1]


def names_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {one.id for one in targets if isinstance(one, ast.Name)}


@pytest.mark.parametrize("heading", ["An announcement, from CSV row to fill", "The Sharpe ratio, from equity to table"])
def test_each_step_of_a_walk_has_a_link_to_source(heading: str) -> None:
    walk = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    steps = [line for line in walk.splitlines() if line.startswith("| ")][2:]
    assert len(steps) > 5
    assert not [step for step in steps if "](../src/" not in step]


def test_every_kind_of_thing_has_its_way_in() -> None:
    table = TEXT.partition("\n## To add\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| ([a-z ]+) \|", table, re.M)[1:] == [
        "strategy", "announcement reader", "price reader", "labeller", "labels", "exchange rates", "linker",
        "cost model", "slippage", "sizer", "metric", "evidence", "command", "market",
    ]  # fmt: skip
