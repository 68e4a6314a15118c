"""What a sweep keeps, part by part: against the analysis, and by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from newsbt.analysis.inference import psr
from newsbt.analysis.sharpe_variance import MOST_LAGS, long_run_ratio
from newsbt.kernels import sweep_metrics
from newsbt.kernels._compile import plain
from newsbt.kernels.engine_state import LOT_STATE, MONEY
from newsbt.kernels.sweep_metrics import NEVER, SessionSeries, Tally

LONG_RUN_RATIO, INDEPENDENT, BLOCKS = (
    plain(getattr(sweep_metrics, name)) for name in ("_long_run_ratio", "_independent", "_blocks")
)


@pytest.mark.parametrize("n", [9, 10, 19, 20, 45, 130, 700])
@pytest.mark.parametrize("past", [(), (0.7,), (-0.6,), (0.3, 0.4), (0.0, 0.0, 0.7), (0.0, 0.5, 0.0, 0.4)], ids=str)
@pytest.mark.parametrize("flat", [0, 12])
def test_the_long_run_ratio_is_that_of_the_analysis(n: int, past: tuple[float, ...], flat: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    for t in range(n):
        values[t] += sum(weight * values[t - lag - 1] for lag, weight in enumerate(past) if t > lag)
    values[: min(flat, n - 2)] = 0.0
    scratch = np.full((3, MOST_LAGS + 1), 7.0)
    assert LONG_RUN_RATIO(values.copy(), n, scratch) == pytest.approx(long_run_ratio(values), rel=1e-9)
    longer = np.append(values, [5.0, -5.0])
    assert LONG_RUN_RATIO(longer, n, scratch) == pytest.approx(long_run_ratio(values), rel=1e-9), "the first n alone"


@pytest.mark.parametrize(
    ("since", "until", "clusters"),
    [
        ([], [], 0), ([4], [9], 1), ([1, 3, 5], [2, 4, 6], 3), ([5, 1, 3], [6, 2, 4], 3), ([3, 2, 1], [9, 9, 9], 1),
        ([1, 3, 5], [3, 5, 6], 3), ([1, 2, 5], [3, 4, 6], 2), ([0, 1, 5, 9], [10, 2, 6, 11], 1),
        ([1, 4, 4, 2], [3, 6, 5, 4], 2),
    ],
)  # fmt: skip
def test_events_that_overlap_are_one_and_those_that_touch_are_two(
    since: list[int], until: list[int], clusters: int
) -> None:
    out = SimpleNamespace(order=np.arange(len(since)), since=np.array(since), until=np.array(until))
    assert INDEPENDENT(out, len(since)) == clusters
    assert [since[k] for k in out.order] == sorted(since)


@pytest.mark.parametrize(("n", "lost_in", "kept"), [(11, 11, True), (10, 10, True), (9, 9, False), (11, 10, False)])
def test_blocks_are_of_the_newest_sessions_about_their_mean(n: int, lost_in: int, kept: bool) -> None:
    returns = np.array([9.0, 1.0, 2.0, 3.0, 4.0, 5.0, -1.0, -2.0, 8.0, 0.0, 1.0])[11 - n :]
    out = SimpleNamespace(returns=returns, blocks=np.full((4, 2), 7.0), offset=np.array([7.0]))
    BLOCKS(out, n, lost_in)
    if not kept:
        assert math.isnan(out.offset[0]) and (out.blocks == 7.0).all()
        return
    assert out.offset[0] == pytest.approx(2.1)
    squares = [sum((one - 2.1) ** 2 for one in block) for block in ((1, 2, 3, 4, 5), (-1, -2, 8, 0, 1))]
    assert out.blocks == pytest.approx(np.array([[4.5, -4.5], squares, [1.0, -2.0], [5.0, 8.0]]))


class Lots(NamedTuple):
    """What a lot of the hand-made books is: `left_row` is None where it is open."""

    event: int
    ticker: int
    entry_row: int
    entry_at: int
    left_row: int | None
    exit_at: int
    gain: float
    costs: float


def some_books(rng: np.random.Generator, sessions: int, lots: int, *, lost: bool, still: bool) -> Any:
    """Two rows a session, two markets, whose sessions open at 100 k and 100 k + 30 and end at 100 k + 95. Amounts are
    whole, so that many are equal; an equity of `still` moves a few times only."""
    rows = 2 * sessions
    steps = rng.integers(-3, 4, rows) * (rng.random(rows) < (0.1 if still else 0.8))
    equity = 100.0 + np.cumsum(steps)
    if lost:
        equity[2 * rng.integers(0, sessions) + 1 :] -= 300.0
    gross = rng.integers(0, 3, rows) * 10.0
    made = []
    for _ in range(lots):
        entry, left = sorted(rng.choice(rows, 2, replace=False).tolist())
        made.append(Lots(
            event=int(rng.integers(-1, 5)), ticker=int(rng.integers(0, 3)), entry_row=entry,
            entry_at=entry * 50 + int(rng.choice([0, 30, 45])), left_row=None if rng.random() < 0.2 else left,
            exit_at=left * 50 + int(rng.choice([0, 30, 45])), gain=float(rng.integers(-2, 3)),
            costs=float(rng.integers(0, 2)),
        ))  # fmt: skip
    return equity, gross, made


def written(equity: np.ndarray, gross: np.ndarray, lots: list[Lots], tests: list[int], embargo: int) -> Any:
    """Books, sessions and somewhere to write, that kernels read."""
    rows, sessions = len(equity), len(equity) // 2
    state = np.zeros(1, dtype=MONEY)
    state["notional"], state["slipped"], state["paid"], state["borrowed"] = 700.0, 3.0, 5.0, 11.0
    state["refusals"], state["fills"], state["lots"] = 13, 17, len(lots)
    table = np.zeros(len(lots) + 1, dtype=LOT_STATE)
    table["event"][-1], table["gain"][-1] = 4, 50.0  # behind the last: nobody looks at it
    for record, lot in zip(table, lots, strict=False):
        record["event"], record["ticker"], record["entry_row"], record["entry_at"] = lot[:4]
        record["quantity"] = 5 if lot.left_row is None else 0
        record["exit_row"] = -1 if lot.left_row is None else lot.left_row
        record["exit_at"], record["gain"], record["costs"] = lot.exit_at, lot.gain, lot.costs
    books = SimpleNamespace(state=state, lots=table, equity=equity, gross=gross)
    opening = np.arange(sessions)[:, None] * 100 + np.array([0, 30])
    series = SessionSeries(
        last_row=np.arange(1, rows, 2), of_row=np.arange(rows) // 2, of_market=np.array([0, 1, 1]), opening=opening,
        ends=np.arange(sessions) * 100 + 95, test_first=np.array(tests, np.int64), embargo=embargo,
    )  # fmt: skip
    out = Tally(
        values=np.full(22, 7.0), training=np.full((len(tests), 8), 7.0), trained=np.full(len(tests), 7),
        returns=np.full(sessions, 7.0), scores=np.full(sessions, 7.0), autoregression=np.full((3, MOST_LAGS + 1), 7.0),
        blocks=np.full((4, 2), 7.0), offset=np.array([7.0]), since=np.full(5, NEVER), until=np.full(5, -NEVER),
        order=np.full(5, 7),
    )  # fmt: skip
    return books, series, out


def of_returns(curve: list[float], returns: list[float], lost_in: int, per_year: float) -> list[float]:
    """The first eight numbers of a training's sessions, in the words of docs/methods.md; 100 is put in."""
    n, nan = len(curve), math.nan
    if n == 0:
        return [nan] * 8
    peaks = [max([100.0, *curve[: k + 1]]) for k in range(n)]
    depth = min(0.0, *(level / peak - 1 for level, peak in zip(curve, peaks, strict=True)))
    if n > lost_in:
        return [curve[-1] / 100 - 1, nan, nan, nan, nan, depth, nan, nan]
    cagr = (curve[-1] / 100) ** (per_year / n) - 1
    calmar = cagr / -depth if depth < 0 else nan
    if n == 1:
        return [curve[-1] / 100 - 1, cagr, nan, nan, nan, depth, calmar, nan]
    values = np.array(returns)
    below = [r * r for r in returns if r < 0]
    sortino = values.mean() / math.sqrt(sum(below) / n) * math.sqrt(per_year) if below else nan
    volatility, sharpe, chance = 0.0, nan, nan
    if max(returns) - min(returns) > 1e-15:
        volatility = values.std(ddof=1) * math.sqrt(per_year)
        sharpe = values.mean() / values.std(ddof=1) * math.sqrt(per_year)
        chance = float(psr(values))
    return [curve[-1] / 100 - 1, cagr, volatility, sharpe, sortino, depth, calmar, chance]


@pytest.mark.parametrize("seed", range(60))
def test_a_tally_is_what_plain_loops_make_of_the_books(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.choice([1, 2, 3, 9, 10, 12, 30]))
    equity, gross, lots = some_books(rng, n, int(rng.integers(0, 7)), lost=seed % 5 == 4, still=seed % 3 == 2)
    tests = sorted(rng.integers(0, n + 1, int(rng.integers(0, 4))).tolist())
    embargo = int(rng.integers(0, 3))
    books, series, out = written(equity, gross, lots, tests, embargo)
    plain(sweep_metrics.tally)(books, series, 100.0, 12.0, out)

    curve = equity[1::2].tolist()
    lost_in = next((k for k, level in enumerate(curve) if level <= 0), n)
    returns = [level / before - 1 for before, level in zip([100.0, *curve], curve, strict=False)]
    assert out.returns.tolist() == pytest.approx(
        [*returns[: lost_in + 1], *[math.nan] * (n - lost_in - 1)], nan_ok=True
    )

    expected = of_returns(curve, returns, lost_in, 12.0)
    if sum(r != 0.0 for r in returns[: lost_in + 1]) + max(0, n - lost_in - 1) < 10:
        expected[3] = expected[7] = math.nan
    assert out.values[:8].tolist() == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-12)

    closed = [lot.gain - lot.costs for lot in lots if lot.left_row is not None]
    wins, losses = [pnl for pnl in closed if pnl > 0], [-pnl for pnl in closed if pnl < 0]
    assert out.values[8:11].tolist() == pytest.approx([
        len(wins) / (len(wins) + len(losses)) if wins or losses else math.nan,
        sum(wins) / sum(losses) if losses else math.inf if wins else math.nan,
        sum(closed) / len(closed) if closed else math.nan,
    ], nan_ok=True)  # fmt: skip
    held = [(g, level) for g, level in zip(gross[1::2], curve, strict=True) if g != 0]
    mean = sum(curve) / n
    assert out.values[11:15].tolist() == pytest.approx([
        700 / mean * 12 / n if mean > 0 else math.nan, len(held) / n,
        sum(g / level for g, level in held) / n if lost_in == n else math.nan, curve[-1],
    ], nan_ok=True)  # fmt: skip
    assert out.values[15:21].tolist() == pytest.approx([16, 3, (curve[-1] + 19) / 100 - 1, len(closed), 13, 17])

    spans: dict[int, tuple[int, int]] = {}
    for lot in lots:
        until = NEVER
        if lot.left_row is not None:
            left = lot.left_row // 2
            until = lot.exit_at if lot.exit_at <= 100 * left + (0, 30, 30)[lot.ticker] else 100 * left + 95
        if lot.event >= 0:
            since, before = spans.get(lot.event, (NEVER, -NEVER))
            spans[lot.event] = min(since, lot.entry_at), max(before, until)
    clusters, reached = 0, -NEVER
    for since, until in sorted(spans.values()):
        clusters += clusters == 0 or since >= reached
        reached = max(reached, until)
    assert out.values[21] == clusters

    for f, first in enumerate(tests):
        trained = first
        for lot in lots:
            if lot.entry_row // 2 < first and (lot.left_row is None or lot.left_row // 2 >= first):
                trained = min(trained, lot.entry_row // 2)
        trained = max(0, trained - embargo)
        assert out.trained[f] == trained
        expected = of_returns(curve[:trained], returns[:trained], lost_in, 12.0)
        assert out.training[f].tolist() == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-12)
