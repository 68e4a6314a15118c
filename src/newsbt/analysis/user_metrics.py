"""Metrics that users add: installed packages name them by entry points of the group `newsbt.metrics`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint

from newsbt.domain.ledger import Ledger
from newsbt.domain.metrics import is_known
from newsbt.errors import ConfigError, Problem, StrategyError, user_traceback
from newsbt.ports import Metric
from newsbt.ports.conformance import lacking
from newsbt.ports.installed import installed

__all__ = ["GROUP", "entry_point_of", "own_definitions", "own_metrics", "own_values", "why_undefined"]

GROUP = "newsbt.metrics"


def own_metrics() -> tuple[Metric, ...]:
    """One of each that is installed, by the names of their entry points.

    Raises
    ------
    ConfigError
        One cannot be loaded or made, is no metric, or has the name of another; all are told at once.
    """
    return tuple(metric for _, metric in _made(_points()))


def _points() -> tuple[EntryPoint, ...]:
    return tuple(sorted(installed("metrics"), key=lambda point: (point.name, point.value)))


def entry_point_of(metric: Metric) -> str:
    """Whose a metric is: its entry point."""
    return next(where for where, one in _made(_points()) if one is metric)


@cache
def _made(points: tuple[EntryPoint, ...]) -> tuple[tuple[str, Metric], ...]:
    """Each metric after what names its entry point; all that is wrong with them is told at once."""
    found: dict[str, tuple[str, Metric]] = {}
    faults = []
    for point in points:
        where = f"the metric {point.name!r} ({point.value}, an entry point of {GROUP})"
        try:
            made = point.load()()
        except Exception as error:
            faults.append(f"{where} cannot be made: {user_traceback(error)}")
            continue
        lack = lacking(made, Metric)
        if lack:
            faults.append(f"{where} is none: {lack}")
        elif not made.name.isidentifier():
            faults.append(f"{where} calls itself {made.name!r}; expected one word, such as longest_hold")
        elif is_known(made.name):
            faults.append(
                f"{where} calls itself {made.name!r}, which is a metric of newsbt's own (docs/methods.md); "
                "choose another"
            )
        elif made.name in found:
            other, _ = found[made.name]
            faults.append(f"{where} calls itself {made.name!r}, and so does {other}; choose another, or remove one")
        else:
            found[made.name] = where, made
    if faults:
        raise ConfigError.of([Problem(code="bad_component", message=fault) for fault in faults])
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
            raise StrategyError(
                f"the metric {metric.name!r} raised {user_traceback(error)}", code="component_failed"
            ) from error
    return found


def own_definitions() -> Mapping[str, str]:
    """A sentence for each: the first line of its docstring, and its unit."""
    return {metric.name: _definition(metric) for metric in own_metrics()}


def _definition(metric: Metric) -> str:
    sentence = ((type(metric).__doc__ or "").strip().splitlines() or [metric.name])[0].rstrip(".")
    return f"{sentence}; in {metric.unit}."


def why_undefined(values: Mapping[str, float]) -> Mapping[str, str]:
    """A reason for those without a value."""
    return {name: "undefined, says its own metric" for name, value in values.items() if math.isnan(value)}
