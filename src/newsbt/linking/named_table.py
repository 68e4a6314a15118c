"""An instruments table with the names that news use among its aliases."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from newsbt.domain.cells import items
from newsbt.domain.entity import Universe
from newsbt.domain.made_names import MadeName
from newsbt.domain.output_files import write_whole
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_table

__all__ = ["with_names"]


def with_names(table: Path, out: Path, universe: Universe, made: Iterable[MadeName]) -> None:
    """Write the table as it is, with the names that say enough by themselves behind the `aliases` of each listing.

    Raises
    ------
    DataError
        The table cannot be read, or the file cannot be written.
    """
    own: dict[str, list[str]] = {}
    for one in made:
        if not one.why:
            own.setdefault(one.company.casefold(), []).append(one.name)
    source = read_table(table, limit=limit_of("universe"))
    columns = [*source.columns, *([] if "aliases" in source.columns else ["aliases"])]
    ticker, aliases = columns.index("ticker"), columns.index("aliases")
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in source.rows:
        cells = [*row, *[""] * (len(columns) - len(row))]
        column = universe.position.get(universe.known_tickers.meant_or_none(cells[ticker].strip()))
        if column is not None:
            names = own.get(universe.instruments[column].company_name.casefold(), [])
            cells[aliases] = ";".join(dict.fromkeys((*items(cells[aliases]), *names)))
        writer.writerow(cells)
    write_whole(out, [stream.getvalue().encode()], "names")
