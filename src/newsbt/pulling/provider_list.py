"""Who is asked: what each provider gives, under which terms, and in which order an exchange's are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["PROVIDERS", "PullProvider", "default_order", "rate_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullProvider:
    """A provider and its adapter.

    `name` is the client library and the extra that installs it; `adapter` its class; `gives` and `terms` are sentences;
    `gap_seconds` the least time between two questions, and `answer_seconds` how long one may take, of which each is
    several requests; `probe` is the instrument that `--probe` asks for: ticker, exchange, board.
    """

    name: str
    adapter: str
    service: str
    gives: str
    terms: str
    gap_seconds: float
    answer_seconds: float
    probe: tuple[str, str, str]
    probe_pair: str = ""


PROVIDERS: Mapping[str, PullProvider] = {
    one.name: one
    for one in (
        PullProvider(
            name="yfinance",
            adapter="newsbt.pulling.from_yfinance:YfinanceProvider",
            service="Yahoo Finance",
            gives="prices, dividends and splits of all exchanges but Beijing's, indices, exchange rates; no previous "
            "closes",
            terms="yfinance is no product of Yahoo's; Yahoo's terms of use allow personal use and no redistribution",
            gap_seconds=1.0,
            answer_seconds=120.0,
            probe=("0700.HK", "XHKG", "main"),
            probe_pair="USDHKD",
        ),
        PullProvider(
            name="akshare",
            adapter="newsbt.pulling.from_akshare:AkshareProvider",
            service="East Money, and the Bank of China's rates at Sina",
            gives="prices of the mainland, Hong Kong and New York, indices of the mainland and Hong Kong; previous "
            "closes, dividends and bonus shares of the mainland; rates by the central rates of the yuan",
            terms="akshare is for academic research; the data are East Money's and Sina's, not to be passed on",
            gap_seconds=2.0,
            answer_seconds=120.0,
            probe=("0700.HK", "XHKG", "main"),
            probe_pair="USDHKD",
        ),
        PullProvider(
            name="baostock",
            adapter="newsbt.pulling.from_baostock:BaostockProvider",
            service="baostock.com",
            gives="prices, previous closes, dividends and bonus shares of Shanghai and Shenzhen, and their indices",
            terms="baostock is free of charge and gives no warranty; one session a user, anonymous here",
            gap_seconds=0.5,
            answer_seconds=120.0,
            probe=("600519.SH", "XSHG", "main"),
        ),
    )
}

_MAINLAND = ("baostock", "akshare", "yfinance")
_ORDERS: Mapping[str, Sequence[str]] = {
    "XHKG": ("yfinance", "akshare"), "XSHG": _MAINLAND, "XSHE": _MAINLAND, "BJSE": ("akshare",),
}  # fmt: skip
# Yahoo has the Hang Seng Tech Index of the last days only.
_INDEX_ORDERS: Mapping[str, Sequence[str]] = {"XHKG": ("akshare", "yfinance")}
_ELSEWHERE = ("yfinance", "akshare")


def default_order(exchange: str, is_index: bool) -> Sequence[str]:
    """The providers of an exchange, the first that is asked first: those that give the most of it."""
    usual = _ORDERS.get(exchange, _ELSEWHERE)
    return _INDEX_ORDERS.get(exchange, usual) if is_index else usual


def rate_order() -> Sequence[str]:
    """The providers of exchange rates."""
    return _ELSEWHERE
