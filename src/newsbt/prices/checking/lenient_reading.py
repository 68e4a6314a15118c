"""Reading a source that may have bad rows: each of them as a finding, and the table of the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from newsbt.domain.bad_rows import listing
from newsbt.domain.cells import HAS_TIME
from newsbt.domain.findings import ERRORS, Finding
from newsbt.domain.price_table import PriceTable
from newsbt.errors import DataError
from newsbt.ports.price_reader import PriceReader, with_bad_rows
from newsbt.prices.price_readers import CsvPrices, ParquetPrices

__all__ = ["read_with_bad_rows"]

MOST_LISTED = 1_000
_ABOUT = re.compile(r"(\S+) on (\d{4}-\d{2}-\d{2}\S*): ")


def read_with_bad_rows(
    reader: PriceReader, known: Container[str] | None
) -> tuple[PriceTable | None, tuple[Finding, ...]]:
    """What a source holds but for its bad rows, None where it cannot be read, and those rows."""
    with listing(MOST_LISTED):
        try:
            return reader.read(known), ()
        except DataError as error:
            bad = [*_bad_rows(error)]
        try:
            table = with_bad_rows(reader, "skip").read(known)
        except DataError:
            table = None
    if table is None or not len(table):
        return _with_times(reader, known, bad)
    return table, (*bad, *_unlisted(bad, table.bad_rows))


def _with_times(
    reader: PriceReader, known: Container[str] | None, bad: list[Finding]
) -> tuple[PriceTable | None, tuple[Finding, ...]]:
    """Days that all have a time of day are looked at as bars, in UTC; the times themselves are one finding."""
    if not isinstance(reader, CsvPrices | ParquetPrices) or not all(one.message.endswith(HAS_TIME) for one in bad):
        return None, tuple(bad)
    column = reader.columns.get("date", "date")
    columns = {**{name: one for name, one in reader.columns.items() if name != "date"}, "bar_start": column}
    bars = replace(reader, columns=columns, timezone=reader.timezone or "UTC")
    times = replace(
        bad[0],
        message=f"{bad[0].message}, as all others have: looked at as bars of UTC; say "
        f"`columns: {{bar_start: {column}}}` and a `timezone`, or give days",
    )
    table, found = read_with_bad_rows(bars, known)
    return table, (times, *found) if table is not None else tuple(bad)


def _bad_rows(error: DataError) -> Iterator[Finding]:
    """Faults that stop a run, in the words of the reader."""
    for problem in error.problems:
        if problem.code == "more_bad_rows":
            continue
        about = _ABOUT.match(problem.message)
        yield Finding(
            kind=problem.code if problem.code in ERRORS else "unreadable",
            ticker=about[1] if about else "",
            date=about[2][:10] if about else None,
            message=problem.message,
            file=problem.file,
            line=problem.line,
        )
    if not error.problems:
        yield Finding(kind="unreadable", message=str(error))


def _unlisted(listed: list[Finding], counts: Mapping[str, int]) -> Iterator[Finding]:
    """Bad rows beyond those that are listed, by reason."""
    seen = Counter(finding.kind for finding in listed)
    for reason, count in counts.items():
        if count > seen[reason] > 0:
            yield Finding(kind=reason, count=count - seen[reason], message="further rows, not listed")
