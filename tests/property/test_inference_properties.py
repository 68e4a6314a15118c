"""What must hold for the inference on any returns."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from newsbt.analysis.inference import (
    benjamini_hochberg,
    dsr,
    expected_maximum_sharpe,
    holm,
    min_track_record_length,
    pbo,
    placebo_p,
    psr,
    purged_k_fold,
    purged_walk_forward,
    reality_check,
    sharpe_difference,
    stationary_bootstrap,
)

returns = st.lists(st.floats(-0.3, 0.3).map(lambda x: round(x, 5)), min_size=2, max_size=60)
seeds = st.integers(0, 10_000)
probabilities = st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), max_size=20)


@given(returns, st.floats(-0.5, 0.5), st.floats(0, 0.5))
def test_psr_falls_with_its_reference_and_mirrors(values, reference, step):
    low, high = psr(values, reference), psr(values, reference + step)
    if not math.isnan(low):
        assert 0 <= high <= low <= 1
    mirrored = psr([-value for value in values], -reference)
    assert float(mirrored) == pytest.approx(1 - float(low), nan_ok=True, abs=1e-9)


@given(returns, st.floats(0.5, 3.0))
def test_psr_does_not_depend_on_leverage(values, leverage):
    assert psr([value * leverage for value in values]) == pytest.approx(float(psr(values)), nan_ok=True, abs=1e-7)


@given(st.integers(1, 5000), st.floats(1e-6, 1.0))
def test_more_trials_expect_more_and_deflate_more(trials, variance):
    assert expected_maximum_sharpe(trials + 1, variance) >= expected_maximum_sharpe(trials, variance)
    first, second = (dsr(sharpe=0.1, n=500, trials=k, variance=variance) for k in (trials, trials + 1))
    assert second <= first


@given(returns)
def test_a_track_record_of_the_minimum_length_is_convincing(values):
    length = min_track_record_length(values)
    probability = psr(values)
    if math.isfinite(length) and not math.isnan(probability):
        assert (len(values) >= length) == (probability >= 0.95) or abs(probability - 0.95) < 1e-9


@given(probabilities)
def test_adjusted_p_values_keep_their_order(raw):
    p = np.array(raw, dtype=float)
    family, discovery = holm(p), benjamini_hochberg(p)
    known = ~np.isnan(p)
    assert (np.isnan(family) == ~known).all() and (np.isnan(discovery) == ~known).all()
    assert (p[known] <= discovery[known]).all()
    assert (discovery[known] <= family[known] + 1e-15).all()
    assert (family[known] <= 1).all()
    order = np.argsort(p[known], kind="stable")
    assert (np.diff(family[known][order]) >= 0).all()
    assert (np.diff(discovery[known][order]) >= 0).all()


@given(st.floats(-1, 1), st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_a_placebo_p_is_never_zero_and_two_sides_are_more(observed, values):
    one = placebo_p(observed, values)
    assert 1 / (len(values) + 1) <= one <= 1
    both = placebo_p(abs(observed), values, two_sided=True)
    assert both >= placebo_p(abs(observed), values)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(5, 60), st.integers(1, 5), st.floats(-0.5, 0.5))
def test_the_three_spa_p_values_are_ordered(seed, n, count, drift):
    rng = np.random.default_rng(seed)
    excess = rng.normal(drift * 0.1, 0.1, (n, count)) * rng.uniform(0.1, 2, count)
    result = reality_check(excess, draws=50, seed=seed)
    assert 0 <= result.p_spa_lower <= result.p_spa_consistent <= result.p_spa_upper <= 1
    assert 0 <= result.p <= 1


@settings(max_examples=25, deadline=None)
@given(seeds, st.sampled_from([2, 4, 6]), st.integers(2, 6))
def test_pbo_lies_between_zero_and_one_and_ignores_scale(seed, blocks, count):
    values = np.random.default_rng(seed).normal(0, 1, (blocks * 7 + 3, count))
    result = pbo(values, blocks)
    assert 0 <= result.pbo <= 1 and 0 <= result.prob_oos_loss <= 1
    assert pbo(values * 0.01, blocks).pbo == result.pbo
    # Every split has its mirror image, so with two configurations of opposite sign the selected always fails.
    opposite = np.column_stack((values[:, 0], -values[:, 0]))
    assert pbo(opposite, blocks).logits.size == math.comb(blocks, blocks // 2)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(10, 80))
def test_the_difference_of_sharpe_ratios_is_antisymmetric(seed, n):
    a, b = np.random.default_rng(seed).normal(0.01, 0.1, (2, n))
    one, other = sharpe_difference(a, b, draws=60), sharpe_difference(b, a, draws=60)
    assert other.difference == pytest.approx(-one.difference)
    assert other.se == pytest.approx(one.se, nan_ok=True)
    assert other.p == pytest.approx(one.p, nan_ok=True)
    assert other.p_bootstrap == pytest.approx(one.p_bootstrap, nan_ok=True, abs=2 / 61)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2, 80), st.floats(-5, 5))
def test_a_bootstrap_interval_moves_with_the_data(seed, n, shift):
    values = np.random.default_rng(seed).normal(0, 1, n)
    plain = stationary_bootstrap(values, "mean", min(2, n), 50, seed)
    moved = stationary_bootstrap(values + shift, "mean", min(2, n), 50, seed)
    assert plain.interval[0] <= plain.interval[1]
    assert moved.interval == pytest.approx(tuple(bound + shift for bound in plain.interval), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 6)), min_size=8, max_size=40), st.integers(2, 4))
def test_no_training_sample_overlaps_its_test(spans, folds):
    signal = np.sort([start for start, _ in spans])
    outcome = signal + np.array([length for _, length in spans])
    for split in (purged_walk_forward, purged_k_fold):
        try:
            made = split(signal, outcome, folds)
        except ValueError as error:
            assume("no training samples" not in str(error))
            raise
        for fold in made:
            begin, end = signal[fold.test[0]], outcome[fold.test].max()
            overlapping = (signal[fold.train] <= end) & (outcome[fold.train] >= begin)
            assert not overlapping.any()
            assert not set(fold.train) & set(fold.test)
            if split is purged_walk_forward:
                assert fold.train.max() < fold.test[0]
