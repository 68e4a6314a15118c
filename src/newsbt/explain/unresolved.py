"""What linking could not resolve in a config's news and tables: reported, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from newsbt.domain.aliases import AliasBook
from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold
from newsbt.events.extraction.products import ProductFinder
from newsbt.events.extraction.rulebook import default_rules

__all__ = ["KINDS", "Finding", "find_unresolved"]

KINDS = {
    "unlisted_issuer": "issuers that no instrument stands for: their events reach listings over relations at most",
    "not_yet_listed": "issuers whose listings did not trade yet, or any more, when the news was known",
    "ambiguous_issuer": "issuers whose name stands for several companies: none of them is linked",
    "ambiguous_name": "names that several companies of the instruments table share",
    "ambiguous_mention": "names in headlines that mean a company in the right company only, and had none",
    "unknown_rival": "rivals that are no instrument, company of a relation, or known product",
    "dead_end": "objects of relations that are no instrument and that no relation goes on from",
    "undated_relation": "relations without a day from which they could be known: hindsight",
    "undated_theme": "themes without a day from which they could be known: hindsight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not resolved: its kind (:data:`KINDS`), the name, how often, and an example."""

    kind: str
    name: str
    count: int
    example: str
    message: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def find_unresolved(
    announcements: Iterable[Announcement], universe: Universe, latency: timedelta = timedelta(0)
) -> tuple[Finding, ...]:
    """All findings of a config, by kind and then by how often they occur."""
    found: dict[tuple[str, str], list[str]] = {}
    messages: dict[tuple[str, str], str] = {}

    def note(kind: str, name: str, example: str, message: str) -> None:
        found.setdefault((kind, name), []).append(example)
        messages.setdefault((kind, name), message)

    checker = _Checker(universe)
    for item in announcements:
        on = item.known_at(latency).date()
        for kind, name, message in checker.of_item(item, on):
            note(kind, name, item.event_id, message)
    for kind, name, example, message in checker.of_tables():
        note(kind, name, example, message)
    order = list(KINDS)
    listed = [
        Finding(kind=kind, name=name, count=len(examples), example=examples[0], message=messages[kind, name])
        for (kind, name), examples in found.items()
    ]
    return tuple(sorted(listed, key=lambda one: (order.index(one.kind), -one.count, one.name)))


class _Checker:
    def __init__(self, universe: Universe) -> None:
        rules = default_rules()
        self._universe = universe
        self._book = AliasBook(universe, rules.organisations, rules.contexts, without=rules.product_aliases)
        self._products = ProductFinder(rules)
        self._names = {
            name.casefold() for row in universe.relations for name in (row.subject, row.object)
        } | {fold(item.name) for item in self._book.organisations.values()}  # fmt: skip

    def of_item(self, item: Announcement, on: date) -> Iterator[tuple[str, str, str]]:
        universe = self._universe
        places = universe.listings(item.issuer)
        if not item.tickers:
            companies = _companies(universe, places)
            if len(companies) > 1:
                yield (
                    "ambiguous_issuer",
                    item.issuer,
                    f"stands for {', '.join(companies)}; write a ticker or the company",
                )
            if not places:
                yield (
                    "unlisted_issuer",
                    item.issuer,
                    "no ticker, name, company or alias of an instrument",
                )
            elif not any(universe.instruments[n].is_listed(on) for n in places):
                listed = ", ".join(universe.tickers[n] for n in places)
                yield "not_yet_listed", item.issuer, f"{listed} not listed on {on}"
        for rival in item.rivals:
            if not self._is_known(rival):
                yield "unknown_rival", rival, "named as a rival, and nothing here says who that is"
        for mention in self._book.find(item.headline):
            if not mention.certain:
                text = item.headline[mention.start : mention.end]
                yield "ambiguous_mention", text, f"may mean {mention.name}; nothing else in the headline says so"

    def of_tables(self) -> Iterator[tuple[str, str, str, str]]:
        universe = self._universe
        by_name: dict[str, list[int]] = {}
        for n, item in enumerate(universe.instruments):
            for name in {item.name, item.company, *item.aliases} - {""}:
                by_name.setdefault(name.casefold(), []).append(n)
        for name, places in by_name.items():
            companies = _companies(universe, places)
            if len(companies) > 1:
                tickers = ", ".join(universe.tickers[n] for n in places)
                yield "ambiguous_name", name, tickers, f"stands for {', '.join(companies)}"
        subjects = {row.subject.casefold() for row in universe.relations}
        for row in universe.relations:
            said = f"{row.subject} {row.relation} {row.object}"
            if row.from_on is None:
                yield "undated_relation", said, said, "say since when it was known (`from`)"
            if not universe.listings(row.object) and row.object.casefold() not in subjects:
                yield "dead_end", row.object, said, "no instrument, and no relation goes on from it"
        dated = {(row.ticker, row.theme) for row in universe.memberships}
        for item in universe.instruments:
            for theme in item.themes:
                if (item.ticker, theme) not in dated:
                    yield "undated_theme", theme, item.ticker, "say since when in the memberships table"

    def _is_known(self, name: str) -> bool:
        if self._universe.listings(name) or name.casefold() in self._names or fold(name) in self._names:
            return True
        if any(one.certain or one.start == 0 for one in self._book.find(name)):
            return True
        folded = fold(name)
        return bool(self._products.find(name, folded, [], self._products.names(folded)))


def _companies(universe: Universe, places: Iterable[int]) -> list[str]:
    """The companies that some listings belong to; an index or a fund stands for itself."""
    items = [universe.instruments[n] for n in places]
    return list(dict.fromkeys(item.company or item.name for item in items))
