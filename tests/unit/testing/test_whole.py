"""Two answers are compared by all that they say, not by what `repr` has room for."""

from __future__ import annotations

import math

from newsbt import EventLabel, Span, TextLabel
from newsbt.testing.whole import whole

LONG = "x" * 500


def test_answers_that_differ_far_inside_are_different() -> None:
    one, other = (
        TextLabel(kind="announcement", issuer="A", rivals=(LONG,) * 20, evidence={"issuer": (Span(0, 1, end),)})
        for end in ("A", "B")
    )
    assert repr(one) == repr(other)
    assert whole(one) != whole(other)
    assert whole({"e": EventLabel(subject=f"{LONG}a{LONG}")}) != whole({"e": EventLabel(subject=f"{LONG}b{LONG}")})


def test_the_same_is_the_same_with_nan_in_it() -> None:
    assert whole(EventLabel(sentiment=math.nan)) == whole(EventLabel(sentiment=float("nan")))
