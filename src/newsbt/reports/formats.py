"""The same rows as CSV, JSON, Markdown and tables of pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from newsbt._plain import JsonValue
from newsbt.reports.html.page_blocks import Table, Td
from newsbt.reports.table_columns import Cell, Row, cell, columns_of
from newsbt.reports.text import clean, csv_cell

__all__ = [
    "cells_block",
    "frame_csv",
    "frame_rows",
    "markdown_text",
    "results_cells",
    "results_markdown",
    "rows_csv",
]


def rows_csv(rows: Iterable[Mapping[str, JsonValue]]) -> str:
    """CSV with a column for every key of any row, in order of appearance; None is an empty cell."""
    listed = list(rows)
    header = list(dict.fromkeys(key for row in listed for key in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([csv_cell(str(name)) for name in header])
    for row in listed:
        writer.writerow([csv_cell(row.get(name)) for name in header])
    return out.getvalue()


def frame_rows(frame: pd.DataFrame) -> list[dict[str, JsonValue]]:
    """The rows of a run folder's table as plain values: None for what is missing, times in ISO 8601."""
    columns = {str(name): _plain_column(frame[name]) for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def frame_csv(frame: pd.DataFrame) -> str:
    """A run folder's table as CSV; the header stands also over no rows."""
    rows = frame_rows(frame)
    return rows_csv(rows) if rows else ",".join(map(str, frame.columns)) + "\n"


def _plain_column(values: pd.Series) -> list[JsonValue]:
    missing = values.isna()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        shown: Iterable[JsonValue] = values.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif values.dtype.kind == "M":
        shown = values.dt.strftime("%Y-%m-%d")
    else:
        shown = values.tolist()
    return [None if gone else value for gone, value in zip(missing, shown, strict=True)]


def results_markdown(rows: Sequence[Row], labels: Sequence[tuple[str, Sequence[str]]] = ()) -> str:
    """The results table for people, in Markdown. `labels` are further columns before the name: title and cells."""
    header, body = _readable(rows, labels)
    lines = ["| " + " | ".join(map(markdown_text, header)) + " |"]
    lead = len(labels) + 1
    lines.append("|" + "|".join([" --- "] * lead + [" ---: "] * (len(header) - lead)) + "|")
    lines += ["| " + " | ".join(markdown_text(item.text) for item in cells) + " |" for cells in body]
    return "\n".join(lines) + "\n"


def markdown_text(text: str) -> str:
    """Text as a cell of a Markdown table: what Markdown would take for markup is escaped."""
    escaped = clean(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return "".join(f"\\{letter}" if letter in "*_`[]" else letter for letter in escaped)


def results_cells(rows: Sequence[Row], caption: str, labels: Sequence[tuple[str, Sequence[str]]] = ()) -> Table:
    """The results table for people, for a page."""
    header, body = _readable(rows, labels)
    return cells_block(header, body, caption, text_columns=len(labels) + 1)


def _readable(rows: Sequence[Row], labels: Sequence[tuple[str, Sequence[str]]]) -> tuple[list[str], list[list[Cell]]]:
    columns = columns_of(rows)
    header = [title for title, _ in labels] + ["Strategy"] + [column.title for column in columns]
    body = [
        [Cell(texts[index]) for _, texts in labels]
        + [Cell(str(row.get("name")))]
        + [cell(row, column) for column in columns]
        for index, row in enumerate(rows)
    ]
    return header, body


def cells_block(header: Sequence[str], body: Iterable[Sequence[Cell]], caption: str, *, text_columns: int) -> Table:
    """A table for a page; the first `text_columns` are text, the others numbers."""
    rows = [
        [Td(item.text, css={1: "up", -1: "down"}.get(item.sign, ""), tip=item.reason) for item in cells]
        for cells in body
    ]
    return Table([(title, "text" if k < text_columns else "number") for k, title in enumerate(header)], rows, caption)
