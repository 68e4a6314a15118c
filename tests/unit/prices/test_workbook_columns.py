"""Prices and announcements from Excel: the same heads, cells with types of their own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlwt

import vendor_tables as vendors
from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.events.from_excel import ExcelAnnouncements
from newsbt.prices.price_readers import ExcelPrices

KNOWN = KnownTickers({"0700.HK": "XHKG", "002230.SZ": "XSHE", "AAPL": "XNAS"})
BARS = vendors.bars()


def agrees(table: PriceTable, ticker: str) -> None:
    assert [table.tickers[code] for code in sorted(set(table.ticker_code.tolist()))] == [ticker]
    assert table.day is not None
    assert table.day.astype(str).tolist() == [f"{day:%Y-%m-%d}" for day in BARS.index]
    for name in ("open", "high", "low", "close", "volume"):
        np.testing.assert_allclose(table.values[name], BARS[name.title()], rtol=1e-9)


def in_xls(frame: pd.DataFrame, path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for column, name in enumerate(frame):
        sheet.write(0, column, name)
        for row, cell in enumerate(frame[name], start=1):
            is_day = isinstance(cell, pd.Timestamp)
            plain = cell.to_pydatetime() if is_day else getattr(cell, "item", lambda cell=cell: cell)()
            sheet.write(row, column, plain, *([day] if is_day else []))
    book.save(path)


TICKED = BARS.reset_index().assign(Ticker=700)


def test_a_numeric_ticker_and_days_as_dates(tmp_path: Path) -> None:
    TICKED.to_excel(tmp_path / "a.xlsx", index=False)
    agrees(ExcelPrices(path=tmp_path / "a.xlsx").read(KNOWN), "0700.HK")


def test_zeros_that_a_spreadsheet_has_eaten(tmp_path: Path) -> None:
    vendors.akshare(BARS).assign(股票代码=2230).to_excel(tmp_path / "a.xlsx", index=False)
    table = ExcelPrices(path=tmp_path / "a.xlsx").read(KNOWN)
    agrees(table, "002230.SZ")
    assert "lots of 100" in ", ".join(table.readings[0][1])


def test_the_old_format(tmp_path: Path) -> None:
    in_xls(TICKED, tmp_path / "a.xls")
    agrees(ExcelPrices(path=tmp_path).read(KNOWN), "0700.HK")


def test_the_sheet_with_a_known_head_is_said(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "AAPL.xlsx") as writer:
        pd.DataFrame({"note": ["made by hand"]}).to_excel(writer, sheet_name="notes", index=False)
        BARS.to_excel(writer, sheet_name="daily")
        pd.DataFrame().to_excel(writer, sheet_name="empty")
    table = ExcelPrices(path=tmp_path / "AAPL.xlsx").read(KNOWN)
    agrees(table, "AAPL")
    assert "sheet 'daily' of 3" in table.readings[0][1]


def test_a_sheet_a_ticker_must_be_told(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        BARS.to_excel(writer, sheet_name="AAPL")
        BARS.to_excel(writer, sheet_name="0700")
    with pytest.raises(DataError, match=r"several \('AAPL', '0700'\).*`sheet:"):
        ExcelPrices(path=tmp_path / "book.xlsx").read(KNOWN)
    agrees(ExcelPrices(path=tmp_path / "book.xlsx", sheet="0700").read(KNOWN), "0700.HK")


def test_bars_of_five_minutes_are_not_off_by_the_rounding_of_a_day(tmp_path: Path) -> None:
    stamps = [datetime.fromisoformat(one) for one in vendors.five_minute_ends("2025-03-06")]
    BARS.iloc[: len(stamps)].assign(时间=stamps).to_excel(tmp_path / "002230.xlsx", index=False)
    table = ExcelPrices(path=tmp_path / "002230.xlsx", volume_unit=1).read(KNOWN)
    assert table.bar_start is not None
    assert table.bar_start.astype(str).tolist()[:2] == [
        "2025-03-06T01:30:00.000000000",
        "2025-03-06T01:35:00.000000000",
    ]


def test_a_sheet_without_a_head_says_what_arrived(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1], "b": [2]}).to_excel(tmp_path / "a.xlsx", index=False)
    with pytest.raises(DataError, match=r"expected a head with date, open, .* got 'a', 'b'"):
        ExcelPrices(path=tmp_path / "a.xlsx").read(KNOWN)


def test_announcements_of_a_sheet(tmp_path: Path) -> None:
    row = {"event_id": 7, "published_at": "2025-03-06T03:00:00+08:00", "event_type": "t", "issuer": "A",
           "headline": "h", "tickers": 700, "sentiment": 0.5, "note": "n"}  # fmt: skip
    with pd.ExcelWriter(tmp_path / "a.xlsx") as writer:
        pd.DataFrame({"x": [1]}).to_excel(writer, sheet_name="other", index=False)
        pd.DataFrame([row]).to_excel(writer, sheet_name="news", index=False)
    batch = ExcelAnnouncements(path=tmp_path / "a.xlsx").read(KNOWN)
    (item,) = batch.announcements
    assert (item.event_id, item.tickers, item.sentiment) == ("7", ("0700.HK",), 0.5)
    assert dict(item.attributes) == {"note": "n"}
    assert item.origin.endswith("a.xlsx:2")
