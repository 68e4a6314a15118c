"""A column as the distinct values it has and which of them each row has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from newsbt._typing import Floats, Ints, Objects
from newsbt.domain.showing import brief

__all__ = ["Coded", "alike", "below", "coded", "constant"]

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, eq=False)
class Coded(Generic[T]):
    """N values: row k has ``values[codes[k]]``.

    `values` are distinct where nothing else is said; some may be no row's. `codes` (N,) are indices into them.
    """

    values: tuple[T, ...]
    codes: Ints

    __repr__ = brief

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> T:
        value: T = self.values[int(self.codes[row])]
        return value

    def __iter__(self) -> Iterator[T]:
        return map(self.values.__getitem__, self.codes.tolist())

    def take(self, rows: Ints) -> Coded[T]:
        """Some of the rows, in their order."""
        return Coded(self.values, self.codes[rows])

    def map(self, function: Callable[[T], U]) -> Coded[U]:
        """The same rows with what a function makes of each value, asked once for each."""
        return Coded(tuple(map(function, self.values)), self.codes)

    @cached_property
    def array(self) -> Objects:
        """(N,): the values."""
        return self.made(lambda value: value)

    def made(self, function: Callable[[T], U]) -> Objects:
        """(N,): what a function makes of each value."""
        return np.fromiter(map(function, self.values), np.object_, len(self.values))[self.codes]

    def numbers(self, function: Callable[[T], float]) -> Floats:
        """(N,): a number made of each value."""
        return np.array([function(value) for value in self.values], dtype=np.float64)[self.codes]


def coded(values: Iterable[T]) -> Coded[T]:
    """A column of hashable values, coded in the order in which they first come.

    >>> coded(["b", "a", "b"]).values
    ('b', 'a')
    """
    index: dict[T, int] = {}
    codes = [index.setdefault(value, len(index)) for value in values]
    return Coded(tuple(index), np.array(codes, dtype=np.int64))


def constant(value: T, count: int) -> Coded[T]:
    """So many rows of one value."""
    return Coded((value,), np.broadcast_to(np.int64(0), count))


def alike(codes: Iterable[Ints], count: int) -> tuple[Ints, Ints]:
    """Rows that have the same codes in some columns (N,): of G groups of them the first row (G,), and the group of each
    row (N,). Codes are at least 0; groups come in the order of their codes.

    >>> alike([np.array([1, 0, 1]), np.array([5, 5, 5])], 3)
    (array([1, 0]), array([1, 0, 1]))
    """
    key, span = np.zeros(count, dtype=np.int64), 1  # keys are below the span
    for column in codes:
        width = int(column.max(initial=0)) + 1
        if span > 2**62 // width:
            seen, key = np.unique(key, return_inverse=True)
            span = len(seen)
        key, span = key * width + column, span * width
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return first, group


def below(columns: Sequence[Coded[T]]) -> Coded[T]:
    """Columns below each other; a value of two of them stands there twice."""
    starts = np.cumsum([0, *(len(one.values) for one in columns)])
    codes = [one.codes + start for one, start in zip(columns, starts.tolist(), strict=False)]
    return Coded(tuple(value for one in columns for value in one.values), np.concatenate(codes))
