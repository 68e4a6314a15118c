"""Walk-forward: in each fold the variant that was best on the past, and what it earned on what came next."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Days, Floats
from newsbt.analysis.performance import return_metrics
from newsbt.domain.returns import why_no_returns
from newsbt.domain.showing import brief
from newsbt.errors import DataError
from newsbt.sweeps.folds import Folds
from newsbt.sweeps.variant_result import SERIES, VariantResult
from newsbt.sweeps.variant_selection import rank

__all__ = ["Choice", "WalkForward", "walk_forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One fold: the variant that was best by the metric on its training sessions, `value`, and the days it is
    tested on."""

    number: int
    params: Mapping[str, PlainValue]
    value: float
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkForward:
    """Out-of-sample `returns` (n,) on `dates` (n,), each session once, and their `metrics`, NaN where a chosen account
    was lost; `choices` by fold."""

    choices: tuple[Choice, ...]
    dates: Days
    returns: Floats
    metrics: Mapping[str, float]

    __repr__ = brief


def walk_forward(
    outcomes: Sequence[VariantResult], folds: Folds, metric: str, dates: Days,
    returns_of: Callable[[VariantResult], Floats], periods_per_year: float,
) -> WalkForward:  # fmt: skip
    """Choose in each fold and put the chosen variants' returns end to end.

    Returns of a test block are those of the chosen variant's own account, with what it held when the block began.

    Raises
    ------
    DataError
        No variant has a value of the metric on the training sessions of a fold.
    """
    ran = [outcome for outcome in outcomes if outcome.training is not None]
    made: dict[str, Floats] = {}
    choices, parts = [], []
    for fold in range(len(folds.first)):
        values = np.array([item.training[fold, SERIES.index(metric)] for item in ran if item.training is not None])
        index = rank(values, metric)
        test = folds.test(fold)
        if index < 0:
            raise DataError(
                f"walk-forward: no variant has a {metric} on what was over before {dates[test.start]}, {folds.embargo} "
                "sessions of embargo left out: nothing was traded yet, or all that was is still held; use fewer folds, "
                "a shorter hold or a later period.start",
                code="no_data",
            )
        chosen = ran[index]
        if chosen.key not in made:
            made[chosen.key] = returns_of(chosen)
        parts.append(made[chosen.key][test])
        choices.append(
            Choice(
                number=chosen.number,
                params=chosen.params,
                value=float(values[index]),
                first=str(dates[test.start]),
                last=str(dates[test.stop - 1]),
            )
        )
    returns = np.concatenate(parts)
    metrics = dict.fromkeys(SERIES, math.nan)
    # Of an account that was lost in a test block, or before it, there are no returns to put end to end.
    if np.isfinite(returns).all() and not why_no_returns(returns):
        found = return_metrics(returns, periods_per_year=periods_per_year).values
        metrics = {name: float(found[name]) for name in SERIES}  # type: ignore[arg-type]
    return WalkForward(
        choices=tuple(choices),
        dates=dates[int(folds.first[0]) :],
        returns=returns,
        metrics=metrics,
    )
