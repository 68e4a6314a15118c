"""Where heads are."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.table_heads import NoDaysError, UnclearHeadError, find_head

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


@pytest.mark.parametrize("order", [["time", "date"], ["date", "time"], ["trade_time", "trade_date"]])
def test_a_clock_beside_days_is_the_time_of_day_in_either_order(order: list[str]) -> None:
    head = find_head([[*order, *HEAD[1:]], ["x"] * 7], {})
    assert head is not None
    day = order.index(next(name for name in order if "date" in name))
    assert head.shared == {"when": day, "time_of_day": 1 - day}


def test_a_clock_alone_says_both() -> None:
    head = find_head([["trade_time", *HEAD[1:]], ROW], {})
    assert head is not None
    assert head.shared == {"when": 0}


def test_a_head_is_one_without_rows_too() -> None:
    head = find_head([HEAD], {})
    assert head is not None
    assert (head.at, head.first) == (0, 1)


@pytest.mark.parametrize(
    "records",
    [[HEAD[1:], ROW[1:]], [["", *HEAD[1:]], ["0", *ROW[1:]], ["1", *ROW[1:]]], [HEAD[1:3] * 2, ["A", "A", "B", "B"]]],
    ids=["no column", "numbers of rows", "two lines"],
)
def test_a_head_without_days_is_told_from_no_head(records: list[list[str]]) -> None:
    with pytest.raises(NoDaysError, match="saved without its index"):
        find_head(records, {})


WORDS = HEAD[1:]


@pytest.mark.parametrize("name", ["{0}_{1}", "{1}_{0}", "{0} {1}", "{1}.{0}", "{0}|{1}"])
@pytest.mark.parametrize("ticker", ["AAPL", "0700.HK", "BRK-B"])
def test_words_and_tickers_in_one_name(name: str, ticker: str) -> None:
    head = find_head([["Date", *(name.format(word, one) for word in WORDS for one in (ticker, "MSFT"))]], {})
    assert head is not None
    assert [block.ticker for block in head.blocks] == [ticker, "MSFT"]
    assert head.blocks[0].indices == {"open": 1, "high": 3, "low": 5, "close": 7, "volume": 9}


def test_an_index_that_was_made_a_column() -> None:
    head = find_head([["Date", *WORDS], ["", *["AAPL"] * 5], ROW, ROW], {})
    assert head is not None
    assert head.blocks[0].ticker == "AAPL"
    assert head.first == 2


def test_words_that_are_written_once_over_several_columns() -> None:
    """As Excel merges them."""
    head = find_head(
        [["Price", *(cell for word in WORDS for cell in (word, ""))], ["Ticker", *["A", "B"] * 5], ROW], {}
    )
    assert head is not None
    assert head.blocks[1].indices == {"open": 2, "high": 4, "low": 6, "close": 8, "volume": 10}


def test_a_ticker_without_all_columns_is_named() -> None:
    with pytest.raises(UnclearHeadError, match=r"expected open, high, low of A too, got Close, Volume"):
        find_head([["Price", "Close", "Volume"], ["Ticker", "A", "A"], ROW], {})
