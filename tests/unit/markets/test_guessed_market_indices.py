"""Which codes of mainland exchanges are indices."""

from __future__ import annotations

import pytest

from newsbt.markets.guessed_market import guessed_instrument


@pytest.mark.parametrize(
    ("ticker", "is_index"),
    [("000300.SH", True), ("399006.SZ", True), ("899050.BJ", True), ("^HSI", True), ("000001.SZ", False),
     ("600519.SH", False), ("0003.HK", False), ("688981.SH", False)],
)  # fmt: skip
def test_an_index_by_its_code(ticker: str, is_index: bool) -> None:
    found = guessed_instrument(ticker, "XHKG" if ticker.startswith("^") else None)
    assert found is not None
    assert found.is_index == is_index
