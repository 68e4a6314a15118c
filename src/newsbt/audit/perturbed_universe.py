"""Other futures of a universe: what begins to hold after a day never comes, is of somebody else, or was never told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from newsbt.domain.entity import RELATIONS, Instrument, Membership, Relation, StatusSpan, Universe

__all__ = ["OTHER_TIES", "Foresight"]

FEW, MOST = 3, 12  # rows of a kind that are invented
LONG_GONE = (date(1900, 1, 1), date(1900, 12, 31))  # a listing that will not come, to whoever asks for a past day
ANNOUNCED = timedelta(days=14)  # how long before a listing comes everybody knows its day, at least
NOBODY = "a company to come"


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """What other ties are drawn with: what holds by the day `known_on` stays, and the names of `known`, without case,
    mean what they did, for what is known speaks of them. `issuers` are those that news is about, and `statuses` the
    words that rule files know."""

    known_on: date
    known: Collection[str]
    issuers: tuple[str, ...]
    statuses: tuple[str, ...]
    random: np.random.Generator

    def is_later(self, from_on: date | None) -> bool:
        return from_on is not None and from_on > self.known_on

    def day(self) -> date:
        return self.known_on + timedelta(days=int(self.random.integers(1, 60)))

    def ends(self, from_on: date | None, to_on: date | None) -> date | None:
        """An end that is not known yet: mostly none, else another day."""
        if to_on is not None and to_on <= self.known_on:
            return to_on
        if self.random.random() >= 0.3:
            return None
        return max(self.day(), from_on or date.min)

    def fate(self) -> str:
        return ("gone", "renamed", "moved")[int(self.random.integers(3))]

    def one_of(self, values: tuple[str, ...]) -> str:
        return values[int(self.random.integers(len(values)))]

    def invented(self, rows: int) -> range:
        return range(min(max(FEW, rows // 4), MOST))


def _other_relations(universe: Universe, sight: Foresight) -> Universe:
    names = tuple(dict.fromkeys((NOBODY, *sight.issuers, *(name for row in universe.relations for name in row.ends))))
    companies = tuple(dict.fromkeys((*names, *(item.company_name for item in universe.instruments))))
    rows = []

    def between_others(relation: str, effect: float, note: str) -> Relation:
        subject, other = sight.one_of(names), sight.one_of(companies)
        return Relation(subject=subject, relation=relation, object=other, effect=effect, note=note)

    for row in universe.relations:
        if not sight.is_later(row.from_on):
            rows.append(replace(row, to_on=sight.ends(row.from_on, row.to_on)))
            continue
        fate = sight.fate()
        if fate == "gone":
            continue
        begin, effect = sight.day(), -(1.0 if row.effect is None else row.effect)
        if fate == "renamed":
            row = between_others(row.relation, effect, row.note)  # noqa: PLW2901
        rows.append(replace(row, from_on=begin, to_on=sight.ends(begin, None), effect=effect))
    for _ in sight.invented(len(universe.relations)):
        row = between_others(sight.one_of(RELATIONS), float(sight.random.choice([-1.0, 1.0])), "to come")
        rows.append(replace(row, from_on=sight.day()))
    return replace(universe, relations=tuple(rows))


def _other_memberships(universe: Universe, sight: Foresight) -> Universe:
    """A pair whose only rows are gone leaves the undated `themes` too, which would count in their place."""
    themes = tuple(
        dict.fromkeys(
            (
                *(row.theme for row in universe.memberships),
                *(theme for item in universe.instruments for theme in item.themes),
                "a theme to come",
            )
        )
    )
    taken = {(row.ticker, row.theme) for row in universe.memberships}
    taken |= {(item.ticker, theme) for item in universe.instruments for theme in item.themes}
    rows = []

    def invent(ticker: str) -> None:
        theme = sight.one_of(themes)
        if (ticker, theme) not in taken:
            begin = sight.day()
            rows.append(Membership(ticker=ticker, theme=theme, from_on=begin, to_on=sight.ends(begin, None)))

    for row in universe.memberships:
        if not sight.is_later(row.from_on):
            rows.append(replace(row, to_on=sight.ends(row.from_on, row.to_on)))
            continue
        fate = sight.fate()
        if fate == "moved":
            begin = sight.day()
            rows.append(replace(row, from_on=begin, to_on=sight.ends(begin, None)))
        elif fate == "renamed":
            invent(row.ticker)
    for _ in sight.invented(len(universe.memberships)):
        invent(sight.one_of(universe.tickers))
    left = {(row.ticker, row.theme) for row in rows}
    gone = {(row.ticker, row.theme) for row in universe.memberships} - left
    return replace(
        universe,
        memberships=tuple(rows),
        instruments=tuple(
            replace(item, themes=tuple(theme for theme in item.themes if (item.ticker, theme) not in gone))
            for item in universe.instruments
        ),
    )


def _other_statuses(universe: Universe, sight: Foresight) -> Universe:
    rows = []
    for row in universe.statuses:
        if not sight.is_later(row.from_on):
            rows.append(replace(row, to_on=sight.ends(row.from_on, row.to_on)))
            continue
        fate = sight.fate()
        if fate != "gone":
            begin = sight.day()
            ticker = sight.one_of(universe.tickers) if fate == "renamed" else row.ticker
            rows.append(replace(row, ticker=ticker, from_on=begin, to_on=sight.ends(begin, None)))
    if sight.statuses:
        rows += [
            StatusSpan(ticker=sight.one_of(universe.tickers), status=sight.one_of(sight.statuses), from_on=sight.day())
            for _ in sight.invented(len(universe.statuses))
        ]
    return replace(universe, statuses=tuple(rows))


def _other_listings(universe: Universe, sight: Foresight) -> Universe:
    """Tickers and their number stay: which instruments are looked at is the user's choice. The day of a listing is
    public before it comes: one within :data:`ANNOUNCED` of the day stays. A later one is as one that ended long ago, or
    comes on another day, under another name where nothing known tells it; the end of a listing is not foreseen, or
    where there is none, comes."""
    companies: dict[str, int] = {}
    for item in universe.instruments:
        companies[item.company_name.casefold()] = companies.get(item.company_name.casefold(), 0) + 1
    found = []
    for item in universe.instruments:
        if item.listed_on is None or item.listed_on <= sight.known_on + ANNOUNCED:
            ends = item.delisted_on is not None and item.delisted_on <= sight.known_on
            to_on = item.delisted_on if ends else (sight.day() if sight.random.random() < 0.2 else None)
            found.append(replace(item, delisted_on=to_on))
            continue
        fate = sight.fate()
        if fate == "gone":
            listed_on, delisted_on = LONG_GONE
            found.append(replace(item, listed_on=listed_on, delisted_on=delisted_on))
            continue
        if fate == "renamed" and companies[item.company_name.casefold()] == 1 and not _is_known(item, sight):
            item = replace(item, name=f"{NOBODY} {len(found)}", company="", aliases=())  # noqa: PLW2901
        found.append(replace(item, listed_on=sight.day() + ANNOUNCED, delisted_on=None))
    return replace(universe, instruments=tuple(found))


def _is_known(item: Instrument, sight: Foresight) -> bool:
    """Whether something that is known by then may speak of an instrument."""
    return any(name.casefold() in sight.known for name in (item.ticker, item.name, item.company, *item.aliases) if name)


OTHER_TIES: Mapping[str, Callable[[Universe, Foresight], Universe]] = {
    "relations": _other_relations,
    "memberships": _other_memberships,
    "statuses": _other_statuses,
    "listings": _other_listings,
}
