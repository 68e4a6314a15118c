"""What `newsbt prove` shows in a terminal."""

from __future__ import annotations

import math

import pytest

from newsbt.audit.power_study import EFFECTS, PowerStudy, Share, StrategyPower
from newsbt.domain.command_documents import ProveDocument
from newsbt.reports.prove_text import prove_view
from newsbt.reports.results_table import lines_of


def document(found: int = 2, p: float = 0.3) -> ProveDocument:
    power = {effect: Share(found=10, of=40) for effect in EFFECTS}
    one = StrategyPower(name="x", p=p, trades=9, by_chance=Share(found=found, of=40), mean_return=0.0, power=power)
    return PowerStudy(name="n", worlds=40, seed=7, strategies=(one,)).as_dict()


def text_of(shown: ProveDocument) -> str:
    return "\n".join(lines_of(prove_view(shown), 120))


@pytest.mark.parametrize(("found", "is_warned"), [(2, False), (10, True)])
def test_where_chance_passes_too_often_it_is_said(found: int, is_warned: bool) -> None:
    assert ("! More often than 5 %" in text_of(document(found))) is is_warned


def test_the_level_is_that_of_the_document() -> None:
    text = text_of({**document(10), "level": 0.2})
    assert "By chance: p of at most 20 %" in text and "Seen (p <= 20 %)" in text
    assert "More often than" not in text, "10 of 40 worlds may be 20 %"


def test_a_p_that_is_unknown_is_no_zero() -> None:
    assert "p of the run: unknown; 9 trades" in text_of(document(p=math.nan))
