"""The stationary bootstrap and its block length."""

import math

import numpy as np
import pytest

from newsbt.analysis.inference import optimal_block_length, stationary_bootstrap
from newsbt.analysis.inference.bootstrap import choose_block, stationary_indices


def autoregression(seed, n, phi):
    noise = np.random.default_rng(seed).standard_normal(n)
    values = np.zeros(n)
    values[0] = noise[0]
    for t in range(1, n):
        values[t] = phi * values[t - 1] + noise[t]
    return values


@pytest.mark.parametrize(
    ("seed", "n", "phi", "stationary", "circular"),
    [  # arch 8.0.0, arch.bootstrap.optimal_block_length on the same series
        (1, 500, 0.0, 3.1897088592453064, 3.651305160776644),
        (2, 500, 0.5, 6.813862709909765, 7.7999256908367505),
        (3, 1250, 0.9, 34.358040834850996, 39.33013868988291),
        (4, 120, -0.4, 11.157755491085613, 12.772441625573345),
        (5, 60, 0.3, 1.9956946750632054, 2.284500118332695),
    ],
)
def test_block_length_agrees_with_arch(seed, n, phi, stationary, circular):
    result = optimal_block_length(autoregression(seed, n, phi))
    assert result.stationary == pytest.approx(stationary, rel=1e-9)
    assert result.circular == pytest.approx(circular, rel=1e-9)


def slow_lengths(values):
    """Politis and White's rule, lag by lag, in the words of the article."""
    n, centred = len(values), values - values.mean()
    run = max(5, int(math.log10(n)))
    longest = min(math.ceil(math.sqrt(n)) + run, n - 2)
    bound = 2 * math.sqrt(math.log10(n) / n)

    def correlation(k):
        left, right = centred[k + 1 :], centred[: n - k - 1]
        return sum(centred[t] * centred[t + k] for t in range(n - k)) / math.sqrt((left @ left) * (right @ right))

    starts = [k for k in range(1, longest + 1 - run) if all(abs(correlation(k + j)) < bound for j in range(run))]
    band = min(2 * starts[0], longest) if starts else longest
    gamma = [sum(centred[t] * centred[t + k] for t in range(n - k)) / n for k in range(band + 1)]
    window = [1.0 if k / band <= 0.5 else 2 * (1 - k / band) for k in range(band + 1)]
    slope = 2 * sum(window[k] * k * gamma[k] for k in range(1, band + 1))
    spectrum = gamma[0] + 2 * sum(window[k] * gamma[k] for k in range(1, band + 1))
    cap = math.ceil(min(3 * math.sqrt(n), n / 3))
    ratio = slope**2 / spectrum**2 * n
    return min(ratio ** (1 / 3), cap), min((1.5 * ratio) ** (1 / 3), cap)


@pytest.mark.parametrize(("seed", "n", "phi"), [(1, 8, 0.0), (2, 9, 0.3), (3, 12, 0.8), (4, 30, 0.95), (5, 37, -0.5)])
def test_block_length_of_few_bars_agrees_with_plain_loops(seed, n, phi):
    values = autoregression(seed, n, phi)
    result = optimal_block_length(values)
    assert (result.stationary, result.circular) == pytest.approx(slow_lengths(values))


@pytest.mark.parametrize(("n", "most"), [(36, 12.0), (40, 14.0), (400, 60.0)])
def test_no_block_is_longer_than_three_roots_or_a_third_of_the_bars(n, most):
    """The sum over whole waves is next to nothing, whatever the blocks: as long as they may be."""
    result = optimal_block_length(np.sin(np.arange(n) * np.pi / 3.0))
    assert (result.stationary, result.circular) == (most, most)


def test_several_columns_share_the_longest_block():
    short, long = autoregression(1, 500, 0.0), autoregression(2, 500, 0.5)
    assert optimal_block_length(np.column_stack((short, long))) == optimal_block_length(long)
    assert optimal_block_length(np.column_stack((np.ones(500), long))) == optimal_block_length(long)


@pytest.mark.parametrize(
    ("values", "reason"), [(np.arange(7.0), "n<8"), (np.full(50, 0.01), "zero variance"), (np.full(9, math.nan), "n<8")]
)
def test_block_length_says_why_there_is_none(values, reason):
    result = optimal_block_length(values)
    assert math.isnan(result.stationary) and math.isnan(result.circular) and result.reason == reason


def test_indices_are_circular_blocks_of_geometric_length():
    (indices,) = stationary_indices(100, 5.0, 2000, seed=1)
    assert indices.shape == (2000, 100)
    assert indices.min() == 0 and indices.max() == 99
    follows = (indices[:, 1:] - indices[:, :-1]) % 100 == 1
    # A position follows its neighbour unless a block starts there (1/5), or starts by chance where it would follow.
    assert follows.mean() == pytest.approx(0.8 + 0.2 / 100, abs=0.005)
    counts = np.bincount(indices.ravel(), minlength=100)
    assert counts.std() / counts.mean() < 0.06  # every bar is as likely


def test_a_block_of_one_is_the_plain_bootstrap():
    (indices,) = stationary_indices(50, 1.0, 1000, seed=1)
    follows = (indices[:, 1:] - indices[:, :-1]) % 50 == 1
    assert follows.mean() == pytest.approx(1 / 50, abs=0.005)


def test_rows_do_not_depend_on_batches(monkeypatch):
    whole = np.concatenate(list(stationary_indices(40, 4.0, 25, seed=3)))
    monkeypatch.setattr("newsbt.analysis.inference.bootstrap.BATCH", 40 * 7)
    batches = list(stationary_indices(40, 4.0, 25, seed=3))
    assert [len(batch) for batch in batches] == [7, 7, 7, 4]
    assert np.array_equal(np.concatenate(batches), whole)


def test_the_interval_is_made_of_the_statistic_of_each_resample():
    values = np.random.default_rng(4).normal(0.001, 0.01, 120)
    result = stationary_bootstrap(values, "sharpe", block=3, draws=500, seed=9, confidence=0.9)
    (indices,) = stationary_indices(120, 3.0, 500, seed=9)
    slow = [values[row].mean() / values[row].std(ddof=1) for row in indices]
    assert result.draws == pytest.approx(np.array(slow))
    assert result.interval == pytest.approx(tuple(np.quantile(slow, [0.05, 0.95])))
    assert result.estimate == pytest.approx(values.mean() / values.std(ddof=1))
    assert (result.block, result.n, result.seed, result.n_undefined) == (3.0, 120, 9, 0)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = autoregression(6, 200, 0.3)
    first, again, other = (stationary_bootstrap(values, "mean", None, 200, seed) for seed in (1, 1, 2))
    assert first.interval == again.interval != other.interval
    assert first.block == choose_block(values[:, None], None) > 1


def test_the_interval_of_a_mean_covers_like_the_normal_one():
    values = np.random.default_rng(8).normal(0.0, 1.0, 2000)
    low, high = stationary_bootstrap(values, "mean", block=1, draws=4000, seed=1).interval
    assert high - low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(2000), rel=0.05)


def test_dependent_columns_are_drawn_together():
    values = np.random.default_rng(1).normal(0, 1, (100, 1))
    both = np.hstack((values, 2 * values))
    result = stationary_bootstrap(both, lambda x: float((x[:, 1] - 2 * x[:, 0]).max()), block=2, draws=50)
    assert result.interval == (0.0, 0.0)


@pytest.mark.parametrize(
    ("values", "statistic", "reason"),
    [
        ([0.1], "mean", "n<2"),
        ([math.nan, math.nan], "mean", "n<2"),
        ([0.1] * 20, "sharpe", "the statistic is not defined on the data"),
    ],
)
def test_undefined_intervals_say_why(values, statistic, reason):
    result = stationary_bootstrap(np.array(values), statistic, draws=10)
    assert all(math.isnan(bound) for bound in result.interval) and result.reason == reason


def test_undefined_resamples_are_counted_and_left_out():
    values = np.array([0.0, 0.0, 0.0, 0.0, 0.1])
    result = stationary_bootstrap(values, "sharpe", block=1, draws=300, seed=0)
    assert 0 < result.n_undefined < 300
    assert not math.isnan(result.interval[0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"statistic": "median"}, "median"),
        ({"draws": 0}, "draws"),
        ({"seed": -1}, "seed"),
        ({"confidence": 1.0}, "confidence"),
        ({"block": 0.5}, "block"),
        ({"block": 11}, "10 bars"),
    ],
)
def test_unusable_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        stationary_bootstrap(np.arange(10.0), **arguments)
