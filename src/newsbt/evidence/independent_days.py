"""Placebo runs on independent random days, right for scattered news only (docs/methods.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.ledger import Ledger
from newsbt.errors import NewsbtError
from newsbt.evidence.retimed_signals import RetimableSignals, can_enter
from newsbt.markets.clock import place
from newsbt.simulation.account_terms import AccountTerms, Hold
from newsbt.steps.simulate import Simulate

__all__ = ["TIE", "Placebo", "PlaceboError", "placebo", "placebo_of"]

TIE = 1e-12  # returns that differ by rounding alone are ties, and ties count


class PlaceboError(NewsbtError):
    """A cluster of events has no other instant at which its instruments could be traded."""


@dataclass(frozen=True, kw_only=True)
class Placebo:
    """What m placebo runs of one strategy returned.

    `p` is (b + 1) / (m + 1), b counting the runs at least as good as the observed one. `instants` counts the distinct
    admissible days over all clusters, `overlapping` the share of moved clusters whose holding window meets another's.
    """

    observed: float
    returns: Floats
    p: float
    seed: int
    clusters: int
    instants: int
    overlapping: float


def placebo(
    signals: RetimableSignals, terms: AccountTerms, observed: float, *, draws: int, seed: int, simulate: Simulate
) -> Placebo:
    """Move clusters of events to random admissible days and run them.

    Events known at one instant form a cluster and move together, keeping tickers, signs and their time of day.
    A day is admissible when every ticker of the cluster that traded has a bar, a reference price and a weight at its
    first tradable row there, its hold ends inside the run, and the day is no real event day.

    Parameters
    ----------
    observed : float
        Total return of the strategy itself.
    draws : int
        How many placebo runs.

    Raises
    ------
    PlaceboError
        A cluster has no admissible day; names the ticker that leaves it none.
    """
    return placebo_of(
        signals, terms.position.hold, observed, draws=draws, seed=seed,
        run=lambda known_at: simulate(terms, signals.at(known_at)),
    )  # fmt: skip


def placebo_of(
    signals: RetimableSignals,
    hold: Hold | None,
    observed: float,
    *,
    draws: int,
    seed: int,
    run: Callable[[Instants], Ledger],
) -> Placebo:
    """The same for whatever `run` makes of the events known at other instants, (E,)."""
    clusters = _Clusters(signals, hold)
    random = np.random.default_rng(seed)
    returns = np.empty(draws)
    overlaps = 0
    for k in range(draws):
        days = [int(random.integers(len(found))) for found in clusters.admissible]
        known_at = clusters.moved(days)
        overlaps += clusters.overlapping(days)
        ledger = run(known_at)
        returns[k] = ledger.total_return
    better = int((returns >= observed - TIE).sum())
    return Placebo(
        observed=observed,
        returns=returns,
        p=(better + 1) / (draws + 1),
        seed=seed,
        clusters=len(clusters.admissible),
        instants=len(np.unique(np.concatenate(clusters.admissible))) if clusters.admissible else 0,
        overlapping=overlaps / max(1, draws * len(clusters.admissible)),
    )


class _Clusters:
    """Events that share an instant, and the days each of these groups could have had instead."""

    def __init__(self, signals: RetimableSignals, hold: Hold | None) -> None:
        panel = signals.market.panel
        self._known_at = signals.news.events.known_at.astype("M8[ns]")
        used = np.unique(signals.event)
        self._instants, self._cluster_of = np.unique(self._known_at[used], return_inverse=True)
        self._events = used
        days = self._instants.astype("M8[D]")
        self._time_of_day = self._instants - days
        self._days = np.unique(panel.dates.astype("M8[D]"))
        self._hold = hold
        real = np.unique(days)
        open_days: dict[tuple[int, int], Bools] = {}
        self.admissible: list[Ints] = []
        for c in range(len(self._instants)):
            moved = self._days.astype("M8[ns]") + self._time_of_day[c]
            rows = place(moved, panel.clock)
            free = ~np.isin(self._days, real)
            mine = signals.traded & np.isin(signals.event, used[self._cluster_of == c])
            pairs = {(int(n), int(d)) for n, d in zip(signals.ticker[mine], signals.delay[mine], strict=True)}
            for n, delay in sorted(pairs):
                if (n, delay) not in open_days:
                    open_days[n, delay] = can_enter(panel, signals.shares.sizing, n, delay, self._hold)
                row = rows[:, panel.market_of[n]]
                fits = (row >= 0) & open_days[n, delay][np.maximum(row, 0)]
                if not (free & fits).any():
                    raise PlaceboError(
                        f"placebo: the events known at {self._instants[c]} UTC have no other admissible day: "
                        f"{panel.tickers[n]} could not be bought and held on any; lengthen the period, shorten the "
                        "hold, or set evaluation.placebo: 0",
                        code="no_data",
                    )
                free &= fits
            # Where nothing of a cluster is traded, where it lies does not matter; on a short run no day may be free.
            self.admissible.append(np.flatnonzero(free if free.any() else np.ones_like(free)))

    def moved(self, choice: list[int]) -> Instants:
        """(E,): every event's new instant; events without signals keep theirs."""
        known_at = self._known_at.copy()
        days = np.array([self.admissible[c][k] for c, k in enumerate(choice)], dtype=np.int64)
        instants = self._days[days].astype("M8[ns]") + self._time_of_day
        known_at[self._events] = instants[self._cluster_of]
        return known_at

    def overlapping(self, choice: list[int]) -> int:
        """How many clusters lie within a holding window of another one."""
        length = self._hold.count if self._hold is not None and self._hold.unit != "duration" else 1
        days = np.sort(np.array([self.admissible[c][k] for c, k in enumerate(choice)], dtype=np.int64))
        close = np.diff(days) < length
        return int((np.append(close, False) | np.append(False, close)).sum())
