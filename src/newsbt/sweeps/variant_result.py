"""What is kept of a variant: metrics, and the sums that overfitting and walk-forward are judged by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Floats
from newsbt.analysis.evaluation import evaluate, last_rows
from newsbt.analysis.inference.overfitting import BlockSums
from newsbt.analysis.measure import undefined
from newsbt.analysis.performance import return_metrics
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.metrics import outcome_keys
from newsbt.domain.returns import session_returns, why_no_returns
from newsbt.domain.showing import brief
from newsbt.sweeps.folds import Folds

__all__ = ["BLOCKS", "METRICS", "SERIES", "VariantResult", "ledger_outcome"]

BLOCKS = 16
METRICS = outcome_keys()
SERIES = outcome_keys(of_returns_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantResult:
    """A variant that ran, or the `error` it ended with.

    `values` (22,) are the `METRICS`, NaN where undefined; `per_bar_sharpe` is what a trial is judged by. `blocks`
    (4, S) are sums, squares, smallest and largest by block about `offset`, None where the run is shorter than five
    sessions a block. `training` (F, 8) are the `SERIES` metrics on each fold's training sessions.
    """

    number: int
    key: str
    params: Mapping[str, PlainValue]
    values: Floats | None = None
    per_bar_sharpe: float = math.nan
    offset: float = math.nan
    blocks: Floats | None = None
    training: Floats | None = None
    error: str = ""

    __repr__ = brief

    @property
    def metrics(self) -> Mapping[str, float]:
        """By name; empty where the variant failed."""
        return {} if self.values is None else dict(zip(METRICS, self.values.tolist(), strict=True))

    def metric(self, name: str) -> float:
        """One of them; NaN where the variant failed."""
        return math.nan if self.values is None else float(self.values[METRICS.index(name)])


class VariantNumbers(TypedDict):
    """The numbers of a :class:`VariantResult`."""

    values: Floats
    per_bar_sharpe: float
    offset: NotRequired[float]
    blocks: NotRequired[Floats]
    training: NotRequired[Floats]


def ledger_outcome(
    ledger: Ledger, panel: MarketPanel, periods_per_year: float, folds: Folds | None
) -> tuple[VariantNumbers, Floats]:
    """The numbers of a `VariantNumbers` from a ledger, and the returns by session (n,).

    What the compiled engine's books give without one: `newsbt.kernels.sweep_metrics`; a test holds the two together.
    """
    rows = last_rows(panel.dates)
    found = evaluate(
        ledger, panel, benchmark=None, periods_per_year=periods_per_year, events={},
        unfillable=undefined("not computed in a sweep"),
    )  # fmt: skip
    values = np.array([found.number(name) for name in METRICS])
    returns = session_returns(ledger.equity[rows], ledger.initial_cash)
    account = np.append(ledger.initial_cash, ledger.equity[rows])
    numbers: VariantNumbers = {
        "values": values,
        "per_bar_sharpe": values[METRICS.index("sharpe")] / math.sqrt(periods_per_year),
    }
    if len(returns) // BLOCKS >= 5 and not why_no_returns(returns):
        sums = BlockSums.of(returns[:, None], BLOCKS)
        numbers["blocks"] = np.vstack([sums.sums.T, sums.squares.T, sums.smallest.T, sums.largest.T])
        numbers["offset"] = float(sums.offset[0])
    if folds is not None:
        numbers["training"] = np.array(
            [
                _scores(account[: count + 1], returns[:count], periods_per_year)
                for count in folds.training(ledger, panel)
            ]
        )
    return numbers, returns


def _scores(account: Floats, returns: Floats, periods_per_year: float) -> Sequence[float]:
    if not len(returns):
        return [math.nan] * len(SERIES)
    found = return_metrics(returns, periods_per_year=periods_per_year, equity=account).values
    return [float(found[name]) for name in SERIES]  # type: ignore[arg-type]
