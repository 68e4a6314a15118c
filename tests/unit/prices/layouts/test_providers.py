"""Whose table it is."""

from __future__ import annotations

import pytest

from newsbt.prices.layouts.headings import plain_heading
from newsbt.prices.layouts.providers import A_SHARES, NOBODY, PROVIDERS, provider_of


def test_headings_are_written_as_they_are_compared() -> None:
    assert all(plain_heading(word) == word for one in PROVIDERS for word in one.headings)


def test_each_provider_can_be_told() -> None:
    """None has all the headings of one before it, which would be told in its place."""
    assert [provider_of(one.headings) for one in PROVIDERS] == list(PROVIDERS)


def test_a_table_of_nobody() -> None:
    assert provider_of(["Date", "Open", "High", "Low", "Close", "Volume"]) == NOBODY


@pytest.mark.parametrize(("clock", "lots"), [("trade_date", A_SHARES), ("trade_time", frozenset())])
def test_tushare_counts_days_in_lots_and_minutes_in_shares(clock: str, lots: frozenset[str]) -> None:
    assert provider_of(["ts_code", clock, "vol"]).lots == lots


def test_a_table_in_chinese_counts_in_lots() -> None:
    found = provider_of(["日期", "开盘价", "最高价", "最低价", "收盘价", "成交量"])
    assert found.lots == A_SHARES
    assert not found.name


def test_whose_bars_are_stamped_by_their_end() -> None:
    found = {one.name for one in PROVIDERS if one.stamps_ends}
    assert found == {"akshare or East Money", "an East Money client", "akshare (Sina)", "baostock", "tushare"}
