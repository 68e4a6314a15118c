"""What `newsbt explain` shows in a terminal: one screen, from the document and its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import ExplainedAnnouncement, ExplainedLink, ExplainedSignal, ExplanationDocument
from newsbt.reports.tabular import TerminalTable, figure, grid, ids, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["explanation_view"]

SHOWN = 6  # tickers of one kind before "and so many more"
LIMIT = " | limit order: "  # before what a signal's reason says of its order
LINES = 8  # links one by one before the rest is counted


def explanation_view(
    document: ExplanationDocument,
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
    parts: list[RenderableType] = [Prose(headline, "bold"), _understood(document["announcement"])]
    parts += [Prose(sentence, "yellow") for sentence in verdict]
    if document["links"]:
        parts += [Text("First tradable", style="bold"), _openings(document, markets, announcement_known_at)]
        parts += [Text("Links", style="bold"), _links(document["links"])]
        parts += [Text("Signals", style="bold"), _signals(document["signals"])]
        if any(LIMIT in one["reason"] for one in document["signals"]):
            parts += [Text("Limit orders", style="bold"), _limits(document["signals"])]
    return Group(*parts)


def _understood(item: ExplainedAnnouncement) -> TerminalTable:
    evidence = item["evidence"]

    def words(name: str) -> str:
        spans = evidence.get(name) or ()
        assert not isinstance(spans, str)
        shown = ", ".join(f"“{span['text']}”" for span in list(spans)[:3])
        return f"   from {shown}" if shown else ""

    kind = evidence.get("kind", "announcement")
    yes = "yes" if item["is_announcement"] else f"no ({kind})"
    pairs = [("Announcement", yes + words("is_announcement"))]
    for label, name, value in (
        ("Issuer", "issuer", item["issuer"]),
        ("Type", "event_type", item["event_type"]),
        ("Subject", "subject", item["subject"]),
        ("Rivals", "rivals", ", ".join(item["rivals"])),
    ):
        if value:
            pairs.append((label, f"{value}{words(name)}"))
    if item["tickers"]:
        pairs.append(("Tickers", ", ".join(item["tickers"])))
    if item["issuer"] and item["issuer_known"] is False:
        pairs.append(("", "no table knows the issuer"))
    companies = [f"{one['name']} ({', '.join(one['tickers'])})" if one["tickers"] else one["name"]
                 for one in item["companies"]]  # fmt: skip
    moves = [f"{one['name']} {_move(one['direction'], one['percent'])}" for one in item["reported_moves"]]
    kinds: dict[str, list[str]] = {}
    for one in item["catalysts"]:
        kinds.setdefault(one["text"], []).append(one["kind"].replace("_", " "))
    catalysts = [f"{', '.join(found)}: “{text}”" for text, found in kinds.items()]
    for label, listed in (("Names too", companies), ("Moved already", moves), ("Confounders", catalysts)):
        if listed:
            pairs.append((label, ("; " if listed is catalysts else ", ").join(listed)))
    times = f"published {item['published_at']}"
    if item["received_at"]:
        times += f", received {item['received_at']}"
    pairs.append(("Time", f"{times}, known {item['known_at']} ({item['language']})"))
    return grid(pairs, label=14)


def _move(direction: int, percent: float | None) -> str:
    """A move that a text reports: +8.4 %, or its direction alone."""
    return ("up" if direction > 0 else "down") if percent is None else f"{direction * percent:+g}%"


def _openings(
    document: ExplanationDocument, markets: Mapping[str, tuple[str, str]], own_known_at: str | None
) -> TerminalTable:
    own = any(words for _, words in markets.values())
    heads = [ids("Market", 0), prose(f"This item,\nknown {document['announcement']['known_at']}", 1)]
    heads += [prose(f"The announcement,\nknown {own_known_at}", 2)] if own else []
    alike: dict[tuple[str, str], list[str]] = {}
    for market, reasons in markets.items():
        alike.setdefault(reasons, []).append(market)
    rows = [
        [", ".join(sorted(names)), words, *([announced] if own else [])] for (words, announced), names in alike.items()
    ]
    return TerminalTable(heads, rows)


def _links(links: Sequence[ExplainedLink]) -> TerminalTable:
    heads = (token("Ticker", 0), prose("Relation", 1), figure("Sign", 2), ids("Path", 3), prose("Buy at the open?", 4))
    single = [one for one in links if one["relation"] != "theme"]
    rows = [
        (one["ticker"], one["relation"], _weight(one["weight"]), " > ".join(one["path"]), _bought(one["why"]))
        for one in single[:LINES]
    ]
    rest = single[LINES:]
    if rest:
        rows.append((f"+{len(rest)}", "", "", _some(one["ticker"] for one in rest), ""))
    themes: dict[str, list[str]] = {}
    for one in links:
        if one["relation"] == "theme":
            themes.setdefault(" > ".join(one["path"][:-1]), []).append(one["ticker"])
    rows += [
        (f"{len(tickers)} tickers", "theme", "", f"{path}: {_some(tickers)}", "") for path, tickers in themes.items()
    ]
    return TerminalTable(heads, rows)


def _weight(weight: float | None) -> str:
    return "?" if weight is None else f"{weight:+g}"


def _bought(why: str) -> str:
    """The second of a link's reasons: whether it could be bought."""
    parts = why.split(" | ")
    return parts[1] if len(parts) > 1 else ""


def _signals(signals: Sequence[ExplainedSignal]) -> TerminalTable:
    groups: dict[tuple[str, float | None], list[ExplainedSignal]] = {}
    for one in signals:
        groups.setdefault((one["strategy"], one["signal"]), []).append(one)
    rows = []
    for (strategy, signal), alike in groups.items():
        if signal is None:
            rows.append((strategy, "", "", "", str(alike[0]["reason"])))
            continue
        ways: dict[str, int] = {}
        for one in alike:
            way = one["reason"].split(LIMIT)[0].split(":")[0]
            ways[way] = ways.get(way, 0) + 1
        why = ", ".join(f"{way} {n}" for way, n in ways.items())
        sized = alike[0]["sized"] or ""
        why = f"{why}; {sized if len(alike) == 1 else sized.split(':')[0]}"
        rows.append((strategy, f"{signal:+.3g}", _size(alike), _some(str(one["ticker"]) for one in alike), why))
    heads = (prose("Strategy", 0), figure("Signal", 1), figure("Size", 2), ids("Tickers", 3), prose("Why", 4))
    return TerminalTable(heads, rows)


def _size(signals: Sequence[ExplainedSignal]) -> str:
    """The shares of equity that signals ask for, from the least to the most; nothing where none has any."""
    known = sorted({one["weight"] for one in signals if one["weight"] is not None})
    least, most = (f"{known[k]:.1%}" if known else "" for k in (0, -1))
    return least if least == most else f"{least} to {most}"


def _limits(signals: Sequence[ExplainedSignal]) -> TerminalTable:
    waiting = [one for one in signals if LIMIT in one["reason"]]
    rows = [(one["strategy"], str(one["ticker"]), one["reason"].split(LIMIT)[1]) for one in waiting[:LINES]]
    rest = waiting[LINES:]
    if rest:
        rows.append((f"+{len(rest)}", "", _some(str(one["ticker"]) for one in rest)))
    return TerminalTable((prose("Strategy", 0), token("Ticker", 1), prose("Order", 2)), rows)


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    return ", ".join(listed[:SHOWN]) + more
