"""Probability of backtest overfitting against a slow search over rows."""

import math
from itertools import combinations

import numpy as np
import pytest

from newsbt.analysis.inference import pbo


def slow_pbo(returns, blocks):
    """Every split from its own rows, without sums by block."""
    size = len(returns) // blocks
    used = returns[len(returns) - size * blocks :]
    parts = [used[s * size : (s + 1) * size] for s in range(blocks)]
    logits, inside, outside = [], [], []

    def scores(chosen):
        rows = np.concatenate([parts[s] for s in chosen])
        return [-math.inf if column.max() == column.min() else column.mean() / column.std(ddof=1) for column in rows.T]

    for chosen in combinations(range(blocks), blocks // 2):
        first, second = scores(chosen), scores([s for s in range(blocks) if s not in chosen])
        best = max(range(len(first)), key=lambda k: first[k])
        below = sum(value < second[best] for value in second)
        equal = sum(value == second[best] for value in second)
        relative = (below + (equal + 1) / 2) / (len(second) + 1)
        logits.append(math.log(relative / (1 - relative)))
        inside.append(first[best])
        outside.append(second[best])
    return np.array(logits), np.array(inside), np.array(outside)


@pytest.mark.parametrize(("rows", "count", "blocks"), [(60, 5, 6), (83, 2, 8), (47, 9, 4)])
def test_agrees_with_the_slow_search(rows, count, blocks):
    returns = np.random.default_rng(rows).normal(0.0005, 0.01, (rows, count))
    logits, inside, outside = slow_pbo(returns, blocks)
    result = pbo(returns, blocks)
    assert result.logits == pytest.approx(logits)
    assert result.pbo == pytest.approx((logits <= 0).mean())
    assert result.mean_logit == pytest.approx(logits.mean())
    slope, intercept = np.polyfit(inside, outside, 1)
    assert (result.slope, result.intercept) == pytest.approx((slope, intercept))
    assert result.prob_oos_loss == pytest.approx((outside < 0).mean())
    assert result.n_splits == math.comb(blocks, blocks // 2)
    assert (result.n, result.n_dropped) == (rows - rows % blocks, rows % blocks)


def test_large_means_do_not_cancel():
    returns = 1e4 + np.random.default_rng(0).normal(0, 1, (40, 4))
    logits, _, _ = slow_pbo(returns, 4)
    assert pbo(returns, 4).logits == pytest.approx(logits)


def test_equal_configurations_share_their_rank():
    column = np.random.default_rng(0).normal(0, 1, (40, 1))
    result = pbo(np.repeat(column, 3, axis=1), 4)
    assert np.all(result.logits == 0.0)
    assert result.pbo == 1.0


def test_a_configuration_that_never_trades_scores_last():
    rng = np.random.default_rng(1)
    returns = np.column_stack((rng.normal(0.01, 0.02, 40), np.zeros(40)))
    result = pbo(returns, 4)
    assert result.pbo == 0.0
    partly = np.column_stack((returns[:, 0], np.where(np.arange(40) < 20, 0.0, returns[::-1, 0])))
    logits, _, outside = slow_pbo(partly, 4)
    assert pbo(partly, 4).logits == pytest.approx(logits)
    assert pbo(partly, 4).prob_oos_loss == (outside < 0).mean()


def test_skill_and_its_absence():
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 0.01, (400, 30))
    assert 0.2 < np.mean([pbo(rng.normal(0, 0.01, (160, 20)), 8).pbo for _ in range(20)]) < 0.8
    noise[:, 3] += 0.01
    result = pbo(noise)
    assert (result.blocks, result.n_splits, result.pbo) == (16, 12870, 0.0)
    assert result.prob_oos_loss == 0.0


def test_rows_with_a_gap_are_dropped_and_counted():
    returns = np.random.default_rng(1).normal(0, 1, (41, 3))
    returns[7, 1] = math.nan
    result = pbo(returns, 4)
    assert (result.n, result.n_missing) == (40, 1)
    assert result.pbo == pbo(np.delete(returns, 7, axis=0), 4).pbo


@pytest.mark.parametrize(
    ("returns", "blocks", "reason"),
    [
        (np.ones((100, 1)), 4, "fewer than two configurations"),
        (np.ones((19, 2)), 4, "fewer than five rows a block"),
        (np.full((100, 2), math.nan), 4, "fewer than five rows a block"),
    ],
)
def test_undefined_says_why(returns, blocks, reason):
    result = pbo(returns, blocks)
    assert result.reason == reason
    for name in ("pbo", "mean_logit", "slope", "intercept", "prob_oos_loss"):
        assert math.isnan(getattr(result, name))


def test_scores_that_are_all_alike_have_no_line_through_them():
    """A gain and a loss by turns, half a block of each: every selection scores 0, in sample and out of it."""
    turns = np.tile([0.01, -0.01], 20)
    result = pbo(np.column_stack((turns, -turns, 2 * turns)), 4)
    assert np.all(result.logits == 0.0) and result.pbo == 1.0 and result.prob_oos_loss == 0.0
    assert math.isnan(result.slope) and math.isnan(result.intercept)


def test_a_short_sample_takes_fewer_blocks():
    assert pbo(np.random.default_rng(0).normal(0, 1, (60, 3))).blocks == 10


def test_five_rows_a_block_are_enough():
    """20 rows are four blocks of five; by default 80 are sixteen of five, 50 ten, 40 eight, and 39 are none."""
    values = np.random.default_rng(0).normal(0, 1, (80, 3))
    assert (pbo(values[:20], 4).reason, pbo(values[:20], 4).n) == ("", 20)
    assert [(found.blocks, found.n) for found in (pbo(values[:rows]) for rows in (80, 79, 50, 49, 40))] == [
        (16, 80), (10, 70), (10, 50), (8, 48), (8, 40),
    ]  # fmt: skip
    assert pbo(values[:39]).reason == "fewer than five rows a block"


def test_so_many_blocks_as_their_splits_can_be_afforded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configurations times splits times blocks: of 16 blocks 12,870 splits, of 10 blocks 252."""
    values = np.random.default_rng(0).normal(0, 1, (160, 3))
    for most, used in ((12_870 * 16 * 3, 16), (12_870 * 16 * 3 - 1, 10), (252 * 10 * 3, 10), (252 * 10 * 3 - 1, 8)):
        monkeypatch.setattr("newsbt.analysis.inference.overfitting.AFFORDABLE", most)
        assert pbo(values).blocks == used


def test_what_is_undefined_dropped_nothing_for_an_even_division():
    result = pbo(np.ones((19, 2)), 4)
    assert (result.n, result.n_dropped, result.n_splits, result.blocks) == (19, 0, 0, 4)


@pytest.mark.parametrize("blocks", [3, 0, 2.5])
def test_blocks_must_be_even(blocks):
    with pytest.raises(ValueError, match="even"):
        pbo(np.ones((100, 2)), blocks)


@pytest.mark.parametrize(
    ("rows", "blocks", "used"), [(80, None, 16), (79, None, 10), (50, None, 10), (49, None, 8), (40, None, 8)]
)
def test_blocks_of_exactly_five_rows_are_enough(rows: int, blocks: int | None, used: int) -> None:
    found = pbo(np.random.default_rng(5).normal(size=(rows, 3)), blocks=blocks)
    assert (found.blocks, found.reason) == (used, "")
    assert found.n_splits == math.comb(used, used // 2)


@pytest.mark.parametrize(("rows", "blocks"), [(39, None), (19, 4)])
def test_blocks_of_four_rows_are_not(rows: int, blocks: int | None) -> None:
    found = pbo(np.random.default_rng(5).normal(size=(rows, 3)), blocks=blocks)
    assert found.reason == "fewer than five rows a block"
    assert math.isnan(found.pbo)
