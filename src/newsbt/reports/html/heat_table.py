"""Numbers over two keys as a table with coloured cells: gains and losses on either side of zero."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from newsbt.reports.html.page_blocks import Table, Td

__all__ = ["SHADES", "heat_block", "shade"]

SHADES = 4  # of each colour; page.css has them


def heat_block(
    values: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    corner: str,
    caption: str,
    show: Callable[[float], str],
    *,
    best: tuple[int, int] | None = None,
) -> Table:
    """A table of `values`, by row and column, whose cells are the darker the farther they are from 0; NaN is a dash.

    `best` is the row and column of a cell to outline.
    """
    finite = [abs(value) for row in values for value in row if math.isfinite(value)]
    most = max(finite, default=0.0)
    body = []
    for row, (label, line) in enumerate(zip(rows, values, strict=True)):
        cells = [Td(label)]
        for column, value in enumerate(line):
            known = math.isfinite(value)
            css = shade(value, round(SHADES * abs(value) / most)) if known and most else ""
            css += " best" if (row, column) == best else ""
            cells.append(Td(show(value) if known else "–", value=value if known else None, css=css.strip()))
        body.append(cells)
    return Table([(corner, "text"), *((name, "number") for name in columns)], body, caption, css="months heat")


def shade(value: float, size: int) -> str:
    """The class of a cell: the colour of gains above 0 and of losses below, of a size from 1 to :data:`SHADES`."""
    return f"h{'u' if value > 0 else 'd'}{size}" if size and value else ""
