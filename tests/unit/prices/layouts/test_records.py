"""Separators and records."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.records import separator_of


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,5;3\n", ";"),
        ("a\tb\n1,000\t2\n", "\t"),
        ("a|b|c\n1|2|3", "|"),
        ("one\n", ","),
    ],
)
def test_the_mark_that_stands_evenly(text: str, mark: str) -> None:
    assert separator_of(text) == mark
