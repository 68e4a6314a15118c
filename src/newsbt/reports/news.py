"""What `newsbt events` and `newsbt orders` show in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.reports.text import clean

__all__ = ["events_view", "findings_view", "orders_view"]


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _row(table: Table, *cells: Any) -> None:
    table.add_row(*(Text("" if cell is None else clean(cell)) for cell in cells))


def orders_view(document: Mapping[str, Any]) -> ConsoleRenderable:
    """Orders as of an instant, from the document of ``newsbt orders --json``."""
    head = Text(f"As of {document['as_of']}: {document['events_known']} events known", style="bold")
    parts: list[ConsoleRenderable] = [head]
    openings = ", ".join(f"{mic} {at}" for mic, at in document["next_openings"].items())
    parts.append(Text(clean(f"Next openings: {openings}")))
    if document["under_way"]:
        markets = ", ".join(document["under_way"])
        said = (
            f"Provisional: sessions under way in {markets}, whose closes are not known; sizes go by the closes before."
        )
        parts.append(Text(clean(said), style="yellow"))
    if document["behind"]:
        told = ", ".join(f"{mic} {document['last_prices'][mic]}" for mic in document["behind"])
        parts.append(Text(clean(f"Old prices: sessions have closed since the last ones ({told})."), style="yellow"))
    if not document["orders"]:
        parts.append(Text("Nothing to send."))
        return Group(*parts)
    table = _table("Strategy", "At (UTC)", "Market", "Ticker", "Side", "Quantity", "For", "Event", "Would be refused")
    for one in document["orders"]:
        quantity = None if one["quantity"] is None else f"{one['quantity']:,}"
        at = one["at"][:16].replace("T", " ")
        _row(
            table, one["strategy"], at, one["market"], one["ticker"], one["side"], quantity, one["reason"],
            one["event_id"], one["refused"],
        )  # fmt: skip
    return Group(*parts, table)


def findings_view(findings: Sequence[Mapping[str, Any]], kinds: Mapping[str, str], most: int) -> ConsoleRenderable:
    """What linking could not resolve, by kind, at most so many of each."""
    if not findings:
        return Text("Everything was resolved.")
    parts: list[ConsoleRenderable] = []
    for kind, meaning in kinds.items():
        mine = [one for one in findings if one["kind"] == kind]
        if not mine:
            continue
        parts.append(Text(clean(f"{len(mine)} {meaning}"), style="bold"))
        table = Table.grid(padding=(0, 2))
        for _ in range(4):
            table.add_column(overflow="fold")
        for one in mine[:most]:
            _row(table, f"  {one['name']}", one["count"], one["message"], one["example"])
        if len(mine) > most:
            _row(table, f"  and {len(mine) - most} more (--all)", "", "", "")
        parts.append(table)
    return Group(*parts)


def events_view(rows: Sequence[Mapping[str, Any]]) -> ConsoleRenderable:
    """Events with the instant each became known, its links and its first tradable opening in each market."""
    table = _table("Event", "Known (UTC)", "Type", "Issuer", "Links", "First tradable (UTC)")
    for one in rows:
        first = ", ".join(f"{mic} {at[:16].replace('T', ' ')}" for mic, at in one["first_tradable_at"].items())
        _row(
            table, one["event_id"], one["known_at"][:16].replace("T", " "), one["event_type"], one["issuer"],
            one["links"], first,
        )  # fmt: skip
    return Group(Text(f"{len(rows)} events", style="bold"), table)
