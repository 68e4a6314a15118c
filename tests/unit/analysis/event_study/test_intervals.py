"""Intervals of CAAR: t with as many degrees of freedom as independent clusters allow, or none with a reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from newsbt.analysis.event_study.intervals import cluster_intervals


def test_clusters_of_one_pair_each_give_the_t_interval() -> None:
    values = np.array([0.02, -0.01, 0.03, 0.00, 0.015])
    found = cluster_intervals(values[:, None], [np.arange(5)])
    wanted = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert (found.low[0], found.high[0]) == pytest.approx(wanted)
    assert found.clusters.tolist() == [5] and found.reason == ("",)


def test_clusters_of_one_size_give_the_t_interval_of_their_means() -> None:
    values = np.random.default_rng(3).normal(0.01, 0.02, 24)
    cluster = np.tile(np.arange(6), 4)
    means = values.reshape(4, 6).mean(axis=0)
    found = cluster_intervals(values[:, None], [cluster])
    assert (found.low[0], found.high[0]) == pytest.approx(stats.t.interval(0.95, 5, means.mean(), stats.sem(means)))


def test_unequal_clusters_by_hand() -> None:
    """Pairs 2, 1, 1, 1 with sums of deviations 0.2, 0.3, -0.1, -0.4: shares 2/5, 1/5, 1/5, 1/5."""
    values = np.array([1.1, 1.1, 1.3, 0.9, 0.6])
    found = cluster_intervals(values[:, None], [np.array([0, 0, 1, 2, 3])])
    error = math.sqrt(0.04 / (3 / 5) + (0.09 + 0.01 + 0.16) / (4 / 5)) / 5
    freedom = 1 / (4 / 25 + 3 / 25) - 1
    reach = stats.t.ppf(0.975, freedom) * error
    assert (found.low[0], found.high[0]) == pytest.approx((1.0 - reach, 1.0 + reach))


@pytest.mark.parametrize(
    ("cluster", "values", "reason"),
    [
        ([0, 0, 0, 0, 0], [1, 2, 3, 4, 5], "all pairs are one cluster"),
        ([0, 0, 0, 1, 2], [1, 2, 3, 4, 5], "3 of 5 pairs are one of 3 clusters"),
        ([0, 1, 2, 3, 4], [1, 1, 1, 1, 1], "no variance"),
        ([0, 1, 2, 3, 4], [math.nan] * 5, "no pairs"),
        ([0, 1, 2, 3, 4], [1, 2, *[math.nan] * 3], "1 of 2 pairs are one of 2 clusters"),
    ],
)
def test_no_interval_with_a_reason(cluster: list[int], values: list[float], reason: str) -> None:
    found = cluster_intervals(np.array(values, dtype=float)[:, None], [np.array(cluster)])
    assert np.isnan([found.low[0], found.high[0]]).all() and found.reason == (reason,)


def test_each_window_has_its_own_pairs_and_clusters() -> None:
    values = np.column_stack((np.arange(6.0), [1.0, *[math.nan] * 5]))
    found = cluster_intervals(values, [np.arange(6), np.array([0, 0, 1, 1, 2, 2])])
    assert found.low[0] < 2.5 < found.high[0] and math.isnan(found.low[1])
    assert found.clusters.tolist() == [6, 1]
