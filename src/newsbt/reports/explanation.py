"""What `newsbt explain` shows in a terminal: one screen, from the document and its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.reports.text import clean

__all__ = ["explanation_view"]

SHOWN = 6  # tickers of one kind before "and so many more"
LINES = 8  # links one by one before the rest is counted


def explanation_view(
    document: Mapping[str, Any],
    headline: str,
    verdict: Sequence[str],
    markets: Mapping[str, tuple[str, str]],
    announcement_known_at: str | None,
) -> ConsoleRenderable:
    """The announcement with the words that gave it, both instants, each market's opening, links and signals.

    Parameters
    ----------
    document : mapping
        That of ``newsbt explain --json``.
    markets : mapping
        Market to why it opens when it does, for the item and (empty if there is none) for the config's announcement.
    """
    parts: list[ConsoleRenderable] = [Text(clean(headline), style="bold"), _understood(document["announcement"])]
    parts += [Text(clean(sentence), style="yellow") for sentence in verdict]
    if document["links"]:
        parts.append(_openings(document, markets, announcement_known_at))
        parts.append(_links(document["links"]))
        parts.append(_signals(document["signals"]))
    return Group(*parts)


def _grid(*widths: int | None) -> Table:
    grid = Table.grid(padding=(0, 2))
    for n, width in enumerate(widths):
        grid.add_column(style="bold" if n == 0 else "", max_width=width, overflow="fold")
    return grid


def _understood(item: Mapping[str, Any]) -> Table:
    grid = _grid(14, None)
    evidence = item["evidence"]

    def words(name: str) -> str:
        spans = evidence.get(name) or ()
        shown = ", ".join(f"“{span['text']}”" for span in list(spans)[:3])
        return f"   from {shown}" if shown else ""

    kind = evidence.get("kind", "announcement")
    yes = "yes" if item["is_announcement"] else f"no ({kind})"
    grid.add_row("Announcement", Text(clean(yes + words("is_announcement"))))
    for label, name in (("Issuer", "issuer"), ("Type", "event_type"), ("Subject", "subject"), ("Rivals", "rivals")):
        value = item[name]
        value = ", ".join(value) if isinstance(value, list) else value
        if value:
            grid.add_row(label, Text(clean(f"{value}{words(name)}")))
    if item["tickers"]:
        grid.add_row("Tickers", Text(clean(", ".join(item["tickers"]))))
    times = f"published {item['published_at']}"
    if item["received_at"]:
        times += f", received {item['received_at']}"
    grid.add_row("Time", Text(clean(f"{times}, known {item['known_at']} ({item['language']})")))
    return grid


def _openings(document: Mapping[str, Any], markets: Mapping[str, tuple[str, str]], own_known_at: str | None) -> Table:
    table = Table(title="First tradable", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Market", style="bold")
    table.add_column(f"This item, known {document['announcement']['known_at']}", overflow="fold")
    own = any(words for _, words in markets.values())
    if own:
        table.add_column(f"The announcement, known {own_known_at}", overflow="fold")
    alike: dict[tuple[str, str], list[str]] = {}
    for market, reasons in markets.items():
        alike.setdefault(reasons, []).append(market)
    for (words, announced), names in alike.items():
        cells = [Text(clean(words))] + ([Text(clean(announced))] if own else [])
        table.add_row(Text(clean(", ".join(sorted(names)))), *cells)
    return table


def _links(links: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Links", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Ticker", "Relation", "Sign", "Path", "Buy at the open?"):
        table.add_column(name, overflow="fold")
    single = [one for one in links if one["relation"] != "theme"]
    for one in single[:LINES]:
        path = " > ".join(one["path"])
        cells = (one["ticker"], one["relation"], f"{one['weight']:+g}", path, _bought(one["why"]))
        table.add_row(*(Text(clean(cell)) for cell in cells))
    rest = single[LINES:]
    if rest:
        table.add_row(
            Text(f"+{len(rest)}"), Text(""), Text(""), Text(clean(_some(one["ticker"] for one in rest))), Text("")
        )
    themes: dict[str, list[str]] = {}
    for one in links:
        if one["relation"] == "theme":
            themes.setdefault(" > ".join(one["path"][:-1]), []).append(one["ticker"])
    for path, tickers in themes.items():
        cells = (f"{len(tickers)} tickers", "theme", "", f"{path}: {_some(tickers)}", "")
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def _bought(why: str) -> str:
    """The second of a link's reasons: whether it could be bought."""
    parts = why.split(" | ")
    return parts[1] if len(parts) > 1 else ""


def _signals(signals: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Signals", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("Strategy", "Signal", "Tickers", "Why"):
        table.add_column(name, overflow="fold")
    groups: dict[tuple[str, float | None], list[Mapping[str, Any]]] = {}
    for one in signals:
        groups.setdefault((one["strategy"], one["signal"]), []).append(one)
    for (strategy, signal), alike in groups.items():
        if signal is None:
            cells = (strategy, "", "", alike[0]["reason"])
        else:
            ways: dict[str, int] = {}
            for one in alike:
                way = one["reason"].split(":")[0]
                ways[way] = ways.get(way, 0) + 1
            why = ", ".join(f"{way} {n}" for way, n in ways.items())
            cells = (strategy, f"{signal:+.3g}", _some(one["ticker"] for one in alike), why)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more
