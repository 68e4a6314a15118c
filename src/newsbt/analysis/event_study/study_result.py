"""What an event study answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
import pandas as pd

from newsbt.analysis.inference.multiple import benjamini_hochberg, holm
from newsbt.domain.showing import lines, short

__all__ = ["EventStudy"]

MOST = 6  # windows that a study shows of itself


class StudySettings(TypedDict):
    """What a study was asked for."""

    model: str
    window: tuple[int, int]
    estimation: int
    gap: int
    min_estimation: int
    on_overlap: str
    on_contaminated: str
    missing: str
    beta: str
    date_only: str
    correlation: bool


@dataclass(frozen=True, kw_only=True)
class EventStudy:
    """Abnormal returns around events, and the tests of their mean.

    Attributes
    ----------
    tests : DataFrame
        Long: `window, start, end, test, statistic, p, p_holm, p_bh, n, reason, note`. Every event day is a window of
        its own (`[0,0]`), beside the whole window and those asked for. `p_holm` and `p_bh` adjust a test's p over
        the days, and over the windows.
    caar : DataFrame
        By relative day: `day, n, aar, caar`, the mean CAR from the first event day to that day, the independent
        `clusters` it is of, and its 95 % interval `ci_low, ci_high`, NaN with a `ci_reason`.
    windows : DataFrame
        By window: `window, start, end, n, caar, bhar, mean_days`, and clusters and interval of caar likewise.
    per_event : DataFrame
        Events in the study: `event_id, ticker, date, alpha, beta, sigma, n_estimation, n_contaminated, n_window, car,
        bhar, scar` over the whole window, `thin_share` (estimation days without a return or with one of 0), `merged`.
    abnormal : DataFrame
        Abnormal returns, events by relative day.
    excluded : DataFrame
        Events left out: `event_id, ticker, date, reason`.
    settings, counts : mapping
        What the study was asked, and what it found: `events, included, excluded, clusters, contaminated, thin,
        mean_correlation`.
    notes : tuple of str
        Sentences to be read with the tests.
    groups : mapping of str to EventStudy
        The same for the events of each value of the column `by`.
    """

    tests: pd.DataFrame
    caar: pd.DataFrame
    windows: pd.DataFrame
    per_event: pd.DataFrame
    abnormal: pd.DataFrame
    excluded: pd.DataFrame
    settings: StudySettings
    counts: Mapping[str, float]
    notes: tuple[str, ...] = ()
    groups: Mapping[str, EventStudy] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = ", ".join(f"{value:,.4g} {name.replace('_', ' ')}" for name, value in self.counts.items())
        columns = [name for name in ("window", "n", "caar", "ci_low", "ci_high") if name in self.windows.columns]
        last = self.windows[columns].tail(MOST)  # the whole window comes last
        table = last.to_string(index=False, float_format=lambda value: f"{value:.4g}").splitlines()
        earlier = len(self.windows) - len(last)
        shown = [f"EventStudy: {counts}", *(f"  {line}" for line in table)]
        shown += [f"  ... {earlier:,} windows before these"] if earlier else []
        shown += [f"  ! {note}" for note in self.notes[:3]]
        shown += [f"  groups: {short(list(self.groups))}"] if self.groups else []
        return lines([*shown, "  .tests .caar .windows .per_event .abnormal .excluded"])

    def test(self, name: str, window: tuple[int, int] | None = None) -> pd.Series:
        """The row of one test, over the whole window unless another is given.

        Raises KeyError when there is no such test or window.
        """
        whole = self.tests[["start", "end"]].iloc[-1]  # the whole window comes last
        start, end = (int(whole["start"]), int(whole["end"])) if window is None else window
        found = self.tests[(self.tests["test"] == name) & (self.tests["start"] == start) & (self.tests["end"] == end)]
        if found.empty:
            raise KeyError(f"no test {name!r} for the window [{start},{end}]")
        return found.iloc[0]

    def group_tests(self) -> pd.DataFrame:
        """The tests of all groups, `group` first; `p_holm` and `p_bh` adjust a test's p of a window over the groups."""
        frames = [study.tests.assign(group=name) for name, study in self.groups.items()]
        if not frames:
            return self.tests.iloc[:0].assign(group="")[["group", *self.tests.columns]]
        table = pd.concat(frames, ignore_index=True)
        for rows in table.groupby(["test", "start", "end"], sort=False).indices.values():
            p = table["p"].to_numpy()[rows]
            table.loc[table.index[rows], ["p_holm", "p_bh"]] = np.column_stack((holm(p), benjamini_hochberg(p)))
        return table[["group", *self.tests.columns]]

    def _repr_html_(self) -> str:
        return str(self.windows.to_html(index=False, escape=True))
