"""docs/promises.md: what is promised, the test that proves it, and the patch that breaks it; and its table of rules.

`python -m breaks.page` writes the table of rules anew, from the tests that carry them.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "PATCHES", "ROOT", "Row", "all_tests", "rows", "with_rules"]

ROOT = Path(__file__).parents[2]
PATCHES = ROOT / "tests" / "breaks"
PAGE = ROOT / "docs" / "promises.md"
PAGES = (PAGE, ROOT / "docs" / "security.md")
BEGIN, END = "<!-- rules: begin -->\n", "<!-- rules: end -->\n"
SHOWN = 2  # tests of a rule that are named
TEST = re.compile(r"`(tests/[\w/]+\.py(?:::\w+)+(?:\[[^\]`]+\])?)`")  # perhaps one case of it
PATCH = re.compile(r"\]\(\.\./tests/breaks/([\w-]+\.patch)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """A promise, the tests that prove it, and the patch that breaks it, if there is one."""

    promise: str
    tests: tuple[str, ...]
    patch: str


def rows(page: Path) -> list[Row]:
    """Of every table of a page, heads and the table of rules aside."""
    text = page.read_text(encoding="utf-8")
    by_hand = text.partition(BEGIN)[0] + text.partition(END)[2]
    lines = [line for line in by_hand.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    found = []
    for line in lines:
        promise, *rest = line.strip("| ").split(" | ")
        if rest and rest[0].strip() != "test":
            patch = PATCH.search(line)
            found.append(Row(promise, tuple(TEST.findall(line)), patch[1] if patch else ""))
    return found


def all_tests() -> dict[str, list[str]]:
    """Every test by its id, with the rules that it carries by itself, by its class or by its file."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree, file = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).as_posix()
        of_file = [rule for node in tree.body if isinstance(node, ast.Assign) for rule in _rules(node)]
        for node in ast.walk(tree):
            inside = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
            for test in node.body if isinstance(node, ast.ClassDef | ast.Module) else ():
                if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                    own = [rule for decorator in test.decorator_list for rule in _rules(decorator)]
                    found[f"{file}::{inside}{test.name}"] = [*of_file, *own]
    return found


def _rules(node: ast.AST) -> list[str]:
    calls = (one for one in ast.walk(node) if isinstance(one, ast.Call))
    return [
        ast.literal_eval(given) for call in calls if ast.unparse(call.func) == "pytest.mark.rule" for given in call.args
    ]


def with_rules(text: str) -> str:
    """The page with its table of rules as the tests say today."""
    by_rule = defaultdict(list)
    for test, rules in all_tests().items():
        for rule in dict.fromkeys(rules):
            by_rule[rule].append(test)
    law = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    lines = ["| rule | tests that carry it |\n", "| --- | --- |\n"]
    for rule, title in re.findall(r"^### ([TSXCR]\d+) (.*)$", law, re.M):
        tests = by_rule[rule]
        more = f" and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
        names = ", ".join(f"`{test}`" for test in tests[:SHOWN])
        lines.append(f"| [{rule}](rules.md#{rule.lower()}) {title.strip()} | {names}{more} |\n")
    return text.partition(BEGIN)[0] + BEGIN + "".join(lines) + END + text.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(with_rules(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
