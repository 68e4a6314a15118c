"""From fitted events to an event study: sums over windows, tests, intervals and tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.analysis.event_study import result_tables
from newsbt.analysis.event_study.conclusion import Window
from newsbt.analysis.event_study.cross_correlation import Spans, mean_correlation
from newsbt.analysis.event_study.fitted import Fitted, sample_window
from newsbt.analysis.event_study.intervals import cluster_intervals
from newsbt.analysis.event_study.panel import StudyPanel
from newsbt.analysis.event_study.ranks import corrado_days, own_ranks
from newsbt.analysis.event_study.selection import Placed
from newsbt.analysis.event_study.study_result import EventStudy, StudySettings
from newsbt.analysis.event_study.suite import Common, run_suite

__all__ = ["Studied", "summarise"]

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


def summarise(studied: Studied, events: Ints, every: list[Window], settings: StudySettings) -> EventStudy:
    """The study of `studied`, which are in among the `events` (positions) asked for; `every` window, the whole last."""
    fitted, spans, whole = studied.fitted, studied.spans, every[-1]
    varied = fitted.sigma > 0
    rbar = mean_correlation(fitted.residual[varied], spans.take(varied)) if settings["correlation"] else np.nan
    ranks = own_ranks(fitted.residual)
    common = Common(
        average=_average(fitted.residual), ranks=ranks, rbar=rbar, correlation=settings["correlation"],
        corrado=corrado_days(fitted.residual, ranks, fitted.abnormal),
    )  # fmt: skip
    cumulated = [Window(whole.start, d) for d in range(whole.start, whole.end + 1)]
    cars = np.column_stack([_car(fitted, each) for each in (*every, *cumulated)])
    clusters = [spans.clusters(each.start, each.end) for each in (*every, *cumulated)]
    intervals = cluster_intervals(cars, clusters)
    up = _share_up(fitted.residual)
    samples = [sample_window(fitted, up, each) for each in every]
    rows = run_suite(samples, fitted, common, clustered=_clustered(clusters[len(every) - 1]))
    counts = {
        "events": events.size, "included": studied.included.size, "excluded": events.size - studied.included.size,
        "clusters": int(intervals.clusters[len(every) - 1]), "contaminated": int((studied.contaminated > 0).sum()),
        "thin": int((studied.idle > THIN).sum()), "without_variance": int((~varied).sum()), "mean_correlation": rbar,
    }  # fmt: skip
    return EventStudy(
        tests=result_tables.tests(rows, every),
        caar=result_tables.caar(fitted, cars[:, len(every) :], intervals, len(every)),
        windows=result_tables.windows(samples, intervals),
        per_event=result_tables.per_event(
            studied.placed, studied.included, studied.panel, fitted, samples[-1], studied.contaminated, studied.idle
        ),
        abnormal=result_tables.abnormal(studied.placed, studied.included, fitted),
        excluded=result_tables.excluded(studied.placed, events),
        settings=settings,
        counts=counts,
        notes=result_tables.notes(counts, settings["on_overlap"], intervals.reason[len(every) - 1]),
    )


def _clustered(cluster: Ints) -> bool:
    """Whether any two pairs are not independent."""
    return bool(cluster.size > np.unique(cluster).size)


def _average(residual: Floats) -> Floats:
    """(L,): mean residual of each estimation day over the events that have one."""
    known = ~np.isnan(residual)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, residual, 0.0).sum(axis=0) / np.where(count, count, np.nan))


def _share_up(residual: Floats) -> Floats:
    """(N,): share of positive residuals."""
    known = (~np.isnan(residual)).sum(axis=1)
    return np.asarray((residual > 0).sum(axis=1) / np.maximum(known, 1))


def _car(fitted: Fitted, window: Window) -> Floats:
    """(N,): CAR over a window, NaN for events without a day in it."""
    inside = fitted.abnormal[:, window.start - fitted.first : window.end - fitted.first + 1]
    known = ~np.isnan(inside)
    return np.asarray(np.where(known.any(axis=1), np.where(known, inside, 0.0).sum(axis=1), np.nan))
