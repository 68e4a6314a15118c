"""Strategies that know what they could not, by ways round the arrays they are handed; and honest ones of many kinds."""

from __future__ import annotations

import datetime
import functools
import json
import time
import zlib
from pathlib import Path
from typing import Any, ClassVar

import backtrader as bt
import numpy as np
import pandas as pd

import newsbt
from newsbt import EventView, PastView, Signal
from peeking import by_move, column_of, direct

REMEMBERED: dict[str, Any] = {}


def chosen(view: EventView, signal: Any) -> Signal:
    links = direct(view)
    return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.asarray(signal, dtype=float)))


class ClassMemo(newsbt.Strategy):
    """Keeps at its class what it read on the first call, and looks ahead in that."""

    seen: ClassVar[list[Signal]] = []

    def signal(self, view: EventView) -> Signal:
        if not self.seen:
            self.seen.append(by_move(view, -1, 1))
        return self.seen[0]


class ModuleMemo(newsbt.Strategy):
    """The same in a global of its module, whole prices this time."""

    def signal(self, view: EventView) -> Signal:
        close = REMEMBERED.setdefault("close", np.array(view.close))
        links, at = direct(view), column_of(view)
        last = len(close) - 1
        moves = [
            close[min(row + 1, last), at[ticker]] - close[row - 1, at[ticker]]
            for ticker, row in zip(links["ticker"], links["row"], strict=True)
        ]
        return chosen(view, np.sign(np.nan_to_num(moves)))


@functools.lru_cache(maxsize=1)
def whole_sample(tickers: tuple[str, ...]) -> dict[str, float]:
    return dict(REMEMBERED["last"])


class CachedFunction(newsbt.Strategy):
    """A cached function that is asked by tickers alone, and answers with their last prices."""

    def signal(self, view: EventView) -> Signal:
        REMEMBERED["last"] = dict(zip(view.tickers, np.nan_to_num(view.close[-1]), strict=True))
        last = whole_sample(tuple(view.tickers))
        links, at = direct(view), column_of(view)
        rows = zip(links["ticker"], links["row"], strict=True)
        return chosen(view, [float(np.sign(last[t] - np.nan_to_num(view.close[row - 1, at[t]]))) for t, row in rows])


class EverAMember(newsbt.Strategy):
    """Buys who was ever a member, whatever the day."""

    def signal(self, view: EventView) -> Signal:
        ever = {row.ticker for row in view.universe.memberships}
        return chosen(view, [ticker in ever for ticker in direct(view)["ticker"]])


class LaterRelationsByName(newsbt.Strategy):
    """Buys whoever will be told to be anybody's rival."""

    def signal(self, view: EventView) -> Signal:
        told = {n for row in view.universe.relations for n in view.universe.listings(row.object)}
        return chosen(view, [view.universe.position[ticker] in told for ticker in direct(view)["ticker"]])


class LaterStatus(newsbt.Strategy):
    """Leaves alone what will be under special treatment."""

    def signal(self, view: EventView) -> Signal:
        told = {row.ticker for row in view.universe.statuses}
        return chosen(view, [ticker not in told for ticker in direct(view)["ticker"]])


class LaterListing(newsbt.Strategy):
    """Buys while somebody is to be listed."""

    def signal(self, view: EventView) -> Signal:
        days = [item.listed_on for item in view.universe.instruments if item.listed_on is not None]
        return chosen(view, [any(day > known.date() for day in days) for known in direct(view)["known_at"]])


class Delisting(newsbt.Strategy):
    """Sells what will be delisted."""

    def signal(self, view: EventView) -> Signal:
        ends = {item.ticker: item.delisted_on for item in view.universe.instruments}
        return chosen(view, [1.0 if ends[ticker] is None else -1.0 for ticker in direct(view)["ticker"]])


class LaterVersion(newsbt.Strategy):
    """Takes an event's tone from the last item with its headline, which corrects it."""

    def signal(self, view: EventView) -> Signal:
        last = view.events.sort_values("known_at").groupby("issuer")["headline"].last()
        mood = {issuer: (zlib.crc32(text.encode()) % 7) / 7 for issuer, text in last.items()}
        return chosen(view, [mood[issuer] for issuer in direct(view)["issuer"]])


class LaterColumn(newsbt.Strategy):
    """Reads a further column of what the issuer announces afterwards."""

    def signal(self, view: EventView) -> Signal:
        last = view.events.sort_values("known_at").groupby("issuer")["surprise"].last()
        return chosen(view, [float(np.clip(last[issuer], -1, 1)) for issuer in direct(view)["issuer"]])


class WallClock(newsbt.Strategy):
    """Buys what was in the news long before today."""

    def signal(self, view: EventView) -> Signal:
        age = [(datetime.datetime.now(datetime.UTC) - known).days for known in direct(view)["known_at"]]
        return chosen(view, np.clip(np.array(age) / 5000.0, -1, 1))


class WallClockSeconds(newsbt.StepStrategy):
    def signal_at(self, t: int, past: PastView) -> np.ndarray:
        return np.full(len(past.tickers), 0.1 if int(time.time() // 86400) % 2 else -0.1)


class ReadsPrices(newsbt.Strategy):
    """Opens the price file of the run while it is asked."""

    path: str = ""

    def signal(self, view: EventView) -> Signal:
        prices = pd.read_csv(self.path)
        last = prices.groupby("ticker")["close"].last()
        return chosen(view, [1.0 if last.get(ticker, 0.0) > 40 else -1.0 for ticker in direct(view)["ticker"]])


class ReadsPricesWhenMade(newsbt.Strategy):
    """Opens it when it is made, so that nothing is opened while it is asked."""

    path: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "last", pd.read_csv(self.path).groupby("ticker")["close"].last())

    def signal(self, view: EventView) -> Signal:
        last = self.last  # type: ignore[attr-defined]
        return chosen(view, [1.0 if last.get(ticker, 0.0) > 40 else -1.0 for ticker in direct(view)["ticker"]])


class ReadsNotes(newsbt.Strategy):
    """Opens a file of its own while it is asked: it is named, and not accused."""

    path: str = ""

    def signal(self, view: EventView) -> Signal:
        notes = json.loads(Path(self.path).read_text(encoding="utf-8"))
        return chosen(view, np.full(len(direct(view)), notes["size"]))


KNOWS = (
    ClassMemo, ModuleMemo, CachedFunction, EverAMember, LaterRelationsByName, LaterStatus, LaterListing, Delisting,
    LaterVersion, LaterColumn, WallClock, WallClockSeconds,
)  # fmt: skip


class Sentiment(newsbt.Strategy):
    """Follows the tone of the news."""

    def signal(self, view: EventView) -> Signal:
        return chosen(view, np.nan_to_num(direct(view)["sentiment"].to_numpy(float)))


class SectorPeers(newsbt.Strategy):
    """Buys the other companies of the named one's sector, each less the more there are."""

    def signal(self, view: EventView) -> Signal:
        sector = view.instruments.set_index("ticker")["sector"]
        rows = []
        for link in direct(view).itertuples():
            peers = [ticker for ticker, its in sector.items() if its == sector[link.ticker] and ticker != link.ticker]
            rows += [(link.event_id, ticker, 1.0 / len(peers)) for ticker in peers]
        frame = pd.DataFrame(rows, columns=["event_id", "ticker", "signal"])
        return Signal.for_events(frame.drop_duplicates(["event_id", "ticker"]))


class RelationFollower(newsbt.Strategy):
    """Follows relations and themes as they stood on the day of the news."""

    def signal(self, view: EventView) -> Signal:
        universe, rows = view.universe, []
        for event in view.events.itertuples():
            on = event.known_at.date()
            for row in universe.relations_of(event.issuer, on):
                rows += [(event.event_id, view.tickers[n], row.effect or 1.0) for n in universe.listings(row.object)]
            rows += [(event.event_id, ticker, 0.25) for ticker in view.reach.theme(event.event_id, ["ai"])]
        frame = pd.DataFrame(rows, columns=["event_id", "ticker", "signal"])
        return Signal.for_events(frame.drop_duplicates(["event_id", "ticker"]))


class StepMomentum(newsbt.StepStrategy):
    """Holds the strongest third of the last ten rows, equally."""

    def signal_at(self, t: int, past: PastView) -> np.ndarray:
        if t < 10 or t % 5:
            return np.zeros(len(past.tickers))
        moves = past.close[t] / past.close[t - 10] - 1
        known = np.isfinite(moves)
        held = known & (moves >= np.quantile(moves[known], 0.67)) if known.any() else known
        return held / len(past.tickers)


class Crossing(newsbt.BacktraderStrategy):
    """Averages that cross, in equal parts of the account."""

    params = (("period", 5),)

    def __init__(self) -> None:
        self.averages = [bt.indicators.SMA(data.close, period=self.p.period) for data in self.datas]

    def next(self) -> None:
        for data, average in zip(self.datas, self.averages, strict=True):
            if data.close[0] > average[0] and not self.getposition(data).size:
                self.order_target_percent(data, 0.5 / len(self.datas))
            elif data.close[0] < average[0] and self.getposition(data).size:
                self.close(data)


@functools.cache
def decayed(age: int) -> float:
    return 0.5**age


class LawfulCache(newsbt.Strategy):
    """Caches at its class, by everything that the answer depends on."""

    seen: ClassVar[dict[Any, float]] = {}

    def signal(self, view: EventView) -> Signal:
        at, signs = column_of(view), []
        for link in direct(view).itertuples():
            close = view.close[: link.row, at[link.ticker]]
            key = (link.ticker, link.row, close.tobytes())
            if key not in self.seen:
                known = close[np.isfinite(close)]
                self.seen[key] = float(np.sign(known[-1] - known.mean())) * decayed(1) if len(known) else 0.0
            signs.append(self.seen[key])
        return chosen(view, signs)


class ParameterFile(newsbt.Strategy):
    """Reads a file of parameters when it is made."""

    path: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", json.loads(Path(self.path).read_text(encoding="utf-8"))["size"])

    def signal(self, view: EventView) -> Signal:
        return chosen(view, np.full(len(direct(view)), self.size))  # type: ignore[attr-defined]


class Seeded(newsbt.Strategy):
    """A coin for each event and ticker, seeded by both; and one of the module that everybody takes."""

    seed: int = 7

    def signal(self, view: EventView) -> Signal:
        links = direct(view)
        coins = [
            np.random.default_rng([self.seed, zlib.crc32(f"{link.event_id} {link.ticker}".encode())]).uniform(-1, 1)
            for link in links.itertuples()
        ]
        return chosen(view, coins)


RANDOM = np.random.default_rng(11)


class SeededGrid(newsbt.Strategy):
    """Draws a whole grid from a generator of its module."""

    def signal(self, view: EventView) -> Signal:
        return Signal.grid(np.where(RANDOM.random(view.close.shape) < 0.02, 0.2, 0.0))


class Calendar(newsbt.Strategy):
    """Trades news of some weekdays and months, in the market's own time, and takes its own time."""

    def signal(self, view: EventView) -> Signal:
        began = time.perf_counter()
        local = direct(view)["known_at"].dt.tz_convert("Asia/Hong_Kong")
        early = (local.dt.day_of_week < 3) & (local.dt.month_name() != "May")
        assert time.perf_counter() >= began and time.time() > 0
        return chosen(view, early)


HONEST = (Sentiment, SectorPeers, RelationFollower, StepMomentum, Crossing, LawfulCache, Seeded, SeededGrid, Calendar)
