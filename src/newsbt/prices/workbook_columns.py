"""Excel workbooks as columns of prices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newsbt.domain.price_table import RowSource
from newsbt.domain.table_files import file_error
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.domain.workbooks import choose_sheet, open_workbook
from newsbt.prices.layouts.recognised import KindColumns, StatedOptions
from newsbt.prices.layouts.records import below_the_head
from newsbt.prices.raw_prices import RawPrices, known_head, recognised_prices

__all__ = ["from_excel"]


def from_excel(path: Path, stated: StatedOptions, stem: str, known: KnownTickers | None) -> RawPrices:
    """The prices of a workbook's one sheet of prices, or of the sheet that is told; lines are rows of the sheet.

    `stem` is the file's name without its ending, which says the ticker of a sheet that has none and is not named for
    one.
    """
    book = open_workbook(path)
    sheet, notes = choose_sheet(
        book, stated.sheet, lambda records: known_head(path, records, stated) is not None, "prices"
    )
    head = known_head(path, sheet.records, stated)
    if head is None:
        arrived = ", ".join(repr(cell) for cell in sheet.records[0][:12]) if sheet.records else "no cells"
        message = f"expected a head with date, open, high, low, close and volume in sheet {sheet.name!r}, got {arrived}"
        raise file_error(path, f"{message}; name columns with `columns: {{close: ...}}`", code="missing_column", line=1)
    found, lines, feet = below_the_head(sheet.records, sheet.lines, head)
    is_ticker = known is not None and bool(known.meant_or_none(sheet.name))
    table = KindColumns(
        file=path, rows=len(lines), columns=dict(found), stem=sheet.name if is_ticker else stem,
        source=RowSource(str(path), lambda: lines), head_line=sheet.lines[head.at],
    )  # fmt: skip
    raw = recognised_prices(table, head, stated, known, feet)
    return replace(raw, notes=(*raw.notes, *notes))
