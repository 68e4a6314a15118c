"""What a kind of evidence is handed and what it gives: `registry.EVIDENCE` lists all kinds, `gathering` asks them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from newsbt._typing import Floats
from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.results import StrategyResult
from newsbt.domain.run_documents import RunHashes
from newsbt.evidence.event_pairs import Pairs
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.evidence.timing_test import TimingTest
from newsbt.simulation.reruns import Rerun
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.simulate import Simulate, simulator, total_returns
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy

__all__ = [
    "Asker", "Case", "Evidence", "MovedRuns", "Part", "RowEvidence", "RunEvidence", "by_strategy", "why_not_moved",
]  # fmt: skip

Asker: TypeAlias = Literal["run", "audit", "study", "capacity"]
"""Who asks for evidence: every run, about its rows; `newsbt audit`, about each strategy; an event study, that of a run
or of `newsbt study`, about each of its groups; `newsbt.capacity`, about sizes of account."""


@dataclass(frozen=True, kw_only=True)
class MovedRuns:
    """An audit's runs at other instants: their total returns (m,), fractions, and where they were on other calendars of
    the same news the `test`; None with the `reason`."""

    returns: Floats | None
    test: TimingTest | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A run to find evidence about.

    `rows` are those of its strategies and baselines, with what the kinds of evidence before found; `simulated` has the
    strategies' books, by name. `inputs` is what was read, also before the period, None where it is not at hand, and
    `trials` the per-bar Sharpe ratios of every configuration tried before, by key, NaN where undefined. Only a run has
    rows, and the `hashes` of `steps.run_hashes`. Beside the books an audit has so many `draws`, and by strategy the
    runs it `moved`; a study has the `pairs` of its groups and the `horizons` to follow them to, in sessions after day
    0; `newsbt.capacity` has `sizes` of account. `kinds` are all there are, for those that ask others; `kept` is what
    one kind leaves for those after it, by name.
    """

    prepared: PreparedRun
    simulated: Mapping[str, SimulatedStrategy] = field(default_factory=dict)
    rows: Sequence[StrategyResult] = ()
    hashes: RunHashes = field(default_factory=RunHashes)
    market_returns: Floats | None = None
    inputs: RunInputs | None = None
    trials: Mapping[str, float] = field(default_factory=dict)
    draws: int = 0
    moved: Mapping[str, MovedRuns] = field(default_factory=dict)
    pairs: Pairs | None = None
    horizons: tuple[int, ...] = ()
    sizes: tuple[float, ...] = ()
    progress: Progress = field(default_factory=SilentProgress)
    kinds: tuple[Evidence, ...] = ()
    _signals: dict[str, RetimableSignals] = field(default_factory=dict, repr=False)
    kept: dict[str, Mapping[str, float]] = field(default_factory=dict, repr=False)

    @property
    def strategies(self) -> Iterator[tuple[SimulatedStrategy, StrategyResult]]:
        """The books and the row of each strategy."""
        return ((self.simulated[row.name], row) for row in self.rows if row.name in self.simulated)

    def asked(self, asker: Asker) -> Iterator[tuple[Evidence, RunEvidence]]:
        """What each kind says that such an asker asks, in their order."""
        return ((kind, kind.find(self)) for kind in self.kinds if asker in kind.asked_by)

    def signals(self, books: SimulatedStrategy) -> RetimableSignals:
        """The signals of a strategy, to be moved to other instants; see :func:`why_not_moved`."""
        if books.name not in self._signals:
            self._signals[books.name] = movable(self.prepared.market, self.prepared.news, books)
        return self._signals[books.name]

    def simulate(self, books: SimulatedStrategy) -> Simulate:
        """What runs a strategy's signals again, as they were run."""
        return simulator(self.prepared.market, books.hedge)

    def total_returns(self, books: SimulatedStrategy, reruns: Sequence[Rerun]) -> Floats:
        """(R,): the total return of each of a strategy's signals' reruns, all in one batch."""
        self.progress.stage("rerun", len(reruns))
        return total_returns(self.prepared.market, books.hedge, reruns, self.progress)


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
    """What one kind of evidence gives: findings by row (by strategy, to an audit; by group, to a study), a section that
    belongs to no row, and rows to stand below a row."""

    rows: Mapping[str, RowEvidence] = field(default_factory=dict)
    section: object = None
    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One kind of evidence.

    `name` is that of its section in evidence.json, or in the document of whoever asks; `asked_by` says who does: what
    takes too long for every run is left to the others. Every row of a run has its `metrics`, undefined with a reason
    where nothing was found. `of_parts`: it is asked about rows of parts as well. A study says the `definition` of what
    its groups have.
    """

    name: str
    find: Callable[[Case], RunEvidence]
    metrics: tuple[MetricSpec, ...] = ()
    of_parts: bool = False
    asked_by: tuple[Asker, ...] = ("run",)
    definition: str = ""


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
