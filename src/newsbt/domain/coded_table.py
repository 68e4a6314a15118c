"""A CSV file as columns, each distinct cell of a column kept once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from newsbt._typing import Ints
from newsbt.domain.coded import Coded
from newsbt.domain.memory import MemoryGuard
from newsbt.domain.plain_columns import plain_columns
from newsbt.domain.table_files import TextTable, file_error, no_rows, open_table

__all__ = ["ColumnTable", "read_columns"]

CHUNK = 10_000  # records that are taken apart at a time
ROW_BYTES = 100  # what a record takes as a list, about, and its cells as codes


@dataclass(frozen=True, kw_only=True)
class ColumnTable:
    """N records as columns: `cells` (of as many rows) in the order of the head's columns, `lines` (N,) where each
    begins. Records with more or fewer fields than there are columns stand in `ragged`, with their lines."""

    head: TextTable
    cells: tuple[Coded[str], ...]
    lines: Ints
    ragged: Sequence[tuple[int, list[str]]]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.head.columns

    def __len__(self) -> int:
        """How many records there are in all."""
        return len(self.lines) + len(self.ragged)

    @property
    def named(self) -> Mapping[str, Coded[str]]:
        """The columns by their names; of two with one name the last."""
        return dict(zip(self.columns, self.cells, strict=True))

    def row(self, index: int) -> Mapping[str, str]:
        """A record by its columns' names."""
        return {name: column[index] for name, column in self.named.items()}

    def records(self) -> Iterator[tuple[int, Mapping[str, str] | str]]:
        """Every record in the order of the file: its line, and its cells by name or what is wrong with it."""
        broken = deque((line, self.head.ragged(record) or "") for line, record in self.ragged)
        columns, names = [iter(one) for one in self.cells], self.columns
        for line in self.lines.tolist():
            while broken and broken[0][0] < line:
                yield broken.popleft()
            yield line, dict(zip(names, map(next, columns), strict=True))
        yield from broken


def read_columns(
    path: Path, data: bytes | None = None, is_head: Callable[[Sequence[str]], bool] | None = None
) -> ColumnTable:
    """Read a CSV file whole, as `table_files.read_table` does."""
    head, records = open_table(path, data, is_head=is_head)
    plain = None if data is None else plain_columns(data, head)
    if plain is not None:
        return ColumnTable(head=head, cells=plain.cells, lines=plain.lines, ragged=())
    width, guard = len(head.columns), MemoryGuard()
    index: list[dict[str, int]] = [{} for _ in range(width)]
    parts: list[list[Ints]] = [[] for _ in range(width)]
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, list[str]]] = []

    def take_apart() -> None:
        for known, codes, cells in zip(index, parts, zip(*rows, strict=True), strict=False):
            new = [cell for cell in dict.fromkeys(cells) if cell not in known]
            known.update(zip(new, range(len(known), len(known) + len(new)), strict=True))
            codes.append(np.fromiter(map(known.__getitem__, cells), np.int64, len(cells)))
        rows.clear()

    for line, record in records:
        if not guard.has_memory(ROW_BYTES + sum(map(len, record))):
            raise file_error(path, guard.complaint, code="too_large")
        if len(record) != width:
            ragged.append((line, record))
            continue
        rows.append(record)
        lines.append(line)
        if len(rows) == CHUNK:
            take_apart()
    take_apart()
    if not lines and not ragged:
        raise no_rows(path)
    cells = tuple(
        Coded(tuple(known), np.concatenate(codes) if codes else np.empty(0, dtype=np.int64))
        for known, codes in zip(index, parts, strict=True)
    )
    return ColumnTable(head=head, cells=cells, lines=np.array(lines, dtype=np.int64), ragged=ragged)
