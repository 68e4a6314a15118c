"""Where heads are."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.table_heads import UnclearHeadError, find_head

HEAD = ["Date", "Open", "High", "Low", "Close", "Volume"]
ROW = ["2025-03-06", "1", "2", "1", "2", "100"]


def test_lines_above_the_head_are_passed_over() -> None:
    head = find_head([["Prices of Tencent"], ["unit: HKD", ""], HEAD, ROW, ROW], {})
    assert head is not None
    assert head.first == 3
    assert head.kinds == {"when", "open", "high", "low", "close", "volume"}


@pytest.mark.parametrize("lacking", HEAD[1:])
def test_a_head_without_one_of_the_values_is_none(lacking: str) -> None:
    assert find_head([[one for one in HEAD if one != lacking], ROW[:-1], ROW[:-1]], {}) is None


def test_an_index_without_a_name_holds_the_times() -> None:
    head = find_head([["", *HEAD[1:]], ROW, ROW], {})
    assert head is not None
    assert head.shared == {"when": 0}


def test_a_table_of_closes_only_is_no_table_of_prices() -> None:
    assert find_head([["Date", "AAPL", "MSFT"], ["2025-03-06", "1", "2"], ["2025-03-07", "1", "2"]], {}) is None


def test_the_first_word_of_the_list_wins_and_the_same_word_twice_is_refused() -> None:
    head = find_head([["Price", *HEAD], ["9", *ROW], ["9", *ROW]], {})
    assert head is not None
    assert head.blocks[0].indices["close"] == 5
    with pytest.raises(UnclearHeadError):
        find_head([["close", *HEAD], ["9", *ROW], ["9", *ROW]], {})
