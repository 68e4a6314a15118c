"""One source's prices as columns, by newsbt's own names or by a head that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from newsbt.domain.price_table import OPTIONAL_VALUES, VALUES, RowSource
from newsbt.domain.table_files import choose_columns, file_error
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.prices.layouts.headings import heading
from newsbt.prices.layouts.recognised import KindColumns, StatedOptions, recognised
from newsbt.prices.layouts.records import Records
from newsbt.prices.layouts.table_heads import TableHead, UnclearHeadError, find_head
from newsbt.prices.price_columns import Column

__all__ = [
    "RawPrices",
    "constant",
    "known_head",
    "own_columns",
    "recognised_prices",
    "says_more",
]


@dataclass(frozen=True, slots=True, eq=False)
class RawPrices:
    """One source's columns by contract name: pyarrow arrays or lists. `faults` are rows that cannot be read at all,
    `notes` what was recognised and assumed, and `is_scaled` whether volumes are in shares already."""

    source: RowSource
    rows: int
    columns: Mapping[str, Column]
    faults: Mapping[int, str]
    file: Path | None = None
    notes: tuple[str, ...] = ()
    is_scaled: bool = False


def own_columns(name: Path | str, arrived: Sequence[str], columns: Mapping[str, str], ticker: str) -> dict[str, str]:
    """newsbt's own columns among those that arrived: name to the source's name; DataError where one is missing."""
    has_ticker = columns.get("ticker", "ticker") in arrived
    required = ["ticker"] if "ticker" in columns or not (ticker or has_ticker) else []
    times = [kind for kind in ("date", "bar_start") if columns.get(kind, kind) in arrived]
    if len(times) == 2 and len({"date", "bar_start"} & set(columns)) != 1:
        raise file_error(
            name,
            "expected a column 'date' (daily) or 'bar_start' (intraday), got both",
            code="unclear_time",
            line=1,
        )
    wanted = next((kind for kind in ("bar_start", "date") if kind in columns), times[0] if times else "date")
    return choose_columns(name, arrived, columns, (*required, wanted, *VALUES), ("ticker", *OPTIONAL_VALUES))


def says_more(header: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Whether a head of newsbt's own names has others beside them that change what they mean."""
    kinds = {found.kind for name in header if name not in chosen.values() and (found := heading(name)) is not None}
    return bool(kinds & ({"adj_close", "amount"} if "ticker" in chosen else {"adj_close", "amount", "ticker"}))


def known_head(path: Path | str, records: Records, stated: StatedOptions) -> TableHead | None:
    """A table's head by its first records, None where nobody knows it; DataError where it names a column twice."""
    try:
        return find_head(records, stated.columns)
    except UnclearHeadError as error:
        raise file_error(path, str(error), code=error.code, line=1) from None


def recognised_prices(
    table: KindColumns, head: TableHead, stated: StatedOptions, known: KnownTickers | None, feet: int
) -> RawPrices:
    """The prices of a table whose head is known, of which `feet` lines at the foot were no rows."""
    if not table.rows:
        raise file_error(table.file, "the file has a header and no rows", code="empty_file", line=table.head_line)
    found = recognised(table, head, stated, known)
    notes = list(found.notes)
    for count, where in ((head.passed_over, "below the head"), (feet, "at the foot")):
        if count:
            notes.append(f"{count} line{'s' if count > 1 else ''} {where} passed over")
    file = table.file if isinstance(table.file, Path) else None
    return RawPrices(table.source, table.rows, found.columns, found.faults, file, tuple(notes), is_scaled=True)


def constant(ticker: str, rows: int) -> pa.ChunkedArray:
    """A column that is one ticker."""
    indices = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(indices, pa.array([ticker]))])
