"""Which events enter a study: placed on sessions, not on top of each other, and what they spoil for later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Days, Ints, Objects
from newsbt.analysis.event_study.day_zero import event_days
from newsbt.analysis.event_study.panel import StudyPanel
from newsbt.domain.object_arrays import objects
from newsbt.errors import DataError, Problem
from newsbt.markets.rulebook import load_rulebook

__all__ = ["Placed", "contamination", "group_labels", "place", "read_events", "select"]

OVERLAP = ("first", "merge", "all")


@dataclass(frozen=True, kw_only=True)
class Placed:
    """E events: `ids`, `tickers`, their `dates` (E,) as day 0; with places, `ticker` (E,) and `day` (E,) in the panel.

    `reason` (E,) is empty for an event that is in, else says why it is out. `absorbed` maps an event to those merged
    into it.
    """

    ids: tuple[str, ...]
    tickers: tuple[str, ...]
    dates: Days
    ticker: Ints
    day: Ints
    reason: Objects
    absorbed: Mapping[int, tuple[str, ...]]

    @property
    def included(self) -> Ints:
        """(N,): positions of the events that are in."""
        return np.flatnonzero(self.reason == "")


def read_events(
    events: pd.DataFrame, *, mic: str | Mapping[str, str] | None, date_only: str
) -> tuple[list[str], list[str], Days]:
    """Identifiers, tickers and day-0 dates of a frame with `ticker` and `date` or `published_at`.

    Raises DataError for missing columns and values, and for instants without offset.
    """
    if not isinstance(events, pd.DataFrame):
        raise ValueError(f"events: expected a DataFrame, got {type(events).__name__}")
    if "ticker" not in events.columns or not {"date", "published_at"} & set(events.columns):
        message = f"events: expected columns ticker and date (or published_at), got {list(events.columns)}"
        raise DataError.of([Problem(code="missing_value", message=message)])
    tickers = [str(ticker) for ticker in events["ticker"]]
    column = events["event_id"] if "event_id" in events.columns else events.index
    ids = [str(identifier) for identifier in column]
    if "date" in events.columns:
        try:
            stamps = pd.DatetimeIndex(pd.to_datetime(events["date"].to_numpy()))
        except (TypeError, ValueError) as error:
            raise DataError.of(
                [Problem(code="bad_time", message=f"events: a date cannot be read ({error})")]
            ) from error
        if stamps.tz is not None:
            stamps = stamps.tz_localize(None)
        dates = stamps.to_numpy().astype("datetime64[D]")
    else:
        dates = event_days(list(events["published_at"]), _exchanges(events, tickers, mic), date_only=date_only)
    missing = np.flatnonzero(np.isnat(dates))
    if missing.size and "date" in events.columns:
        message = f"events: event {ids[missing[0]]!r} has no date; give one or remove the row"
        raise DataError.of([Problem(code="missing_value", message=message)])
    return ids, tickers, dates


def _exchanges(events: pd.DataFrame, tickers: list[str], mic: str | Mapping[str, str] | None) -> list[str]:
    """The MIC of each event: its own, else the one given, else what its ticker says."""
    column = next((name for name in ("mic", "exchange") if name in events.columns), None)
    own = [""] * len(tickers) if column is None else ["" if pd.isna(name) else str(name) for name in events[column]]
    given = dict.fromkeys(tickers, mic) if isinstance(mic, str) else dict(mic or {})
    mics, problems = [], {}
    book = load_rulebook()
    for ticker, name in zip(tickers, own, strict=True):
        by_form = book.exchange_of(ticker)
        found = name or given.get(ticker) or ("" if by_form is None else by_form.mic)
        if not found:
            message = (
                f"events: nobody says on which exchange {ticker!r} trades, and its form names none that is known; give "
                f"its MIC in a column 'mic' or as `mic={{{ticker!r}: ...}}`, or day 0 itself in a column 'date'"
            )
            problems[ticker] = Problem(code="unknown_exchange", message=message, key="mic")
        mics.append(found)
    if problems:
        raise DataError.of(list(problems.values()))
    return mics


def group_labels(events: pd.DataFrame, by: str) -> Objects:
    """(E,) of str: each event's value in the column `by`; blank ones are a group of their own, named ``""``."""
    if by not in events.columns:
        raise ValueError(f"by: expected a column of the events, got {by!r}; they have {list(events.columns)}")
    return objects(["" if pd.isna(value) else str(value) for value in events[by]])


def place(ids: list[str], tickers: list[str], dates: Days, panel: StudyPanel) -> Placed:
    """Put each event on the first session of its ticker on or after its date."""
    ticker = np.array([panel.tickers.get(name, -1) for name in tickers], dtype=np.int64)
    day = np.full(len(ids), -1, dtype=np.int64)
    reason = objects([""] * len(ids))
    reason[ticker < 0] = "unknown_ticker"
    for a, axis in enumerate(panel.axes):
        own = np.flatnonzero((ticker >= 0) & (panel.axis_of[np.maximum(ticker, 0)] == a))
        days = panel.rows[axis]
        found = np.searchsorted(days, dates[own])
        outside = np.isnat(dates[own]) | (found == days.size)
        if days.size:
            outside |= dates[own] < days[0]
        day[own] = np.where(outside, -1, found)
        reason[own[outside]] = "outside_data"
    return Placed(
        ids=tuple(ids), tickers=tuple(tickers), dates=dates, ticker=ticker, day=day, reason=reason, absorbed={}
    )


def select(placed: Placed, window: tuple[int, int], on_overlap: str) -> Placed:
    """Drop or merge events whose windows overlap that of an earlier event kept for the same ticker."""
    if on_overlap not in OVERLAP:
        raise ValueError(f"on_overlap: expected one of {OVERLAP}, got {on_overlap!r}")
    if on_overlap == "all":
        return placed
    reason = placed.reason.copy()
    absorbed: dict[int, tuple[str, ...]] = {}
    inside = placed.included
    order = inside[np.lexsort((inside, placed.day[inside], placed.ticker[inside]))]
    length = window[1] - window[0]
    holder, until = -1, -1
    for e in order.tolist():
        day = int(placed.day[e])
        if holder >= 0 and placed.ticker[e] == placed.ticker[holder] and day <= until:
            reason[e] = "overlap"
            if on_overlap == "merge":
                # A chain of overlapping windows is one event, dated by its first.
                absorbed[holder] = (*absorbed.get(holder, ()), placed.ids[e])
                until = day + length
        else:
            holder, until = e, day + length
    return Placed(
        ids=placed.ids, tickers=placed.tickers, dates=placed.dates, ticker=placed.ticker, day=placed.day, reason=reason,
        absorbed=absorbed,
    )  # fmt: skip


def contamination(placed: Placed, panel: StudyPanel) -> Bools:
    """(N, T): days 0 and +1 of every event placed, in the study or not."""
    spoiled: Bools = np.zeros(panel.returns.shape, dtype=np.bool_)
    known = placed.day >= 0
    ticker, day = placed.ticker[known], placed.day[known]
    spoiled[ticker, day] = True
    after = day + 1 < panel.returns.shape[1]
    spoiled[ticker[after], day[after] + 1] = True
    return spoiled
