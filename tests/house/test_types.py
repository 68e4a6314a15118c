"""Annotations say what values are: how often they do not is counted, and may only become less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import newsbt

SOURCE = Path(newsbt.__file__).parent
MOST = {r"\bAny\b": 349, r"\bobject\b": 112, r"\bcast\(": 10, r"type: ignore": 19}
"""As words of any file in src. What is left of `Any` stands where a library without types, or a user's own class or
value, comes in and has not been looked at yet."""


@pytest.mark.parametrize("word", MOST)
def test_what_says_nothing_of_a_type_becomes_no_more(word: str) -> None:
    found = {str(path.relative_to(SOURCE)): len(re.findall(word, path.read_text())) for path in SOURCE.rglob("*.py")}
    most = sorted(((count, name) for name, count in found.items() if count), reverse=True)[:10]
    assert sum(found.values()) <= MOST[word], f"name the type in place of {word}; most are in {most}"


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_alias_hides_what_is_not_known(path: Path) -> None:
    """A name for ``dict[str, Any]`` would only hide it from the count."""
    hidden = re.findall(
        r"^\w+(?:: TypeAlias)? = \"?(?:dict|Mapping|list|Sequence)\[[\w, ]*\bAny\b.*$", path.read_text(), re.M
    )
    assert not hidden, f"spell out the shape: {hidden}"
