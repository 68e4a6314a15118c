"""Whose table it is, by a few of its headings, and what that vendor's tables are like where no heading says it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from newsbt._plain import PlainValue
from newsbt.prices.layouts.headings import plain_heading

__all__ = ["A_SHARES", "NOBODY", "Provider", "provider_of"]

A_SHARES = frozenset({"SH", "SZ", "BJ"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A vendor or library; its tables are told by `headings` that are all there.

    Attributes
    ----------
    lots : frozenset of str
        The markets whose volumes are in lots of 100.
    thousands : bool
        Whether their amounts are in thousands.
    stamps_ends : bool
        Whether bars shorter than a day are stamped by their end.
    zone : str
        Of times without an offset; empty: the exchange's own.
    as_traded : bool
        Whether a close that stands beside an adjusted one is as traded, by the vendor's own documentation.
    has_auto_adjust : bool
        Whether prices are adjusted by default, of which no heading tells.
    """

    name: str
    headings: tuple[str, ...] = ()
    lots: frozenset[str] = frozenset()
    thousands: bool = False
    stamps_ends: bool = False
    zone: str = ""
    as_traded: bool = False
    has_auto_adjust: bool = False


def _east_money(name: str, *headings: str) -> Provider:
    return Provider(name=name, headings=headings, lots=A_SHARES, stamps_ends=True)


NOBODY = Provider(name="")
# The first whose headings are all there.
PROVIDERS = (
    Provider(name="Stooq's bulk files", headings=("<ticker>", "<per>", "<date>")),
    Provider(name="Tiingo", headings=("divcash", "splitfactor"), as_traded=True),
    Provider(name="EODHD", headings=("date", "adjustedclose")),
    Provider(name="EODHD", headings=("datetime", "gmtoffset"), zone="UTC"),
    Provider(name="Alpaca", headings=("timestamp", "tradecount", "vwap"), zone="UTC"),
    Provider(name="Alpaca", headings=("t", "o", "h", "l", "c", "v"), zone="UTC"),
    Provider(name="baostock", headings=("code", "adjustflag"), stamps_ends=True),
    Provider(name="tushare", headings=("tscode", "tradetime"), stamps_ends=True),
    Provider(name="tushare", headings=("tscode", "tradedate"), lots=A_SHARES, thousands=True),
    Provider(name="akshare (Sina)", headings=("date", "outstandingshare")),
    Provider(name="akshare (Sina)", headings=("day", "open", "volume"), stamps_ends=True),
    Provider(name="akshare (Tencent)", headings=("date", "close", "turnover", "amount")),
    Provider(name="yfinance", headings=("stocksplits",), has_auto_adjust=True),
    Provider(name="yfinance", headings=("adjclose",), has_auto_adjust=True),
    Provider(name="Nasdaq", headings=("date", "close/last")),
    Provider(name="investing.com", headings=("price", "vol.")),
    Provider(name="investing.com", headings=("收盘", "高", "低")),
    _east_money("akshare or East Money", "日期", "开盘", "收盘", "最高", "最低"),
    _east_money("akshare or East Money", "时间", "开盘", "收盘", "最高", "最低"),
    _east_money("an East Money client", "时间", "总手"),
)
# A table in Chinese of which no more is known counts A-shares in lots, as most do.
IN_CHINESE = Provider(name="", lots=A_SHARES)


def provider_of(headings: Collection[PlainValue]) -> Provider:
    """Whose table has these headings: one without a name where nobody's that is known."""
    have = {plain_heading(one) for one in headings}
    found = next((one for one in PROVIDERS if have.issuperset(one.headings)), None)
    if found is not None:
        return found
    return NOBODY if all(one.isascii() for one in have) else IN_CHINESE
