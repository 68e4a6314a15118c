"""`newsbt compare` adjusts its p over all pairs of strategies there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.analysis.inference import holm, sharpe_difference
from newsbt.cli.compare import DRAWS, MOST_PAIRS, _duels
from newsbt.domain.record import RunRecord


def run_of(returns: np.ndarray) -> RunRecord:
    """A run whose strategies have these returns by session, (K, n)."""
    import pandas as pd

    days = pd.date_range("2024-01-01", periods=returns.shape[1], freq="B")
    equity = 1e6 * np.cumprod(1 + returns, axis=1)
    frames = [pd.DataFrame({"strategy": f"s{k}", "date": days, "equity": row}) for k, row in enumerate(equity)]
    rows = [
        {"name": f"s{k}", "kind": "strategy", "metrics": {"sharpe": float(row.mean() / row.std())}}
        for k, row in enumerate(returns)
    ]
    curves = pd.concat(frames, ignore_index=True)
    document = {"strategies": rows, "account": {"cash": 1e6}, "periods_per_year": 252.0}
    return RunRecord(run_id="made", document=document, table_of=lambda _name: curves, path=str(Path("made")))


@pytest.mark.parametrize(("strategies", "pairs", "shown"), [(4, 6, 6), (7, 21, 6), (13, 78, MOST_PAIRS)])
def test_p_is_adjusted_over_all_pairs_there_are(strategies: int, pairs: int, shown: int) -> None:
    returns = np.random.default_rng(1).normal(0.0, 0.01, (strategies, 60))
    returns[0] += 0.004
    duels = _duels([run_of(returns)])
    assert len(duels) == shown and {duel.one for duel in duels if len(duels) < pairs} <= {"s0"}
    raw = [duel.p for duel in duels]
    assert [duel.adjusted for duel in duels] == pytest.approx(holm(raw, tests=pairs).tolist())
    assert min(duel.adjusted for duel in duels) == pytest.approx(min(1.0, pairs * min(raw)))
    best, other = (np.asarray(returns[int(name[1:])]) for name in (duels[0].one, duels[0].other))
    assert raw[0] == sharpe_difference(best, other, draws=DRAWS).p_bootstrap
