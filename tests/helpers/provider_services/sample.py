"""The bundled, simulated sample as the services know it: each ticker by the name that each provider has for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from newsbt.pulling.provider_contract import AskedPrices, ProviderError
from newsbt.pulling.symbols import baostock_symbol, east_money_symbol, yahoo_rate, yahoo_symbol
from provider_services.services import ProviderServices
from provider_services.truth import Series

__all__ = ["know", "know_rates", "know_sample", "names_of"]

DATA = Path(__file__).parents[3] / "data"
DAY = date(2025, 3, 6)


def names_of(ticker: str, exchange: str, board: str) -> Mapping[str, str]:
    """What yfinance, akshare and baostock call an instrument, those that have it."""
    asked = AskedPrices(ticker=ticker, exchange=exchange, board=board, first=DAY, last=DAY, today=DAY)
    return dict(_names(asked))


def _names(asked: AskedPrices) -> Iterator[tuple[str, str]]:
    for provider, name in (
        ("yfinance", yahoo_symbol), ("akshare", east_money_symbol), ("baostock", baostock_symbol),
    ):  # fmt: skip
        try:
            yield provider, name(asked)
        except ProviderError:
            continue


def know(services: ProviderServices, ticker: str, exchange: str, board: str, series: Series) -> None:
    """Let every service know an instrument; Yahoo has no history of the Hang Seng Tech Index."""
    for provider, name in names_of(ticker, exchange, board).items():
        if (provider, ticker) != ("yfinance", "^HSTECH"):
            services.series[name] = series


def know_rates(services: ProviderServices, pair: str, rates: pd.Series) -> None:
    """Let Yahoo know the rates of a pair, by day."""
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), rates)).assign(volume=0.0)
    services.series[yahoo_rate(pair)] = Series(frame=frame, currency=pair[3:])


def know_sample(services: ProviderServices) -> None:
    """Let the services know the sample's prices and rates."""
    for item in pd.read_csv(DATA / "universe" / "instruments.csv", dtype=str).itertuples():
        file = DATA / "prices" / f"{item.ticker}.csv"
        if file.exists():
            frame = pd.read_csv(file, parse_dates=["date"]).set_index("date").drop(columns="ticker")
            know(services, item.ticker, item.exchange, item.board, Series(frame=frame, currency=item.currency))
    for pair, rows in pd.read_csv(DATA / "fx.csv", parse_dates=["date"]).groupby("pair"):
        know_rates(services, str(pair), rows.set_index("date")["rate"])
