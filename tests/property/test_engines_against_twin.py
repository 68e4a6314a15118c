"""Both engines against the plain twin of the rules on random small markets; `test_kept_worlds` has the kept ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.corpus import KINDS, LIMITED, kept_with_limits
from twin.product import check
from twin.scenario import Scenario

WHOLE_RUNS = ("step", "hourly step")
SIMULATED = [kind for kind in KINDS if kind not in WHOLE_RUNS]

quick = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(quick, max_examples=6)
thorough = settings(quick, max_examples=2000)


def drawn(make: Callable) -> st.SearchStrategy[Scenario]:
    """Worlds of a kind, whose choices hypothesis makes, and makes simpler where they fail."""
    return st.randoms(use_true_random=False).map(make)


@pytest.mark.rule("T9", "X6", "X10", "X21", "X23", "C3")
@pytest.mark.parametrize("kind", SIMULATED)
@quick
@given(data=st.data())
def test_the_engines_keep_the_books_of_the_twin(kind: str, data: st.DataObject) -> None:
    check(data.draw(drawn(KINDS[kind])))


@pytest.mark.rule("X22")
@pytest.mark.parametrize("kind", LIMITED)
def test_limit_orders_wait_as_the_twins_do(kind: str) -> None:
    """Kept worlds with entries at limits: filled at opens, inside bars, bars later, and not at all."""
    for name, found in kept_with_limits():
        if f"({kind!r}," in name:
            check(found)


@pytest.mark.rule("S3", "X21")
@pytest.mark.parametrize("kind", WHOLE_RUNS)
@few
@given(data=st.data())
def test_a_strategy_that_is_asked_row_by_row_trades_as_the_twins(kind: str, data: st.DataObject) -> None:
    check(data.draw(drawn(KINDS[kind])))


@pytest.mark.slow
@pytest.mark.parametrize("kind", SIMULATED)
@thorough
@given(data=st.data())
def test_thousands_of_worlds(kind: str, data: st.DataObject) -> None:
    check(data.draw(drawn(KINDS[kind])))
