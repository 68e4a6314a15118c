"""What `newsbt events pull` shows in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import ConsoleRenderable, Group

from newsbt.domain.command_documents import PulledSource
from newsbt.reports.tabular import TerminalTable, figure, token
from newsbt.reports.wrapping import Prose

__all__ = ["pull_view"]

MOST_UNKNOWN = 12
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
