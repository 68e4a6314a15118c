"""The exchange that a ticker's own form names."""

from __future__ import annotations

import re

__all__ = ["exchange_of_ticker"]

SUFFIXES = {
    "HK": ("XHKG", "HKD"), "SS": ("XSHG", "CNY"), "SH": ("XSHG", "CNY"), "SZ": ("XSHE", "CNY"), "BJ": ("BJSE", "CNY"),
    "US": ("XNYS", "USD"), "XHKG": ("XHKG", "HKD"), "XSHG": ("XSHG", "CNY"), "XSHE": ("XSHE", "CNY"),
    "BJSE": ("BJSE", "CNY"), "XNYS": ("XNYS", "USD"), "XNAS": ("XNAS", "USD"),
    "ARCX": ("ARCX", "USD"), "XASE": ("XASE", "USD"), "BATS": ("BATS", "USD"),
}  # fmt: skip
_NEW_YORK = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Ca-c])?")  # with a class of shares, such as BRK.B


def exchange_of_ticker(ticker: str) -> tuple[str, str] | None:
    """MIC and currency by a ticker's suffix, or New York for letters without one; None where neither says anything.

    >>> exchange_of_ticker("0700.HK"), exchange_of_ticker("BRK.B"), exchange_of_ticker("7203.T")
    (('XHKG', 'HKD'), ('XNYS', 'USD'), None)
    """
    code, _, suffix = ticker.rpartition(".")
    if code and suffix.upper() in SUFFIXES and not ticker.startswith("^"):
        return SUFFIXES[suffix.upper()]
    return ("XNYS", "USD") if _NEW_YORK.fullmatch(ticker) else None
