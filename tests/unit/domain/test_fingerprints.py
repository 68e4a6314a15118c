"""What identifies frames and objects: their content, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.fingerprints import described, frame_hash

FRAME = pd.DataFrame(
    {
        "number": [1.0, np.nan],
        "text": ["x", None],
        "list": [["a"], ["b", "c"]],
        "at": pd.to_datetime(["2025-03-05T19:00Z", "2025-03-06T01:00Z"]),
    }
)


@pytest.mark.parametrize(("column", "value"), [("number", 2.0), ("text", "y"), ("list", ["d"]), ("text", None)])
def test_every_cell_counts(column: str, value: Any) -> None:
    other = FRAME.copy()
    other.at[0, column] = value
    assert frame_hash(other) != frame_hash(FRAME)


def test_rows_a_copy_and_another_order_of_columns() -> None:
    assert frame_hash(FRAME.copy()) == frame_hash(FRAME) == frame_hash(FRAME[FRAME.columns[::-1]].set_axis([5, 9]))
    assert frame_hash(FRAME[::-1]) != frame_hash(FRAME)
    assert frame_hash(FRAME.rename(columns={"number": "count"})) != frame_hash(FRAME)


def test_an_index_counts_where_it_has_a_name() -> None:
    assert frame_hash(FRAME[["number", "text"]].set_index("text")) == frame_hash(FRAME[["number", "text"]])


@dataclass(frozen=True)
class Inner:
    words: frozenset[str]


class Plain:
    def __init__(self, value: int) -> None:
        self.value = value


def test_objects_are_told_by_what_they_hold() -> None:
    assert described((1, "a", None)) == [1, "a", None]
    assert described({"k": Inner(frozenset("ba"))}) == {"k": {"<Inner>": {"words": ["a", "b"]}}}
    assert described(Plain(1)) == described(Plain(1)) != described(Plain(2))
    assert described(np.mean) == "<mean>"
    assert described(Plain) == "<Plain>"
    long = np.arange(5000)
    assert described(long) == described(long.copy()) != described(long[::-1])
    assert described(long.reshape(2, -1)) != described(long)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value


class Weighs:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, value: float) -> float:
        return value * self.factor


def scaled(factor: float) -> Any:
    return lambda value: value * factor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.bool_(True), np.bool_(False)), (np.float32(1.5), np.float32(2.5)), (Decimal("1.0"), Decimal("1.1")),
        (b"a", b"b"), (time(9, 30), time(9, 31)), (1 + 2j, 1 + 3j), (Slotted(1), Slotted(2)),
        (Weighs(1.0), Weighs(-1.0)),
        (np.datetime64("2025-03-06"), np.datetime64("2025-03-07")), (partial(max, 1), partial(max, 2)),
        (lambda x: x + 1, lambda x: x - 1), (scaled(1.0), scaled(2.0)), (lambda x, k=1: k, lambda x, k=2: k),
        (lambda x: [y + 1 for y in x], lambda x: [y + 2 for y in x]),
    ],
)  # fmt: skip
def test_other_parameters_are_told_otherwise(one: Any, other: Any) -> None:
    assert described(one) != described(other)
    assert described(one) == described(one) and "0x" not in repr(described(one))
    assert described(Plain(one)) != described(Plain(other))


def test_many_that_know_each_other_are_told_at_once() -> None:
    peers = [Plain(k) for k in range(300)]
    for one in peers:
        one.peers = peers  # type: ignore[attr-defined]
    assert len(str(described(peers))) < 100_000


def test_what_holds_itself_ends() -> None:
    held = Plain(1)
    held.value = held  # type: ignore[assignment]
    assert "Plain" in str(described(held))


def test_another_process_gives_the_same(tmp_path: Any) -> None:
    code = (
        "import pandas as pd; from newsbt.domain.fingerprints import *; "
        "print(frame_hash(pd.DataFrame({'a': ['x', None], 'b': [['c'], 1]})), described(frozenset('abc')))"
    )
    words = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            text=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(words) == 1
