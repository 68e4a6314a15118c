"""Questions to the table of metrics."""

from __future__ import annotations

from collections.abc import Iterable

from newsbt.domain import metric_table
from newsbt.domain.metric_table import MetricSpec, Scope

__all__ = [
    "columns", "definitions", "first_to_last", "interval_of", "is_known", "keys_of", "outcome_keys", "shown_in_repr",
    "spec_of", "sweep_columns", "unless_computed",
]  # fmt: skip


def _specs() -> Iterable[MetricSpec]:
    return metric_table.METRICS.values()


def spec_of(key: str) -> MetricSpec | None:
    """What the table says of a metric; None where it is a user's own."""
    return metric_table.METRICS.get(key)


def is_known(key: str) -> bool:
    """Whether the name is taken."""
    return key in metric_table.METRICS


def definitions() -> dict[str, str]:
    """A sentence for each, as run.json has them."""
    return {spec.key: spec.definition for spec in _specs()}


def keys_of(*scopes: Scope) -> list[str]:
    """The metrics that are made of these."""
    return [spec.key for spec in _specs() if spec.scope in scopes]


def columns() -> list[MetricSpec]:
    """The columns of the results table, in its order."""
    return [spec for spec in _specs() if spec.title]


def first_to_last(key: str) -> float:
    """1 where a list that is best first goes from low to high, -1 where it goes from high to low."""
    spec = spec_of(key)
    return 1.0 if spec is not None and spec.better == "less" else -1.0


def sweep_columns() -> list[str]:
    """The metrics of a sweep's table, in its order."""
    ranks = {spec.key: spec.sweep for spec in _specs() if spec.sweep is not None}
    return sorted(ranks, key=ranks.__getitem__)


def outcome_keys(*, of_returns_only: bool = False) -> tuple[str, ...]:
    """What a sweep's variant keeps, in the order of `outcome`: all, or those that session returns alone give."""
    scopes: tuple[Scope, ...] = ("equity", "growth", "moments")
    ranks = {
        spec.key: spec.outcome
        for spec in _specs()
        if spec.outcome is not None and (spec.scope in scopes or not of_returns_only)
    }
    return tuple(sorted(ranks, key=ranks.__getitem__))


def shown_in_repr() -> list[str]:
    """What a result shows of itself."""
    return [spec.key for spec in _specs() if spec.in_repr]


def unless_computed() -> dict[str, str]:
    """Why those are undefined that are filled in by what sees more than one ledger, where nothing does."""
    return {spec.key: spec.unless for spec in _specs() if spec.unless}


def interval_of(key: str) -> tuple[str, str] | None:
    """The metrics that are the ends of its 95 % interval."""
    spec = spec_of(key)
    return None if spec is None else spec.interval
