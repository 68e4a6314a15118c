"""Several readers' price rows as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from newsbt.domain.bad_rows import BadRows
from newsbt.domain.price_table import PriceTable, add_bad_rows, concatenated, repeated
from newsbt.errors import DataError, Problem
from newsbt.prices.empty_rows import without_empty_rows
from newsbt.prices.repeats import beside_earlier, disagreements

__all__ = ["combine"]


def combine(tables: Iterable[PriceTable]) -> PriceTable:
    """Several readers' rows as one table.

    A row without a price is silent where another table has its ticker and time. Every other row whose ticker and time
    an earlier table has is a bad row, ``duplicate``, under the policy of the reader that repeats it.

    Raises
    ------
    DataError
        No table, daily bars beside intraday bars, bars of different length, or such a bad row under ``error``.
    """
    parts = tuple(tables)
    if not parts:
        raise DataError("there are no prices: name at least one reader under `prices`", code="missing_key")
    if len(parts) == 1:
        return parts[0]
    whole = concatenated(parts)
    again, first = repeated(whole)
    if len(again):
        whole = without_empty_rows(whole, again, first)
        again, first = repeated(whole)
    if not len(again):
        return whole
    ends = np.cumsum([len(part.sources) for part in parts])
    part_of = np.searchsorted(ends, whole.source_code[again], side="right")
    problems: list[Problem] = []
    counts = dict(whole.bad_rows)
    for index, part in enumerate(parts):
        bad = BadRows(part.on_bad_row)
        mine = part_of == index
        rows, firsts = again[mine][: bad.listable].tolist(), first[mine][: bad.listable].tolist()
        first_at = dict(zip(rows, zip(firsts, whole.where(firsts), strict=True), strict=True))

        def describe(row: int, first_at: Mapping[int, tuple[int, tuple[str, int]]] = first_at) -> str:
            earlier, (file, line) = first_at[row]
            other = beside_earlier(whole, row, earlier)
            return f"stands already at {file}:{line}{other}; leave the ticker out of one reader"

        add_bad_rows(bad, whole, "duplicate", again[mine], describe)
        try:
            bad.finish()
        except DataError as error:
            problems.extend(error.problems)
        for reason, count in bad.counts.items():
            counts[reason] = counts.get(reason, 0) + count
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)
    good = np.ones(len(whole), dtype=np.bool_)
    good[again] = False
    warnings = (*whole.warnings, *disagreements(whole, again, first))
    return whole.take(np.flatnonzero(good), bad_rows=MappingProxyType(counts), warnings=warnings)
