"""What a heading of a price table stands for, in the words of exchanges, vendors and libraries, in English and Chinese.

Headings are compared without regard to case, spaces, underscores and width. `VOCABULARY` has the words of each column,
those first that win where a table has several.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from newsbt._plain import PlainValue

__all__ = ["CLOCKS", "Heading", "are_words", "heading", "plain_heading"]

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "ticker": (
        "ticker", "tscode", "symbol", "code", "stockcode", "securitycode", "ric", "sid", "instrument", "secid",
        "orderbookid", "windcode", "thscode", "wind代码",
        "股票代码", "证券代码", "股票代號", "股份代號", "代码", "代碼", "代號", "代号", "品种代码",
    ),
    "when": (
        "barstart", "date", "tradedate", "tradingdate", "datetime", "timestamp", "time", "day", "barend",
        "日期", "交易日期", "交易日", "时间", "時間", "时间戳", "timekey", "tradingday", "bartime", "tradetime", "t",
    ),
    "open": ("open", "openprice", "pxopen", "o", "开盘", "开盘价", "今开", "開盤", "開盤價", "開市", "開市價"),
    "high": ("high", "highprice", "pxhigh", "dayhigh", "h", "最高", "最高价", "最高價", "高"),
    "low": ("low", "lowprice", "pxlow", "daylow", "l", "最低", "最低价", "最低價", "低"),
    "close": (
        "close", "closeprice", "pxlast", "close/last", "closelast", "last", "lastprice", "price", "c",
        "收盘", "收盘价", "收盤", "收盤價", "收市", "收市價", "收", "最新价",
    ),
    "volume": (
        "volume", "vol", "vol.", "tradingvolume", "pxvolume", "totalvolume", "v", "shares", "sharestraded",
        "成交量", "成交數量", "成交股数", "成交股數", "交易量", "总手", "總手",
    ),
    "amount": (
        "amount", "turnovervalue", "totalturnover", "tradingvalue", "dollarvolume", "money",
        "成交额", "成交額", "成交金额", "成交金額", "金额", "金額",
    ),
    "adj_close": ("adjclose", "adjustedclose", "closeadjusted", "复权收盘价", "復權收盤價"),
    "prev_close": (
        "prevclose", "preclose", "previousclose", "closeprev",
        "昨收", "昨收价", "前收盘", "前收盘价", "前收", "昨日收盘",
    ),
    "dividend": ("dividend", "dividends", "divcash", "cashdividend", "exdividend"),
    "capital_gains": ("capitalgains",),
    "split": ("split", "splits", "stocksplits", "stocksplit", "splitfactor", "splitratio"),
    "adj_factor": ("adjfactor", "复权因子", "復權因子"),
    "period": ("per", "period", "interval"),
}  # fmt: skip
# Beside a column of days these are the times of day; alone they say both.
CLOCKS = frozenset({"time", "时间", "時間", "bartime", "tradetime"})
_KIND = {word: (kind, rank) for kind, words in VOCABULARY.items() for rank, word in enumerate(words)}

# The unit that stands behind a heading in brackets: shares in one unit of a volume, currency in one of an amount.
_UNITS = {
    "股": 1.0, "shares": 1.0, "share": 1.0, "手": 100.0, "lots": 100.0, "万股": 1e4, "萬股": 1e4, "万手": 1e6,
    "千股": 1e3, "百万股": 1e6, "千手": 1e5, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6,
    "000": 1e3, "000s": 1e3, "'000": 1e3, "元": 1.0, "港元": 1.0, "美元": 1.0, "人民币": 1.0, "usd": 1.0, "hkd": 1.0,
    "cny": 1.0, "rmb": 1.0, "$": 1.0, "us$": 1.0, "hk$": 1.0, "¥": 1.0, "千元": 1e3, "万元": 1e4, "萬元": 1e4,
    "亿元": 1e8, "百万元": 1e6, "亿": 1e8, "分": 0.01, "cents": 0.01, "pence": 0.01, "gbx": 0.01,
}  # fmt: skip
_BRACKETS = re.compile(r"(.+?)[(\[]([^()\[\]]+)[)\]]")
LOTS_WORDS = frozenset({"总手", "總手"})


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: its `kind`, how far down the list of that kind's words it stands, and the unit that it
    states, None where it states none; `in_brackets` are the words that state it, known or not."""

    written: str
    kind: str
    rank: int
    unit: float | None = None
    in_brackets: str = ""


def plain_heading(written: PlainValue) -> str:
    """A heading as it is compared.

    >>> plain_heading(" Adj Close "), plain_heading("<TICKER>")
    ('adjclose', '<ticker>')
    """
    text = unicodedata.normalize("NFKC", str("" if written is None else written)).casefold()
    return "".join(text.replace("_", "").replace("\ufeff", "").split()).rstrip("*")


def heading(written: PlainValue) -> Heading | None:
    """What a heading stands for, None where it is no word of ours.

    >>> heading("成交量(手)").unit, heading("Close/Last").kind, heading("vwap")
    (100.0, 'close', None)
    """
    plain = plain_heading(written)
    unit, in_brackets = None, ""
    if bracketed := _BRACKETS.fullmatch(plain):
        plain, in_brackets = bracketed[1], bracketed[2]
        unit = _UNITS.get(in_brackets)
    if plain.startswith("<") and plain.endswith(">"):
        plain = plain[1:-1]
    if plain not in _KIND:
        return None
    kind, rank = _KIND[plain]
    if kind == "volume" and plain in LOTS_WORDS:
        unit = unit or 100.0
    return Heading(str(written).strip(), kind, rank, unit, in_brackets)


def are_words(cells: Iterable[PlainValue]) -> bool:
    """Whether there are cells, and each is a heading of ours."""
    found = [heading(cell) for cell in cells]
    return bool(found) and None not in found
