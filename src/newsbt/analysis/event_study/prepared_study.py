"""An event study up to its models; tests, intervals and tables are made of those groups that are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Ints, Objects
from newsbt.analysis.event_study.conclusion import Window
from newsbt.analysis.event_study.cross_correlation import Spans
from newsbt.analysis.event_study.fitted import FLAWS, Fitted, Schedule, fit
from newsbt.analysis.event_study.group_summary import GroupSummary, Studied
from newsbt.analysis.event_study.panel import StudyPanel, lay_out
from newsbt.analysis.event_study.selection import Placed, contamination, group_labels, place, read_events, select
from newsbt.analysis.event_study.study_result import StudySettings
from newsbt.analysis.event_study.thin_betas import BETAS, thin_betas
from newsbt.domain.object_arrays import objects

__all__ = ["PreparedStudy", "prepare_study"]

CONTAMINATED = ("drop", "exclude")
MOST_DAYS = 2_520  # sessions of a window to either side, of the estimation and of the gap: ten years


@dataclass(frozen=True, kw_only=True)
class PreparedStudy:
    """Fitted events, and which of all `count` (positions) have each label of the column that groups them, in `of`."""

    studied: Studied
    count: int
    every: list[Window]
    settings: StudySettings
    of: Mapping[str, Ints]

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order in which they first come."""
        return tuple(self.of)

    def whole(self) -> GroupSummary:
        """What is told of all events."""
        return self._summary(self.studied, np.arange(self.count))

    def group(self, label: str) -> GroupSummary:
        """What is told of the events of one label."""
        members = self.of[label]
        return self._summary(self.studied.take(np.isin(self.studied.included, members)), members)

    def _summary(self, studied: Studied, events: Ints) -> GroupSummary:
        return GroupSummary(studied=studied, events=events, every=self.every, settings=self.settings)


def prepare_study(
    returns: pd.DataFrame,
    market: pd.Series | pd.DataFrame | None,
    events: pd.DataFrame,
    *,
    model: str,
    window: tuple[int, int],
    estimation: int,
    gap: int,
    on_overlap: str,
    windows: Sequence[tuple[int, int]] | None,
    min_estimation: int | None = None,
    on_contaminated: str = "drop",
    sector: pd.Series | pd.DataFrame | None = None,
    factors: pd.DataFrame | None = None,
    missing: str = "skip",
    beta: str = "ols",
    by: str | None = None,
    mic: str | Mapping[str, str] | None = None,
    date_only: str = "next_day",
    correlation: bool = True,
) -> PreparedStudy:
    """Read, place and select events, and fit their models; parameters and errors are those of :func:`event_study`."""
    window = int(window[0]), int(window[1])
    schedule = Schedule(window, estimation, gap)
    least = _check(window, estimation, gap, min_estimation, on_contaminated)
    every = _windows(window, windows)
    if beta not in BETAS:
        raise ValueError(f"beta: expected one of {BETAS}, got {beta!r}")
    if beta != "ols" and (model != "market" or gap < 1):
        raise ValueError(f"beta: {beta!r} needs the market model and a gap, so that no lead reaches the event window")
    if not isinstance(returns, pd.DataFrame):
        raise ValueError(f"returns: expected a DataFrame of dates by tickers, got {type(returns).__name__}")
    ids, tickers, dates = read_events(events, mic=mic, date_only=date_only)
    known = [ticker for ticker in dict.fromkeys(tickers) if ticker in returns.columns]
    panel = lay_out(returns, market, known, model=model, sector=sector, factors=factors, missing=missing)
    placed = select(place(ids, tickers, dates, panel), window, on_overlap)
    spoiled = contamination(placed, panel)
    included = placed.included
    ticker, day = placed.ticker[included], placed.day[included]
    first = day + schedule.first
    contaminated = _between(np.cumsum(spoiled, axis=1, dtype=np.int32), ticker, first, estimation)
    given = None if beta == "ols" else thin_betas(panel, spoiled, ticker, day, schedule, beta=beta)
    fitted = fit(panel, spoiled, ticker, day, schedule, fixed=model == "market_adjusted", given=given)
    reason = _reasons(fitted, contaminated, least, on_contaminated)
    placed.reason[included] = reason
    keep = reason == ""
    included, ticker, day, first, contaminated = (a[keep] for a in (included, ticker, day, first, contaminated))
    studied = Studied(
        placed=placed, panel=panel, fitted=fitted if keep.all() else fitted.take(keep), included=included,
        spans=_spans(panel, placed, window, schedule.first), contaminated=contaminated,
        idle=_between(panel.idle[:, 1:], ticker, first, estimation) / estimation,
    )  # fmt: skip
    settings: StudySettings = {
        "model": model, "window": window, "estimation": estimation, "gap": gap, "min_estimation": least,
        "on_overlap": on_overlap, "on_contaminated": on_contaminated, "missing": missing, "beta": beta,
        "date_only": date_only, "correlation": correlation,
    }  # fmt: skip
    return PreparedStudy(
        studied=studied, count=len(ids), every=every, settings=settings,
        of={} if by is None else _members(group_labels(events, by)),
    )  # fmt: skip


def _members(labels: Objects) -> dict[str, Ints]:
    """The places of each label."""
    return {label: np.flatnonzero(labels == label) for label in dict.fromkeys(labels.tolist())}


def _check(window: tuple[int, int], estimation: int, gap: int, min_estimation: int | None, on_contaminated: str) -> int:
    """The usable estimation days an event needs, once the arguments make sense."""
    if not window[0] <= window[1]:
        raise ValueError(f"window: expected (first, last) with first <= last, got {window!r}")
    if estimation < 3:
        raise ValueError(f"estimation: expected at least 3 days, got {estimation!r}")
    if gap < 0:
        raise ValueError(f"gap: expected 0 or more days, got {gap!r}")
    if on_contaminated not in CONTAMINATED:
        raise ValueError(f"on_contaminated: expected one of {CONTAMINATED}, got {on_contaminated!r}")
    for name, days in (("window", max(-window[0], window[1])), ("estimation", estimation), ("gap", gap)):
        if days > MOST_DAYS:
            raise ValueError(f"{name}: expected at most {MOST_DAYS:,} sessions, got {days:,}")
    if min_estimation is None:
        return max(30, -(-estimation // 2))
    if not 1 <= min_estimation <= estimation:
        raise ValueError(f"min_estimation: expected 1 to the {estimation} estimation days, got {min_estimation!r}")
    return min_estimation


def _windows(window: tuple[int, int], further: Sequence[tuple[int, int]] | None) -> list[Window]:
    """Every day, the further windows and, last, the whole one."""
    whole = Window(int(window[0]), int(window[1]))
    days = [Window(d, d) for d in range(whole.start, whole.end + 1)]
    asked = []
    for start, end in further or ():
        if not whole.start <= start <= end <= whole.end:
            raise ValueError(f"windows: expected windows inside {whole.label}, got ({start}, {end})")
        asked.append(Window(int(start), int(end)))
    return [*dict.fromkeys(each for each in (*days, *asked) if each != whole), whole]


def _between(counted: npt.NDArray[np.int32], ticker: Ints, start: Ints, length: int) -> Ints:
    """How many marked days lie in [start, start + length) by running counts (N, T), outside the data none."""
    last = counted.shape[1] - 1
    until = start + length - 1
    upper = np.where(until >= 0, counted[ticker, np.clip(until, 0, last)], 0)
    lower = np.where(start >= 1, counted[ticker, np.clip(start - 1, 0, last)], 0)
    return np.asarray(upper - lower, dtype=np.int64)


def _reasons(fitted: Fitted, contaminated: Ints, least: int, on_contaminated: str) -> Objects:
    """(N,) of str: why an event is out, empty where it is in."""
    reason = objects([""] * fitted.used.size)
    reason[np.isnan(fitted.abnormal).all(axis=1)] = "no_event_return"
    for flaw, name in FLAWS.items():
        reason[fitted.flaw == flaw] = name
    reason[fitted.used < least] = "few_estimation_days"
    if on_contaminated == "exclude":
        reason[contaminated > 0] = "contaminated"
    return reason


def _spans(panel: StudyPanel, placed: Placed, window: tuple[int, int], first: int) -> Spans:
    """Where each included pair's days lie in the calendar of all markets."""
    longest = max((axis.size for axis in panel.axes), default=0)
    table = np.full((max(1, len(panel.axes)), longest), -1, dtype=np.int64)
    for a, axis in enumerate(panel.axes):
        table[a, : axis.size] = axis
    included = placed.included
    ticker, day = placed.ticker[included], placed.day[included]
    _, event = np.unique(objects(placed.ids)[included].astype(str), return_inverse=True)
    return Spans(
        rows=table, axis_of=panel.axis_of[ticker], sessions=panel.sessions[ticker], day=day, start=day + first,
        event=event, window=window,
    )  # fmt: skip
