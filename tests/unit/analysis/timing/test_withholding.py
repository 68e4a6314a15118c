"""The four rules by which p is withheld, each at its edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from newsbt.analysis.timing.withholding import least_p, withheld

T = np.linspace(-2.0, 2.0, 30)
GOOD: dict[str, Any] = {
    "calendars": 30, "distinct": 30, "overlap": 0.1, "statistic": T, "exposure": np.full(30, 0.2),
}  # fmt: skip


def test_nothing_is_withheld_where_calendars_differ() -> None:
    assert withheld(**GOOD) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"calendars": 19}, "19 calendars, the run's own and 18 others, of which 20 are needed"),
        ({"distinct": 19}, "19 of 30 calendars differ from one another in more than a tenth of what they hold"),
        ({"distinct": 1, "overlap": 0.87}, "spaced so evenly that moving it by weeks leaves 87% of the same holdings"),
        ({"overlap": 0.51}, "leaves 51% of the same holdings: its timing cannot be tested"),
        ({"statistic": T / 5.0}, "differ by 0.24 in t where 0.25 is needed"),
        ({"exposure": np.append(np.full(20, 0.2), np.full(10, 0.09))}, "19 other calendars hold at least half"),
    ],
)
def test_each_rule_says_why(change: dict[str, Any], reason: str) -> None:
    found = withheld(**{**GOOD, **change})
    assert found is not None and reason in found.reason
    assert found.evenly is bool({"distinct", "overlap"} & change.keys())


@pytest.mark.parametrize(
    "change",
    [
        {"calendars": 20}, {"distinct": 20}, {"overlap": 0.5}, {"statistic": T / 4.8},
        {"exposure": np.append(np.full(20, 0.2), [0.1] * 10)},
    ],
)  # fmt: skip
def test_each_rule_ends_at_its_edge(change: dict[str, Any]) -> None:
    assert withheld(**{**GOOD, **change}) is None


def test_the_smallest_p_counts_the_run_itself() -> None:
    assert least_p(19) == 0.05
