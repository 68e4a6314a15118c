"""What selection leaves of a result: p adjusted over a run's strategies, the Sharpe ratio deflated over all trials."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from newsbt.analysis.inference import dsr
from newsbt.analysis.inference.checked_values import nan_because
from newsbt.domain.metric_table import METRICS
from newsbt.domain.metrics import keys_of
from newsbt.domain.results import StrategyResult
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence
from newsbt.evidence.trial_keys import own_trials

__all__ = ["SELECTION", "judge"]


def judge(
    strategies: Sequence[StrategyResult], trials: Mapping[str, float], adjusted: Mapping[str, float]
) -> Mapping[str, RowEvidence]:
    """What only the whole table can say of each of its strategies.

    Parameters
    ----------
    trials : mapping
        Per-bar Sharpe ratios of every configuration run, these strategies included, by trial key; NaN where undefined.
    adjusted : mapping
        p over all strategies of the table, by name.
    """
    # By size, not by key: keys are hashes, and the order of a sum must not go by the sources of strategies.
    sharpes = np.sort(np.array(list(trials.values()), dtype=np.float64))
    found = {}
    for row in strategies:
        why = row.lost or _why_no_sharpe(row)
        deflated = nan_because(why) if why else dsr(row.returns.to_numpy(), sharpes)
        p = float(adjusted.get(row.name, math.nan))
        reasons = {"dsr": deflated.reason or "undefined"} if math.isnan(deflated) else {}
        found[row.name] = RowEvidence(
            metrics={"dsr": float(deflated), "dsr_trials": len(sharpes), "p_adjusted": p},
            reasons={**reasons, "p_adjusted": "no placebo p-value"} if math.isnan(p) else reasons,
        )
    return found


def _why_no_sharpe(row: StrategyResult) -> str:
    """Where there is no Sharpe ratio, none is deflated, for the same reason."""
    return row.reasons.get("sharpe", "undefined") if math.isnan(row.number("sharpe")) else ""


def _find(case: Case) -> RunEvidence:
    strategies = [row for _, row in case.strategies]
    return RunEvidence(rows=judge(strategies, {**case.trials, **own_trials(case)}, case.kept.get("p_adjusted", {})))


SELECTION = Evidence(
    name="selection",
    find=_find,
    metrics=tuple(METRICS[key] for key in keys_of("table")),
)
