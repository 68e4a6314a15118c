"""The folds of a walk-forward test: which sessions each one tests, and on which each variant may be chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Ints
from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.inference.purged import purged_walk_forward
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel

__all__ = ["Folds"]


def _session_of_rows(panel: MarketPanel) -> Ints:
    """(T,): the number of each row's session, from 0."""
    return np.searchsorted(last_rows(panel.dates), np.arange(len(panel.dates)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """Consecutive test blocks of n sessions, each beginning at one of `first` (F,) and ending before the next.

    A sample is a session; its outcome is known when the last lot held in it is left. Training of a fold is
    what was over before its block begins, less `embargo` further sessions.
    """

    first: Ints
    sessions: int
    embargo: int

    @classmethod
    def of(cls, sessions: int, number: int, embargo: int) -> Folds:
        """`number` test blocks of nearly equal size after a first block for training only.

        Raises ValueError where there are too few sessions.
        """
        everyone = np.arange(sessions)
        found = purged_walk_forward(everyone, everyone, number)
        first = np.array([fold.test[0] for fold in found], dtype=np.int64)
        if first[0] - embargo < 2:
            raise ValueError(
                f"the first of {number} folds has {first[0]} sessions before it, {embargo} of them embargoed: "
                "nothing is left to choose on"
            )
        return cls(first=first, sessions=sessions, embargo=embargo)

    def test(self, fold: int) -> slice:
        """The sessions that a fold tests."""
        end = self.first[fold + 1] if fold + 1 < len(self.first) else self.sessions
        return slice(int(self.first[fold]), int(end))

    def training(self, ledger: Ledger, panel: MarketPanel) -> list[int]:
        """How many sessions, from the first, each fold may train on."""
        of_row = _session_of_rows(panel)
        entered = of_row[ledger.lots["entry_row"]]
        is_open = ledger.lots["exit_row"] < 0
        left = np.where(is_open, self.sessions, of_row[np.where(is_open, 0, ledger.lots["exit_row"])])
        counts = []
        for first in self.first.tolist():
            reaching = entered[(entered < first) & (left >= first)]
            counts.append(max(0, (int(reaching.min()) if len(reaching) else first) - self.embargo))
        return counts
