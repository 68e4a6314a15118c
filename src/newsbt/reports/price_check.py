"""What price files hold, and what is odd about them, in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.domain.findings import KINDS, Finding
from newsbt.reports.columns import MISSING
from newsbt.reports.summary import grouped
from newsbt.reports.text import clean

__all__ = ["content_view", "findings_view"]


MOST_LINES = 10  # of each kind


def findings_view(findings: Sequence[Finding]) -> ConsoleRenderable:
    """Findings by kind, errors first; sentences that differ in their ticker only are put together."""
    parts: list[ConsoleRenderable] = []
    for kind, meaning in KINDS.items():
        mine = [finding for finding in findings if finding.kind == kind]
        if not mine:
            continue
        style = "bold red" if mine[0].is_error else "bold"
        rows = sum(finding.count for finding in mine)
        parts.append(Text(f"{kind}: {meaning} ({rows:,})", style=style))
        told = grouped([_told(finding) for finding in mine])
        parts += [Text(f"  {clean(sentence)}") for sentence in told[:MOST_LINES]]
        if len(told) > MOST_LINES:
            parts.append(Text(f"  and {len(told) - MOST_LINES} more; --json lists all"))
    return Group(*parts) if parts else Text("Nothing odd was found.")


def _told(finding: Finding) -> str:
    where = finding.file or ""
    if finding.line is not None:
        where += f":{finding.line}"
    return f"{where}: {finding.message}" if where else finding.message


def content_view(documents: Sequence[Mapping[str, Any]]) -> ConsoleRenderable:
    """A row a ticker."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, pad_edge=False)
    for name, is_text in (
        ("Ticker", True), ("Rows", False), ("First", True), ("Last", True), ("Bar", False), ("No price", False),
        ("No volume", False), ("Columns", True),
    ):  # fmt: skip
        table.add_column(Text(name), justify="left" if is_text else "right", overflow="fold", no_wrap=name != "Columns")
    for item in documents:
        seconds = item["interval_seconds"]
        cells = (
            item["ticker"],
            f"{item['rows']:,}",
            item["first"],
            item["last"],
            "day" if seconds is None else f"{seconds / 60:g} min",
            f"{item['without_price']:,}" if item["without_price"] else MISSING,
            f"{item['without_volume']:,}" if item["without_volume"] else MISSING,
            ", ".join(item["columns"]),
        )
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table
