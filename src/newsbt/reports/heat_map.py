"""A sweep's metric over two swept keys: as a table for terminals and as a picture in the sweep's folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group
from rich.text import Text

from newsbt.errors import ConfigError, RunFolderError, nearest
from newsbt.reports.sweep_text import VariantLine, number, plain
from newsbt.reports.tabular import Cell, TerminalTable, figure, prose
from newsbt.reports.text import clean
from newsbt.reports.wrapping import Prose

__all__ = ["Heat", "heat_of", "heat_table", "write_heat_map"]

WIDEST, TALLEST = 12, 30
FILE = "heatmap.html"


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
                raise ConfigError(f"--heat: {key!r} is not swept{nearest(key, values)}; there are {', '.join(values)}")
        first, second = keys
        if first == second:
            raise ConfigError(f"--heat: expected two different keys, got {first!r} twice")
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
    return Group(title, TerminalTable(heads, rows))


def _style(cell: float, known: Sequence[float]) -> str:
    if not math.isfinite(cell) or max(known) == min(known):
        return ""
    share = (cell - min(known)) / (max(known) - min(known))
    return "bold green" if share >= 0.8 else "green" if share >= 0.6 else "red" if share <= 0.2 else ""


def write_heat_map(
    outcomes: Sequence[VariantLine], metric: str, best: VariantLine | None, folder: Path,
    keys: tuple[str, str] | None, title: str,
) -> Path | None:  # fmt: skip
    """The heat map as a page of its own, `heatmap.html`; None where there is none to draw.

    Raises RunFolderError where it cannot be written.
    """
    heat = heat_of(outcomes, metric, best, keys)
    if heat is None:
        return None
    import plotly.graph_objects as go

    def words(text: str) -> str:
        return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    cells: list[list[float | None]] = [[None if math.isnan(cell) else cell for cell in row] for row in heat.cells]
    picture = go.Heatmap(
        z=cells, x=[words(item) for item in heat.columns], y=[words(item) for item in heat.rows],
        colorbar={"title": words(metric)}, colorscale="RdBu", zmid=0.0 if _crosses(cells) else None,
    )  # fmt: skip
    figure = go.Figure(picture)
    figure.update_layout(template="plotly_white", title=words(f"{title}: {metric} by {heat.down} and {heat.across}"))
    figure.update_xaxes(title=words(heat.across), type="category")
    figure.update_yaxes(title=words(heat.down), type="category")
    path = folder / FILE
    try:
        path.write_text(figure.to_html(include_plotlyjs=True, full_html=True), encoding="utf-8")
    except OSError as error:
        raise RunFolderError(f"{path}: the heat map cannot be written: {error.strerror}") from error
    return path


def _crosses(cells: list[list[float | None]]) -> bool:
    known = [cell for row in cells for cell in row if cell is not None]
    return bool(known) and min(known) < 0.0 < max(known)
