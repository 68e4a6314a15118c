"""Made-up answers of the services that price libraries ask, in the form in which the libraries' own code parses them.

Each function is the answer of one service to a URL; none is a real number. Nothing leaves the process: see `transport`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from vendors.made_up import amount, daily, five_minutes, hong_kong_ends

__all__ = ["ANSWERS", "HOLIDAY"]

Query = Mapping[str, str]
HOLIDAY = "2025-01-20"  # of New York, on which Hong Kong trades
DIVIDEND = 40  # the row on which PAYS pays 2 of 100
INDICES = frozenset({"000300", "399006"})
POINT = 0.004  # what is traded costs this much of an index's level, about


def yahoo(path: str, query: Query) -> str:
    """v8 chart: a timestamp a bar, quotes in lists, null where there is none, events beside them."""
    if "getcrumb" in path or "chart" not in path:
        return "crumb"
    symbol = path.rsplit("/", 1)[1]
    zone = "Asia/Hong_Kong" if symbol.endswith(".HK") else "America/New_York"
    intraday = query["interval"] == "5m"
    if intraday:
        frame = five_minutes(ends=[*map(str, pd.date_range("2025-03-06 09:30", "2025-03-06 13:25", freq="5min"))])
        at = frame.index.tz_localize(zone)
    else:
        frame = daily("second" if symbol in ("MSFT", "0700.HK") else "first")
        if zone == "America/New_York":
            frame = frame.drop(pd.Timestamp(HOLIDAY))
        at = frame.index.tz_localize(zone) + pd.Timedelta("9h30min")
    stamps = [int(one.timestamp()) for one in at]
    quote: dict[str, list[Any]] = {name.lower(): frame[name].tolist() for name in frame}
    result: dict[str, Any] = {
        "meta": {
            "currency": "HKD" if zone.startswith("Asia") else "USD", "symbol": symbol, "instrumentType": "EQUITY",
            "exchangeTimezoneName": zone, "validRanges": ["1mo", "max"], "priceHint": 2,
            "tradingPeriods": [[{
                "timezone": "X", "gmtoffset": 0, "start": int(at[0].normalize().timestamp()) + 34_200,
                "end": int(at[0].normalize().timestamp()) + 57_600,
            }]],
            "currentTradingPeriod": {},
        },
        "timestamp": stamps,
        "indicators": {"quote": [quote]},
    }  # fmt: skip
    if not intraday:
        adjusted = frame["Close"].copy()
        if symbol == "PAYS":
            adjusted.iloc[:DIVIDEND] *= 0.98
            result["events"] = {"dividends": {"1": {"date": stamps[DIVIDEND], "amount": 2.0}}}
        result["indicators"]["adjclose"] = [{"adjclose": adjusted.tolist()}]
    return json.dumps({"chart": {"error": None, "result": [result]}})


def east_money(path: str, query: Query) -> str:
    """kline: texts of day, open, close, high, low, volume, amount, four shares in percent; trends: of minutes."""
    if "clist" in path:
        rows = [{"f3": 1.0, "f12": code, "f13": 1 if code[0] == "0" else 0} for code in sorted(INDICES)]
        return json.dumps({"data": {"total": len(rows), "diff": rows}})
    market, code = query["secid"].split(".", 1)
    is_index = code in INDICES
    intraday = "trends" in path or query["klt"] != "101"
    walk = "index" if is_index else "first"
    if "trends" in path:
        ends = [*map(str, pd.date_range("2025-03-06 09:31", "2025-03-06 10:18", freq="min"))]
        frame = five_minutes(walk, ends)
    else:
        ends = hong_kong_ends() if market == "116" else None
        frame = five_minutes(walk, ends) if intraday else daily(walk)
    money = amount(frame) * (POINT if is_index else 1)
    shown = frame.assign(
        volume=frame["Volume"] // (100 if market in ("0", "1") else 1), amount=money.round(2),
        when=frame.index.strftime("%Y-%m-%d %H:%M" if intraday else "%Y-%m-%d"),
    )  # fmt: skip
    more = ["100.000"] if "trends" in path else ["1.25", "0.10", "0.10", "0.35"]
    count = len([one for one in query["fields2"].split(",") if one != "f116"])  # asked for, never answered
    lines = [
        ",".join([
            row.when, f"{row.Open:.2f}", f"{row.Close:.2f}", f"{row.High:.2f}", f"{row.Low:.2f}", f"{row.volume}",
            f"{row.amount:.2f}", *more,
        ][:count])
        for row in shown.itertuples()
    ]  # fmt: skip
    return json.dumps({"data": {"trends" if "trends" in path else "klines": lines}})


def sina(path: str, query: Query) -> str:
    """Packed days (here hexadecimal JSON, see `transport`), numbers of shares, minutes in a call of a function."""
    if "KLineData" in path:
        rows = [
            {"day": f"{at:%Y-%m-%d %H:%M:%S}", "open": f"{row.Open:.3f}", "high": f"{row.High:.3f}",
             "low": f"{row.Low:.3f}", "close": f"{row.Close:.3f}", "volume": str(row.Volume),
             "amount": f"{(row.High + row.Low) / 2 * row.Volume:.4f}"}
            for at, row in zip(five_minutes().index, five_minutes().itertuples(), strict=True)
        ]  # fmt: skip
        return f"=({json.dumps(rows)});"
    if "ShareAmount" in path:
        return '=([{date:"2024-01-02",amount:"125000.0000"}]);'
    if "qfq" in path or "hfq" in path:
        return 'x={"total":1,"data":[{"d":"1900-01-01","f":"1.0","c":"0.0"}]}\n'
    name = path.split("/")[-2 if "klc2_kl" in path else -3] if "us/" not in path else path.rsplit("/", 1)[1]
    frame = daily("index" if name in ("sh000300", "HSI") else "first")
    rows = [
        {"date": f"{at:%Y-%m-%d}T00:00:00Z", "open": row.Open, "high": row.High, "low": row.Low, "close": row.Close,
         "volume": row.Volume, "amount": round((row.High + row.Low) / 2 * row.Volume, 2)}
        for at, row in zip(frame.index, frame.itertuples(), strict=True)
    ]  # fmt: skip
    if name in ("sh000300", "HSI"):
        for row in rows:
            del row["amount"]
    return f'var KLC="{json.dumps(rows).encode().hex()}";'


def tencent(path: str, query: Query) -> str:
    """A call of a function with days: open, close, high, low, lots, {}, turnover in percent, amount in 10,000."""
    if "weekTrends" in path:
        return 'trend_qfq={"data":[["2025-01-02","1"]]}'
    symbol, _, first = query["param"].split(",")[:3]
    frame = daily()
    money = amount(frame)
    rows = [
        [f"{at:%Y-%m-%d}", f"{row.Open:.2f}", f"{row.Close:.2f}", f"{row.High:.2f}", f"{row.Low:.2f}",
         f"{row.Volume // 100}.000", {}, "0.35", f"{money[at] / 1e4:.2f}", ""]
        for at, row in zip(frame.index, frame.itertuples(), strict=True)
        if f"{at.year}" == first[:4]
    ]  # fmt: skip
    return f"kline_day={json.dumps({'data': {symbol: {'day': rows}}})}"


def tushare(path: str, query: Query) -> str:
    """Fields and rows, newest first: daily in lots and thousands of yuan, others in shares and yuan."""
    name = path.rsplit("/", 1)[1]
    asked = json.loads(query["body"])["params"]
    if name == "adj_factor":
        items = [["002230.SZ", f"{at:%Y%m%d}", 2.0] for at in daily().index[::-1]]
        return json.dumps({"code": 0, "data": {"fields": ["ts_code", "trade_date", "adj_factor"], "items": items}})
    minutes, is_index = name == "stk_mins", name == "index_daily"
    frame = five_minutes() if minutes else daily("index" if is_index else "first")
    in_lots = name in ("daily", "index_daily")
    volume = frame["Volume"] / (100 if in_lots else 1)
    money = (amount(frame) * (POINT if is_index else 1) / (1000 if in_lots else 1)).round(3)
    before = frame["Close"].shift().fillna(frame["Open"].iloc[0])
    if minutes:
        fields = ["ts_code", "trade_time", "close", "open", "high", "low", "vol", "amount"]
        rows = zip(
            frame.index.strftime("%Y-%m-%d %H:%M:%S"), frame["Close"], frame["Open"], frame["High"], frame["Low"],
            volume, money, strict=True,
        )  # fmt: skip
    else:
        fields = [
            "ts_code",
            "trade_date",
            "open",
            "high",
            "low",
            "close",
            "pre_close",
            "change",
            "pct_chg",
            "vol",
            "amount",
        ]
        change = (frame["Close"] - before).round(2)
        rows = zip(
            frame.index.strftime("%Y%m%d"), frame["Open"], frame["High"], frame["Low"], frame["Close"], before, change,
            (change / before * 100).round(4), volume, money, strict=True,
        )  # fmt: skip
    items = [[asked["ts_code"], *row] for row in rows][::-1]
    return json.dumps({"code": 0, "msg": "", "data": {"fields": fields, "items": items}})


def tiingo(path: str, query: Query) -> str:
    frame, rows = daily(), []
    for at, row in zip(frame.index, frame.itertuples(), strict=True):
        rows.append({
            "date": f"{at:%Y-%m-%d}T00:00:00.000Z", "close": row.Close, "high": row.High, "low": row.Low,
            "open": row.Open, "volume": row.Volume, "adjClose": row.Close * 0.9, "adjHigh": row.High * 0.9,
            "adjLow": row.Low * 0.9, "adjOpen": row.Open * 0.9, "adjVolume": row.Volume, "divCash": 0.0,
            "splitFactor": 1.0,
        })  # fmt: skip
    return json.dumps(rows)


def eodhd(path: str, query: Query) -> str:
    if "intraday" in path:
        stamps = pd.date_range("2025-03-06 14:30", "2025-03-06 18:25", freq="5min")
        frame = five_minutes(ends=[*map(str, stamps)])
        return json.dumps([
            {"timestamp": int(at.timestamp()), "gmtoffset": 0, "datetime": f"{at:%Y-%m-%d %H:%M:%S}", "open": row.Open,
             "high": row.High, "low": row.Low, "close": row.Close, "volume": row.Volume}
            for at, row in zip(stamps, frame.itertuples(), strict=True)
        ])  # fmt: skip
    frame = daily()
    return json.dumps([
        {"date": f"{at:%Y-%m-%d}", "open": row.Open, "high": row.High, "low": row.Low, "close": row.Close,
         "adjusted_close": row.Close, "volume": row.Volume}
        for at, row in zip(frame.index, frame.itertuples(), strict=True)
    ])  # fmt: skip


def alpaca(path: str, query: Query) -> str:
    """Bars by symbol under one letter each, days as midnights of New York in UTC."""
    found = {}
    for symbol in query["symbols"].split(","):
        if query["timeframe"] == "5Min":
            frame = five_minutes(ends=[*map(str, pd.date_range("2025-03-06 09:30", "2025-03-06 13:25", freq="5min"))])
        else:
            frame = daily("second" if symbol == "MSFT" else "first")
        at = frame.index.tz_localize("America/New_York").tz_convert("UTC")
        found[symbol] = [
            {"t": f"{one:%Y-%m-%dT%H:%M:%SZ}", "o": row.Open, "h": row.High, "l": row.Low, "c": row.Close,
             "v": row.Volume, "n": 100, "vw": round((row.High + row.Low) / 2, 4)}
            for one, row in zip(at, frame.itertuples(), strict=True)
        ]  # fmt: skip
    return json.dumps({"bars": found, "next_page_token": None})


ANSWERS: Mapping[str, Callable[[str, Query], str]] = {
    "yahoo.com": yahoo, "eastmoney.com": east_money, "sina.com.cn": sina, "sina.cn": sina, "qq.com": tencent,
    "gtimg.cn": tencent, "waditu.com": tushare, "tiingo.com": tiingo, "eodhd.com": eodhd, "alpaca.markets": alpaca,
}  # fmt: skip
