"""Whether providers answer at all, from here and now: one question to each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from newsbt.domain.command_documents import ProbeJson
from newsbt.domain.progress import Progress
from newsbt.pulling.asked_provider import AskedProvider
from newsbt.pulling.provider_contract import AskedPrices, AskedRates, ProviderError
from newsbt.pulling.provider_list import PROVIDERS
from newsbt.pulling.pull_outcome import provider_json

__all__ = ["probe"]

DAYS = timedelta(days=14)


def probe(providers: Mapping[str, AskedProvider], today: date, progress: Progress) -> Iterator[ProbeJson]:
    """What each provider answers of the last days of an instrument, and of a rate where it has rates."""
    progress.stage("probe", len(providers))
    for name, provider in providers.items():
        about = PROVIDERS[name]
        (ticker, exchange, board), pair = about.probe, about.probe_pair
        rows, days, problem = 0, [""], ""
        try:
            answer = provider.prices(
                AskedPrices(ticker=ticker, exchange=exchange, board=board, first=today - DAYS, last=today, today=today)
            )
            rows, days = len(answer.days), [*answer.days]
            if pair:
                rates = provider.rates(AskedRates(pair=pair, first=today - DAYS, last=today, today=today))
                rows += len(rates.days)
        except ProviderError as error:
            problem = str(error)
        yield {
            **provider_json(provider.state), "ok": not problem, "ticker": f"{ticker}, {pair}" if pair else ticker,
            "rows": rows, "first": days[0] or None, "last": days[-1] or None, "message": problem,
        }  # fmt: skip
        progress.advance()
