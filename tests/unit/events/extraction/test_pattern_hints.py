"""What tells quickly that a regular expression does not match never says so of one that does."""

from __future__ import annotations

import re

import pytest

from newsbt.events.extraction.event_types import default_types
from newsbt.events.extraction.pattern_hints import PatternFilter, needed_words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:beats?|tops?)\b[^;]{0,9}\bvw", ("beat", "top")),
        (r"\b(?:beats?|tops?)\b[^;]{0,9}\bviews", ("views",)),
        (r"\binvests?{100} (?:x)?", ("invest",)),
        (r"\babc(?:d)", ("abc",)),
        (r"(?:ab|cde) (?:longest|longer)", ("longest", "longer")),
        (r"(?:beats|tops)?x", ()),
        (r"beats|(?:tops)", ()),
        (r"[(?:] (?:x|beats)", ()),
        (r"(?:be(?:at|en)s|tops)", ()),
        (r"(?:净利|营收)同比", ("净利", "营收")),
    ],
)
def test_words_that_a_pattern_needs(pattern: str, words: tuple[str, ...]) -> None:
    assert needed_words(pattern) == words


def test_no_match_of_the_packaged_patterns_is_lost() -> None:
    texts = (
        "x profit beats estimates",
        "x to be bought by y",
        "x is now available",
        "profit warning at x",
        "x warns on profits",
    )
    for listed in default_types().patterns.values():
        patterns = [one.pattern for _, one in listed]
        chosen = PatternFilter(patterns)
        for text in texts:
            matching = {k for k, one in enumerate(patterns) if re.search(one, text)}
            assert matching <= set(chosen.candidates(text))
