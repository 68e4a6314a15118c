"""Who can be traded and how they hang together: instruments, relations, memberships, statuses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from newsbt.domain.listings import BOARDS, Instrument, ListingNames, Reference, in_force
from newsbt.domain.showing import brief
from newsbt.domain.ticker_forms import KnownTickers

__all__ = [
    "BOARDS",
    "DIRECT_RELATIONS",
    "RELATIONS",
    "Instrument",
    "Membership",
    "Reference",
    "Relation",
    "StatusSpan",
    "Universe",
    "in_force",
]

RELATIONS = (
    "rival_of", "supplier_of", "customer_of", "investor_in", "model_of", "peer_of", "affects",
)  # fmt: skip

# How a link of hop 0 came about: the announcement names the ticker, the issuer's company lists it, or it is another
# listing of the issuer of an announcement that names tickers.
DIRECT_RELATIONS = ("named", "issuer", "same_company")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Who stands in which relation to whom, from a day on.

    Attributes
    ----------
    subject, relation, object : str
    effect : float in [-1, 1], optional
        None where not stated.
    from_on, to_on : date, optional
        The days between which it is known.
    note : str
    """

    subject: str
    relation: str
    object: str
    effect: float | None = None
    from_on: date | None = None
    to_on: date | None = None
    note: str = ""

    __repr__ = brief

    @property
    def ends(self) -> tuple[str, str]:
        """The two names that it ties."""
        return self.subject, self.object


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A ticker belongs to a theme from one day to another."""

    ticker: str
    theme: str
    from_on: date | None = None
    to_on: date | None = None

    __repr__ = brief


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSpan:
    """A ticker's dated status, such as ``st``, which decides its price limit."""

    ticker: str
    status: str
    from_on: date | None = None
    to_on: date | None = None

    __repr__ = brief


Dated = TypeVar("Dated", Relation, Membership, StatusSpan)


@dataclass(frozen=True, kw_only=True)
class Universe:
    """Instruments in the order of their file, with everything dated that is known about them; what a name means is for
    `listing_names` to say.

    Attributes
    ----------
    instruments : tuple of Instrument
    relations : tuple of Relation
    memberships, statuses : tuples
        In which themes instruments were when, and their special treatment.
    bad_rows : mapping
        Rows of its tables that were skipped, by table and reason (T8).
    readings : tuple
        By table, what was assumed of it.
    """

    instruments: tuple[Instrument, ...]
    relations: tuple[Relation, ...] = ()
    memberships: tuple[Membership, ...] = ()
    statuses: tuple[StatusSpan, ...] = ()
    bad_rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict, compare=False)
    readings: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), compare=False)

    __repr__ = brief

    @cached_property
    def listing_names(self) -> ListingNames:
        return ListingNames(self.instruments)

    @cached_property
    def tickers(self) -> tuple[str, ...]:
        return self.listing_names.tickers

    @cached_property
    def known_tickers(self) -> KnownTickers:
        """The tickers, and what other ways of writing mean of them."""
        return self.listing_names.known_tickers

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Ticker to its column n in the universe."""
        return self.listing_names.position

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an instrument has, as written, each once."""
        return self.listing_names.written

    def resolve(self, name: str) -> Reference:
        """What a name means."""
        return self.listing_names.resolve(name)

    def listing(self, name: str) -> int | None:
        """The one listing whose ticker a name is, in whatever form, and nothing else; None of any other name."""
        return self.listing_names.listing(name)

    def listings(self, name: str) -> tuple[int, ...]:
        """Columns of all listings of the company that a name means, in universe order; empty where it means none."""
        return self.listing_names.listings(name)

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """The columns of the indices."""
        return tuple(n for n, item in enumerate(self.instruments) if item.is_index)

    def __getitem__(self, ticker: str) -> Instrument:
        return self.instruments[self.position[ticker]]

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Who relations are about, without case: names that are known though no instrument may have them."""
        return frozenset(row.subject.casefold() for row in self.relations)

    def is_same(self, name: str, other: str) -> bool:
        """Whether two names mean the same company: equal but for case, or with a listing in common."""
        if name.casefold() == other.casefold():
            return True
        return not set(self.listings(name)).isdisjoint(self.listings(other))

    def relations_of(self, subject: str, on: date, kinds: Iterable[str] = RELATIONS) -> tuple[Relation, ...]:
        """Relations in force on a day whose subject is this name, in the order of their file."""
        wanted = set(kinds)
        columns = set(self.listings(subject))
        return tuple(
            row
            for row in self.relations
            if row.relation in wanted
            and in_force(on, row.from_on, row.to_on)
            and (row.subject.casefold() == subject.casefold() or not columns.isdisjoint(self.listings(row.subject)))
        )

    @cached_property
    def _dated_themes(self) -> Mapping[tuple[str, str], tuple[Membership, ...]]:
        found: dict[tuple[str, str], list[Membership]] = {}
        for row in self.memberships:
            found.setdefault((row.ticker, row.theme), []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    def has_theme(self, ticker: str, theme: str, on: date) -> bool:
        """Whether a ticker belongs to a theme on a day.

        Rows of the memberships table decide where there are any for the pair; without one, the instruments'
        own `themes` column does, which is undated and so counts as hindsight.
        """
        rows = self._dated_themes.get((ticker, theme))
        if rows is not None:
            return any(in_force(on, row.from_on, row.to_on) for row in rows)
        return theme in self[ticker].themes

    @cached_property
    def change_days(self) -> tuple[date, ...]:
        """Days on which the set of relations or memberships in force may differ from the day before."""
        days: set[date] = set()
        rows: tuple[Relation | Membership, ...] = (*self.relations, *self.memberships)
        for row in rows:
            if row.from_on is not None:
                days.add(row.from_on)
            if row.to_on is not None and row.to_on < date.max:
                days.add(row.to_on + timedelta(days=1))
        return tuple(sorted(days))

    def era(self, on: date) -> int:
        """A number that two days share only when the same relations and memberships hold on both."""
        return bisect_right(self.change_days, on)

    def members(self, themes: Iterable[str], on: date) -> tuple[int, ...]:
        """Columns of the instruments that belong to one of the themes on a day (no theme named: all of them)."""
        wanted = tuple(themes)
        key = (wanted, self.era(on))
        if key not in self._members:
            self._members[key] = tuple(
                n
                for n, item in enumerate(self.instruments)
                if not wanted or any(self.has_theme(item.ticker, theme, on) for theme in wanted)
            )
        return self._members[key]

    @cached_property
    def _members(self) -> dict[tuple[tuple[str, ...], int], tuple[int, ...]]:
        return {}

    def as_of(self, on: date) -> Universe:
        """The universe as it could be known on a day: rows that begin later are gone, later ends are open."""

        def until(end: date | None) -> date | None:
            return end if end is not None and end <= on else None

        def known(rows: Iterable[Dated]) -> tuple[Dated, ...]:
            return tuple(
                replace(row, to_on=until(row.to_on)) for row in rows if row.from_on is None or row.from_on <= on
            )

        # A theme that is dated must not fall back to the undated column before its first row.
        dated = {(row.ticker, row.theme) for row in self.memberships}
        return Universe(
            instruments=tuple(
                replace(
                    item,
                    delisted_on=until(item.delisted_on),
                    themes=tuple(theme for theme in item.themes if (item.ticker, theme) not in dated),
                )
                for item in self.instruments
            ),
            relations=known(self.relations),
            memberships=known(self.memberships),
            statuses=known(self.statuses),
        )

    def hindsight(self) -> Mapping[str, int]:
        """How many relations and theme memberships carry no `from`, so that nobody can say when they were known."""
        undated = sum(
            1 for item in self.instruments for theme in item.themes if (item.ticker, theme) not in self._dated_themes
        )
        undated += sum(1 for row in self.memberships if row.from_on is None)
        return {
            "relations": sum(1 for row in self.relations if row.from_on is None),
            "themes": undated,
        }
