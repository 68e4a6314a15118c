"""Questions to providers about the fortnight of the services' made-up rows."""

from __future__ import annotations

from datetime import date

from newsbt.pulling.provider_contract import AskedPrices, AskedRates

FIRST, LAST = date(2025, 3, 3), date(2025, 3, 14)


def asked(ticker: str, exchange: str = "XHKG", board: str = "main", **changes: object) -> AskedPrices:
    fields = {"first": FIRST, "last": LAST, "today": LAST, **changes}
    return AskedPrices(ticker=ticker, exchange=exchange, board=board, **fields)


def asked_rates(pair: str) -> AskedRates:
    return AskedRates(pair=pair, first=FIRST, last=LAST, today=LAST)
