"""Strategies that look ahead, each in its own way, and some that nearly do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import newsbt
from newsbt import EventView, PastView, Signal


def column_of(view: EventView) -> dict[str, int]:
    return {ticker: n for n, ticker in enumerate(view.tickers)}


def direct(view: EventView) -> pd.DataFrame:
    links = view.links[(view.links["hop"] == 0) & (view.links["row"] > 0)]
    return links.drop_duplicates(["event_id", "ticker"]).reset_index(drop=True)


def by_move(view: EventView, first: int, last: int, field: str = "close") -> Signal:
    """Signed by a move between two rows relative to the entry's row."""
    links, at, end = direct(view), column_of(view), len(view.dates) - 1
    signs = []
    for ticker, row in zip(links["ticker"], links["row"], strict=True):
        values = getattr(view, field)[:, at[ticker]]
        move = values[min(row + last, end)] - values[max(row + first, 0)]
        signs.append(0.0 if not np.isfinite(move) or move == 0 else float(np.sign(move)))
    return Signal.for_events(links[["event_id", "ticker"]].assign(signal=signs))


def feeds(strategy: newsbt.BacktraderStrategy, links) -> list:
    """Those of the linked instruments that have prices."""
    known = strategy.env.datasbyname
    return [known[link.ticker] for link in links if link.ticker in known]


class EntryBar(newsbt.Strategy):
    """Uses the close of the very bar it enters on."""

    def signal(self, view: EventView) -> Signal:
        return by_move(view, -1, 0)


class EntryOpen(newsbt.Strategy):
    """Uses the open it fills at."""

    def signal(self, view: EventView) -> Signal:
        links, at = direct(view), column_of(view)
        signs = [
            1.0 if view.open[row, at[ticker]] > view.close[row - 1, at[ticker]] else 0.0
            for ticker, row in zip(links["ticker"], links["row"], strict=True)
        ]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=signs))


class TomorrowsClose(newsbt.Strategy):
    def signal(self, view: EventView) -> Signal:
        return by_move(view, 0, 1)


class EntryVolume(newsbt.Strategy):
    def signal(self, view: EventView) -> Signal:
        return by_move(view, -1, 0, "volume")


class WillTrade(newsbt.Strategy):
    """Buys only what will trade on all of the next five rows."""

    def signal(self, view: EventView) -> Signal:
        links, at = direct(view), column_of(view)
        columns = zip(links["ticker"], links["row"], strict=True)
        will = [view.tradable[row : row + 5, at[ticker]].all() for ticker, row in columns]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.array(will, dtype=float)))


class WholeSampleMean(newsbt.Strategy):
    """Compares with an average over the whole period."""

    def signal(self, view: EventView) -> Signal:
        links, at = direct(view), column_of(view)
        mean = pd.DataFrame(view.close).mean().to_numpy()
        signs = [
            float(np.sign(mean[at[ticker]] - view.close[row - 1, at[ticker]]) or 0.0)
            if np.isfinite(view.close[row - 1, at[ticker]])
            else 0.0
            for ticker, row in zip(links["ticker"], links["row"], strict=True)
        ]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=signs))


class LastPrice(newsbt.Strategy):
    """Buys what stands higher at the end of the period."""

    def signal(self, view: EventView) -> Signal:
        return by_move(view, -1, 10_000)


class LaterNews(newsbt.Strategy):
    """Trades only events whose issuer will be in the news again."""

    def signal(self, view: EventView) -> Signal:
        links = direct(view)
        last = view.events.groupby("issuer")["known_at"].max()
        again = [last[issuer] > known for issuer, known in zip(links["issuer"], links["known_at"], strict=True)]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.array(again, dtype=float)))


class LaterSentiment(newsbt.Strategy):
    """Sizes by the place of an event among all events, later ones included."""

    def signal(self, view: EventView) -> Signal:
        links = direct(view)
        rank = view.events["known_at"].rank(pct=True).set_axis(view.events["event_id"])
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=[rank[e] for e in links["event_id"]]))


class LaterRelations(newsbt.Strategy):
    """Reads relations whatever the day from which they are known."""

    def signal(self, view: EventView) -> Signal:
        links = direct(view)
        effects = [
            sum(1 for row in view.universe.relations if view.universe.is_same(row.subject, issuer)) / 100.0
            for issuer in links["issuer"]
        ]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.minimum(effects, 1.0)))


class LaterMembers(newsbt.Strategy):
    """Buys the members of a theme as of the last day."""

    def signal(self, view: EventView) -> Signal:
        columns = view.universe.members(("chinese_ai",), view.dates[-1].item())
        chosen = {view.tickers[n] for n in columns}
        links = direct(view)
        inside = [float(ticker in chosen) for ticker in links["ticker"]]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=inside))


class NewYorkToday(newsbt.Strategy):
    """Trades Hong Kong by the close of New York on the same day, which is not known yet."""

    def signal(self, view: EventView) -> Signal:
        links, nasdaq = direct(view), column_of(view)["^IXIC"]
        moves = np.nan_to_num(np.diff(view.close[:, nasdaq], prepend=np.nan))
        links = links[links["ticker"].str.endswith(".HK")]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.sign(moves[links["row"]])))


class HongKongToday(newsbt.Strategy):
    """Trades New York by Hong Kong's move of the same day, which is known by then: no peek."""

    def signal(self, view: EventView) -> Signal:
        links, hang_seng = direct(view), column_of(view)["^HSTECH"]
        moves = np.nan_to_num(view.close[:, hang_seng] - view.open[:, hang_seng])
        links = links[~links["ticker"].str.contains(r"[.^]")]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.sign(moves[links["row"]])))


class Yesterday(newsbt.Strategy):
    """Uses bars that are over: no peek."""

    def signal(self, view: EventView) -> Signal:
        return by_move(view, -3, -1)


class GridTomorrow(newsbt.Strategy):
    """A grid whose row t uses row t + 1."""

    def signal(self, view: EventView) -> Signal:
        moves = np.diff(np.nan_to_num(view.close), axis=0, append=0.0)
        return Signal.grid(np.sign(moves) * (np.arange(len(view.dates)) % 20 == 5)[:, None] * 0.2)


class GridToday(newsbt.Strategy):
    """A grid whose row t uses row t: no peek."""

    def signal(self, view: EventView) -> Signal:
        moves = np.diff(np.nan_to_num(view.close), axis=0, prepend=0.0)
        return Signal.grid(np.sign(moves) * (np.arange(len(view.dates)) % 20 == 5)[:, None] * 0.2)


class GridSmoothed(newsbt.Strategy):
    """A centred average, the usual accident."""

    def signal(self, view: EventView) -> Signal:
        close = pd.DataFrame(np.nan_to_num(view.close))
        smooth = close.rolling(5, center=True, min_periods=1).mean()
        return Signal.grid(np.sign(smooth - close).to_numpy() * (np.arange(len(close)) % 20 == 5)[:, None] * 0.2)


class Step(newsbt.StepStrategy):
    """Steps see the past only: no peek."""

    def signal_at(self, t: int, past: PastView) -> np.ndarray:
        if t % 20 != 5:
            return np.zeros(len(past.tickers))
        return 0.2 * np.sign(np.nan_to_num(past.close[t] - past.open[t]))


class OrdersAhead(newsbt.BacktraderStrategy):
    """Reads the next bar of a line."""

    params = (("reach", 1),)

    def on_announcement(self, event, links):
        for data in feeds(self, links):
            if len(data) + self.p.reach < data.buflen() and data.close[self.p.reach] > data.close[0]:
                self.buy(data, size=100)


class OrdersArray(newsbt.BacktraderStrategy):
    """Reads a line's whole array."""

    def next(self):
        for data in self.datas[:4]:
            values = data.close.array
            if len(data) + 1 < len(values) and values[len(data)] > values[len(data) - 1] and len(self) % 10 == 3:
                self.buy(data, size=100)


class OrdersFair(newsbt.BacktraderStrategy):
    """Reads the bar that is over: no peek."""

    def on_announcement(self, event, links):
        for data in feeds(self, links):
            if data.close[0] > data.close[-1]:
                self.buy(data, size=100)


PEEKS = {
    "signal": (
        EntryBar, EntryOpen, TomorrowsClose, EntryVolume, WillTrade, WholeSampleMean, LastPrice, LaterNews,
        LaterSentiment, LaterRelations, LaterMembers, NewYorkToday, GridTomorrow, GridSmoothed,
    ),
    "order": (OrdersAhead, OrdersArray),
}  # fmt: skip
FAIR = (HongKongToday, Yesterday, GridToday, Step, OrdersFair)


@dataclass(frozen=True, kw_only=True)
class ByLaterVolatility:
    """A sizer that knows how much prices will move: `ahead` rows of what it goes by are not over yet."""

    ahead: int = 1

    def weights(self, panel: newsbt.MarketPanel) -> np.ndarray:
        moves = pd.DataFrame(panel.close).pct_change(fill_method=None).abs().rolling(5, min_periods=1).mean()
        return 0.1 / (1.0 + 100.0 * moves.shift(1 - self.ahead).to_numpy())
