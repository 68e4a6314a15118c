"""What `newsbt events pull` shows in a terminal, and `newsbt events check` of the store that it fills."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import ConsoleRenderable, Group

from newsbt.domain.command_documents import CoverageRow, PulledSource
from newsbt.reports.tabular import TerminalTable, figure, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["coverage_view", "pull_view"]

MOST_UNKNOWN = 12
MOST_COMPANIES = 12
SURVIVORS = (
    "Companies are those of the sources' lists of today: what was delisted or renamed since is not among them "
    "(survivors). Name others in the table `former`."
)


def pull_view(sources: Sequence[PulledSource], path: str) -> ConsoleRenderable:
    """A row for each source, and which listings nobody knows."""
    heads = (
        token("Source", 0), figure("Companies", 1), figure("Asked", 4), figure("Up to date", 6), figure("Not asked", 5),
        figure("New items", 2), figure("Revised", 3), figure("Known", 7), figure("Nothing", 8), figure("Failed", 2),
    )  # fmt: skip
    rows = [
        tuple(
            f"{one:,}" if isinstance(one, int) else one
            for one in (
                source["source"], source["companies"], source["asked"], source["up_to_date"], source["not_asked"],
                source["added"], source["revised"], source["unchanged"], source["announcing_nothing"],
                len(source["problems"]),
            )
        )
        for source in sources
    ]  # fmt: skip
    parts: list[ConsoleRenderable] = [TerminalTable(heads, rows)]
    for source in sources:
        unknown = source["unknown"]
        if unknown:
            more = f" and {len(unknown) - MOST_UNKNOWN:,} more" if len(unknown) > MOST_UNKNOWN else ""
            shown = ", ".join(unknown[:MOST_UNKNOWN])
            parts.append(Prose(f"{source['source']} does not list {len(unknown):,} of its market: {shown}{more}"))
    return Group(*parts, Prose(SURVIVORS), Prose(f"Store: {path}"))


def coverage_view(rows: Sequence[CoverageRow], *, every: bool) -> ConsoleRenderable:
    """What a store holds: a row for each source, and one for each company and month where it is asked for; else for
    the companies with most months without items."""
    heads = (
        token("Source", 0), prose("Company", 1), token("Months", 2), figure("Items", 1), figure("Without items", 2),
        figure("Not asked", 3), figure("By day", 4), figure("Unlinked", 4), figure("No type", 5),
    )  # fmt: skip
    groups: dict[tuple[str, str, str], list[CoverageRow]] = {}
    for row in rows:
        groups.setdefault((row["source"], "all", ""), []).append(row)
    companies: dict[tuple[str, str, str], list[CoverageRow]] = {}
    for row in rows:
        key = (row["source"], row["company"], row["month"] if every else "")
        companies.setdefault(key, []).append(row)
    listed = sorted(companies.items(), key=lambda one: (one[0][0], -sum(bool(row["gap"]) for row in one[1]), one[0]))
    shown = list(companies.items()) if every else listed[:MOST_COMPANIES]
    table = TerminalTable(heads, [_covered(key, found) for key, found in (*groups.items(), *shown)])
    parts: list[ConsoleRenderable] = [Prose("Disclosures in the store", "bold"), table]
    if len(shown) < len(companies):
        parts.append(Prose(f"and {len(companies) - len(shown):,} more companies; each by month with --all"))
    return Group(*parts)


def _covered(key: tuple[str, str, str], rows: Sequence[CoverageRow]) -> tuple[str, ...]:
    source, company, month = key
    items = sum(row["items"] for row in rows)

    def share(values: Sequence[float | None]) -> str:
        part = sum(value * row["items"] for value, row in zip(values, rows, strict=True) if value is not None)
        return f"{part / items:.0%}" if items else "–"

    months = [row["month"] for row in rows]
    return (
        source, company, month or f"{min(months)} to {max(months)}", f"{items:,}",
        f"{sum(row['gap'] == 'nothing' for row in rows):,}", f"{sum(row['gap'] == 'not asked' for row in rows):,}",
        share([row["day"] for row in rows]), share([row["unlinked"] for row in rows]),
        share([row["other"] for row in rows]),
    )  # fmt: skip
