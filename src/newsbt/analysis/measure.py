"""A number or the reason why there is none, and the read-only collection of them that a strategy ends with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from newsbt._typing import Bools, Floats
from newsbt.domain.metric_table import MetricValue
from newsbt.domain.metrics import definitions

__all__ = ["Measure", "Metrics", "constant_rows", "is_constant", "undefined"]

EPSILON = float(np.finfo(np.float64).eps)


class Measure(NamedTuple):
    """One metric: `value`, and when that is NaN (or None for a date) the `reason` in words."""

    value: MetricValue
    reason: str = ""


def undefined(reason: str) -> Measure:
    """NaN and why."""
    return Measure(math.nan, reason)


def is_constant(values: Floats) -> bool:
    """Whether the values differ by no more than rounding: a standard deviation of theirs would be noise.

    Returns come from ratios of prices near one, so four units in the last place of one count as equal.
    """
    return bool(constant_rows(values))


def constant_rows(values: Floats) -> Bools:
    """:func:`is_constant` of each row (..., n) of some."""
    low, high = values.min(axis=-1), values.max(axis=-1)
    return np.asarray(high - low <= 4 * EPSILON * np.fmax(1.0, np.fmax(np.abs(low), np.abs(high))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Metrics by key: `values`, a reason for each undefined one, and notes on those to be read with care.

    Values are fractions, never percent; dates are None where there is none. `definitions` holds one sentence for
    each key this project computes, whether or not it is among `values`.
    """

    values: Mapping[str, MetricValue]
    reasons: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("values", "reasons", "notes", "definitions"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for key, value in self.values.items():
            missing = value is None or (isinstance(value, float) and math.isnan(value))
            assert not (isinstance(value, float) and missing) or self.reasons.get(key), f"{key} is NaN without a reason"

    def __reduce__(self) -> tuple[object, ...]:
        # Read-only views cannot cross to another process, the dicts behind them can.
        return _metrics, (dict(self.values), dict(self.reasons), dict(self.notes), dict(self.definitions))

    def number(self, key: str) -> float:
        """A metric that is a number; NaN where it is undefined."""
        value = self.values.get(key, math.nan)
        return float(value) if isinstance(value, float | int) else math.nan

    @classmethod
    def of(cls, measures: Mapping[str, Measure], notes: Mapping[str, str] | None = None) -> Metrics:
        """Metrics from measures, with the project's definitions."""
        return cls(
            values={key: measure.value for key, measure in measures.items()},
            reasons={key: measure.reason for key, measure in measures.items() if measure.reason},
            notes=notes or {},
            definitions=definitions(),
        )

    def __or__(self, other: Metrics) -> Metrics:
        """Both together; `other` wins where both have a key."""
        kept = {key: reason for key, reason in self.reasons.items() if key not in other.values}
        return Metrics(
            values={**self.values, **other.values},
            reasons={**kept, **other.reasons},
            notes={**self.notes, **other.notes},
            definitions={**self.definitions, **other.definitions},
        )


def _metrics(
    values: dict[str, MetricValue], reasons: dict[str, str], notes: dict[str, str], definitions: dict[str, str]
) -> Metrics:
    return Metrics(values=values, reasons=reasons, notes=notes, definitions=definitions)
