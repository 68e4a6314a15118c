"""The p of shuffled signals counts what is as good as what was seen."""

from __future__ import annotations

import numpy as np

from newsbt.evidence.permutation import TIE, _judged


def test_what_rounding_alone_keeps_below_the_observed_is_as_good() -> None:
    found = _judged(0.1, np.array([0.1 - TIE / 2, 0.1 - 3 * TIE, 0.1 + TIE / 2, 0.2, -0.1]))
    assert found.p == (3 + 1) / (5 + 1)
