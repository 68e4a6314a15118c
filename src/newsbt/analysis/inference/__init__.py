"""Whether a result can be believed: METHODS for strategies' returns, per bar and over the full calendar."""

from __future__ import annotations

from newsbt.analysis.inference.sharpe_ratio import (
    dsr,
    expected_maximum_sharpe,
    min_backtest_length,
    min_track_record_length,
    psr,
)
from newsbt.analysis.inference.values import Estimate

__all__ = [
    "Estimate",
    "dsr",
    "expected_maximum_sharpe",
    "min_backtest_length",
    "min_track_record_length",
    "psr",
]
