"""One question to each provider."""

from __future__ import annotations

from datetime import date

from made_up_provider import MadeUpProvider, asked_providers_of, days, prices
from newsbt.domain.progress import SilentProgress
from newsbt.pulling.probing import probe
from newsbt.pulling.provider_contract import AnsweredRates, ProviderError


def test_what_answers_and_what_does_not() -> None:
    providers = asked_providers_of(
        yfinance=MadeUpProvider({"0700.HK": prices(), "USDHKD": AnsweredRates(days=days(), rates=[7.8] * 10)}),
        baostock=MadeUpProvider({"600519.SH": ProviderError("unusable", "other columns")}),
    )
    good, bad = probe(providers, date(2025, 3, 14), SilentProgress())
    assert (good["ok"], good["version"], good["ticker"], good["rows"]) == (True, "1.0", "0700.HK, USDHKD", 20)
    assert (good["first"], good["last"]) == ("2025-03-03", "2025-03-14") and "Yahoo" in good["terms"]
    assert (bad["ok"], bad["rows"], bad["message"]) == (False, 0, "other columns")
