"""Dated facts and where to look for them: entries, corrections of a calendar, exchanges, the rulebook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Days, Ints
from newsbt.domain.entity import BOARDS, Instrument, in_force
from newsbt.domain.showing import brief
from newsbt.errors import DataError, Problem, nearest

__all__ = ["Correction", "DatedEntry", "Exchange", "Rulebook", "known_boards", "selectors"]

_NEW_YORK = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Ca-c])?")  # with a class of shares, such as BRK.B


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedEntry:
    """One dated fact: the `values` of a rule, from when to when, who says so and how sure it is."""

    values: Mapping[str, PlainValue]
    from_on: date | None = None
    to_on: date | None = None
    source: str = ""
    conf: str = ""
    origin: str = ""

    __repr__ = brief

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the calendar has wrong about one day: the market was closed, or opened late, or ended early.

    `closed` False without times makes a session of a day that the calendar (or another rule file) closes.
    """

    on: date
    closed: bool = False
    open: time | None = None
    close: time | None = None
    source: str = ""
    conf: str = ""

    __repr__ = brief


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One market: its calendar and its rules, `rules[name][selector]` being entries, the newest layer's first.

    An exchange that is the `same_as` another follows it in all but its `own` series of (rule, selector). `boards` are
    those that it has beside the usual ones, `suffixes` what its tickers end in, such as ``T`` of ``7203.T``.
    """

    mic: str
    name: str
    time_zone: str
    currency: str
    calendar: str
    corrections: Mapping[date, Correction] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, tuple[DatedEntry, ...]]] = field(default_factory=dict)
    same_as: str = ""
    boards: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    own: frozenset[tuple[str, str]] = frozenset()

    __repr__ = brief

    def in_force(self, rule: str, on: date, *chosen: str) -> DatedEntry | None:
        """The entry that decides on a day: that of the first selector which has one."""
        by_selector = self.rules.get(rule, {})
        for selector in chosen or ("any",):
            for entry in by_selector.get(selector, ()):
                if in_force(on, entry.from_on, entry.to_on):
                    return entry
        return None

    def timeline(self, rule: str, dates: Days, *chosen: str) -> tuple[list[DatedEntry], Ints]:
        """The entries that decide on many days.

        Returns
        -------
        entries : list of Entry, each once
        indices : ndarray of shape (T,), the index in `entries` for each of `dates`, -1 where none holds
        """
        by_selector = self.rules.get(rule, {})
        days = {date.min}
        for selector in chosen or ("any",):
            for entry in by_selector.get(selector, ()):
                if entry.from_on is not None:
                    days.add(entry.from_on)
                if entry.to_on is not None:
                    days.add(entry.to_on + timedelta(days=1))
        starts = sorted(days)
        entries: list[DatedEntry] = []
        indices = np.empty(len(starts), dtype=np.int64)
        for k, start in enumerate(starts):
            found = self.in_force(rule, start, *chosen)
            if found is None:
                indices[k] = -1
                continue
            if not any(found is entry for entry in entries):
                entries.append(found)
            indices[k] = next(j for j, entry in enumerate(entries) if entry is found)
        edges = np.array(starts, dtype="datetime64[D]")
        return entries, indices[np.searchsorted(edges, dates.astype("datetime64[D]"), side="right") - 1]

    def named(self, rule: str) -> tuple[str, ...]:
        """The names under a rule that has one more level, such as all fees: `named("fee")`."""
        return tuple(key.partition(".")[2] for key in self.rules if key.startswith(rule + "."))


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All exchanges and what statuses mean. Two rulebooks are equal when they were read from the same bytes.

    Attributes
    ----------
    fingerprint : str
        Of those bytes.
    exchanges : mapping
        By MIC.
    statuses : mapping
        A status (lower case) to the boards whose price limit it changes: `{"st": {"main": "main_st"}}`.
    """

    fingerprint: str
    exchanges: Mapping[str, Exchange] = field(compare=False)
    statuses: Mapping[str, Mapping[str, str]] = field(compare=False)

    __repr__ = brief

    @property
    def boards(self) -> tuple[str, ...]:
        """The usual boards, and those that rule files add."""
        return known_boards(self.exchanges.values())

    def exchange_of(self, ticker: str) -> Exchange | None:
        """The exchange that a ticker's own form names: by its suffix, or New York for letters without one."""
        code, _, suffix = ticker.rpartition(".")
        if code and not ticker.startswith("^"):
            for market in self.exchanges.values():
                if suffix.upper() in (market.mic, *market.suffixes):
                    return market
        return self.exchanges["XNYS"] if _NEW_YORK.fullmatch(ticker) else None

    def exchange(self, mic: str) -> Exchange:
        """One exchange.

        Raises
        ------
        DataError
            No rule file knows the MIC; the message names those that are known.
        """
        found = self.exchanges.get(mic)
        if found is None:
            hint = "; Beijing is BJSE, XBSE is Bucharest" if mic == "XBSE" else nearest(mic, self.exchanges)
            message = (
                f"unknown exchange {mic!r}; expected one of {', '.join(self.exchanges)}, "
                f"or an exchange that a rule file of your own adds{hint}"
            )
            raise DataError.of([Problem(code="unknown_exchange", key="exchange", message=message)])
        return found


def known_boards(exchanges: Iterable[Exchange]) -> tuple[str, ...]:
    """The usual boards, and those of exchanges that have further ones."""
    return tuple(dict.fromkeys((*BOARDS, *(board for market in exchanges for board in market.boards))))


def selectors(instrument: Instrument, board: str | None = None) -> tuple[str, str, str]:
    """Where to look for an instrument's rules, in order; `board` where a status changes it."""
    return (instrument.ticker, board or instrument.board, "any")
