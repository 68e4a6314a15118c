"""The same rows as CSV, JSON, Markdown and HTML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from newsbt._plain import JsonValue
from newsbt.reports.page.assets import style
from newsbt.reports.table_columns import Cell, Row, cell, columns_of
from newsbt.reports.text import clean, csv_cell, html_text

__all__ = [
    "frame_csv",
    "frame_rows",
    "html_page",
    "html_table",
    "markdown_text",
    "results_html",
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


def results_html(rows: Sequence[Row], caption: str, labels: Sequence[tuple[str, Sequence[str]]] = ()) -> str:
    """The results table for people, as an HTML table that scrolls inside its box."""
    header, body = _readable(rows, labels)
    return html_table(header, body, caption, text_columns=len(labels) + 1)


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


def html_page(title: str, body: str) -> str:
    """A whole HTML document around `body`, which is HTML already; nothing in it reaches for the network."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{html_text(title)} · newsbt</title>'
        f"<style>{style()}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def html_table(header: Sequence[str], body: Iterable[Sequence[Cell]], caption: str, *, text_columns: int) -> str:
    """An HTML table; the first `text_columns` are text, the others numbers. The first cell of a row heads it."""
    parts = [f'<div class="wide" role="region" aria-label="{html_text(caption)}" tabindex="0"><table>']
    parts.append(f"<caption>{html_text(caption)}</caption><thead><tr>")
    for index, title in enumerate(header):
        kind = "" if index < text_columns else ' class="n"'
        parts.append(f'<th scope="col"{kind}>{html_text(title)}</th>')
    parts.append("</tr></thead><tbody>")
    for cells in body:
        parts.append("<tr>")
        for index, item in enumerate(cells):
            kinds = ([] if index < text_columns else ["n"]) + {1: ["up"], -1: ["down"]}.get(item.sign, [])
            marks = f' class="{" ".join(kinds)}"' if kinds else ""
            if item.reason:
                marks += f' title="{html_text(item.reason)}"'
            text = html_text(item.text)
            if index == 0:
                parts.append(f'<th scope="row"{marks}><bdi>{text}</bdi></th>')
            else:
                parts.append(f"<td{marks}>{text if index >= text_columns else f'<bdi>{text}</bdi>'}</td>")
        parts.append("</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)
