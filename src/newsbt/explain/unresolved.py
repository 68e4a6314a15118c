"""What linking could not resolve in a config's news and tables: reported, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from newsbt.assembly import Components
from newsbt.domain.aliases import AliasBook
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.command_documents import CoverageRow, ReferenceRow
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold
from newsbt.domain.references import IDLE, REASONS, UNRESOLVED, Unresolved, idle_relations, message_of, named_references
from newsbt.domain.text_label import UNLABELLED
from newsbt.events.extraction.extraction_rules import default_rules
from newsbt.events.extraction.products import ProductFinder
from newsbt.explain.disclosure_coverage import disclosure_coverage
from newsbt.linking.linking import Linked
from newsbt.steps.event_setup import link_news

__all__ = ["KINDS", "ReferenceCheck", "ReferenceFinding", "check_news", "findings_of"]

KINDS = {
    **REASONS,
    "ambiguous_name": "names that several companies of the instruments table share",
    "ambiguous_mention": "names in headlines that mean a company in the right company only, and had none",
    "unknown_rival": "rivals that are no instrument, company of a relation, or known product",
    "dead_end": "objects of relations that are no instrument and that no relation goes on from",
    "ambiguous_object": "objects of relations whose name stands for several companies",
    "undated_relation": "relations without a day from which they could be known: hindsight",
    "undated_theme": "themes without a day from which they could be known: hindsight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFinding:
    """One thing that is not resolved: its kind (:data:`KINDS`), the name, how often, and an example."""

    kind: str
    name: str
    count: int
    example: str
    message: str

    def as_dict(self) -> ReferenceRow:
        return {
            "kind": self.kind, "name": self.name, "count": self.count, "example": self.example,
            "message": self.message,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReferenceCheck:
    """Of how many announcements how many are linked to nothing, by reason; everything that is not resolved; and what
    stores of disclosures hold of each company and month."""

    announcements: int
    not_linked: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[ReferenceFinding, ...] = ()
    coverage: tuple[CoverageRow, ...] = ()


def check_news(components: Components, universe: Universe, batch: AnnouncementBatch) -> ReferenceCheck:
    """What the run's linker makes of a config's announcements, and all findings, by kind and then by how often they
    occur: of references and links by the code that a run links with."""
    _, linked = link_news(components, universe, batch)
    return ReferenceCheck(
        announcements=len(linked.items),
        not_linked=linked.not_linked,
        findings=tuple(findings_of(linked, universe, batch.unresolved(universe, linked.linked.__contains__))),
        coverage=tuple(disclosure_coverage(components.readers, batch, linked.linked)),
    )


def findings_of(linked: Linked, universe: Universe, references: Iterable[Unresolved]) -> list[ReferenceFinding]:
    """All findings of announcements that were linked, and of their references that nobody can resolve."""
    found: dict[tuple[str, str], list[str]] = {}
    messages: dict[tuple[str, str], str] = {}

    def note(kind: str, name: str, example: str, message: str) -> None:
        found.setdefault((kind, name), []).append(example)
        messages.setdefault((kind, name), message)

    checker = _Checker(universe)
    resolved = [
        ReferenceFinding(kind=one.reason, name=one.name, count=one.count, example=one.example, message=one.message)
        for one in named_references(references, universe, None)
    ]
    for item, known, reason in zip(linked.items, linked.known_at.astype("M8[D]"), linked.reasons, strict=True):
        if reason and reason not in UNRESOLVED:
            note(reason, item.issuer, item.event_id, checker.why(item, reason, str(known)))
        for kind, name, message in checker.of_item(item):
            note(kind, name, item.event_id, message)
    for kind, name, example, message in checker.of_tables():
        note(kind, name, example, message)
    order = list(KINDS)
    listed = [
        ReferenceFinding(kind=kind, name=name, count=len(examples), example=examples[0], message=messages[kind, name])
        for (kind, name), examples in found.items()
    ]
    return sorted([*resolved, *listed], key=lambda one: (order.index(one.kind), -one.count, one.name))


class _Checker:
    def __init__(self, universe: Universe) -> None:
        rules = default_rules()
        self._universe = universe
        self._book = AliasBook(
            universe, rules.organisations, rules.contexts, without=rules.product_aliases, words=rules.words
        )
        self._products = ProductFinder(rules)
        self._names = {
            name.casefold() for row in universe.relations for name in row.ends
        } | {fold(item.name) for item in self._book.organisations.values()}  # fmt: skip

    def why(self, item: Announcement, reason: str, on: str) -> str:
        """Why an announcement whose issuer is no mystery is linked to nothing."""
        listed = ", ".join(self._universe.tickers[n] for n in self._universe.listings(item.issuer))
        return {
            UNLABELLED: str(item.attributes.get("unlabelled", "")),
            "not_listed": f"{listed} not listed on {on}",
            "unlisted_issuer": f"no instrument has the name, and no relation was followed to one on {on}",
        }.get(reason, "the linker answers no link")

    def of_item(self, item: Announcement) -> Iterator[tuple[str, str, str]]:
        for rival in item.rivals:
            if not self._is_known(rival):
                yield "unknown_rival", rival, "named as a rival, and nothing here says who that is"
        for mention in self._book.find(item.headline):
            if not mention.certain:
                text = item.headline[mention.start : mention.end]
                yield "ambiguous_mention", text, f"may mean {mention.name}; nothing else in the headline says so"

    def of_tables(self) -> Iterator[tuple[str, str, str, str]]:
        universe = self._universe
        for name in universe.names:
            columns = universe.resolve(name).candidates
            if columns:
                tickers = ", ".join(universe.tickers[n] for n in columns)
                yield "ambiguous_name", name, tickers, message_of("ambiguous_issuer", name, universe)
        for row in universe.relations:
            if row.from_on is None:
                text = f"{row.subject} {row.relation} {row.object}"
                yield "undated_relation", text, text, "say since when it was known (`from`)"
        for reason, row in idle_relations(universe):
            yield reason, row.object, f"{row.subject} {row.relation} {row.object}", IDLE[reason]
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
