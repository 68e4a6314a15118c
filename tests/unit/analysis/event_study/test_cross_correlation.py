"""How strongly events move together: which pairs count."""

from __future__ import annotations

import numpy as np
import pytest

from newsbt.analysis.event_study.cross_correlation import Spans, mean_correlation

WIDTH, DAYS = 40, 60


@pytest.mark.parametrize(("common", "expected"), [(20, 1.0), (19, 0.0)])
def test_a_pair_counts_from_twenty_common_days(common: int, expected: float) -> None:
    residual = np.tile(np.random.default_rng(1).normal(size=WIDTH), (2, 1))
    residual[1, common:] = np.nan
    both = np.zeros(2, dtype=np.int64)
    spans = Spans(
        rows=np.arange(DAYS).reshape(1, -1), axis_of=both, sessions=both + DAYS, day=both + 52, start=both,
        event=np.arange(2), window=(-2, 3),
    )  # fmt: skip
    assert mean_correlation(residual, spans) == pytest.approx(expected)
