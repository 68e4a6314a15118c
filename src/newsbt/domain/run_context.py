"""What stands around the events of a run, for those who look at it: who was linked how, and whose clock counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from newsbt.domain.entity import Instrument
from newsbt.domain.showing import brief

__all__ = ["LinkWords", "RunContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWords:
    """How an event came to touch a ticker: the ticker's index, the relation, its hop and signed weight, the names on
    the way."""

    ticker: int
    relation: str
    hop: int
    weight: float
    path: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The instruments in the order of the panel's columns, the links of each event by its index, and the time zone of
    each market by its MIC.

    `benchmark` is the index of the benchmark among the instruments, -1 where the run has none.
    """

    instruments: tuple[Instrument, ...]
    links_of: Callable[[int], tuple[LinkWords, ...]]
    zones: Mapping[str, str] = field(default_factory=dict)
    benchmark: int = -1

    __repr__ = brief
