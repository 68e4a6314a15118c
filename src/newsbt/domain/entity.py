"""Who can be traded and how they hang together: instruments, relations, memberships, statuses."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from newsbt.domain.company_names import in_brackets, plain_company
from newsbt.domain.showing import brief
from newsbt.domain.ticker_forms import AmbiguousTickerError, KnownTickers

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

BOARDS = ("main", "main_st", "star", "chinext", "bjse", "adr", "etf", "index")
RELATIONS = (
    "rival_of", "supplier_of", "customer_of", "investor_in", "model_of", "peer_of", "affects",
)  # fmt: skip

# How a link of hop 0 came about: the announcement names the ticker, or the issuer's company lists it.
DIRECT_RELATIONS = ("named", "issuer")

# What decides which company is meant by a name that several have, the first that leaves one.
DECIDING = ("ticker", "company", "name")


def in_force(on: date, from_on: date | None, to_on: date | None) -> bool:
    """Whether a dated row holds on a day; both ends are inclusive, a missing one is open.

    >>> in_force(date(2025, 3, 6), date(2025, 3, 6), None), in_force(date(2025, 3, 6), date(2025, 3, 7), None)
    (True, False)
    """
    return (from_on is None or from_on <= on) and (to_on is None or on <= to_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A listing, or an index (board ``index``, ticker starting with ``^`` or not), as `instruments.csv` has it."""

    ticker: str
    name: str
    exchange: str
    board: str
    currency: str
    sector: str = ""
    themes: tuple[str, ...] = ()
    sector_index: str = ""
    aliases: tuple[str, ...] = ()
    company: str = ""
    lot_size: int | None = None
    tradable: bool = True
    shortable: bool | None = None
    proxy: str = ""
    listed_on: date | None = None
    delisted_on: date | None = None

    __repr__ = brief

    def is_listed(self, on: date) -> bool:
        """Whether it is listed on a day, as far as its dates say."""
        return in_force(on, self.listed_on, self.delisted_on)

    @property
    def is_index(self) -> bool:
        return self.board == "index" or self.ticker.startswith("^")

    @property
    def company_name(self) -> str:
        """The company it is a listing of: its `company`, or where that is blank its `name`."""
        return self.company or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`subject relation object`, known from `from_on`; `effect` in [-1, 1], None where not stated."""

    subject: str
    relation: str
    object: str
    effect: float | None = None
    from_on: date | None = None
    to_on: date | None = None
    note: str = ""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSpan:
    """A ticker's dated status, such as ``st``, which decides its price limit."""

    ticker: str
    status: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What a name means: the `columns` of all listings of one company; none where no instrument has the name, or where
    the listings of several companies have it, which `candidates` then holds (columns too)."""

    columns: tuple[int, ...] = ()
    candidates: tuple[int, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return bool(self.candidates)


NOTHING = Reference()
Dated = TypeVar("Dated", Relation, Membership, StatusSpan)


@dataclass(frozen=True, kw_only=True)
class Universe:
    """Instruments in the order of their file, with everything dated that is known about them.

    Names are compared without case. A name means a listing by its ticker, name, company or one of its aliases;
    listings of one company (:attr:`Instrument.company_name`) stand for each other. Where listings of several companies
    have a name, a ticker decides before a company, a company before a full name, a full name before an alias; where
    that leaves several, the name is ambiguous and means none of them. A name that no instrument has means the listing
    of which it is another form of the ticker, or one whose name is the same without legal forms. `bad_rows` counts the
    rows of its tables that were skipped, by table and reason (T8); `readings` say of a table what was assumed.
    """

    instruments: tuple[Instrument, ...]
    relations: tuple[Relation, ...] = ()
    memberships: tuple[Membership, ...] = ()
    statuses: tuple[StatusSpan, ...] = ()
    bad_rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict, compare=False)
    readings: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), compare=False)

    __repr__ = brief

    @cached_property
    def tickers(self) -> tuple[str, ...]:
        return tuple(item.ticker for item in self.instruments)

    @cached_property
    def known_tickers(self) -> KnownTickers:
        """The tickers, and what other ways of writing mean of them."""
        exchanges = {item.ticker: item.exchange for item in self.instruments}
        return KnownTickers(exchanges, [item.ticker for item in self.instruments if item.is_index])

    @cached_property
    def position(self) -> Mapping[str, int]:
        """Ticker to its column n in the universe."""
        return {ticker: n for n, ticker in enumerate(self.tickers)}

    @cached_property
    def indices(self) -> tuple[int, ...]:
        """The columns of the indices."""
        return tuple(n for n, item in enumerate(self.instruments) if item.is_index)

    def __getitem__(self, ticker: str) -> Instrument:
        return self.instruments[self.position[ticker]]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that an instrument has, as written, each once."""
        every = (name for item in self.instruments for name in (item.ticker, item.name, item.company, *item.aliases))
        return tuple(dict.fromkeys(name for name in every if name))

    @cached_property
    def _named(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for n, item in enumerate(self.instruments):
            for name in {item.ticker, item.name, item.company, *item.aliases} - {""}:
                found.setdefault(name.casefold(), []).append(n)
        return {name: tuple(columns) for name, columns in found.items()}

    @cached_property
    def _siblings(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for n, item in enumerate(self.instruments):
            found.setdefault(item.company_name.casefold(), []).append(n)
        return {company: tuple(columns) for company, columns in found.items()}

    def resolve(self, name: str) -> Reference:
        """What a name means: the one answer that linking, checking, extraction and explanations share."""
        key = name.casefold()
        if key not in self._resolved:
            self._resolved[key] = self._resolve(key)
        return self._resolved[key]

    @cached_property
    def _resolved(self) -> dict[str, Reference]:
        return {}

    def _resolve(self, key: str) -> Reference:
        named = self._named.get(key, ())
        if not named:
            return self._resolve_loosely(key)
        exact = [[n for n in named if getattr(self.instruments[n], kind).casefold() == key] for kind in DECIDING]
        for columns in (named, *exact):
            companies = {self.instruments[n].company_name.casefold() for n in columns}
            if len(companies) == 1:
                return Reference(columns=self._siblings[companies.pop()])
        return Reference(candidates=named)

    def _resolve_loosely(self, key: str) -> Reference:
        """What a name means that no instrument has: another way of writing a ticker, or a company's without its legal
        form."""
        try:
            ticker = self.known_tickers.meant(key)
        except AmbiguousTickerError as error:
            return Reference(candidates=tuple(sorted(self.position[one] for one in error.candidates)))
        named = (self.position[ticker],) if ticker else self._plainly_named.get(plain_company(key), ())
        if not named:
            named = self._in_brackets(key)
        companies = {self.instruments[n].company_name.casefold() for n in named}
        if len(companies) > 1:
            return Reference(candidates=named)
        return Reference(columns=self._siblings[companies.pop()]) if companies else NOTHING

    def _in_brackets(self, key: str) -> tuple[int, ...]:
        """What a company and its ticker mean that stand as `Company (ticker)`: either, or both where they are one's."""
        found = [self.resolve(part) for part in in_brackets(key) if part]
        return tuple(sorted({n for one in found for n in one.columns or one.candidates}))

    @cached_property
    def _plainly_named(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for n, item in enumerate(self.instruments):
            names = (item.name, item.company, *item.aliases)
            parts = (part for name in names for part in in_brackets(name))  # International (SMIC)
            for name in dict.fromkeys(map(plain_company, (*names, *parts))):
                found.setdefault(name, []).append(n)
        found.pop("", None)
        return {name: tuple(columns) for name, columns in found.items()}

    def listing(self, name: str) -> int | None:
        """The one listing whose ticker a name is, in whatever form; None of a name that is none, that an instrument has
        besides, or that may be the ticker of several."""
        if name in self.position:
            return self.position[name]
        key = name.casefold()
        if any(self.instruments[n].ticker.casefold() != key for n in self._named.get(key, ())):
            return None
        return self.position.get(self.known_tickers.meant_or_none(name))

    def listings(self, name: str) -> tuple[int, ...]:
        """Columns of all listings of the company that a name means, in universe order; empty where it means none."""
        return self.resolve(name).columns

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
    def _change_days(self) -> tuple[date, ...]:
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
        return bisect_right(self._change_days, on)

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
