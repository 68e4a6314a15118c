"""Metrics that users add: installed packages name them by entry points of the group `newsbt.metrics`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from newsbt.domain.ledger import Ledger
from newsbt.domain.metrics import is_known
from newsbt.errors import ConfigError, StrategyError, user_traceback
from newsbt.ports import Metric

__all__ = ["GROUP", "own_definitions", "own_metrics", "own_values", "why_undefined"]

GROUP = "newsbt.metrics"


def own_metrics() -> tuple[Metric, ...]:
    """One of each that is installed, by the names of their entry points.

    Raises
    ------
    ConfigError
        One cannot be loaded or made, is no metric, or has the name of another.
    """
    points = entry_points(group=GROUP)
    return _made(tuple(sorted(points, key=lambda point: (point.name, point.value))))


@cache
def _made(points: tuple[EntryPoint, ...]) -> tuple[Metric, ...]:
    found: dict[str, Metric] = {}
    for point in points:
        where = f"the metric {point.name!r} ({point.value}, an entry point of {GROUP})"
        try:
            made = point.load()()
        except Exception as error:
            raise ConfigError(f"{where} cannot be made: {user_traceback(error)}") from error
        if not isinstance(made, Metric):
            raise ConfigError(f"{where} needs a name, a unit and a method compute(ledger)")
        if is_known(made.name) or made.name in found:
            raise ConfigError(f"{where} calls itself {made.name!r}, which another metric is called; choose another")
        found[made.name] = made
    return tuple(found.values())


def own_values(ledger: Ledger) -> Mapping[str, float]:
    """What users' metrics say of one strategy's books.

    Raises
    ------
    StrategyError
        One raised, or answered what is no number.
    """
    found: dict[str, float] = {}
    for metric in own_metrics():
        try:
            found[metric.name] = float(metric.compute(ledger))
        except Exception as error:
            raise StrategyError(f"the metric {metric.name!r} raised {user_traceback(error)}") from error
    return found


def own_definitions() -> Mapping[str, str]:
    """A sentence for each: the first line of its docstring, and its unit."""
    return {metric.name: _definition(metric) for metric in own_metrics()}


def _definition(metric: Metric) -> str:
    said = ((type(metric).__doc__ or "").strip().splitlines() or [metric.name])[0].rstrip(".")
    return f"{said}; in {metric.unit}."


def why_undefined(values: Mapping[str, float]) -> Mapping[str, str]:
    """A reason for those without a value."""
    return {name: "undefined, says its own metric" for name, value in values.items() if math.isnan(value)}
