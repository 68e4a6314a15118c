"""What of a sweep's outcomes is kept of two with one key, and which variant is the best."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.sweeps.folds import Folds
from newsbt.sweeps.store import SweepStore
from newsbt.sweeps.variant_result import METRICS, SERIES, VariantResult
from newsbt.sweeps.variant_selection import best_of, deflated
from newsbt.sweeps.walk_forward import walk_forward


def outcome(key: str, number: int = 0, error: str = "", **metrics: float) -> VariantResult:
    values = np.array([metrics.get(name, np.nan) for name in METRICS])
    return VariantResult(number=number, key=key, params={}, values=None if error else values, error=error)


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_variant_that_failed_once_and_ran_once_has_run(tmp_path: Path, failed_first: bool) -> None:
    tries = [outcome("k", error="the disk is full"), outcome("k", sharpe=1.5)]
    for one in tries if failed_first else reversed(tries):
        SweepStore(tmp_path).add([one])
    found = SweepStore(tmp_path).read()["k"]
    assert (found.error, found.metric("sharpe")) == ("", 1.5)


@pytest.mark.parametrize(
    ("metric", "best"),
    [("sharpe", "b"), ("max_drawdown", "b"), ("volatility", "a"), ("turnover", "a"), ("total_costs", "a")],
)
def test_the_best_has_the_most_of_what_is_good_and_the_least_of_what_costs(metric: str, best: str) -> None:
    values = {"a": -0.2, "b": -0.1} if metric == "max_drawdown" else {"a": 1.0, "b": 2.0}
    outcomes = [outcome("failed", error="x"), *(outcome(key, **{metric: value}) for key, value in values.items())]
    chosen = best_of([*outcomes, outcome("equal", **{metric: values[best]}), outcome("undefined")], metric)
    assert chosen is not None and chosen.key == best


DATES = np.arange("2025-03-03", "2025-03-11", dtype="M8[D]")
LOST = np.array([0.0, 0.1, -0.2, 0.0, -0.5, -4.0, np.nan, np.nan])


def test_the_best_by_total_return_of_accounts_that_were_lost_has_no_deflated_sharpe() -> None:
    value, trials, reason = deflated(LOST, DATES, [outcome("k", total_return=-0.2)], {})
    assert np.isnan(value) and (trials, reason) == (1, "equity below zero on 2025-03-08")


@pytest.mark.parametrize("first", [2, 7])
def test_a_walk_forward_over_a_lost_account_has_no_metrics(first: int) -> None:
    """Lost inside a test block, and before it: in neither are there returns to put end to end."""
    one = VariantResult(number=0, key="k", params={}, training=np.ones((1, len(SERIES))))
    folds = Folds(first=np.array([first]), sessions=8, embargo=0)
    found = walk_forward([one], folds, "sharpe", DATES, lambda _: LOST, 250.0)
    assert np.isnan(list(found.metrics.values())).all()
    calm = walk_forward([one], folds, "sharpe", DATES, lambda _: np.full(8, 0.01), 250.0)
    assert calm.metrics["total_return"] == pytest.approx(1.01 ** (8 - first) - 1)
