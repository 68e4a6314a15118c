"""One made-up company's prices as vendors and libraries would export them, headings, units and order as theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAYS = 60


def bars(first_price: float = 100.0, *, seed: int = 1) -> pd.DataFrame:
    """(60,) days of a walk whose moves within a day are larger than those overnight."""
    rng = np.random.default_rng(seed)
    moves, gaps = rng.normal(0, 0.02, DAYS), rng.normal(0, 0.005, DAYS)
    close = first_price * np.exp(np.cumsum(moves + gaps))
    opened = np.concatenate([[first_price], close[:-1]]) * np.exp(gaps)
    frame = pd.DataFrame(
        {
            "Open": opened,
            "High": np.maximum(opened, close) * 1.005,
            "Low": np.minimum(opened, close) * 0.995,
            "Close": close,
        },
        index=pd.bdate_range("2025-01-02", periods=DAYS, name="Date"),
    ).round(4)
    frame["Volume"] = rng.integers(10_000, 50_000, DAYS) * 100
    return frame


def amount(frame: pd.DataFrame) -> pd.Series:
    return (frame["Volume"] * (frame["High"] + frame["Low"]) / 2).round(2)


def yfinance_history(frame: pd.DataFrame, zone: str) -> str:
    made = frame.assign(Dividends=0.0, **{"Stock Splits": 0.0})
    return made.set_axis(made.index.tz_localize(zone)).to_csv(index_label="Date")


def yfinance_download(frames: dict[str, pd.DataFrame], *, by_ticker: bool = False) -> str:
    wide = pd.concat(frames, axis=1, names=["Ticker", "Price"])
    return (wide if by_ticker else wide.swaplevel(axis=1).sort_index(axis=1)).to_csv()


def yfinance_stacked(frames: dict[str, pd.DataFrame]) -> str:
    return pd.concat(frames, names=["Ticker", "Date"]).swaplevel().sort_index().to_csv()


def akshare(frame: pd.DataFrame, *, code: str = "", in_lots: bool = True) -> pd.DataFrame:
    """As stock_zh_a_hist gives A-shares, and stock_hk_hist others (without a code, in shares)."""
    found = pd.DataFrame({"日期": frame.index.strftime("%Y-%m-%d")})
    if code:
        found["股票代码"] = code
    for name, column in {"开盘": "Open", "收盘": "Close", "最高": "High", "最低": "Low"}.items():
        found[name] = frame[column].to_numpy()
    found["成交量"] = frame["Volume"].to_numpy() // (100 if in_lots else 1)
    found["成交额"] = amount(frame).to_numpy()
    return found.assign(振幅=1.0, 涨跌幅=0.1, 涨跌额=0.1, 换手率=0.5)


def akshare_minutes(frame: pd.DataFrame) -> str:
    """48 bars of five minutes of one day, stamped by their ends as stock_zh_a_hist_min_em does."""
    stamps = five_minute_ends("2025-03-06")
    found = akshare(frame.iloc[: len(stamps)]).drop(columns="日期")
    found.insert(0, "时间", stamps)
    return found.to_csv(index=False)


def five_minute_ends(day: str) -> list[str]:
    ends = [*pd.date_range(f"{day} 09:35", f"{day} 11:30", freq="5min")]
    ends += [*pd.date_range(f"{day} 13:05", f"{day} 15:00", freq="5min")]
    return [f"{one:%Y-%m-%d %H:%M:%S}" for one in ends]


def baostock(frame: pd.DataFrame, code: str) -> str:
    found = frame.rename(columns=str.lower).reset_index(names="date")
    found.insert(1, "code", code)
    found.insert(6, "preclose", found["close"].shift().fillna(found["open"].iloc[0]))
    return found.assign(amount=amount(frame).to_numpy(), adjustflag=3, turn=0.5, tradestatus=1, isST=0).to_csv(
        index=False
    )


def baostock_minutes(frame: pd.DataFrame, code: str) -> str:
    stamps = five_minute_ends("2025-03-06")
    found = frame.iloc[: len(stamps)].rename(columns=str.lower).reset_index(drop=True)
    found.insert(0, "date", "2025-03-06")
    found.insert(1, "time", [f"{pd.Timestamp(one):%Y%m%d%H%M%S}000" for one in stamps])
    found.insert(2, "code", code)
    return found.assign(amount=amount(frame).to_numpy()[: len(stamps)], adjustflag=3).to_csv(index=False)


def tushare(frame: pd.DataFrame, code: str, *, is_a_share: bool = True) -> str:
    """Newest first, as its daily and hk_daily answer: A-shares in lots and thousands of yuan, others in neither."""
    found = frame.rename(columns=str.lower)[["open", "high", "low", "close"]].reset_index(drop=True)
    found.insert(0, "ts_code", code)
    found.insert(1, "trade_date", frame.index.strftime("%Y%m%d"))
    found["pre_close"] = found["close"].shift().fillna(found["open"].iloc[0])
    found["vol"] = frame["Volume"].to_numpy() / (100 if is_a_share else 1)
    found["amount"] = amount(frame).to_numpy() / (1000 if is_a_share else 1)
    return found.iloc[::-1].to_csv(index=False)


def stooq_bulk(frame: pd.DataFrame, code: str) -> str:
    found = pd.DataFrame({"<TICKER>": code, "<PER>": "D", "<DATE>": frame.index.strftime("%Y%m%d"), "<TIME>": "000000"})
    for name in ("Open", "High", "Low", "Close"):
        found[f"<{name.upper()}>"] = frame[name].to_numpy()
    return found.assign(**{"<VOL>": frame["Volume"].to_numpy(), "<OPENINT>": 0}).to_csv(index=False)


def eodhd(frame: pd.DataFrame) -> str:
    found = frame.copy()
    found.insert(4, "Adjusted_close", found["Close"])
    return found.to_csv()


def alpaca(frame: pd.DataFrame, code: str) -> str:
    found = frame.rename(columns=str.lower)
    found = found.set_axis(found.index.tz_localize("America/New_York").tz_convert("UTC"))
    found.insert(0, "symbol", code)
    return found.assign(trade_count=10, vwap=found["close"]).to_csv(index_label="timestamp")


def tiingo(frame: pd.DataFrame) -> str:
    found = frame.rename(columns=str.lower)[["close", "high", "low", "open", "volume"]]
    found.insert(0, "date", [f"{day:%Y-%m-%d}T00:00:00.000Z" for day in frame.index])
    adjusted = {f"adj{name}": found[name.lower()] * 0.9 for name in ("Close", "High", "Low", "Open", "Volume")}
    return found.assign(**adjusted, divCash=0.0, splitFactor=1.0).to_csv(index=False)


def nasdaq(frame: pd.DataFrame) -> str:
    found = pd.DataFrame({"Date": frame.index.strftime("%m/%d/%Y")})
    found["Close/Last"] = [f"${one:,.2f}" for one in frame["Close"]]
    found["Volume"] = [f"{one:,}" for one in frame["Volume"]]
    for name in ("Open", "High", "Low"):
        found[name] = [f"${one:,.2f}" for one in frame[name]]
    return found.iloc[::-1].to_csv(index=False)


def investing(frame: pd.DataFrame, form: str = "%m/%d/%Y") -> str:
    found = pd.DataFrame({"Date": frame.index.strftime(form)})
    for name, column in {"Price": "Close", "Open": "Open", "High": "High", "Low": "Low"}.items():
        found[name] = [f"{one:,.2f}" for one in frame[column]]
    found["Vol."] = [f"{one / 1e6:.2f}M" for one in frame["Volume"]]
    return found.assign(**{"Change %": "0.10%"}).iloc[::-1].to_csv(index=False, quoting=1)
