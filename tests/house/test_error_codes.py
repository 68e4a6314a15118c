"""Every error has a code of the table; codes stay, mean one thing, and are all used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import newsbt
from newsbt.error_codes import ERRORS, FAMILIES, PAGE, ErrorCode
from provoked import PROVOKED

SOURCE = Path(newsbt.__file__).parent
TABLE = SOURCE / "error_codes.py"
KEPT = Path(__file__).with_name("kept_error_codes.txt")
MOST = 60
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}


def family(trees: list[ast.Module]) -> set[str]:
    """Names of the classes that derive from NewsbtError."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"NewsbtError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found


def without_code(tree: ast.Module, classes: set[str]) -> Iterator[int]:
    """Lines in which an error of the family is made without `code=` and without problems, which have codes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in classes:
            named = {keyword.arg for keyword in node.keywords}
            if len(node.args) < 2 and not named & {"code", "problems"}:
                yield node.lineno


def test_no_error_is_raised_without_a_code() -> None:
    classes = family(list(TREES.values()))
    assert {"ConfigError", "BadAnswer", "PlaceboError"} <= classes
    found = [f"{path}:{line}" for path, tree in TREES.items() for line in without_code(tree, classes)]
    assert found == [], "name its code: ConfigError(message, code=...), see src/newsbt/error_codes.py"


@pytest.mark.parametrize(
    ("text", "lines"),
    [("raise Own('a')", [1]), ("raise Own('a', code='bad_value')", []), ("raise Own('a', problems)", [])],
)
def test_one_without_a_code_is_found(text: str, lines: list[int]) -> None:
    own = family([ast.parse("class Own(DataError): ...\nclass DataError(NewsbtError): ...")])
    assert own == {"Own", "DataError", "NewsbtError"}
    assert list(without_code(ast.parse(text), own)) == lines


def test_every_code_is_used() -> None:
    words = Counter(
        node.value
        for path, tree in TREES.items()
        if path != TABLE
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert [code for code in ERRORS if not words[code]] == []
    assert set(PROVOKED) == set(ERRORS), "a test provokes each"


def test_a_code_has_one_cause_and_stays() -> None:
    assert set(get_args(ErrorCode)) == set(ERRORS) and len(ERRORS) <= MOST
    written = re.findall(r'^    "(\w+)": ErrorKind\(', TABLE.read_text(encoding="utf-8"), re.M)
    assert [code for code, count in Counter(written).items() if count > 1] == []
    for texts in ([kind.cause for kind in ERRORS.values()], [kind.cure for kind in ERRORS.values()]):
        assert len(set(texts)) == len(texts)
    assert {kind.family for kind in ERRORS.values()} == set(FAMILIES)
    assert KEPT.read_text(encoding="utf-8").split() == sorted(ERRORS), "codes are kept: add one here, remove none"


def test_the_address_is_that_of_the_documentation() -> None:
    with (SOURCE.parents[1] / "pyproject.toml").open("rb") as file:
        assert f"{tomllib.load(file)['project']['urls']['Documentation']}errors.html" == PAGE


def test_help_reads_no_table(tmp_path: Path) -> None:
    """Errors are rare, and every command would pay for the table."""
    code = "import sys; from newsbt.cli.outcome import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=120, check=True)
    loaded = done.stderr.decode().split()
    assert "newsbt.errors" in loaded and "newsbt.error_codes" not in loaded
