"""Clean made-up prices of a market: on its sessions and its price steps, inside its limits, without a fault."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from newsbt.markets.calendars import Sessions, sessions
from newsbt.markets.rulebook import load_rulebook

# Of each market a year, a first ticker's form, the step of its prices and where they begin, so as to stay in one band.
MARKETS = {
    "XNYS": (2016, "T{0:02d}", 0.01, 60.0),
    "XHKG": (2018, "{0:04d}.HK", 0.05, 45.0),
    "XSHG": (2021, "60{0:04d}.SH", 0.01, 30.0),
    "XSHE": (2022, "30{0:04d}.SZ", 0.01, 40.0),
}


def sessions_of(mic: str) -> Sessions:
    year = MARKETS[mic][0]
    return sessions(mic, date(year, 1, 1), date(year, 12, 31), load_rulebook())


def clean_prices(mic: str, seed: int, tickers: int = 4) -> pd.DataFrame:
    """A year of daily rows, ticker by ticker."""
    _, form, step, start = MARKETS[mic]
    days = sessions_of(mic).dates
    rng = np.random.default_rng(seed)
    parts = []
    for k in range(tickers):
        walk = np.clip(np.cumsum(rng.normal(0, 0.012, len(days))), -0.35, 0.5)
        close = on_steps(start * np.exp(walk), step)
        opened = on_steps(np.append(close[:1], close[:-1]) * np.exp(rng.normal(0, 0.004, len(days))), step)
        high = on_steps(np.maximum(opened, close) * (1 + np.abs(rng.normal(0, 0.004, len(days)))), step)
        low = on_steps(np.minimum(opened, close) * (1 - np.abs(rng.normal(0, 0.004, len(days)))), step)
        volume = np.round(np.exp(rng.normal(14, 0.5, len(days))))
        parts.append(
            pd.DataFrame(
                {
                    "ticker": form.format(k + 1),
                    "date": days,
                    "open": opened,
                    "high": np.maximum.reduce([high, opened, close]),
                    "low": np.minimum.reduce([low, opened, close]),
                    "close": close,
                    "volume": volume,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def clean_bars(mic: str, seed: int, days: int = 12, minutes: int = 30) -> pd.DataFrame:
    """Intraday bars of one ticker, stamped at their start in UTC."""
    listed = sessions_of(mic)
    step = np.timedelta64(minutes, "m")
    stamps = []
    for k in range(days):
        one = np.arange(listed.open_at[k], listed.close_at[k], step)
        stamps.append(one[listed.containing(one) >= 0])
    when = np.concatenate(stamps)
    rng = np.random.default_rng(seed)
    close = on_steps(MARKETS[mic][3] * np.exp(np.cumsum(rng.normal(0, 0.002, len(when)))), MARKETS[mic][2])
    return pd.DataFrame(
        {
            "ticker": MARKETS[mic][1].format(1), "bar_start": when, "open": close, "high": close, "low": close,
            "close": close,            "volume": np.round(np.exp(rng.normal(11, 0.5, len(when)))),
        }
    )  # fmt: skip


def on_steps(prices: np.ndarray, step: float) -> np.ndarray:
    return np.round(np.round(prices / step) * step, 4)
