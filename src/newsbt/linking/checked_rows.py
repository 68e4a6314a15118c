"""Rows of a universe's tables, read cell by cell: what cannot be read becomes a problem, and the reading goes on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

import pandas as pd

from newsbt._plain import PlainValue
from newsbt.domain import cells
from newsbt.domain.bad_rows import check_policy
from newsbt.domain.frames import plain_frame
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import choose_columns, read_table
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError, Problem, nearest

__all__ = ["CheckedRow", "CheckedTable", "CheckedTables", "TableSource", "kept"]

T = TypeVar("T")
TableSource: TypeAlias = str | Path | pd.DataFrame
LEVELS = ("ticker", "theme", "status", "subject", "relation", "object")  # of an index, which may be columns


class CheckedTables:
    """Reads one table after another; collects what stops the reading, and counts what is skipped by table."""

    def __init__(self, on_bad_row: str) -> None:
        check_policy(on_bad_row)
        self.problems: list[Problem] = []
        self.bad_rows: dict[str, dict[str, int]] = {}
        self._skips = on_bad_row == "skip"

    def read(
        self, source: TableSource | None, kind: str, parse: Callable[[CheckedTable], tuple[T, ...]]
    ) -> tuple[T, ...]:
        if source is None:
            return ()
        try:
            table = CheckedTable(source, kind, skips=self._skips)
            found = parse(table)
        except DataError as error:
            self.problems.extend(error.problems)
            return ()
        problems = sorted(table.problems, key=lambda problem: problem.line or 0)
        if not self._skips or (problems and not found):  # of a table without a single good row, nothing is right
            self.problems.extend(problems)
        elif problems:
            self.bad_rows[kind] = dict(sorted(Counter(table.bad.values()).items()))
        return found

    def finish(self) -> None:
        """Raise a DataError where something stops the reading."""
        if not self.problems:
            return
        lines = [str(problem) for problem in self.problems]
        if not self._skips and any(problem.line is not None for problem in self.problems):
            lines.append("correct the rows, or set `on_bad_row: skip` in the universe to go on without them")
        raise DataError("\n".join(lines), self.problems)


class CheckedTable:
    """Rows of one table, and the problems found in them; `bad` has the first reason of each bad row by its line."""

    def __init__(self, source: TableSource, kind: str, *, skips: bool) -> None:
        self.skips = skips
        self.problems: list[Problem] = []
        self.bad: dict[int, str] = {}
        if not isinstance(source, str | Path):
            self.file = f"{kind} (DataFrame)"
            plain = plain_frame(source, self.file, LEVELS)
            self.columns = tuple(plain.columns)
            self._rows: list[tuple[int, list[PlainValue]]] = [
                (line, list(row)) for line, row in enumerate(plain.itertuples(index=False, name=None), 1)
            ]
        else:
            path = Path(source)
            self.file = str(path)
            table = read_table(path, limit=limit_of("universe"))
            self.columns = table.columns
            self._rows = []
            for line, row in zip(table.lines, table.rows, strict=True):
                fault = table.ragged(row)
                if fault is None:
                    self._rows.append((line, list(row)))
                else:
                    self.problem("bad_value", line, None, fault)

    def rows(self, required: Iterable[str], optional: Iterable[str]) -> list[CheckedRow]:
        chosen = choose_columns(self.file, self.columns, {}, required, optional, renamable=False)
        indices = {name: self.columns.index(column) for name, column in chosen.items()}
        return [
            CheckedRow(self, line, {name: row[index] for name, index in indices.items()}) for line, row in self._rows
        ]

    def problem(self, code: ErrorCode, line: int, key: str | None, message: str) -> None:
        self.problems.append(Problem(code=code, message=message, file=self.file, line=line, key=key))
        self.bad.setdefault(line, code)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row; what it cannot read becomes a problem of its table and a harmless value."""

    table: CheckedTable
    line: int
    values: Mapping[str, PlainValue]

    @property
    def is_skipped(self) -> bool:
        """Whether something is wrong with it, and bad rows are left out."""
        return self.table.skips and self.line in self.table.bad

    def wrong(self, key: str, message: str, code: ErrorCode = "bad_value") -> None:
        self.table.problem(code, self.line, key, message)

    def read(self, key: str, parse: Callable[[PlainValue], T], otherwise: T) -> T:
        try:
            return parse(self.values.get(key))
        except ValueError as error:
            self.wrong(key, str(error))
            return otherwise

    def text(self, key: str) -> str:
        return self.read(key, cells.text, "")

    def needed(self, key: str) -> str:
        found = self.text(key)
        if not found and self.values.get(key) in ("", None):
            self.wrong(key, f"the row has no {key}", "missing_value")
        return found

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        found = self.needed(key)
        if found and found not in allowed:
            self.wrong(key, f"expected one of {', '.join(allowed)}, got {found!r}{nearest(found, allowed)}")
        return found

    def matching(self, key: str, pattern: re.Pattern[str], expected: str) -> str:
        found = self.needed(key)
        if found and not pattern.fullmatch(found):
            self.wrong(key, f"expected {expected}, got {found!r}")
        return found

    def span(self, first: str = "from", last: str = "to") -> tuple[date | None, date | None]:
        begins, ends = self.read(first, cells.session_day, None), self.read(last, cells.session_day, None)
        if begins is not None and ends is not None and begins > ends:
            self.wrong(last, f"{last} {ends} is before {first} {begins}")
        return begins, ends


def kept(found: Iterable[tuple[CheckedRow, T]]) -> list[tuple[CheckedRow, T]]:
    return [(row, item) for row, item in found if not row.is_skipped]
