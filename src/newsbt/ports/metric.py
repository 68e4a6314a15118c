"""The contract of metrics: entry points of the group ``newsbt.metrics``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from newsbt.domain.ledger import Ledger

__all__ = ["Metric"]


@runtime_checkable
class Metric(Protocol):
    """A column of the results table that an entry point of the group ``newsbt.metrics`` adds.

    A class is a frozen dataclass without required fields. `name` is its key in run.json, a word such as
    ``longest_hold``; `unit` says what the number counts, such as ``fraction`` or ``sessions``; the first line of its
    docstring becomes its definition.
    """

    @property
    def name(self) -> str: ...

    @property
    def unit(self) -> str: ...

    def compute(self, ledger: Ledger) -> float:
        """The value from one strategy's books; NaN where it is undefined."""
        ...
