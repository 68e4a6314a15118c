"""The results table in a terminal, as wide as it may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console, ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.record import RunRecord
from newsbt.domain.verdict import Verdict
from newsbt.errors import DataError
from newsbt.reports import tabular
from newsbt.reports.run_text import facts, footnotes, notices, warnings
from newsbt.reports.sparkline import Sparkline
from newsbt.reports.table_columns import Cell, Row, cell, columns_of
from newsbt.reports.tabular import Head, TerminalTable, figure, figures, grid, prose, token
from newsbt.reports.text import clean
from newsbt.reports.verdict_text import VERDICT_STYLES, verdict_lines
from newsbt.reports.wrapping import Prose

__all__ = ["fitting_columns", "header_block", "lines_of", "results_block", "results_table", "run_view"]

NARROWEST_NAME = 14
EQUITY, VERDICT = 6, 2  # ranks
CURVE = 14  # letters of a sparkline
WIDE = 100  # terminals from here on have room for it
SIGN_STYLES = {1: "green", -1: "red"}  # every signed number also shows its sign, for those who see no colour
MOST_PLACEBOS = 3  # strategies whose placebo has a line of its own: more of them push the table off the screen
MORE = "newsbt show RUN --format csv"


def run_view(record: RunRecord, width: int, rows: Sequence[Row] | None = None) -> ConsoleRenderable:
    """A run for the terminal: its header, the results table (or some `rows` of it), and what to read with it."""
    shown = record.rows if rows is None else rows
    results = results_block(shown, width, warnings(record), _curves(record), record.verdicts)
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
    sentences = [Prose(f"! {notice}", "yellow") for notice in notices(record)]
    return Group(Prose(record.name, "bold"), *sentences, grid(facts(record, MOST_PLACEBOS), label=NARROWEST_NAME * 2))


def results_block(
    rows: Sequence[Row],
    width: int,
    sentences: Iterable[str] = (),
    curves: Mapping[str, Sequence[float]] | None = None,
    verdicts: Mapping[str, Verdict] | None = None,
) -> ConsoleRenderable:
    """The table, what its verdicts rest on, why cells are empty, and sentences to read with it; equity as a line where
    there is room for it."""
    words = [verdicts.get(str(row.get("name"))) for row in rows] if verdicts else None
    table = results_table(rows, curves=curves if curves and width >= WIDE else None, verdicts=words)
    parts: list[RenderableType] = [table]
    parts += [Prose(line, indent=2) for line in verdict_lines(rows, verdicts or {})]
    parts += [Prose(line, "dim") for line in footnotes(rows, fitting_columns(rows, width, table))]
    parts += [Prose(f"! {sentence}", "yellow") for sentence in sentences]
    return Group(*parts)


def results_table(
    rows: Sequence[Row],
    labels: Sequence[tuple[str, Sequence[str]]] = (),
    curves: Mapping[str, Sequence[float]] | None = None,
    verdicts: Sequence[Verdict | None] | None = None,
) -> TerminalTable:
    """A table with a row for each of `rows`; `labels` are further columns before the name, `curves` the equity by
    name, drawn behind it, `verdicts` the word on each row."""
    columns = columns_of(rows)
    heads: list[Head] = [token(title, -1) for title, _ in labels]
    heads.append(prose("Strategy", -2, least=NARROWEST_NAME))
    heads += [] if curves is None else [token("Equity", EQUITY)]
    heads += [token("Verdict", VERDICT)] if verdicts is not None else []
    heads += [(figures if column.interval else figure)(column.title, column.rank) for column in columns]
    body: list[list[tabular.Cell]] = []
    breaks = set()
    for index, row in enumerate(rows):
        dim = "" if row.get("kind") == "strategy" else "dim"
        if not dim and not labels and index + 1 < len(rows) and rows[index + 1].get("kind") != "strategy":
            breaks.add(index)
        name = str(row.get("name"))
        body.append(
            [
                *(clean(texts[index]) for _, texts in labels),
                Text(clean(name), style=dim or "bold"),
                *([] if curves is None else [Sparkline(curves.get(name, ()), CURVE, dim)]),
                *([_word(verdicts[index])] if verdicts is not None else []),
                *(_styled(cell(row, column), dim) for column in columns),
            ]
        )
    return TerminalTable(heads, body, breaks=breaks, more=MORE)


def _word(verdict: Verdict | None) -> Text:
    return Text("") if verdict is None else Text(verdict.word, style=VERDICT_STYLES.get(verdict.word, ""))


def _styled(item: Cell, dim: str) -> Text:
    return Text(item.text, style=SIGN_STYLES.get(item.sign, dim))


def fitting_columns(rows: Sequence[Row], width: int, table: TerminalTable | None = None) -> list[MetricSpec]:
    """The columns that the results table of some rows (or a `table` with them) shows at a width, in its order."""
    table = results_table(rows) if table is None else table
    titles = {table.titles[index] for index in table.shown(width)}
    return [column for column in columns_of(rows) if column.title in titles]


def lines_of(view: RenderableType, width: int) -> Iterator[str]:
    """A view as plain lines, for tests and for places without a terminal."""
    console = Console(width=width, no_color=True, force_terminal=False, markup=False, highlight=False)
    with console.capture() as capture:
        console.print(view, crop=False)
    yield from capture.get().splitlines()
