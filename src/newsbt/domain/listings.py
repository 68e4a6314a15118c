"""A listing, and what a name means among listings: the one answer that linking, checking, extraction and explanations
share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from newsbt.domain.company_names import in_brackets, plain_company
from newsbt.domain.showing import brief
from newsbt.domain.ticker_forms import AmbiguousTickerError, KnownTickers

__all__ = ["BOARDS", "Instrument", "ListingNames", "Reference", "in_force"]

BOARDS = ("main", "main_st", "star", "chinext", "bjse", "adr", "etf", "index")

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
    """A listing, or an index (board ``index``, ticker starting with ``^`` or not), as `instruments.csv` has it.

    Attributes
    ----------
    ticker, name : str
    exchange, board, currency : str
        MIC, board of the rulebook, ISO 4217 code.
    sector, sector_index, company, proxy : str
        Its sector and that sector's index, whose listing it is, and what is traded for an index; blank where not
        stated.
    themes, aliases : tuple of str
    lot_size : int, shares, optional
        Where the exchange leaves it to the company.
    tradable : bool, shortable : bool, optional
        None: as the rulebook has it.
    listed_on, delisted_on : date, optional

    Examples
    --------
    >>> from newsbt import Instrument
    >>> one = Instrument(ticker="^HSI", name="Hang Seng Index", exchange="XHKG", board="index", currency="HKD")
    >>> one.is_index
    True
    """

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


@dataclass(frozen=True)
class ListingNames:
    """The names of listings, in their order. Names are compared without case.

    A name means a listing by its ticker, name, company or one of its aliases; listings of one company
    (:attr:`Instrument.company_name`) stand for each other. Where listings of several companies have a name, a ticker
    decides before a company, a company before a full name, a full name before an alias; where that leaves several, the
    name is ambiguous and means none of them. A name that no instrument has means the listing of which it is another
    form of the ticker, or one whose name is the same without legal forms.
    """

    instruments: tuple[Instrument, ...]

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
    def written(self) -> tuple[str, ...]:
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
            for name in dict.fromkeys(map(plain_company, dict.fromkeys((*names, *parts)))):
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
