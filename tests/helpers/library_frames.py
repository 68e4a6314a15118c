"""Frames that price libraries made of made-up answers (see tests/vendors), and what newsbt must read in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.prices.price_readers import CsvPrices, ExcelPrices, FramePrices, ParquetPrices
from vendors.answers import DIVIDEND, HOLIDAY
from vendors.made_up import daily, five_minutes, hong_kong_ends

KEPT = Path(__file__).parents[1] / "data" / "vendors"
EXCHANGES = {
    "0700.HK": "XHKG", "002230.SZ": "XSHE", "159915.SZ": "XSHE", "AAPL": "XNAS", "MSFT": "XNAS", "PAYS": "XNYS",
    "000300.SH": "XSHG", "^HSI": "XHKG",
}  # fmt: skip
KNOWN = KnownTickers(EXCHANGES, ["000300.SH", "^HSI"])


@dataclass(frozen=True, kw_only=True)
class Form:
    """A library's frame: which walk each ticker's rows are (a name of `made_up`), what a file of it is called, words of
    the line that is said, what must be said of it in the config, and its bars.

    `has_index` is whether its days are its index; `days_off` have no rows; `volume` is what a volume stands for.
    """

    tickers: Mapping[str, str]
    words: tuple[str, ...]
    stem: str = "prices"
    options: Mapping[str, Any] = field(default_factory=dict)
    has_index: bool = False
    days_off: Mapping[str, str] = field(default_factory=dict)
    ends: tuple[str, ...] | None = None
    starts: tuple[str, ...] | None = None
    zone: str = "Asia/Shanghai"
    volume: float = 1.0
    scaled: bool = False
    suspended: int | None = None


@cache
def frame_of(name: str) -> pd.DataFrame:
    return pd.read_parquet(KEPT / f"{name}.parquet")


def saved(frame: pd.DataFrame, path: Path, *, index: bool = True) -> PriceTable | Path:
    """Save a frame as its user would; Excel knows no offsets, so that they are left out of it as people do."""
    if path.suffix == ".csv":
        frame.to_csv(path, index=index)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, index=index)
    else:
        _without_offsets(frame).to_excel(path, index=index)
    return path


def _without_offsets(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.index.nlevels > 1 and "timestamp" in frame.index.names:
        plain = frame.reset_index()
        return plain.assign(timestamp=plain["timestamp"].dt.tz_localize(None)).set_index(["symbol", "timestamp"])
    aware = isinstance(frame.index, pd.DatetimeIndex) and frame.index.tz is not None
    return frame.set_axis(frame.index.tz_localize(None)) if aware else frame


def read(path: Path, **options: Any) -> PriceTable:
    reader = {".csv": CsvPrices, ".parquet": ParquetPrices, ".xlsx": ExcelPrices}[path.suffix]
    return reader(path=path, **options).read(KNOWN)


def read_frame(frame: pd.DataFrame, form: Form, **options: Any) -> PriceTable:
    given = frame if form.stem == "prices" else {form.stem: frame}
    return FramePrices(frame=given, **{**form.options, **options}).read(KNOWN)


def said(table: PriceTable) -> str:
    return "; ".join(table.readings[0][1]) if table.readings else ""


def agrees(table: PriceTable, form: Form) -> None:
    """Every row of every ticker is the one that was made up, and there are no others."""
    assert sorted(table.tickers) == sorted(form.tickers)
    assert dict(table.bad_rows) == {}
    for ticker, walk in form.tickers.items():
        rows = np.flatnonzero(table.ticker_code == table.tickers.index(ticker))
        rows = rows[np.argsort(table.when[rows])]
        expected = _expected(form, walk, ticker)
        if form.starts is None:
            assert table.day is not None
            assert table.day[rows].astype(str).tolist() == [f"{day:%Y-%m-%d}" for day in expected.index]
        else:
            stamps = expected.index.tz_localize(form.zone).tz_convert("UTC").tz_localize(None)
            assert table.bar_start is not None
            assert table.bar_start[rows].astype("datetime64[ns]").tolist() == stamps.as_unit("ns").asi8.tolist()
        for name in ("open", "high", "low", "close"):
            np.testing.assert_allclose(table.values[name][rows], expected[name.title()], rtol=1e-9)
        np.testing.assert_allclose(table.values["volume"][rows], expected["Volume"] * form.volume, rtol=1e-9)


def _expected(form: Form, walk: str, ticker: str) -> pd.DataFrame:
    if form.starts is not None:
        return five_minutes(walk, list(form.starts))
    frame = daily(walk)
    if ticker in form.days_off:
        frame = frame.drop(pd.Timestamp(form.days_off[ticker]))
    if form.scaled:
        at = frame.index[:DIVIDEND]
        for name in ("Open", "High", "Low", "Close"):
            frame.loc[at, name] *= 0.98
    if form.suspended is not None:
        row = frame.index[form.suspended]
        before = frame["Close"].iloc[form.suspended - 1]
        frame.loc[row, ["Open", "High", "Low", "Close"]] = before
        frame["Volume"] = frame["Volume"].astype(float)
        frame.loc[row, "Volume"] = np.nan
    return frame


def _starts(ends: list[str], minutes: int = 5) -> tuple[str, ...]:
    return tuple(str(pd.Timestamp(end) - pd.Timedelta(minutes=minutes)) for end in ends)


SHANGHAI = _starts([f"{one}" for one in five_minutes().index])
HONG_KONG = _starts(hong_kong_ends())
NEW_YORK = tuple(map(str, pd.date_range("2025-03-06 09:30", "2025-03-06 13:25", freq="5min")))
MINUTES = tuple(map(str, pd.date_range("2025-03-06 09:30", "2025-03-06 10:17", freq="min")))
SHARE, ONE, TWO = {"002230.SZ": "first"}, {"AAPL": "first"}, {"AAPL": "first", "MSFT": "second"}
OFF = {"AAPL": HOLIDAY, "MSFT": HOLIDAY, "PAYS": HOLIDAY}
LOTS, ENDS = "lots of 100 (A-shares, confirmed by the amount)", "stamped by their end"
IN_NEW_YORK: dict[str, Any] = {"starts": NEW_YORK, "zone": "America/New_York"}

FORMS: Mapping[str, Form] = {
    "yfinance_history": Form(tickers=ONE, stem="AAPL", words=("yfinance",), has_index=True, days_off=OFF),
    "yfinance_history_hong_kong": Form(
        tickers={"0700.HK": "second"}, stem="0700.HK", words=("yfinance",), has_index=True
    ),
    "yfinance_history_unadjusted": Form(
        tickers={"PAYS": "first"}, stem="PAYS", words=("Close, not Adj Close",), options={"adjusted": False},
        has_index=True, days_off=OFF,
    ),
    "yfinance_history_paid": Form(
        tickers={"PAYS": "first"}, stem="PAYS", words=("yfinance",), options={"adjusted": True}, has_index=True,
        days_off=OFF, scaled=True,
    ),
    "yfinance_history_5m": Form(tickers=ONE, stem="AAPL", words=("yfinance",), has_index=True, **IN_NEW_YORK),
    "yfinance_download_one": Form(tickers=ONE, words=("columns by ticker",), has_index=True, days_off=OFF),
    "yfinance_download_one_level": Form(
        tickers=ONE, stem="AAPL", words=("known headings",), has_index=True, days_off=OFF
    ),
    "yfinance_download_unadjusted": Form(
        tickers={"PAYS": "first"}, words=("Close, not Adj Close",), options={"adjusted": False}, has_index=True,
        days_off=OFF,
    ),
    "yfinance_download_two": Form(tickers=TWO, words=("columns by ticker",), has_index=True, days_off=OFF),
    "yfinance_download_by_ticker": Form(tickers=TWO, words=("columns by ticker",), has_index=True, days_off=OFF),
    "yfinance_download_stacked": Form(tickers=TWO, words=("known headings",), has_index=True, days_off=OFF),
    "yfinance_download_two_markets": Form(
        tickers={"AAPL": "first", "0700.HK": "second"}, words=("columns by ticker",), has_index=True, days_off=OFF
    ),
    "yfinance_download_5m": Form(tickers=ONE, words=("columns by ticker",), has_index=True, **IN_NEW_YORK),
    "akshare_zh_a_hist": Form(tickers=SHARE, words=("akshare or East Money", LOTS)),
    "akshare_hk_hist": Form(tickers={"0700.HK": "first"}, stem="00700", words=("akshare or East Money", "in shares")),
    "akshare_us_hist": Form(tickers=ONE, stem="AAPL", words=("akshare or East Money", "in shares")),
    "akshare_zh_a_hist_min_em": Form(tickers=SHARE, stem="002230", words=(LOTS, ENDS), starts=SHANGHAI),
    "akshare_zh_a_hist_min_em_1": Form(tickers=SHARE, stem="002230", words=(LOTS, ENDS), starts=MINUTES),
    "akshare_hk_hist_min_em": Form(
        tickers={"0700.HK": "first"}, stem="00700", words=("in shares", ENDS), starts=HONG_KONG, zone="Asia/Hong_Kong"
    ),
    "akshare_zh_a_daily": Form(tickers=SHARE, stem="002230", words=("akshare (Sina)", "in shares (A-shares")),
    "akshare_zh_a_minute": Form(tickers=SHARE, stem="sz002230", words=("akshare (Sina)", ENDS), starts=SHANGHAI),
    "akshare_hk_daily": Form(tickers={"0700.HK": "first"}, stem="00700", words=("in shares",)),
    "akshare_us_daily": Form(tickers=ONE, stem="AAPL", words=()),
    "akshare_zh_a_hist_tx": Form(tickers=SHARE, stem="sz002230", words=("akshare (Tencent)", "in shares (A-shares")),
    "akshare_fund_etf_hist_em": Form(tickers={"159915.SZ": "first"}, stem="159915", words=(LOTS,)),
    "akshare_zh_index_daily": Form(tickers={"000300.SH": "index"}, stem="sh000300", words=()),
    "akshare_zh_index_daily_em": Form(
        tickers={"000300.SH": "index"}, stem="sh000300", words=("volume of an index as it is",), volume=0.01
    ),
    "akshare_index_zh_a_hist": Form(
        tickers={"000300.SH": "index"}, stem="sh000300", words=("volume of an index as it is",), volume=0.01
    ),
    "akshare_index_zh_a_hist_min_em": Form(
        tickers={"000300.SH": "index"}, stem="000300", words=("volume of an index as it is", ENDS), starts=SHANGHAI,
        volume=0.01,
    ),
    "akshare_hk_index_daily_sina": Form(tickers={"^HSI": "index"}, stem="HSI", words=()),
    "baostock_daily": Form(tickers=SHARE, words=("baostock", "in shares (A-shares, confirmed"), suspended=30),
    "baostock_5": Form(tickers=SHARE, words=("baostock", ENDS), starts=SHANGHAI),
    "tushare_daily": Form(tickers=SHARE, words=("tushare", "amount in thousands")),
    "tushare_hk_daily": Form(tickers={"0700.HK": "first"}, words=("tushare", "in shares")),
    "tushare_us_daily": Form(tickers=ONE, words=("tushare", "in shares")),
    "tushare_index_daily": Form(
        tickers={"000300.SH": "index"}, words=("tushare", "volume of an index as it is"), volume=0.01
    ),
    "tushare_pro_bar": Form(tickers=SHARE, words=("tushare", "amount in thousands")),
    "tushare_pro_bar_qfq": Form(tickers=SHARE, words=("tushare", "amount in thousands")),
    "tushare_pro_bar_5min": Form(tickers=SHARE, words=("tushare", "in shares (A-shares", ENDS), starts=SHANGHAI),
    "tushare_stk_mins": Form(tickers=SHARE, words=("tushare", "in shares (A-shares", ENDS), starts=SHANGHAI),
    "tiingo_dataframe": Form(tickers=ONE, stem="AAPL", words=("close, not adjClose",), has_index=True),
    "tiingo_ticker_price": Form(tickers=ONE, stem="AAPL", words=("Tiingo",)),
    "eodhd_historical_data": Form(tickers=ONE, words=("EODHD",), has_index=True),
    "eodhd_historical_data_5m": Form(tickers=ONE, words=("EODHD", "times of UTC"), has_index=True, **IN_NEW_YORK),
    "eodhd_eod_rows": Form(tickers=ONE, stem="AAPL.US", words=("EODHD",)),
    "alpaca_bars": Form(tickers=TWO, words=("Alpaca", "midnights of America/New_York"), has_index=True),
    "alpaca_bars_5m": Form(tickers=ONE, words=("Alpaca",), has_index=True, **IN_NEW_YORK),
    "alpaca_raw": Form(tickers=ONE, stem="AAPL", words=("Alpaca", "midnights of America/New_York")),
}  # fmt: skip
