"""Runs a `StepStrategy`: row by row, each time with nothing but the past."""

from __future__ import annotations

from datetime import date

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.signal import Signal
from newsbt.errors import StrategyError
from newsbt.ports import EventView, PastView, StepStrategy

__all__ = ["BadAnswer", "step_grid"]

ARRAYS = ("open", "high", "low", "close", "volume", "tradable")


class BadAnswer(StrategyError):
    """A `signal_at` that answered something that is no row of signals."""


def step_grid(strategy: StepStrategy, view: EventView, event_row: Ints, looked_at: set[str]) -> Signal:
    """Ask for the signals of every row.

    The arrays of a `PastView` are views of buffers into which rows are copied as time goes on, so that not even their
    bases hold a later row; links, events and the universe are cut copies.

    Parameters
    ----------
    event_row : ndarray of shape (E,)
        The row of each event's first tradable bar in any market, -1 outside the run.
    looked_at : set
        Gets ``links`` and ``events`` where the strategy looks at those of any row.

    Raises
    ------
    BadAnswer
        An answer has another shape than (N,), or holds NaN or a value outside [-1, 1].
    """
    rows, count = view.close.shape
    past = _Past(view, event_row, looked_at)
    grid = np.empty((rows, count))
    for t in range(rows):
        given = strategy.signal_at(t, past.until(t))
        try:
            answer = np.asarray(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise BadAnswer(
                f"signal_at answers an array of shape ({count},), not {given!r}, in row {t}", code="bad_signal"
            ) from None
        if answer.shape != (count,):
            arrived = answer.shape if answer.ndim else repr(given)
            raise BadAnswer(
                f"signal_at answers an array of shape ({count},), not {arrived}, in row {t}", code="bad_signal"
            )
        if not (np.abs(answer) <= 1.0).all():
            n = int(np.flatnonzero(~(np.abs(answer) <= 1.0))[0])
            day = view.dates[t]
            raise BadAnswer(
                f"a signal is a number in [-1, 1]; {view.tickers[n]} on {day} (row {t}) has {float(answer[n])!r}",
                code="bad_signal",
            )
        grid[t] = answer
    return Signal.grid(grid)


class _Past:
    def __init__(self, view: EventView, event_row: Ints, looked_at: set[str]) -> None:
        self._view = view
        self._looked_at = looked_at
        self._buffers: dict[str, np.ndarray] = {}
        for name in ARRAYS:
            whole = getattr(view, name)
            self._buffers[name] = np.zeros_like(whole) if whole.dtype == bool else np.full_like(whole, np.nan)
        self._link_row: Ints = view.links["open_row"].to_numpy(np.int64)
        self._event_row = event_row
        self._links = view.links.iloc[:0]
        self._events = view.events.iloc[:0]
        self._universe = view.universe
        self._era: int | None = None

    def until(self, t: int) -> PastView:
        """What is known at the end of row t; an event counts when its row is at most t + 1 (S3)."""
        view = self._view
        for name, buffer in self._buffers.items():
            buffer[t] = getattr(view, name)[t]
        counting = (self._link_row >= 0) & (self._link_row <= t + 1)
        if counting.sum() != len(self._links):
            self._links = view.links[counting].copy()
        known = (self._event_row >= 0) & (self._event_row <= t + 1)
        if known.sum() != len(self._events):
            self._events = view.events[known].copy()
        on = view.dates[t].astype("M8[D]").astype(date)
        era = view.universe.era(on)
        if era != self._era:
            self._era, self._universe = era, view.universe.as_of(on)
        return PastView(
            links=self._links.copy(),
            events=self._events.copy(),
            universe=self._universe,
            tickers=view.tickers.copy(),
            dates=view.dates[: t + 1].copy(),
            instruments=view.instruments.copy(),
            type_signs=view.type_signs,
            _looked_at=self._looked_at,
            **{name: self._cut(name, t) for name in ARRAYS},
        )

    def _cut(self, name: str, t: int) -> np.ndarray:
        part = self._buffers[name][: t + 1]
        part.setflags(write=False)
        return part
