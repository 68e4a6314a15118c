"""Links and events as the frames that strategies see (S3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from newsbt._typing import Array, Instants, Ints
from newsbt.domain.entity import Universe
from newsbt.domain.event_table import EventTable
from newsbt.domain.link import Link
from newsbt.domain.object_arrays import objects

__all__ = ["LinkTable", "event_frame", "instrument_frame", "link_frame", "link_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTable:
    """All links of a run, L of them, by event and then as linked. `event`, `ticker` (L,) are indices."""

    event: Ints
    ticker: Ints
    links: tuple[Link, ...]

    def bounds(self, events: int) -> Ints:
        """(E + 1,) for E events: the links of event e are those from ``bounds[e]`` up to ``bounds[e + 1]``."""
        return np.searchsorted(self.event, np.arange(events + 1))


def link_table(links_by_event: Sequence[Sequence[Link]]) -> LinkTable:
    """One table of the links of E events, in the order of the events."""
    counts = [len(links) for links in links_by_event]
    flat = tuple(link for links in links_by_event for link in links)
    return LinkTable(
        event=np.repeat(np.arange(len(counts), dtype=np.int64), counts),
        ticker=np.array([link.column for link in flat], dtype=np.int64),
        links=flat,
    )


def event_frame(events: EventTable) -> pd.DataFrame:
    """A row for each event; lists are tuples, further columns of the announcements follow."""
    items = events.announcements
    columns: dict[str, Array | pd.Series | pd.Index | Sequence[str]] = {
        "event_id": events.ids,
        "known_at": pd.DatetimeIndex(events.known_at).tz_localize("UTC"),
        **{
            name: objects([getattr(item, name) for item in items])
            for name in ("event_type", "issuer", "subject", "headline")
        },
        **{name: objects([getattr(item, name) for item in items]) for name in ("rivals", "tickers")},
        **{
            name: np.array([getattr(item, name) for item in items], dtype=np.float64)
            for name in ("sentiment", "relevance")
        },
    }
    further = {name: None for item in items for name in item.attributes}
    for name in further:
        if name not in columns:
            columns[name] = objects([item.attributes.get(name) for item in items])
    return pd.DataFrame(columns)


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
        "relation": objects([link.relation for link in table.links]),
        "hop": np.array([link.hop for link in table.links], dtype=np.int64),
        "weight": np.array([link.weight for link in table.links], dtype=np.float64),
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
