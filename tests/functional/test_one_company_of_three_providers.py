"""A made-up company with two splits and a dividend, from each provider in its own form: one series of traded prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_up_provider import Clock, instrument, needs
from newsbt.markets.rulebook import load_rulebook
from newsbt.price_store import PriceStore
from newsbt.prices.stored_prices import StoredPrices
from newsbt.pulling.asked_provider import AskedProvider
from newsbt.pulling.politeness import Manners
from newsbt.pulling.provider_choice import ProviderChoice
from newsbt.pulling.pull import Pull
from provider_services.sample import know
from provider_services.truth import Series

TICKER, EXCHANGE = "603777.SH", "XSHG"
FIRST_SPLIT, PAID, SECOND_SPLIT = "2025-01-13", "2025-02-10", "2025-03-05"
DAYS = pd.bdate_range("2025-01-02", "2025-03-14").difference(pd.bdate_range("2025-01-28", "2025-02-04"))


def company() -> Series:
    """As traded: 5 for 2, a dividend of 0.8, then 4 for 1."""
    level = 100.0 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, len(DAYS))))
    for day, ratio in ((FIRST_SPLIT, 2.5), (SECOND_SPLIT, 4.0)):
        level = np.where(pd.Timestamp(day) <= DAYS, level / ratio, level)
    close = level.round(2)
    frame = pd.DataFrame({"open": (close * 0.998).round(2), "high": (close * 1.01).round(2)}, index=DAYS)
    frame = frame.assign(low=(close * 0.99).round(2), close=close, volume=np.arange(len(DAYS)) * 1000.0 + 100_000)
    splits = {FIRST_SPLIT: 2.5, SECOND_SPLIT: 4.0}
    return Series(frame=frame, currency="CNY", splits=splits, dividends={PAID: 0.8})


def until(series: Series, last: str) -> Series:
    """What was known on a day: no later row, split or dividend."""
    inside = {day: ratio for day, ratio in series.splits.items() if day <= last}
    paid = {day: cash for day, cash in series.dividends.items() if day <= last}
    return replace(series, frame=series.frame.loc[:last], splits=inside, dividends=paid)


class Puller:
    def __init__(self, services, provider, folder: Path, name: str) -> None:
        self.services, self.folder = services, folder / name
        manners = Manners(gap_seconds=0.0, clock=Clock().politeness)
        self.asked = {name: AskedProvider(name, provider(name), manners)}

    def pull(self, series: Series, on: str) -> None:
        """Pull on the evening of a day what is known then."""
        know(self.services, TICKER, EXCHANGE, "main", until(series, on))
        now = datetime.fromisoformat(f"{on}T22:00").replace(tzinfo=UTC)
        pull = Pull(
            store=PriceStore(self.folder, now=lambda: now), providers=self.asked,
            choice=ProviderChoice(by_exchange={EXCHANGE: list(self.asked)}), rulebook=load_rulebook(),
        )  # fmt: skip
        item = instrument(TICKER, EXCHANGE, currency="CNY")
        outcome = pull.run(needs(item, first=date(2025, 1, 2), last=now.date()))
        assert outcome.prices[0].status == "pulled", outcome.prices[0].tried

    def traded(self, on: str) -> pd.DataFrame:
        """What a run reads on an evening."""
        at = datetime.fromisoformat(f"{on}T22:00").replace(tzinfo=UTC) + timedelta(minutes=1)
        table = StoredPrices(path=self.folder, as_of=at).read()
        return pd.DataFrame(dict(table.values), index=pd.DatetimeIndex(table.day))


@pytest.mark.parametrize("name", ["yfinance", "akshare", "baostock"])
@pytest.mark.parametrize("pulls", [("2025-03-14",), ("2025-01-10", "2025-02-14", "2025-03-04", "2025-03-14")])
def test_each_form_gives_the_prices_that_were_traded(services, provider, tmp_path, name: str, pulls) -> None:
    """In one pull, and in four of which the later ones see splits that the earlier ones could not."""
    series, puller = company(), Puller(services, provider, tmp_path, name)
    for on in pulls:
        puller.pull(series, on)
        frame, known = puller.traded(on), until(series, on)
        pd.testing.assert_frame_equal(
            frame[["open", "high", "low", "close"]], known.frame[["open", "high", "low", "close"]], rtol=1e-9,
            check_freq=False, check_names=False, check_index_type=False,
        )  # fmt: skip
        # Lots of 100 and split volumes lose what is less than one of them.
        np.testing.assert_allclose(frame["volume"], known.frame["volume"], atol=100)
        splits = frame["split"].where(frame["split"] > 0)
        assert {f"{day:%Y-%m-%d}": ratio for day, ratio in splits.dropna().items() if ratio != 1} == known.splits
        assert frame["dividend"].where(frame["dividend"] > 0).dropna().tolist() == pytest.approx(
            list(known.dividends.values())
        )
    if name != "yfinance":
        np.testing.assert_allclose(frame["prev_close"], series.previous_close, atol=0.006)
    if len(pulls) > 1:  # what was read on an evening is read again as of then
        early = puller.traded(pulls[0])
        np.testing.assert_allclose(early["close"], series.frame.loc[: pulls[0], "close"], rtol=1e-9)
