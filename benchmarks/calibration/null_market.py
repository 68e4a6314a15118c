"""Markets in which no news has any effect: random walks with volatility in clusters, fat tails and a common factor.

Daily returns are GARCH(1, 1) with Student-t shocks, a share of each ticker's variance being the market's; they are
taken on the sessions of each exchange's own calendar, so that markets differ in their holidays. A part of each day's
return comes over night, with noise of its own. What a setting adds (a drift, a volatile stretch, a jump at news) is
handed over before the walk is made into prices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from newsbt.markets.calendars import Sessions, sessions
from newsbt.markets.rulebook import load_rulebook

__all__ = ["CURRENCIES", "NullMarket", "Shape", "walk"]

CURRENCIES = {"XHKG": "HKD", "XSHG": "CNY", "XNYS": "USD"}
SUFFIXES = {"XHKG": ".HK", "XSHG": ".SH", "XNYS": ""}
ALPHA, BETA, FREEDOM, BURN_IN = 0.10, 0.85, 5, 60
NIGHT = 0.3  # of a day's return, and of its variance
FIRST_PRICE = 40.0


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a market is made of. `drift` is a simple return a day, `volatility` that of a day, `common` the share of
    variance that is the market's; `bar_minutes` above 0 makes intraday bars."""

    tickers: int = 20
    exchanges: tuple[str, ...] = ("XHKG",)
    start: date = date(2022, 1, 3)
    end: date = date(2023, 12, 29)
    drift: float = 0.0
    volatility: float = 0.02
    common: float = 0.3
    bar_minutes: int = 0


@dataclass(kw_only=True)
class NullMarket:
    """A market before it is made into prices.

    `days` (D,) are all calendar days, `returns` (D, N) what each ticker would return on each, `drift` and `scale` (D,)
    what a setting adds to and multiplies them by. `first` and `last` (N,) are the days on which a ticker is listed and
    delisted. `jumps` has (ticker, session, log return from its open on).
    """

    shape: Shape
    days: np.ndarray[Any, Any]
    returns: np.ndarray[Any, Any]
    drift: np.ndarray[Any, Any]
    scale: np.ndarray[Any, Any]
    exchange: list[str]
    calendars: dict[str, Sessions]
    first: np.ndarray[Any, Any]
    last: np.ndarray[Any, Any]
    jumps: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [f"N{k:02d}{SUFFIXES[mic]}" for k, mic in enumerate(self.exchange)]

    @property
    def sessions(self) -> np.ndarray[Any, Any]:
        """The days on which any of the exchanges is open."""
        return np.unique(np.concatenate([item.dates for item in self.calendars.values()]))

    def session_of(self, ticker: int, at: np.datetime64) -> int:
        """The session at whose opening a ticker can first be entered after news, five minutes later."""
        known = at.astype("M8[ns]") + np.timedelta64(5, "m")
        return int(np.searchsorted(self.calendars[self.exchange[ticker]].cutoff_at, known))

    def instruments(self) -> pd.DataFrame:
        rows = [
            {
                "ticker": name, "name": f"Firm {k}", "exchange": mic, "board": "main", "currency": CURRENCIES[mic],
                "themes": "theme", "sector_index": "", "proxy": "", "sector": "it", "aliases": "", "lot_size": 1.0,
                "shortable": "true" if mic == "XHKG" else "",
            }
            for k, (name, mic) in enumerate(zip(self.names, self.exchange, strict=True))
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def prices(self, random: np.random.Generator) -> pd.DataFrame:
        frames = [self._ticker(k, name, random) for k, name in enumerate(self.names)]
        return pd.concat(frames, ignore_index=True)

    def _ticker(self, k: int, name: str, random: np.random.Generator) -> pd.DataFrame:
        calendar = self.calendars[self.exchange[k]]
        at = np.searchsorted(self.days, calendar.dates)
        total = np.log1p(np.maximum(self.returns[at, k] * self.scale[at] + self.drift[at], -0.6))
        night = NIGHT * total + random.normal(0.0, 1.0, len(at)) * self.shape.volatility * np.sqrt(NIGHT * (1 - NIGHT))
        day = total - night
        for ticker, session, jump in self.jumps:
            if ticker == k and session < len(day):
                day[session] += jump
        total = night + day
        close = np.log(FIRST_PRICE) + np.cumsum(total)
        opened = close - day
        listed = (calendar.dates >= self.first[k]) & (calendar.dates <= self.last[k])
        if self.shape.bar_minutes:
            return self._bars(name, calendar, opened[listed], close[listed], random)
        o, c = np.exp(opened[listed]), np.exp(close[listed])
        return pd.DataFrame(
            {
                "ticker": name, "date": calendar.dates[listed], "open": o, "high": np.maximum(o, c) * 1.003,
                "low": np.minimum(o, c) / 1.003, "close": c, "volume": 4e7,
            }
        )  # fmt: skip

    def _bars(
        self, name: str, calendar: Sessions, opened: Any, close: Any, random: np.random.Generator
    ) -> pd.DataFrame:
        """Bars between each day's open and close: a bridge."""
        step = np.timedelta64(self.shape.bar_minutes, "m")
        starts, opens, closes = [], [], []
        for s in range(len(calendar)):
            grid = np.arange(calendar.open_at[s], calendar.close_at[s], step)
            if not np.isnat(calendar.lunch_start_at[s]):
                grid = grid[(grid < calendar.lunch_start_at[s]) | (grid >= calendar.lunch_end_at[s])]
            part = np.linspace(0.0, 1.0, len(grid) + 1)
            noise = np.cumsum(np.append(0.0, random.normal(0.0, 1.0, len(grid)))) / np.sqrt(len(grid))
            path = opened[s] + part * (close[s] - opened[s])
            path += self.shape.volatility * np.sqrt(1 - NIGHT) * (noise - part * noise[-1])
            starts.append(grid)
            opens.append(path[:-1])
            closes.append(path[1:])
        o, c = np.exp(np.concatenate(opens)), np.exp(np.concatenate(closes))
        return pd.DataFrame(
            {
                "ticker": name, "bar_start": pd.DatetimeIndex(np.concatenate(starts)).tz_localize("UTC"), "open": o,
                "high": np.maximum(o, c), "low": np.minimum(o, c), "close": c, "volume": 1e6,
            }
        )  # fmt: skip


def walk(shape: Shape, random: np.random.Generator) -> NullMarket:
    """A market of this shape, without any prices yet."""
    days = np.arange(np.datetime64(shape.start), np.datetime64(shape.end) + np.timedelta64(1, "D"))
    shocks = _garch(random, len(days), shape.tickers + 1, shape.volatility)
    returns = np.sqrt(1.0 - shape.common) * shocks[:, :-1] + np.sqrt(shape.common) * shocks[:, -1:]
    rulebook = load_rulebook()
    return NullMarket(
        shape=shape,
        days=days,
        returns=returns,
        drift=np.full(len(days), shape.drift),
        scale=np.ones(len(days)),
        exchange=[shape.exchanges[k % len(shape.exchanges)] for k in range(shape.tickers)],
        calendars={mic: sessions(mic, shape.start, shape.end, rulebook) for mic in shape.exchanges},
        first=np.full(shape.tickers, days[0]),
        last=np.full(shape.tickers, days[-1]),
    )


def _garch(random: np.random.Generator, days: int, series: int, volatility: float) -> np.ndarray[Any, Any]:
    """(days, series) returns whose variance is what it was on average."""
    shocks = random.standard_t(FREEDOM, (days + BURN_IN, series)) * np.sqrt((FREEDOM - 2) / FREEDOM)
    found, variance = np.empty_like(shocks), np.full(series, volatility**2)
    for t in range(len(shocks)):
        if t:
            variance = volatility**2 * (1 - ALPHA - BETA) + ALPHA * found[t - 1] ** 2 + BETA * variance
        found[t] = np.sqrt(variance) * shocks[t]
    return found[BURN_IN:]
