"""What `newsbt events` and `newsbt orders` show in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import EventRow, LinkingCount, MadeNameRow, OrdersDocument, ReferenceRow
from newsbt.reports.run_text import not_linked_text
from newsbt.reports.tabular import TerminalTable, figure, ids, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["events_view", "findings_view", "names_view", "orders_view"]


def orders_view(document: OrdersDocument) -> ConsoleRenderable:
    """Orders as of an instant, from the document of ``newsbt orders --json``."""
    parts: list[RenderableType] = [Prose(f"As of {document['as_of']}: {document['events_known']} events known", "bold")]
    openings = ", ".join(f"{mic} {at}" for mic, at in document["next_openings"].items())
    parts.append(Prose(f"Next openings: {openings}"))
    if document["under_way"]:
        markets = ", ".join(document["under_way"])
        sentence = (
            f"Provisional: sessions under way in {markets}, whose closes are not known; sizes go by the closes before."
        )
        parts.append(Prose(sentence, "yellow"))
    if document["behind"]:
        last = ", ".join(f"{mic} {document['last_prices'][mic]}" for mic in document["behind"])
        parts.append(Prose(f"Old prices: sessions have closed since the last ones ({last}).", "yellow"))
    if not document["orders"]:
        parts.append(Text("Nothing to send."))
        return Group(*parts)
    heads = (
        prose("Strategy", 5), token("At (UTC)", 3), token("Market", 6), token("Ticker", 0), token("Side", 1),
        figure("Quantity", 2), prose("For", 7), token("Event", 8), prose("Would be refused", 4),
    )  # fmt: skip
    rows = [
        (
            one["strategy"], one["at"][:16].replace("T", " "), one["market"], one["ticker"], one["side"],
            "" if one["quantity"] is None else f"{one['quantity']:,}", one["reason"], one["event_id"] or "",
            one["refused"] or "",
        )
        for one in document["orders"]
    ]  # fmt: skip
    return Group(*parts, TerminalTable(heads, rows))


def names_view(names: Sequence[MadeNameRow], instruments: int, path: str | None) -> ConsoleRenderable:
    """The names that were made, by company, and why some say too little by themselves."""
    clear = sum(not one["why"] for one in names)
    counted = f"{instruments:,} instruments: {clear:,} names made, {len(names) - clear:,} that say too little alone"
    parts: list[RenderableType] = [Prose(counted + (f"; written to {path}" if path else ""), "bold")]
    if names:
        heads = (prose("Company", 1), prose("Name", 0), ids("Tickers", 3), prose("Not alone, for it is", 2))
        rows = [(one["company"], one["name"], ", ".join(one["tickers"]), one["why"]) for one in names]
        parts.append(TerminalTable(heads, rows))
    return Group(*parts)


def findings_view(
    linking: LinkingCount, findings: Sequence[ReferenceRow], kinds: Mapping[str, str], most: int
) -> ConsoleRenderable:
    """How many announcements were not linked, and what linking could not resolve, by kind, at most so many of each."""
    parts: list[RenderableType] = [Prose(not_linked_text(linking["announcements"], linking["not_linked"]))]
    if not findings:
        return Group(*parts, Text("Everything was resolved."))
    for kind, meaning in kinds.items():
        mine = [one for one in findings if one["kind"] == kind]
        if not mine:
            continue
        parts.append(Prose(f"{len(mine)} {meaning}", "bold"))
        heads = (prose("Name", 0), figure("Times", 1), prose("What is the matter", 2), ids("Example", 3))
        rows = [(one["name"], str(one["count"]), one["message"], one["example"] or "") for one in mine[:most]]
        parts.append(TerminalTable(heads, rows))
        if len(mine) > most:
            parts.append(Text(f"and {len(mine) - most} more (--all)"))
    return Group(*parts)


def events_view(rows: Sequence[EventRow], linking: str) -> ConsoleRenderable:
    """Events with the instant each became known, its links and its first tradable opening in each market; `linking`
    says how many announcements have none."""
    heads = (
        token("Event", 0), token("Known (UTC)", 1), token("Type", 4), prose("Issuer", 5), figure("Links", 2),
        prose("First tradable (UTC)", 3),
    )  # fmt: skip
    body = [
        (
            one["event_id"], one["known_at"][:16].replace("T", " "), one["event_type"] or "", one["issuer"] or "",
            str(one["links"]),
            ", ".join(f"{mic} {at[:16].replace('T', ' ')}" for mic, at in one["first_tradable_at"].items()),
        )
        for one in rows
    ]  # fmt: skip
    head = Text(f"{len(rows)} events", style="bold")
    return Group(head, Prose(linking), TerminalTable(heads, body) if body else Text(""))
