"""Exchange rates from outside: a file, a frame, or fixed numbers in the config."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from newsbt._plain import PlainValue
from newsbt.domain import cells
from newsbt.domain.bad_rows import BadRows, check_policy
from newsbt.domain.frames import plain_frame
from newsbt.domain.fx_table import FxTable
from newsbt.domain.market_panel import frozen_array
from newsbt.domain.showing import brief
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import check_column_names, choose_columns, read_table
from newsbt.errors import ConfigError

__all__ = ["CsvFx", "FixedFx", "FrameFx"]

COLUMNS = ("pair", "date", "rate")
_PAIR = re.compile(r"[A-Z]{6}")
_ALWAYS = date(cells.EARLIEST_YEAR, 1, 1)


@dataclass(frozen=True, kw_only=True)
class CsvFx:
    """A CSV file ``pair, date, rate`` (UTF-8; plain, gz or zst), such as ``USDHKD,2025-03-06,7.7713``.

    `max_mb` are the megabytes that are read of it, unpacked; see newsbt.domain.size_limits.
    """

    path: str | Path
    columns: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "error"
    max_mb: float | None = None

    __repr__ = brief

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)
        limit_of("fx", self.max_mb)

    def read(self) -> FxTable:
        """Read the file.

        Raises
        ------
        DataError
            The file cannot be used, a column is missing, or a row is bad and `on_bad_row` is ``error``.
        """
        path = Path(self.path)
        table = read_table(path, limit=limit_of("fx", self.max_mb))
        chosen = choose_columns(path, table.columns, self.columns, COLUMNS, ())
        indices = [table.columns.index(chosen[name]) for name in COLUMNS]
        rows = (
            (line, table.ragged(row) or tuple(row[index] for index in indices))
            for line, row in zip(table.lines, table.rows, strict=True)
        )
        return _read(rows, str(path), self.on_bad_row, (path,))


@dataclass(frozen=True, kw_only=True, eq=False)
class FrameFx:
    """Rates from a DataFrame ``pair, date, rate``.

    Parameters
    ----------
    frame : DataFrame
        Its rows are counted from 1.
    columns : mapping
        newsbt's column names to the frame's.
    on_bad_row : {'error', 'skip'}
        Whether a bad row stops the run or is left out and counted.
    name : str
        What messages call it.

    Examples
    --------
    >>> import pandas as pd
    >>> from newsbt import FrameFx
    >>> frame = pd.DataFrame({"pair": ["USDHKD"], "date": ["2025-03-05"], "rate": [7.77]})
    >>> FrameFx(frame=frame).read().rows_read
    1
    """

    frame: pd.DataFrame
    columns: Mapping[str, str] = field(default_factory=dict)
    on_bad_row: str = "error"
    name: str = "fx (DataFrame)"

    __repr__ = brief

    def __post_init__(self) -> None:
        check_column_names(self.columns, COLUMNS)
        check_policy(self.on_bad_row)

    def read(self) -> FxTable:
        """Check the frame; raises DataError as :meth:`CsvFx.read` does."""
        frame = plain_frame(self.frame, self.name, [self.columns.get(name, name) for name in COLUMNS])
        chosen = choose_columns(self.name, list(frame.columns), self.columns, COLUMNS, ())
        plain = frame[[chosen[name] for name in COLUMNS]]
        return _read(enumerate(plain.itertuples(index=False, name=None), 1), self.name, self.on_bad_row, ())


@dataclass(frozen=True, kw_only=True)
class FixedFx:
    """Rates that never change: ``rates: {USDHKD: 7.78}``."""

    rates: Mapping[str, float]

    __repr__ = brief

    def __post_init__(self) -> None:
        for pair, rate in self.rates.items():
            if not _is_pair(str(pair)):
                raise ConfigError(
                    f"rates: expected a pair of two currencies such as USDHKD, got {pair!r}", code="bad_value"
                )
            if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < math.inf:
                raise ConfigError(f"rates: expected a positive number for {pair}, got {rate!r}", code="bad_value")

    def read(self) -> FxTable:
        """The rates as a table, dated before everything."""
        day = frozen_array([np.datetime64(_ALWAYS)], "datetime64[D]")
        return FxTable(
            rates=MappingProxyType({pair: (day, frozen_array([rate], np.float64)) for pair, rate in self.rates.items()})
        )


def _is_pair(pair: str) -> bool:
    return _PAIR.fullmatch(pair) is not None and pair[:3] != pair[3:]


def _read(
    rows: Iterable[tuple[int, Sequence[PlainValue] | str]], file: str, on_bad_row: str, files: tuple[Path, ...]
) -> FxTable:
    bad = BadRows(on_bad_row)
    found: dict[str, dict[date, float]] = {}
    lines: dict[tuple[str, date], int] = {}
    rows_read = 0
    for line, row in rows:
        rows_read += 1
        if isinstance(row, str):
            bad.add("bad_value", row, file=file, line=line)
            continue
        try:
            pair, day, rate = cells.text(row[0]), cells.session_day(row[1]), cells.number(row[2])
            if day is None:
                raise ValueError("the row has no date")
            if not rate > 0:
                raise ValueError(f"expected a rate above 0, got {row[2]!r}")
        except ValueError as error:
            bad.add("bad_value", str(error), file=file, line=line)
            continue
        if not _is_pair(pair):
            message = f"expected a pair of two currencies such as USDHKD (HKD per USD), got {pair!r}"
            bad.add("unknown_currency", message, file=file, line=line, key="pair")
        elif (pair, day) in lines:
            message = f"{pair} on {day} stands already in line {lines[pair, day]}"
            bad.add("duplicate", message, file=file, line=line)
        else:
            found.setdefault(pair, {})[day] = rate
            lines[pair, day] = line
    rates = {}
    for pair, by_day in found.items():
        days = sorted(by_day)
        rates[pair] = (
            frozen_array(np.array(days, dtype="datetime64[D]"), "datetime64[D]"),
            frozen_array([by_day[day] for day in days], np.float64),
        )
    return FxTable(rates=MappingProxyType(rates), rows_read=rows_read, bad_rows=bad.finish(), files=files)
