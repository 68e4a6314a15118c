"""The results table in a terminal, as wide as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleRenderable, Group
from rich.table import Table
from rich.text import Text

from newsbt.domain.record import RunRecord
from newsbt.errors import DataError
from newsbt.reports.columns import COLUMNS, Cell, Column, Row, cell, present
from newsbt.reports.sparkline import Sparkline
from newsbt.reports.summary import facts, footnotes, notices, warnings
from newsbt.reports.text import clean

__all__ = ["fitting_columns", "header_block", "results_block", "results_table", "run_view"]

NARROWEST_NAME = 14
CURVE = 14  # letters of a sparkline
WIDE = 100  # terminals from here on have room for it
GAP = 2  # blanks between columns, one of them the box's own
SIGN_STYLES = {1: "green", -1: "red"}  # every signed number also shows its sign, for those who see no colour


def run_view(record: RunRecord, width: int, rows: Sequence[Row] | None = None) -> ConsoleRenderable:
    """A run for the terminal: its header, the results table (or some `rows` of it), and what to read with it."""
    shown = record.rows if rows is None else rows
    results = results_block(shown, width, warnings(record), _curves(record))
    return Group(header_block(record), Text(""), results)


def _curves(record: RunRecord) -> dict[str, list[float]]:
    """The equity of each row; none where the folder does not tell."""
    try:
        frame = record.table("equity")
    except (DataError, KeyError, OSError, ValueError):  # a folder of an older version, or a damaged one
        return {}
    return {str(name): part["equity"].tolist() for name, part in frame.groupby("strategy", sort=False)}


def header_block(record: RunRecord) -> ConsoleRenderable:
    """Name, period, account, events and refusals; notices about the data stand right under the name."""
    grid = Table.grid(padding=(0, GAP))
    grid.add_column(style="bold", max_width=NARROWEST_NAME * 2, overflow="fold")
    grid.add_column(overflow="fold")
    for label, text in facts(record):
        grid.add_row(Text(clean(label)), Text(clean(text)))
    sentences = [Text(f"! {clean(notice)}", style="yellow") for notice in notices(record)]
    return Group(Text(clean(record.name), style="bold"), *sentences, grid)


def results_block(
    rows: Sequence[Row], width: int, sentences: Iterable[str] = (), curves: Mapping[str, Sequence[float]] | None = None
) -> ConsoleRenderable:
    """The table, why cells are empty, and sentences to read with it; equity as a line where there is room for it."""
    has_room = bool(curves) and width >= WIDE
    columns = fitting_columns(rows, width, CURVE + GAP if has_room else 0)
    parts: list[ConsoleRenderable] = [results_table(rows, columns, curves=curves if has_room else None)]
    parts += [Text(clean(line), style="dim") for line in footnotes(rows, columns)]
    parts += [Text(f"! {clean(sentence)}", style="yellow") for sentence in sentences]
    return Group(*parts)


def results_table(
    rows: Sequence[Row],
    columns: Sequence[Column],
    labels: Sequence[tuple[str, Sequence[str]]] = (),
    curves: Mapping[str, Sequence[float]] | None = None,
) -> Table:
    """A rich table with a row for each of `rows`; `labels` are further columns before the name, `curves` the equity
    by name, drawn behind it."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), show_edge=False, pad_edge=False)
    for title, _ in labels:
        table.add_column(Text(title), no_wrap=True)
    table.add_column(Text("Strategy"), overflow="fold", min_width=NARROWEST_NAME)
    if curves is not None:
        table.add_column(Text("Equity"), width=CURVE, no_wrap=True)
    for column in columns:
        table.add_column(Text(column.title), justify="right", no_wrap=True)
    for place, row in enumerate(rows):
        dim = "" if row.get("kind") == "strategy" else "dim"
        is_last = not dim and place + 1 < len(rows) and rows[place + 1].get("kind") != "strategy"
        table.add_row(
            *(Text(clean(texts[place])) for _, texts in labels),
            Text(clean(str(row.get("name"))), style=dim or "bold"),
            *([] if curves is None else [Sparkline(curves.get(str(row.get("name")), ()), CURVE, dim)]),
            *(_styled(cell(row, column), dim) for column in columns),
            end_section=is_last and not labels,
        )
    return table


def _styled(item: Cell, dim: str) -> Text:
    return Text(item.text, style=SIGN_STYLES.get(item.sign, dim))


def fitting_columns(rows: Sequence[Row], width: int, taken: int = 0) -> list[Column]:
    """The most important columns that fit beside the names, in the table's order.

    The name may be folded down to :data:`NARROWEST_NAME` cells when that makes room for the first few columns,
    but not for the rest.
    """
    longest = max((cell_len(clean(str(row.get("name")))) for row in rows), default=0)
    chosen: list[Column] = []
    used = taken
    for column in sorted(present(COLUMNS, rows), key=lambda column: column.rank):
        needed = GAP + max([cell_len(column.title), *(cell_len(cell(row, column).text) for row in rows)])
        names = min(longest, NARROWEST_NAME if column.rank <= 5 else 40)
        if used + needed + max(names, NARROWEST_NAME) > width:
            if column.rank <= 2:
                continue
            break
        used += needed
        chosen.append(column)
    return [column for column in COLUMNS if column in chosen]


def lines_of(view: ConsoleRenderable, width: int) -> Iterator[str]:
    """A view as plain lines, for tests and for places without a terminal."""
    console = Console(width=width, no_color=True, force_terminal=False, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(view)
    yield from capture.get().splitlines()
