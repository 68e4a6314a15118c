"""What price files hold, and what is odd about them, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import PriceContent
from newsbt.domain.findings import KINDS, Finding, rows_text
from newsbt.reports.run_text import grouped
from newsbt.reports.table_columns import MISSING
from newsbt.reports.tabular import TerminalTable, figure, ids, token
from newsbt.reports.wrapping import Prose

__all__ = ["content_view", "findings_view"]


MOST_LINES = 3  # of each kind
MOST_NAMES = 4  # in a line
SEVERITIES = {
    "error": ("A run stops at these rows", "bold red"),
    "doubt": ("To look at", "bold yellow"),
    "note": ("To know", "bold"),
}


def findings_view(findings: Sequence[Finding]) -> ConsoleRenderable:
    """Findings by severity and kind, the gravest first: of each kind how many rows and tickers it concerns, and the
    first few sentences, put together where they differ in their ticker only."""
    order = list(KINDS)
    ranked = sorted(findings, key=lambda one: (list(SEVERITIES).index(one.severity), order.index(one.kind)))
    parts: list[RenderableType] = []
    for severity, of_severity in groupby(ranked, key=lambda one: one.severity):
        title, style = SEVERITIES[severity]
        parts.append(Text(title, style))
        for kind, of_kind in groupby(of_severity, key=lambda one: one.kind):
            parts += _kind(kind, list(of_kind))
    return Group(*parts) if parts else Text("Nothing odd was found.")


def _kind(kind: str, mine: Sequence[Finding]) -> list[RenderableType]:
    tickers = len({one.ticker for one in mine if one.ticker})
    rows = sum(one.count for one in mine)
    where = f", {rows_text(tickers, 'ticker')}" if tickers > 1 else ""
    sentences = [_sentence(one) for one in mine]
    shown = sentences if mine[0].is_error else grouped(sentences, MOST_NAMES)
    lines: list[RenderableType] = [Prose(f"  {kind}: {KINDS[kind]} ({rows:,}{where})", "bold", indent=2)]
    lines += [Prose(f"    {sentence}", indent=2) for sentence in shown[:MOST_LINES]]
    if len(shown) > MOST_LINES:
        lines.append(Text(f"    and {len(shown) - MOST_LINES:,} more; --json lists all"))
    return lines


def _sentence(finding: Finding) -> str:
    """With file and line where a row is bad: elsewhere the ticker and the day say enough."""
    if finding.file is None or (finding.ticker and not finding.is_error):
        return finding.message
    line = "" if finding.line is None else f":{finding.line}"
    return f"{finding.file}{line}: {finding.message}"


def content_view(documents: Sequence[PriceContent]) -> ConsoleRenderable:
    """A row a ticker."""
    heads = (
        token("Ticker", 0), figure("Rows", 1), token("First", 2), token("Last", 3), figure("Bar", 4),
        figure("No price", 5), figure("No volume", 6), ids("Columns", 7),
    )  # fmt: skip
    return TerminalTable(heads, (_contents(item) for item in documents))


def _contents(item: PriceContent) -> Sequence[str]:
    seconds = item["interval_seconds"]
    return (
        item["ticker"],
        f"{item['rows']:,}",
        item["first"],
        item["last"],
        "day" if seconds is None else f"{seconds / 60:g} min",
        f"{item['without_price']:,}" if item["without_price"] else MISSING,
        f"{item['without_volume']:,}" if item["without_volume"] else MISSING,
        ", ".join(item["columns"]),
    )
