"""Other futures of a market: the same up to an instant, and different in everything after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.market import Clock
from newsbt.pipeline.preparing import Prepared
from newsbt.testing.market import SmallMarket

__all__ = ["FUTURES", "Cut", "other_future"]

FUTURES = ("up", "down", "mixed")
PRICES = ["open", "high", "low", "close"]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where two worlds part: just before an order for row `row` of market `market` has to be in.

    Announcements known after `at` (UTC), that market's cut-off, differ. Bars differ that have not closed by `at`; with
    `by_row`, all bars from `row` on, as a grid's row t may use rows up to t.
    """

    row: int
    market: int
    at: np.datetime64
    by_row: bool

    @classmethod
    def before(cls, clock: Clock, row: int, market: int, *, by_row: bool) -> Cut:
        return cls(row, market, clock.cutoff_at[row, market].astype("M8[ns]"), by_row)


def other_future(market: SmallMarket, prepared: Prepared, cut: Cut, kind: str, seed: int) -> SmallMarket:
    """A copy in which everything after the cut is another: prices, rates, announcements, relations, memberships.

    Parameters
    ----------
    kind : {'up', 'down', 'mixed'}
        Where prices go.
    """
    rng = np.random.default_rng([seed, cut.row, cut.market, FUTURES.index(kind)])
    day = pd.Timestamp(prepared.panel.dates[cut.row])
    known_on = pd.Timestamp(cut.at).normalize()
    latency = prepared.components.config.execution.latency
    return replace(
        market,
        prices=_prices(rng, market.prices, prepared, cut, kind),
        fx=_rates(rng, market.fx, day),
        announcements=_news(rng, market, pd.Timestamp(cut.at).tz_localize("UTC"), latency, prepared),
        relations=_dated(rng, market.relations, known_on, "effect"),
        memberships=_dated(rng, market.memberships, known_on, None),
    )


def _prices(rng: np.random.Generator, prices: pd.DataFrame, prepared: Prepared, cut: Cut, kind: str) -> pd.DataFrame:
    """Later bars moved by a share of their own a ticker and a bar; some lose their volume, some are gone."""
    panel = prepared.panel
    days = panel.dates.astype("M8[s]")
    row = np.searchsorted(days, pd.to_datetime(prices["date"]).to_numpy().astype("M8[s]"))
    row = np.minimum(row, len(days) - 1)
    place = prices["ticker"].map({ticker: n for n, ticker in enumerate(panel.tickers)}).fillna(-1).to_numpy(np.int64)
    closes = panel.clock.close_at[row, panel.market_of[place]].astype("M8[ns]")
    later = (row >= cut.row) if cut.by_row else ((row >= cut.row) & ~(closes <= cut.at))
    later &= place >= 0
    signs = {"up": 1.0, "down": -1.0}.get(kind)
    by_ticker = rng.choice([1.0, -1.0], len(panel.tickers)) if signs is None else np.full(len(panel.tickers), signs)
    shift = by_ticker[place] * rng.uniform(0.03, 0.3, len(panel.tickers))[place] + rng.normal(0.0, 0.05, len(prices))
    factor = np.where(later, np.exp(shift), 1.0)
    changed = prices.copy()
    for name in PRICES:
        # The close goes its own way inside the bar, so that no bar keeps its direction.
        values = prices[name].to_numpy(np.float64) * factor
        changed[name] = np.where(later, np.round(values, 2), prices[name])
    tilt = np.where(later, rng.uniform(0.9, 1.1, len(prices)), 1.0)
    changed["close"] = np.where(later, np.round(changed["close"] * tilt, 2), changed["close"])
    changed["high"] = changed[PRICES].max(axis=1)
    changed["low"] = changed[PRICES].min(axis=1)
    scale = np.where(later, rng.uniform(0.3, 3.0, len(prices)), 1.0)
    quiet = later & (rng.random(len(prices)) < 0.1)
    changed["volume"] = np.where(quiet, 0.0, np.round(prices["volume"] * scale))
    gone = later & (rng.random(len(prices)) < 0.05) & (row < len(days) - 1)
    return changed[~gone].reset_index(drop=True)


def _rates(rng: np.random.Generator, fx: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    if fx.empty:
        return fx
    later = pd.to_datetime(fx["date"]) >= day
    return fx.assign(rate=np.where(later, np.round(fx["rate"] * rng.uniform(0.8, 1.2, len(fx)), 5), fx["rate"]))


def _news(
    rng: np.random.Generator, market: SmallMarket, at: pd.Timestamp, latency: timedelta, prepared: Prepared
) -> pd.DataFrame:
    """Later announcements say something else, some are gone, and there are new ones."""
    frame = market.announcements
    known = {item.event_id: item.known_at(latency) for item in prepared.events.announcements}
    published = pd.to_datetime(frame["published_at"], utc=True, format="ISO8601")
    later = np.array(
        [
            known[event_id] > at if event_id in known else instant > at
            for event_id, instant in zip(frame["event_id"], published, strict=True)
        ],
        dtype=bool,
    )
    future = frame[later].copy()
    for name in ("issuer", "event_type", "rivals", "sentiment", "relevance"):
        if name in future:
            future[name] = future[name].to_numpy()[rng.permutation(len(future))]
    if "sentiment" in future:
        future["sentiment"] = -future["sentiment"]
    kept = future[rng.random(len(future)) > 0.25]
    made = _made(rng, market, at + latency + timedelta(seconds=1))
    return pd.concat([frame[~later], kept, made], ignore_index=True)


def _made(rng: np.random.Generator, market: SmallMarket, first: pd.Timestamp) -> pd.DataFrame:
    """New announcements: some at once after the cut, some days later, alike in kind to the old ones."""
    names = market.instruments["name"].to_numpy(dtype=object)
    types = market.announcements["event_type"].dropna().unique()
    issuers = np.unique(np.concatenate([names, market.announcements["issuer"].dropna().unique()]).astype(str))
    rows: list[dict[str, Any]] = []
    for k, hours in enumerate((0, 0, 0, 1, 3, 9, 26, 50, 99)):
        row: dict[str, Any] = {
            "event_id": f"new{k}" if k % 2 else f"0new{k}",
            "published_at": (first + timedelta(hours=hours)).isoformat(),
            "event_type": str(rng.choice(types)) if len(types) else "model_release",
            "issuer": str(rng.choice(issuers)),
            "headline": "News",
            "rivals": str(rng.choice(names)),
        }
        if "sentiment" in market.announcements:
            row["sentiment"] = float(rng.choice([-1.0, 1.0]))
        rows.append(row)
    return pd.DataFrame(rows)


def _dated(rng: np.random.Generator, frame: pd.DataFrame, known_on: pd.Timestamp, value: str | None) -> pd.DataFrame:
    """Rows that begin later begin on other days; relations, which have a value, not all of them. Ends ahead are gone.

    A membership stays, as a theme that no row dates counts always.
    """
    if frame.empty:
        return frame
    begins = pd.to_datetime(frame["from"].replace("", None))
    later = (begins > known_on).to_numpy()
    moved = [str((known_on + timedelta(days=int(n))).date()) for n in rng.integers(1, 30, len(frame))]
    changed = frame.assign(**{"from": np.where(later, moved, frame["from"])})
    if value is not None:
        changed[value] = np.where(later, -frame[value].to_numpy(np.float64), frame[value])
    if "to" in frame:
        ends = pd.to_datetime(frame["to"].replace("", None))
        ahead = (ends > known_on).to_numpy()
        changed["to"] = np.where(ahead, "", frame["to"])
    keep = ~later | (rng.random(len(frame)) > (0.0 if value is None else 0.3))
    return changed[keep].reset_index(drop=True)
