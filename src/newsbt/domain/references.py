"""What announcements refer to and nobody can resolve, and why one is linked to nothing: reported, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Relation, Universe
from newsbt.domain.run_documents import UnusedName
from newsbt.domain.text_label import UNLABELLED
from newsbt.domain.ticker_forms import AmbiguousTickerError
from newsbt.errors import nearest_name, nearest_ticker

__all__ = [
    "IDLE", "MOST_NAMED", "REASONS", "UNRESOLVED", "Named", "Unresolved", "idle_relations", "message_of", "named",
    "named_references", "unresolved_of", "why_not_linked",
]  # fmt: skip

REASONS = {
    "unlabelled": "texts that their labeller could not label",
    "unknown_ticker": "tickers that no instrument has",
    "unknown_issuer": "issuers that no instrument stands for",
    "ambiguous_issuer": "issuers whose name stands for several companies: none of them is linked",
    "unlisted_issuer": "issuers that only the relations know: their events reach listings over relations at most",
    "not_listed": "listings that did not trade yet, or any more, when the news was known",
    "no_link": "announcements that the linker links to nothing, or to nothing as near as the strategy looks",
}
"""Why an announcement is linked to nothing."""

UNRESOLVED = ("unknown_ticker", "unknown_issuer", "ambiguous_issuer")  # those that are a reference's own fault

IDLE = {
    "dead_end": "no instrument, and no relation goes on from it",
    "ambiguous_object": "stands for several companies: the relation reaches none of them; write a ticker",
}
"""Why a relation reaches nothing."""

LIKE_A_COMPANY = 0.7  # how alike two names are of which one is the other, misspelt
MOST_NAMED = 20  # names of one kind that are kept with a run, the most frequent first


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A reference of an announcement that stands for no instrument: its kind, one of :data:`UNRESOLVED`,
    the name as written, and whose it is."""

    kind: str
    name: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that was read and is not used: in which `source`, why, its name, how often, an example, and what to
    make of it in words."""

    source: str
    reason: str
    name: str
    count: int
    example: str = ""
    message: str = ""

    def as_dict(self) -> UnusedName:
        """The entry in run.json and in `newsbt check --json`."""
        return {
            "source": self.source, "reason": self.reason, "name": self.name, "count": self.count,
            "example": self.example, "message": self.message,
        }  # fmt: skip


def unresolved_of(item: Announcement, universe: Universe) -> Iterator[Unresolved]:
    """The references of an announcement that nobody can resolve: its tickers, and where it names none its issuer."""
    if item.event_type == UNLABELLED:
        return
    for ticker in item.unknown_tickers:
        yield Unresolved("unknown_ticker", ticker, item.event_id)
    if item.tickers or item.unknown_tickers:
        return
    found = universe.resolve(item.issuer)
    if found.is_ambiguous:
        yield Unresolved("ambiguous_issuer", item.issuer, item.event_id)
    elif not found.columns and item.issuer.casefold() not in universe.subjects:
        yield Unresolved("unknown_issuer", item.issuer, item.event_id)


def why_not_linked(item: Announcement, universe: Universe, on: date) -> str:
    """Why an announcement that is known on a day is linked to nothing, one of :data:`REASONS`."""
    if item.event_type == UNLABELLED:
        return UNLABELLED
    for reference in unresolved_of(item, universe):
        return reference.kind
    if item.tickers:
        gone = (universe.instruments[universe.position[ticker]].delisted_on for ticker in item.tickers)
        return "not_listed" if all(last is not None and on > last for last in gone) else "no_link"
    columns = universe.listings(item.issuer)
    if any(universe.instruments[n].is_listed(on) for n in columns):
        return "no_link"
    return "not_listed" if columns else "unlisted_issuer"


def idle_relations(universe: Universe) -> Iterator[tuple[str, Relation]]:
    """Relations whose object is no instrument and that no relation goes on from, each with its reason, one of
    :data:`IDLE`."""
    for row in universe.relations:
        found = universe.resolve(row.object)
        if not found.columns and row.object.casefold() not in universe.subjects:
            yield "ambiguous_object" if found.is_ambiguous else "dead_end", row


def named_references(found: Iterable[Unresolved], universe: Universe, most: int | None = MOST_NAMED) -> list[Named]:
    """References by kind and name, the most frequent of each kind first, with the nearest right name."""
    counts: dict[str, Counter[str]] = {}
    examples: dict[tuple[str, str], str] = {}
    for one in found:
        counts.setdefault(one.kind, Counter())[one.name] += 1
        examples.setdefault((one.kind, one.name), one.event_id)
    return [
        Named(
            source="events", reason=kind, name=name, count=count, example=examples[kind, name],
            message=message_of(kind, name, universe),
        )
        for kind in REASONS
        for name, count in _most_frequent(counts.get(kind, {}), most)
    ]  # fmt: skip


def named(source: str, reason: str, names: Iterable[str], message: str = "") -> list[Named]:
    """Other things that were read and are not used, by name, the most frequent first."""
    return [
        Named(source=source, reason=reason, name=name, count=count, message=message)
        for name, count in _most_frequent(Counter(names), MOST_NAMED)
    ]


def _most_frequent(counts: Mapping[str, int], most: int | None) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def message_of(kind: str, name: str, universe: Universe) -> str:
    """What is wrong with a reference, with the nearest right name or the companies it may mean."""
    if kind == "ambiguous_issuer":
        columns = universe.resolve(name).candidates
        companies = dict.fromkeys(universe.instruments[n].company_name for n in columns)
        listed = ", ".join(universe.tickers[n] for n in columns)
        return f"stands for {', '.join(companies)} ({listed}); write a ticker or the company"
    if kind == "unknown_ticker":
        try:
            universe.known_tickers.meant(name)
        except AmbiguousTickerError as error:
            return f"may be {' or '.join(error.candidates)}; write the one that is meant"
        near = nearest_ticker(name, universe.tickers)
        return "no instrument has this ticker" + (f"; did you mean '{near}'?" if near else "")
    near = nearest_name(name, universe.names, LIKE_A_COMPANY)
    return "no ticker, name, company or alias of an instrument" + (f"; did you mean '{near}'?" if near else "")
