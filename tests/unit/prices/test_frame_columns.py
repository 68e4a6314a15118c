"""DataFrames with the heads of vendors and libraries, yfinance's two levels among them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import vendor_tables as vendors
from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.prices.price_readers import FramePrices

KNOWN = KnownTickers({"0700.HK": "XHKG", "002230.SZ": "XSHE", "AAPL": "XNAS", "MSFT": "XNAS"})
BARS = vendors.bars()
OTHER = vendors.bars(300.0, seed=2)


def download(frames: dict[str, pd.DataFrame], *, by_ticker: bool = False) -> pd.DataFrame:
    wide = pd.concat(frames, axis=1, names=["Ticker", "Price"])
    return wide if by_ticker else wide.swaplevel(axis=1).sort_index(axis=1)


def agrees(table: PriceTable, frame: pd.DataFrame, ticker: str) -> None:
    rows = np.flatnonzero(table.ticker_code == table.tickers.index(ticker))
    assert table.day is not None
    assert table.day[rows].astype(str).tolist() == [f"{day:%Y-%m-%d}" for day in frame.index]
    for name in ("open", "high", "low", "close", "volume"):
        np.testing.assert_allclose(table.values[name][rows], frame[name.title()], rtol=1e-9)


@pytest.mark.parametrize("by_ticker", [False, True])
@pytest.mark.parametrize("frames", [{"AAPL": BARS}, {"AAPL": BARS, "MSFT": OTHER.iloc[20:]}])
def test_two_levels(frames: dict[str, pd.DataFrame], by_ticker: bool) -> None:
    table = FramePrices(frame=download(frames, by_ticker=by_ticker)).read(KNOWN)
    for ticker, frame in frames.items():
        agrees(table, frame, ticker)


HEADS: dict[str, tuple[Any, str]] = {
    "yfinance history by ticker": (
        {"0700.HK": BARS.set_axis(BARS.index.tz_localize("Asia/Hong_Kong")).assign(Dividends=0.0)}, "0700.HK",
    ),
    "two levels by ticker": ({"AAPL": download({"AAPL": BARS})}, "AAPL"),
    "akshare": (vendors.akshare(BARS, code="002230"), "002230.SZ"),
    "stacked": (pd.concat({"AAPL": BARS}, names=["Ticker", "Date"]), "AAPL"),
    "an index without a name": ({"AAPL": BARS.rename_axis(index=None)}, "AAPL"),
    "numbers as tickers": (BARS.assign(Symbol=700), "0700.HK"),
    "missing values of pandas": (BARS.assign(Symbol="AAPL").convert_dtypes(), "AAPL"),
}  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_heads_of_one_line(head: str) -> None:
    frame, ticker = HEADS[head]
    agrees(FramePrices(frame=frame).read(KNOWN), BARS, ticker)


def test_what_was_recognised_is_said() -> None:
    table = FramePrices(frame=vendors.akshare(BARS, code="002230")).read(KNOWN)
    ((file, notes),) = table.readings
    assert file == "prices (DataFrame)"
    assert any("lots of 100" in one for one in notes)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (BARS, "expected a column of tickers; add one, or give a frame for each ticker"),
        (BARS.set_axis(pd.MultiIndex.from_product([["x"], BARS.columns]), axis=1).rename(columns={"Close": "Q"}),
         "expected columns of words such as Close and of tickers above each other"),
        ({"AAPL": BARS.assign(**{"Adj Close": BARS["Close"] * 0.9})}, "say `adjusted: true`"),
        (download({"AAPL": BARS.rename(columns={"Open": "Close", "Close": "Open"})}), "swapped"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_refused(frame: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        FramePrices(frame=frame).read(KNOWN)


def test_what_is_asked_for_can_be_told() -> None:
    frame = download({"AAPL": BARS.assign(**{"Adj Close": BARS["Close"] * 0.5})})
    table = FramePrices(frame=frame, adjusted=True).read(KNOWN)
    np.testing.assert_allclose(table.values["close"], BARS["Close"] * 0.5)
