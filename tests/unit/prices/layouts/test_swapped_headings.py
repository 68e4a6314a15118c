"""Headings above the cells of other columns."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import vendor_tables as vendors
from newsbt.prices.layouts.swapped_headings import OHLC, swapped_headings

BARS = vendors.bars()
VALUES = {name: BARS[name.title()].to_numpy(dtype=float) for name in (*OHLC, "volume")}
WRITTEN = {name: name.title() for name in VALUES}
ONE_TICKER = np.zeros(len(BARS), dtype=np.int64)
PAIRS = [pair for pair in combinations(VALUES, 2) if pair != ("open", "close")]


def found(values: dict[str, np.ndarray]) -> tuple[str, int] | None:
    return swapped_headings(values, ONE_TICKER, np.arange(len(BARS)), WRITTEN)


def swap(one: str, other: str) -> dict[str, np.ndarray]:
    return {**VALUES, one: VALUES[other], other: VALUES[one]}


def test_headings_that_are_right() -> None:
    assert found(VALUES) is None


@pytest.mark.parametrize("pair", PAIRS)
def test_two_that_changed_places_are_named(pair: tuple[str, str]) -> None:
    what = found(swap(*pair))
    assert what is not None
    assert "100% of the rows cannot be open, high, low and close" in what[0]
    assert f"{pair[0].title()} and {pair[1].title()} look swapped" in what[0]
    assert what[1] == 0


def test_open_and_close_are_told_by_what_follows_what() -> None:
    what = found(swap("open", "close"))
    assert what is not None
    assert "Open and Close change places" in what[0]


def test_a_few_strange_rows_are_no_swap() -> None:
    high = VALUES["high"].copy()
    high[:12] = VALUES["low"][:12] * 0.9
    assert found({**VALUES, "high": high}) is None


def test_what_no_pair_explains_is_asked_for() -> None:
    what = found({**VALUES, "high": VALUES["low"] * 0.5})
    assert what is not None
    assert "are headings swapped?" in what[0]


def test_nine_rows_say_nothing() -> None:
    few = {name: column[:9] for name, column in swap("high", "low").items()}
    assert swapped_headings(few, ONE_TICKER[:9], np.arange(9), WRITTEN) is None
