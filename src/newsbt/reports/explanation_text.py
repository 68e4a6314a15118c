"""What `newsbt explain` shows in a terminal, from the document and its verdict: one screen, or all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, ConsoleRenderable, Group, RenderableType, RenderResult
from rich.text import Text

from newsbt.domain.command_documents import ExplainedAnnouncement, ExplainedLink, ExplainedSignal, ExplanationDocument
from newsbt.reports.table_columns import MISSING
from newsbt.reports.tabular import Head, TerminalTable, figure, grid, ids, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["explanation_view"]

AS = "traded as "  # before the instrument that is traded for an index
BUY = "Buy at the open?"
LIMIT = " | limit order: "  # before what a signal's reason says of its order
OPENS = "; opens "  # before the opening in a market's reason


@dataclass(frozen=True, kw_only=True)
class Detail:
    """How many of a kind are shown before the rest is counted: `tickers` and limit `orders` one by one, `links` by
    relation, `signals` by strategy, `names` of companies, moves and confounders; and `letters` of what is quoted. Where
    it `is_narrow`, openings have no weekdays, and relations little room."""

    tickers: int
    links: int
    signals: int
    orders: int
    names: int
    letters: int
    is_narrow: bool = False
    is_all: bool = False


SHORT_LINES = 100  # columns, below which a screen shows less
SCREEN = Detail(tickers=3, links=5, signals=4, orders=3, names=3, letters=40)
NARROW = Detail(tickers=2, links=4, signals=4, orders=2, names=2, letters=24, is_narrow=True)
ALL = Detail(tickers=10_000, links=10_000, signals=10_000, orders=10_000, names=10_000, letters=10_000, is_all=True)


def explanation_view(
    document: ExplanationDocument,
    headline: str,
    verdict: Sequence[str],
    markets: Mapping[str, tuple[str, str]],
    announcement_known_at: str | None,
    *,
    is_all: bool = False,
) -> ConsoleRenderable:
    """The announcement with the words that gave it, both instants, each market's opening, links and signals.

    A screen of about 40 lines at 80 columns and more, which counts what it leaves out, unless `is_all`.

    Parameters
    ----------
    document : mapping
        That of ``newsbt explain --json``.
    markets : mapping
        Market to why it opens when it does, for the item and (empty if there is none) for the config's announcement.
    """

    def shown(detail: Detail) -> Group:
        parts: list[RenderableType] = [Prose(headline, "bold"), _understood(document["announcement"], detail)]
        parts += [Prose(sentence, "yellow") for sentence in verdict]
        if document["links"]:
            opened = _reasons(document, markets, announcement_known_at) if is_all else _openings(markets, detail)
            parts += [Text(""), opened, Text(""), _links(document["links"], detail)]
            parts += [Text(""), _signals(document["signals"], detail)]
            if any(LIMIT in one["reason"] for one in document["signals"]):
                parts += [Text(""), _limits(document["signals"], detail)]
            if not is_all:
                parts.append(Prose("--all has every link, ticker and reason.", "dim"))
        return Group(*parts)

    return _OfWidth(lambda width: shown(ALL if is_all else SCREEN if width >= SHORT_LINES else NARROW))


class _OfWidth:
    """What depends on the columns that there are."""

    def __init__(self, view: Callable[[int], RenderableType]) -> None:
        self._view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._view(options.max_width)


def _understood(item: ExplainedAnnouncement, detail: Detail) -> TerminalTable:
    evidence = item["evidence"]

    def words(name: str) -> str:
        spans = evidence.get(name) or ()
        assert not isinstance(spans, str)
        shown = ", ".join(f"“{span['text']}”" for span in list(spans)[:3])
        return f", from {shown}" if shown else ""

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
        pairs.append(("", "no table knows the issuer; `name` or `aliases` of an instrument would tell"))
    companies = [f"{one['name']} ({', '.join(one['tickers'])})" if one["tickers"] else one["name"]
                 for one in item["companies"]]  # fmt: skip
    moves = [f"{one['name']} {_move(one['direction'], one['percent'])}" for one in item["reported_moves"]]
    kinds: dict[str, list[str]] = {}
    for one in item["catalysts"]:
        kinds.setdefault(one["text"], []).append(one["kind"].replace("_", " "))
    catalysts = [f"{', '.join(found)}: “{_cut(text, detail.letters)}”" for text, found in kinds.items()]
    for label, listed in (("Names too", companies), ("Moved already", moves), ("Confounders", catalysts)):
        if listed:
            pairs.append((label, _some(listed, detail.names, "; " if listed is catalysts else ", ")))
    times = f"published {item['published_at']}"
    if item["received_at"]:
        times += f", received {item['received_at']}"
    pairs.append(("Time", f"{times}, known {item['known_at']} ({item['language']})"))
    return grid(pairs, label=14)


def _move(direction: int, percent: float | None) -> str:
    """A move that a text reports: +8.4 %, or its direction alone."""
    return ("up" if direction > 0 else "down") if percent is None else f"{direction * percent:+g}%"


def _cut(text: str, letters: int) -> str:
    """A quotation of so many letters at most, cut between words."""
    return text if len(text) <= letters else f"{text[:letters].rpartition(' ')[0]} ..."


def _openings(markets: Mapping[str, tuple[str, str]], detail: Detail) -> TerminalTable:
    """When each market first trades the item, and why; when it does by the config's announcement, where another."""
    rows = []
    for names, (words, announced) in _alike(markets):
        why, opens = _opening(words, detail)
        rows.append([names, opens, _opening(announced, detail)[1] if announced else opens, why])
    heads: list[Head] = [
        ids("Market", 0), token("First tradable", 1), token("By the announcement", 2), prose("Known", 3)
    ]  # fmt: skip
    if all(row[1] == row[2] for row in rows):
        return TerminalTable([heads[0], heads[1], heads[3]], [[row[0], row[1], row[3]] for row in rows], more="--all")
    return TerminalTable(heads, rows, more="--all")


def _alike(markets: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The markets of each pair of reasons."""
    found: dict[tuple[str, str], list[str]] = {}
    for market, reasons in markets.items():
        found.setdefault(reasons, []).append(market)
    for reasons, names in found.items():
        yield ", ".join(sorted(names)), reasons


def _opening(words: str, detail: Detail) -> tuple[str, str]:
    """A market's reason, below a head that says that it is of when the item was known, and when it opens."""
    why, _, opens = words.rpartition(OPENS)
    if not why:
        return words, MISSING
    return why.removeprefix("known "), opens.partition(" ")[2] if detail.is_narrow else opens


def _reasons(
    document: ExplanationDocument, markets: Mapping[str, tuple[str, str]], own_known_at: str | None
) -> TerminalTable:
    """The same with both instants and the reasons of both."""
    own = any(words for _, words in markets.values())
    heads = [ids("First tradable\nin", 0), prose(f"This item,\nknown {document['announcement']['known_at']}", 1)]
    heads += [prose(f"The announcement,\nknown {own_known_at}", 2)] if own else []
    rows = [[names, words, *([announced] if own else [])] for names, (words, announced) in _alike(markets)]
    return TerminalTable(heads, rows)


def _links(links: Sequence[ExplainedLink], detail: Detail) -> RenderableType:
    """One by one where all are wanted; else those of a relation, sign and fate together, as those of a theme always.

    What happens to all of them alike is said once below them, unless all are wanted."""
    fates = {_fate(one["why"])[1] for one in links}
    has_fates = detail.is_all or len(fates) > 1
    groups: dict[tuple[str, ...], list[ExplainedLink]] = {}
    for one in links:
        is_theme = one["relation"] == "theme"
        way = "" if is_theme else _weight(one["weight"]), "" if is_theme else _bought(one["why"])
        alone = (one["ticker"],) if detail.is_all and not is_theme else ()
        over = (" > ".join(one["path"][:-1]),) if is_theme else ()
        groups.setdefault((one["relation"], *way, *over, *alone), []).append(one)
    shown, rest = list(groups.items())[: detail.links], list(groups.values())[detail.links :]
    rows = []
    for key, alike in shown:
        proxy = "" if has_fates else _fate(alike[0]["why"])[0]
        rows.append((_tickers(alike, detail) + proxy, key[0], key[1], _paths(alike, detail), key[2]))
    if rest:
        more = [one for alike in rest for one in alike]
        relations = _some(dict.fromkeys(one["relation"] for one in more), detail.names)
        rows.append((_tickers(more, detail), relations, "", "", ""))
    relation = prose("Relation", 1, most=14 if has_fates and detail.is_narrow else None)
    heads = (ids("Link to", 0), relation, figure("Sign", 2), ids("Path", 3))
    if has_fates:
        return TerminalTable((*heads, prose(BUY, 4)), rows, more="--all")
    common = Prose(f"{BUY} For all: {fates.pop()}.")
    return Group(TerminalTable(heads, [row[:-1] for row in rows], more="--all"), common)


def _tickers(links: Sequence[ExplainedLink], detail: Detail) -> str:
    return _some((one["ticker"] for one in links), detail.tickers)


def _paths(links: Sequence[ExplainedLink], detail: Detail) -> str:
    """The ways to some links, without the tickers at their ends where those stand beside them."""
    if detail.is_all and len(links) == 1:
        return " > ".join(links[0]["path"])
    return _some(dict.fromkeys(" > ".join(one["path"][:-1]) for one in links), detail.names)


def _weight(weight: float | None) -> str:
    return "?" if weight is None else f"{weight:+g}"


def _bought(why: str) -> str:
    """The second of a link's reasons: whether it could be bought."""
    parts = why.split(" | ")
    return parts[1] if len(parts) > 1 else ""


def _fate(why: str) -> tuple[str, str]:
    """The instrument that is traded for another, as words behind its ticker, and whether it could be bought."""
    proxy, comma, bought = _bought(why).rpartition(", ")
    return (f" {proxy}", bought) if comma and proxy.startswith(AS) else ("", _bought(why))


def _signals(signals: Sequence[ExplainedSignal], detail: Detail) -> TerminalTable:
    groups: dict[tuple[str, float | None], list[ExplainedSignal]] = {}
    silent: dict[str, list[str]] = {}
    for one in signals:
        if one["signal"] is None:
            silent.setdefault(one["reason"], []).append(one["strategy"])
    for one in signals:
        names = one["strategy"] if one["signal"] is not None else ", ".join(silent[one["reason"]])
        groups.setdefault((names, one["signal"]), []).append(one)
    rows = []
    for (strategy, signal), alike in list(groups.items())[: detail.signals]:
        if signal is None:
            rows.append((strategy, "", "", "", str(alike[0]["reason"])))
            continue
        ways: dict[str, int] = {}
        for one in alike:
            way = one["reason"].split(LIMIT)[0].split(":")[0]
            ways[way] = ways.get(way, 0) + 1
        often = sorted(ways, key=lambda way: -ways[way])
        why = _some((f"{way} {ways[way]}" for way in often), detail.names)
        if detail.is_all:
            sized = alike[0]["sized"] or ""
            why = f"{why}; {sized if len(alike) == 1 else sized.split(':')[0]}"
        tickers = _some((str(one["ticker"]) for one in alike), detail.tickers)
        rows.append((strategy, f"{signal:+.3g}", _size(alike), tickers, why))
    rest = list(groups)[detail.signals :]
    if rest:
        rows.append((f"+{len(rest)} more", "", "", "", _some((strategy for strategy, _ in rest), detail.names)))
    heads = (prose("Strategy", 0), figure("Signal", 1), figure("Size", 2), ids("Tickers", 3), prose("Why", 4))
    return TerminalTable(heads, rows, more="--all")


def _size(signals: Sequence[ExplainedSignal]) -> str:
    """The shares of equity that signals ask for, from the least to the most; nothing where none has any."""
    known = sorted({one["weight"] for one in signals if one["weight"] is not None})
    least, most = (f"{known[k]:.1%}" if known else "" for k in (0, -1))
    return least if least == most else f"{least} to {most}"


def _limits(signals: Sequence[ExplainedSignal], detail: Detail) -> TerminalTable:
    waiting = [one for one in signals if LIMIT in one["reason"]]
    rows = [(one["strategy"], str(one["ticker"]), one["reason"].split(LIMIT)[1]) for one in waiting[: detail.orders]]
    rest = waiting[detail.orders :]
    if rest:
        rows.append((f"+{len(rest)}", "", _some((str(one["ticker"]) for one in rest), detail.tickers)))
    heads = (prose("Strategy", 0), token("Ticker", 1), prose("Limit order", 2))
    return TerminalTable(heads, rows, more="--all")


def _some(names: Iterable[str], most: int, between: str = ", ") -> str:
    """The first names, and how many more there are: never one, which would take as much room as its name."""
    listed = list(names)
    shown = listed if len(listed) <= most + 1 else listed[:most]
    return between.join(shown) + (f" and {len(listed) - len(shown)} more" if len(shown) < len(listed) else "")
