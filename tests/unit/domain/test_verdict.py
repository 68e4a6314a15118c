"""The one word on a strategy: the first that fits, and which figures decided it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from newsbt.domain.verdict import ADJUSTED_P, Audited, verdict_of

GOOD = {"p": 0.05, "dsr": 0.951, "hedged": 1e-9, "dates": 10}


def row(*, p: Any, dsr: Any, hedged: Any, dates: Any) -> dict[str, Any]:
    metrics = {ADJUSTED_P: p, "dsr": dsr, "hedged_return": hedged}
    return {"name": "A", "kind": "strategy", "metrics": metrics, "counts": {"event_dates": dates}}


@pytest.mark.parametrize(
    ("changes", "word", "failed"),
    [
        ({}, "holds", ()),
        ({"p": 0.0501}, "weak", (ADJUSTED_P,)),
        ({"p": 0.2}, "weak", (ADJUSTED_P,)),
        ({"p": 0.2001}, "luck?", (ADJUSTED_P,)),
        ({"dsr": 0.95}, "weak", ("dsr",)),
        ({"dsr": None}, "weak", ("dsr",)),
        ({"hedged": 0.0}, "weak", ("hedged_return",)),
        ({"hedged": math.nan, "dsr": 0.3}, "weak", ("dsr", "hedged_return")),
        ({"p": 0.9, "dsr": 0.3, "hedged": -0.1}, "luck?", (ADJUSTED_P, "dsr", "hedged_return")),
        ({"dates": 9}, "too few", ("event_dates",)),
        ({"p": None}, "too few", (ADJUSTED_P,)),
        ({"p": math.nan, "dates": None}, "too few", ("event_dates", ADJUSTED_P)),
    ],
)
@pytest.mark.parametrize("audited", ["passed", "not audited"])
def test_the_first_word_that_fits(
    changes: dict[str, Any], word: str, failed: tuple[str, ...], audited: Audited
) -> None:
    found = verdict_of(row(**{**GOOD, **changes}), audited)
    assert (found.word, found.failed, found.audited) == (word, failed, audited)


@pytest.mark.parametrize("changes", [{}, {"dates": 1}, {"p": 0.9}])
def test_what_looks_ahead_is_nothing_else(changes: dict[str, Any]) -> None:
    found = verdict_of(row(**{**GOOD, **changes}), "looks ahead")
    assert found.as_dict() == {"word": "looks ahead", "failed": [], "audited": "looks ahead"}


def test_a_row_of_an_older_folder_has_too_few() -> None:
    assert verdict_of({"name": "A", "kind": "strategy"}).word == "too few"
