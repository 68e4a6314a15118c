"""Every rule that is named has its place in docs/rules.md, and every rule has a test that proves it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "rules.md"
TOKEN = re.compile(r"\b[TSXCR][1-9]\d?\b(?!:\d)")
"""A rule's token. Numbers begin at 1, and a time of day (`T9:30`) is none."""
LETTERS = "TSXCR"


def anchors() -> list[str]:
    return [one.upper() for one in re.findall(r'^<a id="([tsxcr]\d+)"></a>$', RULES.read_text(encoding="utf-8"), re.M)]


def files() -> Iterator[Path]:
    for folder, pattern in (("src", "**/*.py"), ("tests", "**/*.py"), ("docs", "*.md")):
        yield from sorted((ROOT / folder).glob(pattern))
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))


def marked() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
                yield from ((ast.literal_eval(given), path) for given in node.args)


def test_rules_are_numbered_without_a_gap() -> None:
    found = anchors()
    for letter in LETTERS:
        own = [one for one in found if one.startswith(letter)]
        assert own == [f"{letter}{k}" for k in range(1, len(own) + 1)]
    headings = re.findall(r"^### ([TSXCR]\d+) ", RULES.read_text(encoding="utf-8"), re.M)
    assert headings == found


def test_every_rule_that_is_named_has_its_place() -> None:
    known = set(anchors())
    unknown = [
        f"{path.relative_to(ROOT)}:{number}: {token}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for token in TOKEN.findall(line)
        if token not in known
    ]
    assert not unknown, f"write these rules down in docs/rules.md, or name those that are meant: {unknown}"


def test_every_rule_is_proved() -> None:
    proved = {token for token, _ in marked()}
    missing = [rule for rule in anchors() if rule not in proved]
    assert not missing, f'no test carries @pytest.mark.rule("{missing[0]}"): {missing}'
    known = set(anchors())
    strangers = [f"{path.relative_to(ROOT)}: {token}" for token, path in marked() if token not in known]
    assert not strangers, f"no such rules: {strangers}"


def test_no_document_is_named_that_is_not_here() -> None:
    word = re.compile(r"\b(?:" + "|".join(name.upper() for name in ("design", "semantics", "methods")) + r")\b")
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if word.search(line)
    ]
    assert not named, f"name a page of docs/ instead: {named}"
