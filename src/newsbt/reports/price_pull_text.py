"""What a pull brought and what it did not, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import ProbeJson, PullDocument, PullProviderJson
from newsbt.domain.findings import rows_text
from newsbt.reports.table_columns import MISSING
from newsbt.reports.tabular import TerminalTable, figure, ids, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["probe_view", "pull_view"]

MOST_LINES = 5  # of a kind of gap
KINDS = {
    "not_kept": "Came and could not be kept",
    "no_prices": "No prices",
    "no_rates": "No rates",
    "no_new_days": "No new days",
    "sessions_missing": "Sessions without a row",
    "begins_late": "Begins later than asked",
    "left_out": "Left out",
    "no_previous_close": "No previous closes",
    "no_dividends": "No dividends",
    "no_splits": "No splits",
}
STATUSES = {
    "up_to_date": "up to date", "gap": "that nobody has", "failed": "that could not be asked for",
    "not_listed": "not listed in the period",
}  # fmt: skip


def pull_view(document: PullDocument) -> ConsoleRenderable:
    """Who was asked and under which terms, what came, and each gap by its name."""
    counts = document["counts"]
    items = [*document["tickers"], *document["rates"]]
    rest = "".join(f", {counts[key]:,} {words}" for key, words in STATUSES.items() if counts[key])
    came = (
        f"{counts['pulled']:,} of {len(items):,} instruments and rates, {rows_text(counts['rows'])}{rest}; from "
        f"{document['first']} to {document['last']}, in {document['store']}"
    )
    parts: list[RenderableType] = [_provider(one) for one in document["providers"] if one["version"] or one["resting"]]
    parts.append(Prose(f"Pulled  {came}", "bold", indent=8))
    gaps = sorted(document["gaps"], key=lambda gap: list(KINDS).index(gap["kind"]))
    for kind, of_kind in groupby(gaps, key=lambda gap: gap["kind"]):
        listed = list(of_kind)
        parts.append(Text(f"{KINDS[kind]} ({len(listed):,})", "bold yellow"))
        parts += [
            Prose(f"  {gap['ticker'] or gap['exchange']}: {gap['message']}", indent=4) for gap in listed[:MOST_LINES]
        ]
        if len(listed) > MOST_LINES:
            parts.append(Text(f"  and {len(listed) - MOST_LINES:,} more; --json lists all"))
    return Group(*parts)


def _provider(one: PullProviderJson) -> Prose:
    state = f"; {one['resting']}" if one["resting"] else ""
    return Prose(f"{one['name']} {one['version'] or MISSING} ({one['service']}): {one['terms']}{state}", indent=2)


def probe_view(probes: Sequence[ProbeJson]) -> ConsoleRenderable:
    """A row a provider."""
    heads = (
        token("Provider", 0), token("Version", 1), ids("Asked for", 2), figure("Rows", 3), token("First", 4),
        token("Last", 5), prose("Answer", 6),
    )  # fmt: skip
    rows = (
        (
            one["name"], one["version"] or MISSING, one["ticker"], f"{one['rows']:,}", one["first"] or MISSING,
            one["last"] or MISSING, one["message"] or "answers",
        )
        for one in probes
    )  # fmt: skip
    return TerminalTable(heads, rows)
