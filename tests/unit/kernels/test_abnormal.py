"""The event-study kernels against plain twins: small cases, with gaps, ties and edges of the data."""

import math

import numpy as np
import pytest
from scipy import stats

from newsbt.kernels.abnormal import estimation_ranks, fit_events, generalised_rank_days, rank_days
from newsbt.kernels.residual_correlation import place_on_calendar, sum_correlations


def with_gaps(rng, shape, share=0.15):
    values = rng.normal(0, 1, shape).round(1)  # rounded: ties
    values[rng.random(shape) < share] = np.nan
    return values


def test_ranks_within_events():
    residual = with_gaps(np.random.default_rng(0), (6, 15))
    residual[5] = np.nan
    ranks = np.empty_like(residual)
    estimation_ranks(residual, ranks)
    assert ranks == pytest.approx(stats.rankdata(residual, axis=1, nan_policy="omit"), nan_ok=True)


def test_rank_days():
    rng = np.random.default_rng(1)
    residual, abnormal = with_gaps(rng, (7, 12)), with_gaps(rng, (7, 4))
    ranks = np.empty_like(residual)
    estimation_ranks(residual, ranks)
    total, count = np.empty(16), np.empty(16, dtype=np.int64)
    rank_days(residual, ranks, abnormal, total, count)
    both = np.hstack((residual, abnormal))
    expected = stats.rankdata(both, axis=1, nan_policy="omit")
    scaled = expected / ((~np.isnan(both)).sum(axis=1, keepdims=True) + 1) - 0.5
    assert total == pytest.approx(np.nansum(scaled, axis=0))
    assert count.tolist() == (~np.isnan(both)).sum(axis=0).tolist()


def test_generalised_rank_days():
    rng = np.random.default_rng(2)
    residual = with_gaps(rng, (8, 10))
    value = rng.normal(0, 1, 8).round(1)
    value[3] = np.nan
    ranks = np.empty_like(residual)
    estimation_ranks(residual, ranks)
    total, count = np.empty(11), np.empty(11, dtype=np.int64)
    generalised_rank_days(residual, ranks, value, total, count)
    both = np.column_stack((residual, value))[~np.isnan(value)]
    scaled = stats.rankdata(both, axis=1, nan_policy="omit") / ((~np.isnan(both)).sum(axis=1, keepdims=True) + 1) - 0.5
    assert total == pytest.approx(np.nansum(scaled, axis=0))
    assert count.tolist() == (~np.isnan(both)).sum(axis=0).tolist()


def run_fit(returns, factors, days, *, width=8, first=-11, span=3, fixed=False, given=None, dropped=None):
    events, count = len(days), factors.shape[2]
    out = {
        "residual": np.empty((events, width)), "expected": np.empty((events, span)),
        "whitened": np.empty((events, span, count)), "coefficients": np.empty((events, count + 1)),
        "sigma": np.empty(events), "used": np.empty(events, dtype=np.int64), "flaw": np.empty(events, dtype=np.int64),
    }  # fmt: skip
    tickers = len(returns)
    fit_events(
        returns, factors, np.zeros(tickers, dtype=np.int64),
        np.zeros(returns.shape, dtype=bool) if dropped is None else dropped,
        np.full(tickers, returns.shape[1]), np.zeros(events, dtype=np.int64), np.array(days), first, -1, fixed,
        np.full((events, count), np.nan) if given is None else given, *out.values(),
    )  # fmt: skip
    return out


@pytest.mark.parametrize("count", [0, 1, 3])
def test_fit_agrees_with_least_squares(count):
    rng = np.random.default_rng(count)
    returns, factors = rng.normal(0, 1, (1, 40)), rng.normal(0, 1, (1, 40, count))
    returns[0, 15] = np.nan
    dropped = np.zeros((1, 40), dtype=bool)
    dropped[0, 17] = True
    out = run_fit(returns, factors, [24], width=12, first=-14, dropped=dropped)
    rows = [t for t in range(10, 22) if t not in (15, 17)]
    design = np.column_stack((np.ones(10), factors[0, rows]))
    solved, squares, *_ = np.linalg.lstsq(design, returns[0, rows], rcond=None)
    assert out["coefficients"][0] == pytest.approx(solved)
    assert out["used"][0] == 10
    assert out["sigma"][0] == pytest.approx(math.sqrt(squares[0] / (9 - count)))
    assert out["residual"][0, [r - 10 for r in rows]] == pytest.approx(returns[0, rows] - design @ solved)
    assert np.isnan(out["residual"][0, [5, 7]]).all()
    inverse = np.linalg.inv(design.T @ design)
    for j, t in enumerate((23, 24, 25)):
        row = np.array([1.0, *factors[0, t]])
        assert out["expected"][0, j] == pytest.approx(row @ solved)
        assert 1 / 10 + (out["whitened"][0, j] ** 2).sum() == pytest.approx(row @ inverse @ row)


def test_fixed_and_given_slopes():
    rng = np.random.default_rng(7)
    returns, factors = rng.normal(0, 1, (1, 30)), rng.normal(0, 1, (1, 30, 1))
    fixed = run_fit(returns, factors, [20], fixed=True)
    difference = (returns - factors[:, :, 0])[0, 9:17]
    assert fixed["residual"][0] == pytest.approx(difference)
    assert fixed["sigma"][0] == pytest.approx(difference.std(ddof=1))
    given = run_fit(returns, factors, [20], given=np.array([[0.5]]))
    rest = (returns - 0.5 * factors[:, :, 0])[0, 9:17]
    assert given["coefficients"][0] == pytest.approx([rest.mean(), 0.5])
    assert given["sigma"][0] == pytest.approx(math.sqrt(((rest - rest.mean()) ** 2).sum() / 6))


def test_flaws():
    rng = np.random.default_rng(8)
    returns, factors = rng.normal(0, 1, (1, 30)), rng.normal(0, 1, (1, 30, 1))
    assert run_fit(returns, factors, [4])["flaw"].tolist() == [1]  # before the data
    assert run_fit(returns, factors * 0 + 0.1, [20])["flaw"].tolist() == [2]
    twice = np.concatenate((factors, 3 * factors), axis=2)
    assert run_fit(returns, twice, [20])["flaw"].tolist() == [2]
    exact = run_fit(1.5 * factors[:, :, 0] + 0.1, factors, [20])
    assert exact["flaw"].tolist() == [3]
    assert exact["sigma"][0] == 0.0
    assert exact["coefficients"][0] == pytest.approx([0.1, 1.5])


def test_event_days_outside_the_data_are_missing():
    rng = np.random.default_rng(9)
    out = run_fit(rng.normal(0, 1, (1, 30)), rng.normal(0, 1, (1, 30, 1)), [29])
    assert np.isnan(out["expected"][0]).tolist() == [False, False, True]


def test_correlations_agree_with_every_pair_by_itself():
    rng = np.random.default_rng(3)
    events, width = 9, 30
    # Two markets: the second is closed on every tenth row of the calendar.
    rows = np.full((2, 80), -1)
    rows[0] = np.arange(80)
    second = np.array([t for t in range(80) if t % 10 != 5])
    rows[1, : second.size] = second
    sessions = np.where(np.arange(events) % 2, second.size, 80)
    axis_of = np.arange(events) % 2
    start = rng.integers(-4, 30, events)
    shock = rng.normal(0, 1, 200)
    residual = np.empty((events, width))
    for e in range(events):
        for j in range(width):
            t = start[e] + j
            residual[e, j] = shock[rows[axis_of[e], t]] + rng.normal() if 0 <= t < sessions[e] else np.nan
    residual[rng.random(residual.shape) < 0.1] = np.nan
    residual[8] = 0.5  # no variance
    first = np.sort(rng.integers(60, 68, events))
    last = first + 5
    values, gaps = np.empty((events, 80)), np.empty((events, 80), dtype=np.int64)
    low, high, gap_count = (np.empty(events, dtype=np.int64) for _ in range(3))
    place_on_calendar(residual, rows, axis_of, sessions, start, values, gaps, low, high, gap_count)
    out = np.empty(1)
    sum_correlations(values, gaps, low, high, gap_count, first, last, 12, out)
    series = []
    for e in range(events):
        own = {}
        for j in range(width):
            if 0 <= start[e] + j < sessions[e] and not math.isnan(residual[e, j]):
                own[int(rows[axis_of[e], start[e] + j])] = residual[e, j]
        series.append(own)
    expected, pairs = 0.0, 0
    for i in range(events):
        for j in range(i + 1, events):
            common = sorted(set(series[i]) & set(series[j]))
            share = max(0, last[i] - first[j] + 1) / 6
            if share and len(common) >= 12 and 8 not in (i, j):
                pairs += 1
                x, y = ([series[k][t] for t in common] for k in (i, j))
                expected += share * np.corrcoef(x, y)[0, 1]
    assert pairs >= 10
    assert out[0] == pytest.approx(expected)
