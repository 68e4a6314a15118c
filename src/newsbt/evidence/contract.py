"""What a kind of evidence is handed and what it gives: `registry.EVIDENCE` lists all kinds, `gathering` asks them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsbt._typing import Floats
from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.results import StrategyResult
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.simulate import Simulate, simulator
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy

__all__ = ["Case", "Evidence", "Part", "RowEvidence", "RunEvidence", "by_strategy", "why_not_moved"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run to find evidence about.

    `rows` are those of its strategies and baselines, with what the kinds of evidence before found; `simulated` has the
    strategies' books, by name. `inputs` is what was read, also before the period, None where it is not at hand, and
    `trials` the per-bar Sharpe ratios of every configuration tried before, by key, NaN where undefined.
    """

    prepared: PreparedRun
    simulated: Mapping[str, SimulatedStrategy]
    rows: Sequence[StrategyResult]
    market_returns: Floats | None = None
    inputs: RunInputs | None = None
    trials: Mapping[str, float] = field(default_factory=dict)
    _signals: dict[str, RetimableSignals] = field(default_factory=dict, repr=False)

    @property
    def strategies(self) -> Iterator[tuple[SimulatedStrategy, StrategyResult]]:
        """The books and the row of each strategy."""
        return ((self.simulated[row.name], row) for row in self.rows if row.name in self.simulated)

    def signals(self, books: SimulatedStrategy) -> RetimableSignals:
        """The signals of a strategy, to be moved to other instants; see :func:`why_not_moved`."""
        if books.name not in self._signals:
            self._signals[books.name] = movable(self.prepared, books)
        return self._signals[books.name]

    def simulate(self, books: SimulatedStrategy) -> Simulate:
        """What runs a strategy's signals again, as they were run."""
        return simulator(self.prepared, books.hedge)


@dataclass(frozen=True, kw_only=True)
class RowEvidence:
    """What is found about one row: metrics, why they are undefined, warnings, and its part of the kind's section of
    evidence.json, plain values, None where it has none."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    section: object = None

    def beside(self, row: StrategyResult, name: str) -> StrategyResult:
        """The row with this, `name` being that of the section."""
        kept = {key: why for key, why in row.reasons.items() if key not in self.metrics}
        return dataclasses.replace(
            row,
            metrics={**row.metrics, **self.metrics},
            reasons={**kept, **self.reasons},
            evidence=row.evidence if self.section is None else {**row.evidence, name: self.section},
            warnings=(*row.warnings, *self.warnings),
        )


@dataclass(frozen=True, kw_only=True)
class Part:
    """A row more, about a part of the strategy of the row above: a run of its own with this one row.

    `why` is said of the metrics of evidence that is not `of_parts`; the `warning` comes last among the row's.
    """

    case: Case
    why: str
    warning: str


@dataclass(frozen=True, kw_only=True)
class RunEvidence:
    """What one kind of evidence gives: findings by row, a section of evidence.json that belongs to no row, and rows to
    stand below a row."""

    rows: Mapping[str, RowEvidence] = field(default_factory=dict)
    section: object = None
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One kind of evidence.

    `name` is that of its section in evidence.json. Every row has its `metrics`, undefined with a reason where nothing
    was found. `of_parts`: it is asked about rows of parts as well.
    """

    name: str
    find: Callable[[Case], RunEvidence]
    metrics: tuple[MetricSpec, ...] = ()
    of_parts: bool = False


def by_strategy(
    find_one: Callable[[Case, SimulatedStrategy, StrategyResult], RowEvidence],
) -> Callable[[Case], RunEvidence]:
    """`Evidence.find` of what looks at one strategy at a time."""

    def find(case: Case) -> RunEvidence:
        return RunEvidence(rows={row.name: find_one(case, books, row) for books, row in case.strategies})

    return find


def why_not_moved(books: SimulatedStrategy) -> str:
    """Why a strategy's signals cannot be run at other instants without asking it again; empty where they can."""
    if not books.read_news:
        return READ_NO_EVENTS
    if books.placed is None or books.terms is None:
        return "only signals of single events can be moved"
    return "" if len(books.placed.entries) else "no signal inside the period"
