"""The frames of an event study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from newsbt._typing import Array, Bools, Floats, Ints
from newsbt.analysis.event_study.conclusion import Window, WindowSample
from newsbt.analysis.event_study.fitted import Fitted
from newsbt.analysis.event_study.intervals import Intervals
from newsbt.analysis.event_study.panel import StudyPanel
from newsbt.analysis.event_study.selection import Placed
from newsbt.analysis.event_study.suite import SuiteRow
from newsbt.analysis.inference.multiple import benjamini_hochberg, holm

__all__ = ["abnormal", "caar", "column_means", "excluded", "mean_of", "notes", "per_event", "tests", "windows"]


def tests(rows: list[SuiteRow], every: list[Window]) -> pd.DataFrame:
    """Long frame of tests, with p-values adjusted over the days, and over the longer windows, of each test."""
    frame = pd.DataFrame(
        {
            "window": [row.window.label for row in rows],
            "start": [row.window.start for row in rows],
            "end": [row.window.end for row in rows],
            "test": [row.name for row in rows],
            "statistic": [row.tested.statistic for row in rows],
            "p": [row.tested.p for row in rows],
            "n": [row.count for row in rows],
            "reason": [row.tested.reason for row in rows],
            "note": [row.note for row in rows],
        }
    )
    whole = every[-1]
    longer = (frame["end"] > frame["start"]) | ((frame["start"] == whole.start) & (frame["end"] == whole.end))
    p = frame["p"].to_numpy()
    adjusted = np.full((2, len(frame)), np.nan)
    for indices in frame.groupby([longer, frame["test"]], sort=False).indices.values():
        adjusted[0, indices] = holm(p[indices])
        adjusted[1, indices] = benjamini_hochberg(p[indices])
    frame.insert(6, "p_holm", adjusted[0])
    frame.insert(7, "p_bh", adjusted[1])
    return frame


def caar(fitted: Fitted, cumulated: Floats, intervals: Intervals, skip: int) -> pd.DataFrame:
    """By relative day; `cumulated` (N, W) CAR up to each day, whose intervals follow the first `skip`."""
    known = (~np.isnan(fitted.abnormal)).sum(axis=0)
    return pd.DataFrame(
        {
            "day": np.arange(fitted.first, fitted.first + fitted.abnormal.shape[1]),
            "n": known,
            "aar": column_means(fitted.abnormal),
            "caar": column_means(cumulated),
            "clusters": intervals.clusters[skip:],
            "ci_low": intervals.low[skip:],
            "ci_high": intervals.high[skip:],
            "ci_reason": intervals.reason[skip:],
        }
    )


def windows(samples: list[tuple[WindowSample, Bools]], intervals: Intervals) -> pd.DataFrame:
    """By window: means and intervals."""
    count = len(samples)
    return pd.DataFrame(
        {
            "window": [sample.window.label for sample, _ in samples],
            "start": [sample.window.start for sample, _ in samples],
            "end": [sample.window.end for sample, _ in samples],
            "n": [sample.count for sample, _ in samples],
            "caar": [mean_of(sample.car) for sample, _ in samples],
            "bhar": [mean_of(sample.bhar) for sample, _ in samples],
            "mean_days": [mean_of(sample.days.astype(np.float64)) for sample, _ in samples],
            "clusters": intervals.clusters[:count],
            "ci_low": intervals.low[:count],
            "ci_high": intervals.high[:count],
            "ci_reason": intervals.reason[:count],
        }
    )


def per_event(
    placed: Placed, included: Ints, panel: StudyPanel, fitted: Fitted, whole: tuple[WindowSample, Bools],
    contaminated: Ints, thin: Floats,
) -> pd.DataFrame:  # fmt: skip
    """Events in the study, in the order given."""
    sample, has = whole
    assert has.all()  # an event without any day in the whole window is excluded
    axis_rows = [
        panel.axes[panel.axis_of[n]][d] for n, d in zip(placed.ticker[included], placed.day[included], strict=True)
    ]
    columns: dict[str, Array | Sequence[str]] = {
        "event_id": [placed.ids[e] for e in included],
        "ticker": [placed.tickers[e] for e in included],
        "date": panel.rows[np.array(axis_rows, dtype=np.int64)].astype("datetime64[s]"),
    }
    names = ("alpha", "beta", *(f"beta_{name}" for name in panel.factor_names[1:]))
    for k, name in enumerate(names):
        columns[name] = fitted.coefficients[:, k] if k < fitted.coefficients.shape[1] else np.zeros(included.size)
    columns |= {
        "sigma": fitted.sigma,
        "n_estimation": fitted.used,
        "n_contaminated": contaminated,
        "n_window": sample.days,
        "car": sample.car,
        "bhar": sample.bhar,
        "scar": sample.scar,
        "thin_share": thin,
        "merged": [";".join(placed.absorbed.get(int(e), ())) for e in included],
    }
    return pd.DataFrame(columns)


def abnormal(placed: Placed, included: Ints, fitted: Fitted) -> pd.DataFrame:
    """Events by relative day."""
    days = range(fitted.first, fitted.first + fitted.abnormal.shape[1])
    index = pd.Index([placed.ids[e] for e in included], name="event_id", dtype=object)
    return pd.DataFrame(fitted.abnormal, index=index, columns=pd.Index(days, name="day"))


def excluded(placed: Placed, events: Ints) -> pd.DataFrame:
    """Those of the `events` (positions) that are out, and why."""
    out = events[placed.reason[events] != ""]
    return pd.DataFrame(
        {
            "event_id": [placed.ids[e] for e in out],
            "ticker": [placed.tickers[e] for e in out],
            "date": placed.dates[out].astype("datetime64[s]"),
            "reason": [str(placed.reason[e]) for e in out],
        }
    )


def notes(counts: Mapping[str, float], on_overlap: str, no_interval: str) -> tuple[str, ...]:
    """Sentences that belong beside the tests."""
    sentences = []
    included, clusters = int(counts["included"]), int(counts["clusters"])
    if included and clusters < included:
        sentences.append(
            f"{included} pairs of an event and a ticker are {clusters} independent cluster{'s' if clusters > 1 else ''}"
            " over the whole window: prefer the tests robust to cross-correlation (kp_bmp, grank)."
        )
    if included and no_interval:
        sentences.append(f"No interval of the mean over the whole window: {no_interval}.")
    if 0 < included < 10:
        sentences.append(
            f"{included} pairs: asymptotic tests are unreliable; prefer grank, exact wilcoxon and placebo runs."
        )
    if counts["contaminated"]:
        sentences.append(
            f"{int(counts['contaminated'])} pairs have days of earlier events among their estimation days."
        )
    if counts["thin"]:
        sentences.append(
            f"{int(counts['thin'])} pairs trade thinly: over 20 % of their estimation days without a move."
        )
    if counts["without_variance"]:
        sentences.append(
            f"{int(counts['without_variance'])} of {included} pairs have no residual variance: patell, bmp, kp_bmp, "
            "kp_patell and grank leave them out."
        )
    if on_overlap == "all":
        sentences.append(
            "Overlapping windows of one ticker were kept: tests that take events for independent overstate."
        )
    return tuple(sentences)


def mean_of(values: Floats) -> float:
    """NaN of none."""
    return float(values.mean()) if values.size else float("nan")


def column_means(table: Floats) -> Floats:
    """Means of the values there are; NaN for a column without."""
    known = ~np.isnan(table)
    count = known.sum(axis=0)
    return np.asarray(np.where(known, table, 0.0).sum(axis=0) / np.where(count, count, np.nan))
