"""Which instruments an event touches: its own listings, their sector index, and what relations reach (S2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import DIRECT_RELATIONS, Relation, Universe
from newsbt.domain.link import Link

__all__ = ["MENTIONED", "SECTOR_INDEX", "TableLinker", "TableLinking"]

NAMED, ISSUER, SAME_COMPANY = DIRECT_RELATIONS
SECTOR_INDEX = "sector_index"
MENTIONED = "mentioned"


class TableLinking:
    """Links announcements by a universe, as of the day each one became known."""

    def __init__(
        self, universe: Universe, max_hops: int = 1, *, same_company: bool = True, mentioned: bool = True
    ) -> None:
        self._universe = universe
        self._max_hops = max_hops
        self._same_company = same_company
        self._mentioned = mentioned
        self._reached: dict[tuple[str, int], tuple[Link, ...]] = {}

    def link(self, item: Announcement, on: date) -> tuple[Link, ...]:
        """Direct links in universe order, named ones first, then their indices, then relations by hop and in the order
        of the table, then companies that the item mentions.

        Parameters
        ----------
        on : date
            The UTC day of `known_at`; relations and listings count as they stood then.
        """
        direct = tuple(self._direct(item, on))
        taken = {link.column for link in direct}
        links = [*direct]
        for link in direct:
            index = self._universe.instruments[link.column].sector_index
            if index and (column := self._universe.position[index]) not in taken:
                taken.add(column)
                links.append(Link(column, SECTOR_INDEX, 0, 1.0, (*link.path, index)))
        links.extend(link for link in self._through_relations(item.issuer, on) if link.column not in taken)
        if self._mentioned and self._max_hops >= 1:
            links.extend(self._of_mentioned(item, on, {link.column for link in links}))
        return tuple(links)

    def change_days(self, tickers: tuple[str, ...], issuer: str, mentioned: tuple[str, ...] = ()) -> tuple[date, ...]:
        """The days, in order, on which an announcement that names these may begin to have other links."""
        universe = self._universe
        columns = {universe.position[ticker] for ticker in tickers if ticker in universe.position}
        columns.update(n for name in (*tickers, issuer, *mentioned) for n in universe.listings(name))
        days = set(self._listing_days(columns))
        if issuer and self._max_hops > 0 and universe.relations:
            days.update(self._days_of_relations)
        return tuple(sorted(days))

    @cached_property
    def _days_of_relations(self) -> frozenset[date]:
        universe = self._universe
        reached: set[int] = set()
        for row in universe.relations:
            for name in row.ends:
                one = universe.listing(name)
                reached.update(universe.listings(name) if one is None else (one,))
        return frozenset((*universe.change_days, *self._listing_days(reached)))

    def _listing_days(self, columns: Iterable[int]) -> Iterator[date]:
        for n in columns:
            item = self._universe.instruments[n]
            if item.listed_on is not None:
                yield item.listed_on
            if item.delisted_on is not None and item.delisted_on < date.max:
                yield item.delisted_on + timedelta(days=1)

    def issuer(self, item: Announcement, on: date) -> tuple[int, ...]:
        """Places of the issuer's own listings on a day, also of an announcement that names other tickers."""
        universe = self._universe
        return tuple(n for n in universe.listings(item.issuer) if universe.instruments[n].is_listed(on))

    def theme(self, item: Announcement, on: date, themes: Sequence[str]) -> tuple[int, ...]:  # noqa: ARG002
        """Places of the listed instruments that belong to one of the themes on a day; no theme named: of all."""
        universe = self._universe
        return tuple(n for n in universe.members(themes, on) if universe.instruments[n].is_listed(on))

    def _direct(self, item: Announcement, on: date) -> Iterator[Link]:
        universe = self._universe
        if item.tickers:
            for column in sorted({universe.position[ticker] for ticker in item.tickers}):
                last = universe.instruments[column].delisted_on
                if last is not None and on > last:  # X20
                    continue
                yield Link(column, NAMED, 0, 1.0, (universe.tickers[column],))
            if self._same_company:
                yield from self._siblings(item, on)
            return
        for column in self.issuer(item, on):
            yield Link(column, ISSUER, 0, 1.0, (item.issuer, universe.tickers[column]))

    def _siblings(self, item: Announcement, on: date) -> Iterator[Link]:
        """The issuer's listings that the item does not name; of an issuer that no instrument has, those of the company
        of all its tickers."""
        universe = self._universe
        named = {universe.position[ticker] for ticker in item.tickers}
        columns = universe.listings(item.issuer)
        companies = {universe.instruments[n].company_name for n in named}
        if not columns and len(companies) == 1 and not universe.resolve(item.issuer).is_ambiguous:
            columns = universe.listings(universe.tickers[min(named)])
        for column in columns:
            if column not in named and universe.instruments[column].is_listed(on):
                yield Link(column, SAME_COMPANY, 0, 1.0, (item.issuer, universe.tickers[column]))

    def _of_mentioned(self, item: Announcement, on: date, taken: set[int]) -> Iterator[Link]:
        """Listings of companies that the item names beside its issuer: what the news means for them nobody says."""
        universe = self._universe
        own = set(universe.listings(item.issuer))
        for name in item.mentioned:
            for column in universe.listings(name):
                one = universe.instruments[column]
                if column in taken or column in own or one.is_index or not one.is_listed(on):
                    continue
                taken.add(column)
                yield Link(column, MENTIONED, 1, math.nan, (item.issuer, name, universe.tickers[column]))

    def _through_relations(self, issuer: str, on: date) -> tuple[Link, ...]:
        if not issuer or self._max_hops < 1:
            return ()
        key = (issuer.casefold(), self._universe.era(on))
        if key not in self._reached:
            self._reached[key] = tuple(self._spread(issuer, on))
        universe = self._universe
        return tuple(link for link in self._reached[key] if universe.instruments[link.column].is_listed(on))

    def _spread(self, issuer: str, on: date) -> Iterator[Link]:
        """Breadth first, each instrument by its shortest way; of two equal ways the first in the table."""
        universe = self._universe
        seen_columns = set(universe.listings(issuer))
        seen_names = {issuer.casefold()}
        front: list[tuple[str, float, tuple[str, ...]]] = [(issuer, 1.0, (issuer,))]
        for hop in range(1, self._max_hops + 1):
            reached: list[tuple[str, float, tuple[str, ...]]] = []
            for name, weight, path in front:
                for row in universe.relations_of(name, on):
                    columns = self._new_columns(row, seen_columns)
                    if not columns and row.object.casefold() in seen_names:
                        continue
                    if not columns and universe.listings(row.object):
                        continue
                    seen_names.add(row.object.casefold())
                    seen_columns.update(columns)
                    product = weight * (math.nan if row.effect is None else row.effect)
                    way = (*path, row.object)
                    for column in columns:
                        yield Link(column, row.relation, hop, product, way)
                    reached.append((row.object, product, way))
            front = reached

    def _new_columns(self, row: Relation, seen: set[int]) -> list[int]:
        """A relation to a ticker reaches that listing; one to a name reaches all listings of the company."""
        one = self._universe.listing(row.object)
        columns = self._universe.listings(row.object) if one is None else (one,)
        return [column for column in columns if column not in seen]


@dataclass(frozen=True, kw_only=True)
class TableLinker:
    """`linker: {use: table}`: by the announcement's tickers, its issuer, and the universe's relations (S2).

    Parameters
    ----------
    same_company : bool
        Whether the issuer's other listings are linked where the announcement names tickers.
    mentioned : bool
        Whether companies are linked that the announcement names beside its issuer.
    """

    same_company: bool = True
    mentioned: bool = True

    def linking(self, universe: Universe, hops: int) -> TableLinking:
        """What links single announcements in a universe, as `newsbt.ports.Linker` has it."""
        return TableLinking(universe, hops, same_company=self.same_company, mentioned=self.mentioned)
