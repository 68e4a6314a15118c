"""What each client library's own code makes of the made-up answers, called as its users call it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

__all__ = ["LIBRARIES", "frames_of"]

Frames = Iterator[tuple[str, pd.DataFrame]]
FIRST, LAST = "2025-01-01", "2025-06-30"


def frames_of(library: str) -> dict[str, pd.DataFrame]:
    """Name to frame; ImportError where the library is not installed. To be called within `made_up_network`."""
    return dict(LIBRARIES[library]())


def _yfinance() -> Frames:
    import yfinance

    yfinance.set_tz_cache_location(tempfile.mkdtemp(prefix="made-up-"))
    when = {"start": FIRST, "end": LAST}
    yield "yfinance_history", yfinance.Ticker("AAPL").history(**when)
    yield "yfinance_history_hong_kong", yfinance.Ticker("0700.HK").history(**when)
    yield "yfinance_history_unadjusted", yfinance.Ticker("PAYS").history(auto_adjust=False, **when)
    yield "yfinance_history_paid", yfinance.Ticker("PAYS").history(**when)
    yield "yfinance_history_5m", yfinance.Ticker("AAPL").history(period="1d", interval="5m")
    quiet = {"progress": False, "threads": False}
    one = yfinance.download("AAPL", **when, **quiet)
    two = yfinance.download(["AAPL", "MSFT"], **when, **quiet)[["Close", "High", "Low", "Open", "Volume"]]
    order = [(field, ticker) for field in ("Close", "High", "Low", "Open", "Volume") for ticker in ("AAPL", "MSFT")]
    yield "yfinance_download_one", one
    yield "yfinance_download_one_level", yfinance.download("AAPL", multi_level_index=False, **when, **quiet)
    yield "yfinance_download_unadjusted", yfinance.download("PAYS", auto_adjust=False, **when, **quiet)
    yield "yfinance_download_two", two[order]  # which of the two stands first is left to chance by the library
    by_ticker = yfinance.download(["AAPL", "MSFT"], group_by="ticker", **when, **quiet)
    yield "yfinance_download_by_ticker", by_ticker[["AAPL", "MSFT"]]
    yield "yfinance_download_stacked", two[order].stack(level="Ticker", future_stack=True)
    markets = yfinance.download(["AAPL", "0700.HK"], **when, **quiet)
    yield "yfinance_download_two_markets", markets.sort_index(axis="columns")
    yield "yfinance_download_5m", yfinance.download("AAPL", period="1d", interval="5m", **quiet)


def _akshare() -> Frames:
    import akshare

    yield "akshare_zh_a_hist", akshare.stock_zh_a_hist("002230", adjust="")
    yield "akshare_hk_hist", akshare.stock_hk_hist("00700")
    yield "akshare_us_hist", akshare.stock_us_hist("105.AAPL")
    yield "akshare_zh_a_hist_min_em", akshare.stock_zh_a_hist_min_em("002230", period="5")
    yield "akshare_zh_a_hist_min_em_1", akshare.stock_zh_a_hist_min_em("002230", period="1")
    yield "akshare_hk_hist_min_em", akshare.stock_hk_hist_min_em("00700", period="5")
    yield "akshare_zh_a_daily", akshare.stock_zh_a_daily("sz002230")
    yield "akshare_zh_a_minute", akshare.stock_zh_a_minute("sz002230", period="5")
    yield "akshare_hk_daily", akshare.stock_hk_daily("00700")
    yield "akshare_us_daily", akshare.stock_us_daily("AAPL")
    yield "akshare_zh_a_hist_tx", akshare.stock_zh_a_hist_tx("sz002230", FIRST, LAST)
    yield "akshare_fund_etf_hist_em", akshare.fund_etf_hist_em("159915")
    yield "akshare_zh_index_daily", akshare.stock_zh_index_daily("sh000300")
    yield "akshare_zh_index_daily_em", akshare.stock_zh_index_daily_em("sh000300")
    yield "akshare_index_zh_a_hist", akshare.index_zh_a_hist("000300")
    yield "akshare_index_zh_a_hist_min_em", akshare.index_zh_a_hist_min_em("000300", period="5")
    yield "akshare_hk_index_daily_sina", akshare.stock_hk_index_daily_sina("HSI")


def _baostock() -> Frames:
    import baostock

    baostock.login()
    fields = "date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,isST"
    yield "baostock_daily", baostock.query_history_k_data_plus("sz.002230", fields, FIRST, LAST).get_data()
    fields = "date,time,code,open,high,low,close,volume,amount,adjustflag"
    minutes = baostock.query_history_k_data_plus("sz.002230", fields, FIRST, LAST, frequency="5")
    yield "baostock_5", minutes.get_data()


def _tushare() -> Frames:
    import tushare

    api = tushare.pro_api("made-up")
    yield "tushare_daily", api.daily(ts_code="002230.SZ")
    yield "tushare_hk_daily", api.hk_daily(ts_code="00700.HK")
    yield "tushare_us_daily", api.us_daily(ts_code="AAPL")
    yield "tushare_index_daily", api.index_daily(ts_code="000300.SH")
    yield "tushare_pro_bar", tushare.pro_bar("002230.SZ", api=api)
    yield "tushare_pro_bar_qfq", tushare.pro_bar("002230.SZ", api=api, adj="qfq", adjfactor=True)
    yield "tushare_pro_bar_5min", tushare.pro_bar("002230.SZ", api=api, freq="5min")
    yield "tushare_stk_mins", api.stk_mins(ts_code="002230.SZ", freq="5min")


def _tiingo() -> Frames:
    import tiingo

    client = tiingo.TiingoClient({"api_key": "made-up"})
    yield "tiingo_dataframe", client.get_dataframe("AAPL", startDate=FIRST, endDate=LAST)
    yield "tiingo_ticker_price", pd.DataFrame(client.get_ticker_price("AAPL", startDate=FIRST, endDate=LAST))


def _eodhd() -> Frames:
    import eodhd

    client = eodhd.APIClient("demo")
    when = {"iso8601_start": FIRST, "iso8601_end": LAST}
    yield "eodhd_historical_data", client.get_historical_data("AAPL.US", "d", **when)
    yield "eodhd_historical_data_5m", client.get_historical_data("AAPL.US", "5m", **when)
    rows = client.get_eod_historical_stock_market_data("AAPL.US", from_date=FIRST, to_date=LAST)
    yield "eodhd_eod_rows", pd.DataFrame(rows)


def _alpaca() -> Frames:
    from datetime import datetime

    from alpaca.data.historical import StockHistoricalDataClient
    from alpaca.data.requests import StockBarsRequest
    from alpaca.data.timeframe import TimeFrame, TimeFrameUnit

    wrapped = StockHistoricalDataClient("made", "up")
    start = datetime.fromisoformat("2025-01-01T00:00+00:00")

    def asked(symbols: list[str], step: TimeFrame) -> StockBarsRequest:
        return StockBarsRequest(symbol_or_symbols=symbols, timeframe=step, start=start)

    yield "alpaca_bars", wrapped.get_stock_bars(asked(["AAPL", "MSFT"], TimeFrame.Day)).df
    yield "alpaca_bars_5m", wrapped.get_stock_bars(asked(["AAPL"], TimeFrame(5, TimeFrameUnit.Minute))).df
    raw = StockHistoricalDataClient("made", "up", raw_data=True).get_stock_bars(asked(["AAPL"], TimeFrame.Day))
    yield "alpaca_raw", pd.DataFrame(raw["AAPL"])


LIBRARIES: Mapping[str, Callable[[], Frames]] = {
    "yfinance": _yfinance, "akshare": _akshare, "baostock": _baostock, "tushare": _tushare, "tiingo": _tiingo,
    "eodhd": _eodhd, "alpaca": _alpaca,
}  # fmt: skip
