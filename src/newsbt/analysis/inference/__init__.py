"""Whether a result can be believed: tests on returns per bar over the full calendar, flat bars included."""

from __future__ import annotations

from newsbt.analysis.inference.block_length import BlockLength, optimal_block_length
from newsbt.analysis.inference.bootstrap import BootstrapResult, stationary_bootstrap
from newsbt.analysis.inference.checked_values import Estimate
from newsbt.analysis.inference.multiple import benjamini_hochberg, holm, max_adjusted, placebo_p
from newsbt.analysis.inference.overfitting import Overfitting, pbo
from newsbt.analysis.inference.purged import Fold, purged_k_fold, purged_walk_forward
from newsbt.analysis.inference.reality_check import RealityCheck, reality_check
from newsbt.analysis.inference.sharpe_difference import SharpeDifference, sharpe_difference
from newsbt.analysis.inference.sharpe_ratio import (
    dsr,
    expected_maximum_sharpe,
    min_backtest_length,
    min_track_record_length,
    psr,
)

__all__ = [
    "BlockLength",
    "BootstrapResult",
    "Estimate",
    "Fold",
    "Overfitting",
    "RealityCheck",
    "SharpeDifference",
    "benjamini_hochberg",
    "dsr",
    "expected_maximum_sharpe",
    "holm",
    "max_adjusted",
    "min_backtest_length",
    "min_track_record_length",
    "optimal_block_length",
    "pbo",
    "placebo_p",
    "psr",
    "purged_k_fold",
    "purged_walk_forward",
    "reality_check",
    "sharpe_difference",
    "stationary_bootstrap",
]
