"""Wilson's interval of a share."""

from __future__ import annotations

import pytest
from scipy.stats import binom, binomtest

from newsbt.analysis.inference.shares import wilson_interval


@pytest.mark.parametrize(("found", "of"), [(0, 40), (2, 40), (20, 40), (40, 40), (7, 333)])
def test_it_is_that_of_scipy(found: int, of: int) -> None:
    known = binomtest(found, of).proportion_ci(method="wilson")
    assert wilson_interval(found, of) == pytest.approx((known.low, known.high), abs=1e-12)


def test_it_holds_what_it_promises_on_average() -> None:
    held = []
    for share in (0.05, 0.1, 0.3, 0.5, 0.8):
        inside = [k for k in range(201) if wilson_interval(k, 200)[0] <= share <= wilson_interval(k, 200)[1]]
        held.append(binom.pmf(inside, 200, share).sum())
    assert sum(held) / len(held) == pytest.approx(0.95, abs=0.01)


def test_of_nothing_everything_is_possible() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
