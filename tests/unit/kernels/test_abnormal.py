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


def slow_fit(returns, factors, usable, days, event_days, *, fixed=False, given=None):
    """Of one event: coefficients, sigma, residuals by day and expected returns by event day, by least squares."""
    count = factors.shape[1]
    rows = [t for t in days if usable(t)]
    y, x = returns[rows], factors[rows]
    if fixed:
        beta, alpha, freedom = np.ones(count), 0.0, len(rows) - 1
    elif given is not None:
        beta, freedom = given, len(rows) - 1 - count
        alpha = (y - x @ beta).mean()
    else:
        solved = np.linalg.lstsq(np.column_stack((np.ones(len(rows)), x)), y, rcond=None)[0]
        alpha, beta, freedom = solved[0], solved[1:], len(rows) - 1 - count
    residual = y - alpha - x @ beta
    about = residual - residual.mean() if fixed else residual
    seen = {t: alpha + factors[t] @ beta for t in event_days if 0 <= t < len(returns) and not np.isnan(returns[t])}
    return (
        np.array([alpha, *beta]), math.sqrt((about**2).sum() / freedom), dict(zip(rows, residual, strict=True)), seen,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["fitted", "fixed", "given"])
@pytest.mark.parametrize("day", [6, 11, 12, 29, 30, 33, 34])
def test_each_event_is_fitted_on_the_days_that_its_own_ticker_and_factors_have(kind, day):
    """Windows that begin before row 0 or at it, and event days that end at the last row of the ticker or behind it."""
    rng = np.random.default_rng(day)
    returns, factors = rng.normal(0, 1, (2, 34)), rng.normal(0, 1, (2, 34, 2))
    returns[1, [3, 20]] = np.nan
    factors[0, 5, 1] = factors[0, 24, 0] = np.nan
    dropped = np.zeros((2, 34), dtype=bool)
    dropped[1, [7, 22]] = True
    given = rng.normal(0, 1, (2, 2))
    shapes = {"residual": (2, 10), "expected": (2, 3), "whitened": (2, 3, 2), "coefficients": (2, 3), "sigma": (2,)}
    out = {name: np.empty(shape) for name, shape in shapes.items()}
    used, flaw, last = np.empty(2, dtype=np.int64), np.empty(2, dtype=np.int64), (34, 31)
    fit_events(
        returns, factors, np.array([1, 0]), dropped, np.array(last), np.array([0, 1]), np.array([day, day]), -12, -1,
        kind == "fixed", given if kind == "given" else np.full((2, 2), np.nan), *out.values(), used, flaw,
    )  # fmt: skip
    for e, h in ((0, 1), (1, 0)):

        def usable(t, e=e, h=h):
            inside = 0 <= t < last[e] and not dropped[e, t]
            return inside and not np.isnan(returns[e, t]) and not np.isnan(factors[h, t]).any()

        window = range(day - 12, day - 2)
        assert used[e] == sum(map(usable, window))
        if used[e] < (2 if kind == "fixed" else 4):
            assert flaw[e] == 1 and np.isnan(out["sigma"][e]) and np.isnan(out["expected"][e]).all()
            continue
        coefficients, sigma, residual, seen = slow_fit(
            returns[e][: last[e]], factors[h], usable, window, range(day - 1, day + 2),
            fixed=kind == "fixed", given=given[e] if kind == "given" else None,
        )  # fmt: skip
        assert flaw[e] == 0 and out["coefficients"][e] == pytest.approx(coefficients)
        assert out["sigma"][e] == pytest.approx(sigma)
        expected = [residual.get(t, np.nan) for t in window]
        assert out["residual"][e] == pytest.approx(expected, nan_ok=True)
        expected = [seen.get(t, np.nan) for t in range(day - 1, day + 2)]
        assert out["expected"][e] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("fixed", "least"), [(False, 3), (True, 2)])
def test_one_degree_of_freedom_is_enough(fixed, least):
    rng = np.random.default_rng(3)
    returns, factors = rng.normal(0, 1, (1, 30)), rng.normal(0, 1, (1, 30, 1))
    for days, flaw in ((least, 0), (least - 1, 1)):
        dropped = np.ones((1, 30), dtype=bool)
        dropped[0, 9 : 9 + days] = False
        out = run_fit(returns, factors, [20], fixed=fixed, dropped=dropped)
        assert (out["used"][0], out["flaw"][0]) == (days, flaw)
        assert np.isnan(out["sigma"][0]) == bool(flaw)


def test_an_event_day_that_the_model_meets_but_for_rounding_is_met():
    """Returns are the model's to eleven places: what misses it by less is nothing, and what moves by itself is not."""
    rng = np.random.default_rng(4)
    factors = rng.normal(0, 1, (1, 30, 1))
    returns = 1.5 * factors[:, :, 0] + 0.1 + rng.normal(0, 1e-14, (1, 30))
    returns[0, 20] += 0.02
    out = run_fit(returns, factors, [20])
    assert (out["flaw"][0], out["sigma"][0]) == (3, 0.0) and not out["residual"][0].any()
    assert returns[0, [19, 21]].tolist() == out["expected"][0, [0, 2]].tolist()
    assert returns[0, 20] - out["expected"][0, 1] == pytest.approx(0.02)
    still = run_fit(np.zeros((1, 30)), factors, [20])
    assert still["flaw"][0] == 3 and not still["expected"][0].any()
