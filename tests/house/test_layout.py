"""Where things stand: unit tests beside their sources, one file and one class to a name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE, UNIT = ROOT / "src" / "newsbt", ROOT / "tests" / "unit"

# A command's module is called as the command, whatever else is called so.
COMMANDS = SOURCE / "cli"


def test_unit_tests_mirror_the_sources() -> None:
    """tests/unit/a/test_b.py, or test_b_aspect.py, is of src/newsbt/a/b.py."""
    strangers = []
    for path in sorted(UNIT.rglob("test_*.py")):
        folder = SOURCE / path.parent.relative_to(UNIT)
        name = path.stem.removeprefix("test_")
        words = name.split("_")
        named = ("_".join(words[:k]) for k in range(len(words), 0, -1))
        if not any((folder / f"{one}.py").exists() for one in named):
            strangers.append(str(path.relative_to(ROOT)))
    assert strangers == []


def test_no_two_modules_have_one_name() -> None:
    found = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        if path.name != "__init__.py" and path.parent != COMMANDS:
            found[path.name].append(str(path.relative_to(SOURCE)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_no_two_classes_have_one_name() -> None:
    found = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(str(path.relative_to(SOURCE)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}
