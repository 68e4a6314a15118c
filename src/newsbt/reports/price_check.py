"""What price files hold, and what is odd about them, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import PriceContent
from newsbt.domain.findings import KINDS, Finding
from newsbt.reports.run_text import grouped
from newsbt.reports.table_columns import MISSING
from newsbt.reports.tabular import TerminalTable, figure, ids, token
from newsbt.reports.wrapping import Prose

__all__ = ["content_view", "findings_view"]


MOST_LINES = 10  # of each kind


def findings_view(findings: Sequence[Finding]) -> ConsoleRenderable:
    """Findings by kind, errors first; sentences that differ in their ticker only are put together."""
    parts: list[RenderableType] = []
    for kind, meaning in KINDS.items():
        mine = [finding for finding in findings if finding.kind == kind]
        if not mine:
            continue
        style = "bold red" if mine[0].is_error else "bold"
        rows = sum(finding.count for finding in mine)
        parts.append(Prose(f"{kind}: {meaning} ({rows:,})", style))
        sentences = grouped([_sentence(finding) for finding in mine])
        parts += [Prose(f"  {sentence}", indent=2) for sentence in sentences[:MOST_LINES]]
        if len(sentences) > MOST_LINES:
            parts.append(Text(f"  and {len(sentences) - MOST_LINES} more; --json lists all"))
    return Group(*parts) if parts else Text("Nothing odd was found.")


def _sentence(finding: Finding) -> str:
    where = finding.file or ""
    if finding.line is not None:
        where += f":{finding.line}"
    return f"{where}: {finding.message}" if where else finding.message


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
