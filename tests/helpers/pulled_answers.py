"""Answers of providers, made up, and stores whose clock a test sets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from newsbt.price_store import Adjusted, PriceStore, PulledPrices, PulledRates

NOON = datetime(2025, 3, 6, 12, tzinfo=UTC)


def at(instant: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: instant


def store_at(folder: Path, days: float = 0.0) -> PriceStore:
    """The store of a folder, so many days after noon."""
    return PriceStore(folder, at(NOON + timedelta(days=days)))


def prices(
    days: Sequence[str],
    close: Sequence[float],
    *,
    ticker: str = "0700.HK",
    provider: str = "yfinance",
    adjusted: Adjusted = "splits",
    exchange: str = "XHKG",
    asked: tuple[date, date] | None = None,
    **columns: float | str | Sequence[float] | Sequence[str],
) -> PulledPrices:
    """One ticker's answer: every bar is flat at its close."""
    frame = pd.DataFrame({"ticker": ticker, "date": list(days)})
    for name in ("open", "high", "low", "close"):
        frame[name] = list(close)
    for name, values in ({"volume": 1000.0, "split": 0.0, "dividend": 0.0} | columns).items():
        frame[name] = values
    span = asked or (date.fromisoformat(min(days)), date.fromisoformat(max(days)))
    return PulledPrices(
        provider=provider, provider_version="1.0", exchange=exchange, adjusted=adjusted, asked={ticker: span},
        frame=frame,
    )  # fmt: skip


def rates(days: Sequence[str], values: Sequence[float], pair: str = "USDHKD") -> PulledRates:
    """Rates of one pair."""
    span = (date.fromisoformat(min(days)), date.fromisoformat(max(days)))
    frame = pd.DataFrame({"pair": pair, "date": list(days), "rate": list(values)})
    return PulledRates(provider="yfinance", provider_version="1.0", asked={pair: span}, frame=frame)
