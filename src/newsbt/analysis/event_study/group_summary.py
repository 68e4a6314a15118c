"""From fitted events to what is told of a group: sums over windows, tests, intervals and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.event_study import result_tables
from newsbt.analysis.event_study.conclusion import Window, WindowSample
from newsbt.analysis.event_study.cross_correlation import Spans
from newsbt.analysis.event_study.fitted import Fitted, sample_window
from newsbt.analysis.event_study.intervals import Intervals, cluster_intervals
from newsbt.analysis.event_study.panel import StudyPanel
from newsbt.analysis.event_study.selection import Placed
from newsbt.analysis.event_study.study_result import EventStudy, StudySettings
from newsbt.analysis.event_study.suite import Common, run_suite, run_test

__all__ = ["GroupFigures", "GroupSummary", "Studied", "WindowFigures"]

THIN = 0.2


@dataclass(frozen=True, kw_only=True)
class Studied:
    """The N events of a study: `included` (N,) their positions among those placed, with models and calendar places.

    `contaminated` (N,) estimation days spoiled by earlier events, `idle` (N,) the share of estimation days without a
    return or with one of 0.
    """

    placed: Placed
    panel: StudyPanel
    fitted: Fitted
    included: Ints
    spans: Spans
    contaminated: Ints
    idle: Floats

    def take(self, keep: Bools) -> Studied:
        """The same for some of the events."""
        return Studied(
            placed=self.placed, panel=self.panel, fitted=self.fitted.take(keep), included=self.included[keep],
            spans=self.spans.take(keep), contaminated=self.contaminated[keep], idle=self.idle[keep],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFigures:
    """A window of a group: so many pairs and events have a return in it, in so many independent clusters; means and
    interval are fractions, NaN where there are none, and p is by test."""

    window: Window
    count: int
    events: int
    clusters: int
    caar: float
    bhar: float
    low: float
    high: float
    no_interval: str
    p: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """What a document says of a group: `windows`, the whole last; `caar` (W,) up to each day of it, with its interval;
    pairs `excluded`, by reason; `counts` and `notes` as in `EventStudy`."""

    windows: Sequence[WindowFigures]
    caar: Floats
    low: Floats
    high: Floats
    counts: Mapping[str, float]
    excluded: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GroupSummary:
    """What is told of a group: of `studied`, which are in among the `events` (positions) asked for. Numbers are worked
    out when they are asked for, tests and tables of them in :meth:`study`; `every` window has the whole last."""

    studied: Studied
    events: Ints
    every: list[Window]
    settings: StudySettings

    @property
    def whole(self) -> Window:
        return self.every[-1]

    @property
    def cumulated(self) -> list[Window]:
        """From the first day of the whole window to each of its days."""
        return [Window(self.whole.start, d) for d in range(self.whole.start, self.whole.end + 1)]

    @cached_property
    def common(self) -> Common:
        fitted, correlation = self.studied.fitted, self.settings["correlation"]
        return Common(fitted=fitted, spans=self.studied.spans, correlation=correlation)

    def car(self, windows: Sequence[Window]) -> Floats:
        """(N, V): the CAR of each pair in V windows, NaN where it has no day in one."""
        return np.column_stack([_car(self.studied.fitted, each) for each in windows])

    def intervals(self, windows: Sequence[Window], cars: Floats) -> Intervals:
        """Of the means of `cars` (N, V)."""
        return cluster_intervals(cars, [self.studied.spans.clusters(each.start, each.end) for each in windows])

    @cached_property
    def _share_up(self) -> Floats:
        return _share_up(self.studied.fitted.residual)

    def sample(self, window: Window) -> tuple[WindowSample, Bools]:
        """What the tests of a window are of, and which of the N pairs those are."""
        return sample_window(self.studied.fitted, self._share_up, window)

    def counts(self, clusters: int) -> dict[str, float]:
        """As `EventStudy` has them; `clusters` are those over the whole window."""
        studied = self.studied
        return {
            "events": self.events.size, "included": studied.included.size,
            "excluded": self.events.size - studied.included.size, "clusters": clusters,
            "contaminated": int((studied.contaminated > 0).sum()), "thin": int((studied.idle > THIN).sum()),
            "without_variance": int((~(studied.fitted.sigma > 0)).sum()), "mean_correlation": self.common.rbar,
        }  # fmt: skip

    def notes(self, counts: Mapping[str, float], no_interval: str) -> tuple[str, ...]:
        """Sentences that belong beside the numbers; `no_interval` says why the whole window has none."""
        return result_tables.notes(counts, self.settings["on_overlap"], no_interval)

    def figures(self, asked: Collection[tuple[int, int]], tests: Collection[str]) -> GroupFigures:
        """What a document says of the group: the windows that are `asked` for, the whole at least, and p of these
        `tests` of each."""
        shown = [each for each in self.every if each in asked or each == self.whole]
        windows = [*shown, *self.cumulated]
        cars = self.car(windows)
        intervals = self.intervals(windows, cars)
        rows = []
        for k, window in enumerate(shown):
            sample, has = self.sample(window)
            p = {name: run_test(name, sample, self.studied.fitted, self.common, has).p for name in tests}
            rows.append(WindowFigures(
                window=window, count=sample.count, events=self._events(has), clusters=int(intervals.clusters[k]),
                caar=result_tables.mean_of(sample.car), bhar=result_tables.mean_of(sample.bhar),
                low=float(intervals.low[k]), high=float(intervals.high[k]), no_interval=intervals.reason[k], p=p,
            ))  # fmt: skip
        counts = self.counts(rows[-1].clusters)
        out = self.studied.placed.reason[self.events]
        return GroupFigures(
            windows=rows, counts=counts, notes=self.notes(counts, rows[-1].no_interval),
            excluded=Counter(sorted(out[out != ""].tolist())),
            caar=result_tables.column_means(cars[:, len(shown) :]),
            low=intervals.low[len(shown) :], high=intervals.high[len(shown) :],
        )  # fmt: skip

    def _events(self, has: Bools) -> int:
        """How many events some of the N pairs (N,) are of."""
        return len({self.studied.placed.ids[k] for k in self.studied.included[has].tolist()})

    def study(self) -> EventStudy:
        """All tests of all windows, and the tables."""
        studied, fitted, every = self.studied, self.studied.fitted, self.every
        asked = [*every, *self.cumulated]
        cars = self.car(asked)
        intervals = self.intervals(asked, cars)
        samples = [self.sample(each) for each in every]
        clustered = _clustered(studied.spans.clusters(self.whole.start, self.whole.end))
        rows = run_suite(samples, fitted, self.common, clustered=clustered)
        counts = self.counts(int(intervals.clusters[len(every) - 1]))
        return EventStudy(
            tests=result_tables.tests(rows, every),
            caar=result_tables.caar(fitted, cars[:, len(every) :], intervals, len(every)),
            windows=result_tables.windows(samples, intervals),
            per_event=result_tables.per_event(
                studied.placed, studied.included, studied.panel, fitted, samples[-1], studied.contaminated, studied.idle
            ),
            abnormal=result_tables.abnormal(studied.placed, studied.included, fitted),
            excluded=result_tables.excluded(studied.placed, self.events),
            settings=self.settings,
            counts=counts,
            notes=self.notes(counts, intervals.reason[len(every) - 1]),
        )


def _clustered(cluster: Ints) -> bool:
    """Whether any two pairs are not independent."""
    return bool(cluster.size > np.unique(cluster).size)


def _share_up(residual: Floats) -> Floats:
    """(N,): share of positive residuals."""
    known = (~np.isnan(residual)).sum(axis=1)
    return np.asarray((residual > 0).sum(axis=1) / np.maximum(known, 1))


def _car(fitted: Fitted, window: Window) -> Floats:
    """(N,): CAR over a window, NaN for events without a day in it."""
    inside = fitted.abnormal[:, window.start - fitted.first : window.end - fitted.first + 1]
    known = ~np.isnan(inside)
    return np.asarray(np.where(known.any(axis=1), np.where(known, inside, 0.0).sum(axis=1), np.nan))
