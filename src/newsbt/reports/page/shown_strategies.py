"""How many of a run's strategies a part of the page tells of, and the sentence that says how many more there are."""

from __future__ import annotations

from newsbt.reports.html.page_blocks import Block, Under
from newsbt.reports.page.view import PageView
from newsbt.reports.table_columns import Row

__all__ = ["MOST_LINES", "MOST_ROWS", "first_rows", "left_out", "shown_names", "table_rows"]

MOST_ROWS = 20  # with a verdict, a waterfall and evidence each
MOST_LINES = 150  # with a line of a table each
MOST_NAMES = 5  # in the folded sections


def first_rows(view: PageView) -> list[Row]:
    """The strategies whose verdict, announcements and evidence are told."""
    return view.strategies[:MOST_ROWS]


def table_rows(view: PageView, most: int = MOST_LINES) -> list[Row]:
    """At most so many strategies, and every baseline and benchmark."""
    return [*view.strategies[:most], *(row for row in view.rows if (row.get("kind") or "strategy") != "strategy")]


def shown_names(view: PageView) -> list[str]:
    """The strategies that the folded sections tell of."""
    return [str(row.get("name")) for row in view.strategies][:MOST_NAMES]


def left_out(view: PageView, shown: int) -> list[Block]:
    """Says that there are more strategies than are shown, where there are."""
    more = len(view.strategies) - shown
    return [Under(f"{more:,} more strategies are left out here; newsbt show has them.")] if more > 0 else []
