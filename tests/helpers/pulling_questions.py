"""Questions to providers about the fortnight of the services' made-up rows."""

from __future__ import annotations

from datetime import date

import pytest

from newsbt.pulling.provider_contract import AskedPrices, AskedRates, ProviderError
from newsbt.pulling.provider_process import ProviderProcess

FIRST, LAST = date(2025, 3, 3), date(2025, 3, 14)


def asked(ticker: str, exchange: str = "XHKG", board: str = "main", **changes: object) -> AskedPrices:
    fields = {"first": FIRST, "last": LAST, "today": LAST, **changes}
    return AskedPrices(ticker=ticker, exchange=exchange, board=board, **fields)


def refused(provider: ProviderProcess, question: AskedPrices) -> ProviderError:
    """The error that a provider gives in place of an answer."""
    with pytest.raises(ProviderError) as raised:
        provider.prices(question)
    return raised.value


def asked_rates(pair: str) -> AskedRates:
    return AskedRates(pair=pair, first=FIRST, last=LAST, today=LAST)
