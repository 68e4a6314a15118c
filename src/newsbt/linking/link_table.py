"""Links and events as the frames that strategies see (S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from newsbt._typing import Array, Bools, Floats, Instants, Ints, Objects
from newsbt.domain.coded import Coded, coded
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.link import Link
from newsbt.domain.object_arrays import objects
from newsbt.domain.showing import brief

__all__ = ["LinkTable", "event_frame", "grouped_links", "instrument_frame", "link_frame", "link_table"]


@dataclass(frozen=True, kw_only=True)
class LinkTable:
    """All links of a run, L of them, by event and then as linked. `event` (L,) are indices of events."""

    event: Ints
    links: Coded[Link]

    __repr__ = brief

    @cached_property
    def ticker(self) -> Ints:
        """(L,): indices of the instruments."""
        found: Ints = np.array([link.column for link in self.links.values], dtype=np.int64)[self.links.codes]
        return found

    @cached_property
    def hop(self) -> Ints:
        """(L,)"""
        found: Ints = np.array([link.hop for link in self.links.values], dtype=np.int64)[self.links.codes]
        return found

    @cached_property
    def weight(self) -> Floats:
        """(L,)"""
        return self.links.numbers(lambda link: link.weight)

    @cached_property
    def relation(self) -> Objects:
        """(L,)"""
        return self.links.made(lambda link: link.relation)

    def of_events(self, kept: Bools) -> LinkTable:
        """The links of some events, (E,) bool, which are numbered anew."""
        mine = np.flatnonzero(kept[self.event])
        number = np.cumsum(kept, dtype=np.int64) - 1
        return LinkTable(event=number[self.event[mine]], links=self.links.take(mine))

    def bounds(self, events: int) -> Ints:
        """(E + 1,) for E events: the links of event e are those from ``bounds[e]`` up to ``bounds[e + 1]``."""
        return np.searchsorted(self.event, np.arange(events + 1))


def link_table(links_by_event: Sequence[Sequence[Link]]) -> LinkTable:
    """One table of the links of E events, in the order of the events."""
    return grouped_links(links_by_event, np.arange(len(links_by_event)))


def grouped_links(links_by_group: Sequence[Sequence[Link]], group: Ints) -> LinkTable:
    """One table of the links of E events, in the order of the events, each of which has those of its `group` (E,)."""
    counts = np.array([len(links) for links in links_by_group], dtype=np.int64)
    distinct = coded(link for links in links_by_group for link in links)
    starts, number = np.cumsum(counts) - counts, counts[group]
    event = np.repeat(np.arange(len(group), dtype=np.int64), number)
    within = np.arange(len(event)) - np.repeat(np.cumsum(number) - number, number)
    return LinkTable(event=event, links=distinct.take(starts[group][event] + within))


def event_frame(events: EventTable) -> pd.DataFrame:
    """A row for each event; lists are tuples, further columns of the announcements follow."""
    items = events.columns
    columns: dict[str, Array | pd.Series | pd.Index | Sequence[str]] = {
        "event_id": events.ids,
        "known_at": pd.DatetimeIndex(events.known_at).tz_localize("UTC"),
        "event_type": _texts(items.event_type),
        "issuer": _texts(items.issuer),
        "subject": _texts(items.subject),
        "headline": _texts(items.headline),
        "rivals": items.rivals.array,
        "tickers": items.tickers.array,
        "sentiment": items.sentiment.numbers(float),
        "relevance": items.relevance.numbers(float),
    }
    for name, column in items.attributes.items():
        columns.setdefault(name, column.array)
    return pd.DataFrame(columns)


def _texts(column: Coded[str]) -> Array | pd.Series:
    """A column of texts for a frame, made of its distinct ones."""
    if not len(column):
        return objects([])
    return pd.Series(objects(column.values)).take(column.codes).reset_index(drop=True)


def link_frame(
    table: LinkTable,
    frame: pd.DataFrame,
    universe: Universe,
    rows: Ints,
    open_rows: Ints,
    first_tradable_at: Instants,
) -> pd.DataFrame:
    """S3's frame: `frame` is `event_frame`'s; `rows`, `open_rows` and `first_tradable_at` (L,) are each link's own.

    `row` is that of the first tradable bar, which under `entry: same_close` may be one at whose close the link
    trades; `open_row` is always T2's, the first one that opens after the news is known, and what grids go by.
    """
    tickers = objects(universe.tickers)
    of_event = frame.iloc[table.event].reset_index(drop=True)
    columns: dict[str, Array | pd.Series | pd.Index | Sequence[str]] = {
        "event_id": of_event["event_id"],
        "ticker": tickers[table.ticker],
        "relation": table.relation,
        "hop": table.hop,
        "weight": table.weight,
        "known_at": of_event["known_at"],
        "first_tradable_at": pd.DatetimeIndex(first_tradable_at).tz_localize("UTC"),
        "row": np.where(rows >= 0, rows, -1),
        "open_row": np.where(open_rows >= 0, open_rows, -1),
    }
    for name in ("event_type", "issuer", "rivals", "sentiment", "relevance", *of_event.columns):
        columns.setdefault(name, of_event[name])
    return pd.DataFrame(columns)


def instrument_frame(universe: Universe) -> pd.DataFrame:
    """The instruments as a frame, lists as tuples."""
    names = ("ticker", "name", "exchange", "board", "currency", "sector", "sector_index", "company")
    columns: dict[str, Array | pd.Series | pd.Index | Sequence[str]] = {
        name: objects([getattr(item, name) for item in universe.instruments]) for name in names
    }
    for name in ("themes", "aliases"):
        columns[name] = objects([getattr(item, name) for item in universe.instruments])
    return pd.DataFrame(columns)
