"""A sweep's metric over two swept keys: as a table for terminals and as a picture in the sweep's folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group
from rich.text import Text

from newsbt.domain.showing import plain_line
from newsbt.errors import ConfigError, RunFolderError, nearest
from newsbt.reports.html.heat_table import heat_block
from newsbt.reports.html.page_blocks import Block, Under
from newsbt.reports.html.templating import page_of
from newsbt.reports.sweep_text import VariantLine, number, plain
from newsbt.reports.tabular import Cell, TerminalTable, figure, prose
from newsbt.reports.text import clean
from newsbt.reports.wrapping import Prose

__all__ = ["Heat", "heat_of", "heat_table", "write_heat_map"]

WIDEST, TALLEST = 12, 30
FILE = "heatmap.html"
MOST_COLUMNS, MOST_ROWS = 60, 120  # of the page: 0.5 MB
LONGEST = 60  # letters of a value beside a row or over a column


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """`cells` by row and column: the metric where all other keys have the best variant's values, NaN where none ran."""

    down: str
    across: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]


def heat_of(
    outcomes: Sequence[VariantLine], metric: str, best: VariantLine | None, keys: tuple[str, str] | None = None
) -> Heat | None:  # fmt: skip
    """The metric over two keys, by default the two with the most values; None where fewer than two vary.

    Raises ConfigError where a key is not swept.
    """
    if best is None:
        return None
    values: dict[str, dict[str, None]] = {key: {} for key in best.params}
    for item in outcomes:
        for key, value in item.params.items():
            values[key][plain(value)] = None
    if keys is None:
        varied = sorted((key for key in values if len(values[key]) > 1), key=lambda key: -len(values[key]))[:2]
        if len(varied) < 2:
            return None
        first, second = sorted(varied, key=list(values).index)
    else:
        for key in keys:
            if key not in values:
                raise ConfigError(
                    f"--heat: {key!r} is not swept{nearest(key, values)}; there are {', '.join(values)}",
                    code="unknown_name",
                )
        first, second = keys
        if first == second:
            raise ConfigError(f"--heat: expected two different keys, got {first!r} twice", code="bad_value")
    others = {key: plain(value) for key, value in best.params.items() if key not in (first, second)}
    found = {
        (plain(item.params[first]), plain(item.params[second])): item.metrics.get(metric, math.nan)
        for item in outcomes
        if all(plain(item.params[key]) == value for key, value in others.items())
    }
    rows, columns = tuple(values[first]), tuple(values[second])
    cells = tuple(tuple(found.get((row, column), math.nan) for column in columns) for row in rows)
    return Heat(down=first, across=second, rows=rows, columns=columns, cells=cells)


def heat_table(
    outcomes: Sequence[VariantLine], metric: str, best: VariantLine | None, keys: tuple[str, str] | None = None
) -> Group | None:  # fmt: skip
    """The heat map as a table; None where there is none, or it is larger than a terminal bears."""
    heat = heat_of(outcomes, metric, best, keys)
    if heat is None or len(heat.columns) > WIDEST or len(heat.rows) > TALLEST:
        return None
    known = [cell for row in heat.cells for cell in row if math.isfinite(cell)]
    title = Prose(f"{metric} by {heat.down} (down) and {heat.across} (across), the rest as in the best", "bold")
    heads = [prose(clean(heat.down.rpartition(".")[2]), 0)]
    heads += [figure(clean(column), rank) for rank, column in enumerate(heat.columns, start=1)]
    rows: list[list[Cell]] = [
        [row, *(Text(number(metric, cell), style=_style(cell, known)) for cell in cells)]
        for row, cells in zip(heat.rows, heat.cells, strict=True)
    ]
    return Group(Text(""), title, TerminalTable(heads, rows))


def _style(cell: float, known: Sequence[float]) -> str:
    if not math.isfinite(cell) or max(known) == min(known):
        return ""
    share = (cell - min(known)) / (max(known) - min(known))
    return "bold green" if share >= 0.8 else "green" if share >= 0.6 else "red" if share <= 0.2 and cell < 0 else ""


def write_heat_map(
    outcomes: Sequence[VariantLine], metric: str, best: VariantLine | None, folder: Path,
    keys: tuple[str, str] | None, title: str,
) -> Path | None:  # fmt: skip
    """The heat map as a page of its own, `heatmap.html`; None where there is none to draw.

    Raises RunFolderError where it cannot be written.
    """
    heat = heat_of(outcomes, metric, best, keys)
    if heat is None or best is None:
        return None
    path = folder / FILE
    try:
        path.write_text(heat_page(heat, metric, best, title), encoding="utf-8")
    except OSError as error:
        raise RunFolderError(f"{path}: the heat map cannot be written: {error.strerror}", code="unwritable") from error
    return path


def heat_page(heat: Heat, metric: str, best: VariantLine, title: str) -> str:
    """The heat map as an HTML document: numbers in cells, the best variant's outlined, shades by sign and size."""
    row, column = (
        names.index(plain(best.params[key])) for names, key in ((heat.rows, heat.down), (heat.columns, heat.across))
    )
    down, across = _window(len(heat.rows), row, MOST_ROWS), _window(len(heat.columns), column, MOST_COLUMNS)
    table = heat_block(
        [heat.cells[k][across] for k in range(*down.indices(len(heat.rows)))],
        [plain_line(value, LONGEST) for value in heat.rows[down]],
        [plain_line(value, LONGEST) for value in heat.columns[across]],
        f"{heat.down} ↓\n{heat.across} →", f"{metric}, all other swept keys as in the best variant, which is outlined",
        lambda value: number(metric, value), best=(row - down.start, column - across.start),
    )  # fmt: skip
    blocks: list[Block] = [table]
    left = len(heat.rows) * len(heat.columns) - len(heat.rows[down]) * len(heat.columns[across])
    if left:
        blocks.append(Under(f"{left:,} cells farther from the best variant are left out; variants.parquet has all."))
    return page_of(f"{title}: {metric} by {heat.down} and {heat.across}", blocks, scripts=("page.js",))


def _window(count: int, middle: int, most: int) -> slice:
    """So many of a count, around one of them."""
    start = min(max(middle - most // 2, 0), max(count - most, 0))
    return slice(start, min(start + most, count))
