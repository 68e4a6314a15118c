"""What Yahoo, East Money, Sina and baostock answer about the series that they know, in the shapes that are parsed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from provider_services.baostock_server import Rows
from provider_services.tls_proxy import Answer
from provider_services.truth import Series, split_adjusted

__all__ = ["baostock", "boc_rates", "east_money_indices", "east_money_klines", "east_money_payments", "yahoo_chart"]

ZONES = {"HKD": "Asia/Hong_Kong", "CNY": "Asia/Shanghai", "USD": "America/New_York"}
LOT = 100
PAYMENTS = 30  # columns of East Money's table of payments
NOT_FOUND_TEXT = json.dumps({"quoteSummary": {"result": None, "error": {"code": "Not Found"}}})
NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


def yahoo_chart(symbol: str, series: Series | None, query: Mapping[str, str], about: Mapping[str, Any]) -> Answer:
    """v8 chart: a timestamp a bar, quotes in lists, events beside them; `about` is laid over what it says of itself."""
    if series is None:
        return Answer(json.dumps({"chart": {"result": None, "error": NOT_FOUND}}), 404)
    zone = ZONES[series.currency]
    frame, paid = split_adjusted(series)
    at = frame.index.tz_localize(zone) + pd.Timedelta("9h30min")
    if "period1" in query:
        inside = [int(query["period1"]) <= int(one.timestamp()) < int(query["period2"]) for one in at]
    else:
        inside = [k == len(at) - 1 for k in range(len(at))]
    frame, at = frame[inside], at[inside]
    stamps = {f"{one:%Y-%m-%d}": int(one.timestamp()) for one in at}
    meta = {
        "currency": series.currency, "symbol": symbol, "instrumentType": "EQUITY", "exchangeTimezoneName": zone,
        "validRanges": ["1d", "5d", "1mo", "max"], "priceHint": 2, "currentTradingPeriod": {}, **about,
    }  # fmt: skip
    if frame.empty:
        return Answer(json.dumps({"chart": {"result": [{"meta": meta, "indicators": {"quote": [{}]}}], "error": None}}))
    quote = {name: [None if pd.isna(one) else one for one in frame[name].tolist()] for name in frame}
    events: dict[str, Any] = {}
    inner = {day: cash for day, cash in paid.items() if day in stamps}
    if inner:
        more = {"currency": about["paid_in"]} if "paid_in" in about else {}
        events["dividends"] = {
            str(stamps[day]): {"date": stamps[day], "amount": cash, **more} for day, cash in inner.items()
        }
    if split := {day: ratio for day, ratio in series.splits.items() if day in stamps}:
        events["splits"] = {
            str(stamps[day]): {"date": stamps[day], "numerator": ratio, "denominator": 1.0, "splitRatio": f"{ratio}:1"}
            for day, ratio in split.items()
        }
    result = {
        "meta": meta, "timestamp": list(stamps.values()), "events": events,
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": quote["close"]}]},
    }  # fmt: skip
    return Answer(json.dumps({"chart": {"result": [result], "error": None}}))


def east_money_klines(series: Series | None, query: Mapping[str, str], in_lots: bool) -> Answer:
    """Texts of day, open, close, high, low, volume, amount, and four shares; of an index with `fields2` of its own."""
    if series is None:
        return Answer(json.dumps({"rc": 100, "data": None}))
    frame, before = series.frame, series.previous_close
    count = len([one for one in query["fields2"].split(",") if one != "f116"])  # asked for, never answered
    lines = []
    for day, row in zip(frame.index, frame.itertuples(), strict=True):
        on = f"{day:%Y%m%d}"
        if not query.get("beg", "0").ljust(8, "0") <= on <= query.get("end", "99999999"):
            continue
        volume = 0 if pd.isna(row.volume) else int(row.volume // LOT if in_lots else row.volume)
        change = row.close - before[day]
        cells = [
            f"{day:%Y-%m-%d}", _text(row.open), _text(row.close), _text(row.high), _text(row.low), str(volume),
            f"{row.close * volume:.2f}", "1.25", f"{100 * change / before[day]:.2f}", _text(change), "0.35",
            "0", "0", "0",
        ]  # fmt: skip
        lines.append(",".join(cells[:count]))
    return Answer(json.dumps({"rc": 0, "data": {"klines": lines}}))


def _text(value: float) -> str:
    return f"{value:.3f}"


def east_money_payments(series: Series | None) -> Answer:
    """A row a payment: dividends and shares for ten, the day on which prices are without them, and how far it is."""
    days = sorted({*series.splits, *series.dividends}) if series is not None else []
    if series is None or not days:
        return Answer(json.dumps({"success": False, "result": None, "code": 9201, "message": "返回数据为空"}))
    rows = []
    for day in days:
        cells: list[Any] = [None] * PAYMENTS
        cells[5], cells[8] = (
            10 * (series.splits.get(day, 1.0) - 1.0) or None,
            10 * series.dividends.get(day, 0.0) or None,
        )
        cells[11], cells[12], cells[13] = f"{day} 00:00:00", "2024-12-31 00:00:00", "实施分配"
        rows.append(dict(enumerate(cells)))
    # A plan that was not carried out moves no price.
    planned = dict(enumerate([None] * PAYMENTS)) | {8: 99.0, 11: None, 12: "2025-06-30 00:00:00", 13: "董事会预案"}
    return Answer(json.dumps({"success": True, "code": 0, "result": {"pages": 1, "data": [*rows, planned]}}))


def east_money_indices(codes: Sequence[str]) -> Answer:
    """The list of Hong Kong's indices, with the number of each one's market."""
    fields = ("f2", "f3", "f4", "f5", "f6", "f14", "f15", "f16", "f17", "f18")
    rows = [{**dict.fromkeys(fields, 1.0), "f12": code, "f13": 124} for code in codes]
    return Answer(json.dumps({"data": {"total": len(rows), "diff": rows}}))


def boc_rates(rates: pd.Series | None, query: Mapping[str, str]) -> Answer:
    """Sina's page of the Bank of China's rates, in yuan for 100: a list of currencies, or a table of days."""
    if query.get("call_type") != "ajax":
        names = {"美元": "USD", "港币": "HKD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY"}
        options = "".join(f'<option value="{code}">{name}</option>' for name, code in names.items())
        return Answer(f'<html><select id="money_code">{options}</select></html>'.encode("gbk"))
    head = "".join(f"<th>{name}</th>" for name in ("日期", "汇买", "钞买", "钞卖", "中间价", "折算价"))
    inside = [] if rates is None else rates.loc[query["startdate"] : query["enddate"]].items()
    rows = "".join(
        f"<tr><td>{day:%Y-%m-%d}</td>{''.join(f'<td>{100 * rate:.4f}</td>' for _ in range(5))}</tr>"
        for day, rate in inside
    )
    return Answer(f"<html><body><table><tr>{head}</tr>{rows}</table></body></html>")


def baostock(name: str, series: Series | None, asked: Sequence[str]) -> Rows | tuple[str, str]:
    """Cells are texts. A day without volume is one without trading: the close before everywhere, and blanks."""
    if series is None:
        return [], []
    if name == "query_dividend_data":
        fields = ["code", "dividOperateDate", "dividCashPsBeforeTax", "dividStocksPs", "dividReserveToStockPs"]
        days = sorted({*series.splits, *series.dividends})
        return fields, [
            [asked[0], day, f"{series.dividends.get(day, 0):.6g}" if day in series.dividends else "",
             "0.000000", f"{series.splits[day] - 1:.6f}" if day in series.splits else ""]
            for day in days if day[:4] == asked[1]
        ]  # fmt: skip
    fields, first, last = asked[1].split(","), asked[2], asked[3]
    before, rows = series.previous_close, []
    for day, row in series.frame.loc[first:last].iterrows():
        rests = pd.isna(row["volume"]) or not row["volume"]
        known = {name: f"{row[name]:.4f}" for name in ("open", "high", "low", "close")} | {
            "date": f"{day:%Y-%m-%d}", "code": asked[0], "preclose": f"{before[day]:.4f}", "adjustflag": asked[5],
            "volume": "" if rests else str(int(row["volume"])), "tradestatus": "0" if rests else "1",
        }  # fmt: skip
        rows.append([known[name] for name in fields])
    return fields, rows
