"""Whose prices a file holds that has no column of tickers."""

from __future__ import annotations

from pathlib import Path

import pytest

import vendor_tables as vendors
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.prices.named_ticker import named_ticker
from newsbt.prices.price_readers import CsvPrices, ParquetPrices

KNOWN = KnownTickers({"AAPL": "XNAS", "MSFT": "XNAS", "0700.HK": "XHKG", "BRK.B": "XNYS"})
OWN = vendors.bars().rename(columns=str.lower).rename_axis("date")


@pytest.mark.parametrize(
    ("stem", "ticker"),
    [("AAPL", "AAPL"), ("AAPL_2024", "AAPL"), ("hk_700_daily", "0700.HK"), ("HKG:0700", "HKG:0700"),
     ("2.BRK-B", "BRK.B"), ("old prices", "old prices"), ("0700.HK.csv(1)", "0700.HK"), ("05_AAPL", "AAPL")],
)  # fmt: skip
def test_a_name(stem: str, ticker: str) -> None:
    found, notes = named_ticker("x.csv", stem, KNOWN)
    assert found == ticker
    assert bool(notes) == (found != stem)


@pytest.mark.parametrize("reader", [CsvPrices, ParquetPrices])
def test_newsbts_own_head_is_named_by_its_file_too(tmp_path: Path, reader: type[CsvPrices | ParquetPrices]) -> None:
    path = tmp_path / f"AAPL_2024{reader.suffixes[0]}"
    OWN.to_csv(path) if reader is CsvPrices else OWN.reset_index().to_parquet(path)
    table = reader(path=path).read(KNOWN)
    assert table.tickers == ("AAPL",)
    assert table.readings[0][1] == ("ticker AAPL by the file's name",)


def test_two_tickers_in_a_name_are_asked_for(tmp_path: Path) -> None:
    OWN.to_csv(tmp_path / "AAPL_MSFT.csv")
    with pytest.raises(DataError, match="may mean AAPL or MSFT"):
        CsvPrices(path=tmp_path / "AAPL_MSFT.csv").read(KNOWN)
    assert CsvPrices(path=tmp_path / "AAPL_MSFT.csv", ticker="MSFT").read(KNOWN).tickers == ("MSFT",)
