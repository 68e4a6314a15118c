"""check_strategy: catches every way to look ahead, and raises no false alarm."""

from __future__ import annotations

import dataclasses
from typing import Any

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt import Signal
from newsbt.catalog import BUILT_IN, find_class
from newsbt.testing import SmallMarket, check_strategy, make_events, small_market


def column_of(view: newsbt.EventView) -> dict[str, int]:
    return {ticker: n for n, ticker in enumerate(view.tickers)}


class BarPeek(newsbt.Strategy):
    """The sign of a bar `ahead` rows from the entry bar: 0 is that bar's own close."""

    ahead: int = 0

    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[(view.links["row"] > 0) & (view.links["row"] + self.ahead < len(view.dates))]
        row, n = links["row"].to_numpy(), links["ticker"].map(column_of(view)).to_numpy()
        move = np.nan_to_num(view.close[row + self.ahead, n] / view.close[row - 1, n] - 1)
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.sign(move)))


class OpenPeek(newsbt.Strategy):
    """Buys where the bar it trades opens higher: the open is not known before it."""

    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[view.links["row"] > 0]
        row, n = links["row"].to_numpy(), links["ticker"].map(column_of(view)).to_numpy()
        up = view.open[row, n] > view.close[row - 1, n]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=up.astype(float)))


class VolumePeek(newsbt.Strategy):
    """Skips bars that will have no volume."""

    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[view.links["row"] >= 0]
        row, n = links["row"].to_numpy(), links["ticker"].map(column_of(view)).to_numpy()
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=view.tradable[row, n].astype(float)))


class MissingPeek(newsbt.Strategy):
    """Skips bars that will not be there."""

    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[view.links["row"] >= 0]
        row, n = links["row"].to_numpy(), links["ticker"].map(column_of(view)).to_numpy()
        there = np.isfinite(view.close[row, n])
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=there.astype(float)))


class NewsPeek(newsbt.Strategy):
    """The sentiment of the news after this one."""

    def signal(self, view: newsbt.EventView) -> Signal:
        events = view.events.sort_values("known_at")
        after = dict(zip(events["event_id"], events["sentiment"].shift(-1).fillna(0.5), strict=True))
        links = view.links[view.links["row"] >= 0]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=links["event_id"].map(after)))


class CountPeek(newsbt.Strategy):
    """Weighs each event by how many there are in all."""

    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[view.links["row"] >= 0]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=1.0 / len(view.events)))


class RelationPeek(newsbt.Strategy):
    """Uses relations whatever day they begin."""

    def signal(self, view: newsbt.EventView) -> Signal:
        liked = {row.subject for row in view.universe.relations if row.effect is not None and row.effect > 0}
        names = {item.ticker: item.name for item in view.universe.instruments}
        links = view.links[view.links["row"] >= 0]
        signs = [1.0 if names[ticker] in liked else -1.0 for ticker in links["ticker"]]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=signs))


class GridPeek(newsbt.Strategy):
    """Row t holds the sign of the move to row t + `ahead`."""

    ahead: int = 1

    def signal(self, view: newsbt.EventView) -> Signal:
        close = np.nan_to_num(view.close)
        out = np.zeros(close.shape)
        out[: -self.ahead] = np.sign(close[self.ahead :] - close[: -self.ahead])
        return Signal.grid(out)


class WholeSample(newsbt.Strategy):
    """Standardises by the mean and deviation of all rows."""

    def signal(self, view: newsbt.EventView) -> Signal:
        close = np.nan_to_num(view.close)
        return Signal.grid(np.clip((close - close.mean(axis=0)) / (close.std(axis=0) + 1e-9) / 5, -1, 1))


class BestTomorrow(newsbt.Strategy):
    """All on the ticker that gains most in the next row: most cells stay 0 whatever comes."""

    def signal(self, view: newsbt.EventView) -> Signal:
        close = np.nan_to_num(view.close, nan=1.0)
        gain = np.roll(close, -1, axis=0) / close
        out = np.zeros(close.shape)
        out[np.arange(len(out)), gain.argmax(axis=1)] = 1.0
        return Signal.grid(out)


PEEKING = [
    BarPeek(), BarPeek(ahead=1), BarPeek(ahead=3), OpenPeek(), VolumePeek(), MissingPeek(), NewsPeek(), CountPeek(),
    RelationPeek(), GridPeek(), GridPeek(ahead=2), WholeSample(), BestTomorrow(),
]  # fmt: skip


@pytest.mark.parametrize("strategy", PEEKING, ids=repr)
def test_a_strategy_that_peeks_is_caught_by_event_ticker_and_row(strategy: Any) -> None:
    with pytest.raises(AssertionError, match=r"looks ahead: the signal for .* on 2025-\S+ \(row \d+\)") as caught:
        check_strategy(strategy)
    assert type(strategy).__name__ in str(caught.value)
    assert any(ticker in str(caught.value) for ticker in ("H.HK", "B.HK", "C.SH", " U ", "^AI", "E.HK"))


def test_the_one_bar_before_the_entry_may_be_used() -> None:
    assert check_strategy(BarPeek(ahead=-1)).decisions == 0
    with pytest.raises(AssertionError):
        check_strategy(BarPeek(ahead=0))


def test_the_close_that_fills_an_entry_may_not_be_used_either() -> None:
    market = small_market(execution={"entry": "same_close"})
    with pytest.raises(AssertionError, match=r"looks ahead: the signal for .* when all that differs is prices after"):
        check_strategy(BarPeek(ahead=0), market=market)
    assert check_strategy(find_class("strategies", "fade", None, None)(), market=market, cuts=4).decisions > 0  # type: ignore[arg-type]


def half_days() -> SmallMarket:
    """The small market with two bars a session, the first as long as the second."""
    market = small_market(days=20, tickers=("U", "V"), events=10)
    prices = market.prices[market.prices["ticker"].isin(["U", "V"])]
    opens = pd.to_datetime(prices["date"]).dt.tz_localize("America/New_York")
    bars = [prices.drop(columns="date").assign(bar_start=opens + pd.Timedelta(hours=hours)) for hours in (9.5, 12.75)]
    bars[1]["close"] = (bars[1]["high"] + bars[1]["low"]) / 2
    instruments = market.instruments[market.instruments["ticker"].isin(["U", "V"])].assign(sector_index="")
    return dataclasses.replace(market, prices=pd.concat(bars), instruments=instruments)


def test_intraday_bars_are_parted_bar_by_bar() -> None:
    market = half_days()
    with pytest.raises(AssertionError, match="looks ahead: the signal"):
        check_strategy(BarPeek(ahead=0), market=market)
    assert check_strategy(BarPeek(ahead=-1), market=market, cuts=4).futures > 0


class Momentum(newsbt.StepStrategy):
    lookback: int = 5

    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        if t < self.lookback:
            return np.zeros(len(past.tickers))
        return np.clip(np.nan_to_num(past.close[t] / past.close[t - self.lookback] - 1) * 5, -1, 1)


class Crossing(newsbt.BacktraderStrategy):
    params = (("period", 4),)

    def __init__(self) -> None:
        self.averages = [bt.indicators.SMA(data.close, period=self.p.period) for data in self.datas]

    def next(self) -> None:
        for data, average in zip(self.datas, self.averages, strict=True):
            if data.close[0] > average[0] and not self.getposition(data).size:
                self.order_target_percent(data=data, target=0.1)
            elif data.close[0] < average[0] and self.getposition(data).size:
                self.close(data=data)


def honest() -> list[Any]:
    found = [find_class("strategies", use, None, None)() for use in BUILT_IN["strategies"]]  # type: ignore[arg-type]
    rival, spill, fade = (
        find_class("strategies", use, None, None)  # type: ignore[arg-type]
        for use in ("rival_release", "spillover", "fade")
    )
    return [
        *found, rival(themes=("chinese_ai",), sign="effect"), rival(sign="sentiment", include_issuer=False),
        rival(themes=("ai",), event_types=(), issuers=("OpenAI",)), spill(hops=3), fade(min_move=0.01), Momentum(),
    ]  # fmt: skip


@pytest.mark.parametrize("strategy", honest(), ids=repr)
def test_no_honest_strategy_is_blamed(strategy: Any) -> None:
    found = check_strategy(strategy, cuts=4)
    assert found.decisions > 0
    assert found.futures >= 12


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_other_markets_and_futures_raise_no_alarm_either(seed: int) -> None:
    for use in ("rival_release", "fade", "sentiment_decay"):
        strategy = find_class("strategies", use, None, None)()  # type: ignore[arg-type]
        check_strategy(strategy, market=small_market(seed=100 + seed, days=30, events=12), seed=seed, cuts=2)


def test_a_backtrader_strategy_is_given_with_its_parameters() -> None:
    assert check_strategy(Crossing, {"period": 3}, cuts=2).kind == "orders"
    assert check_strategy(Crossing, period=6, cuts=2).decisions > 10
    with pytest.raises(TypeError, match="did you mean 'period'"):
        check_strategy(Crossing, perid=6)


class NextBar(newsbt.BacktraderStrategy):
    def next(self) -> None:
        data = self.getdatabyname("H.HK")
        if len(data) < len(data.close.array) and data.close[1] > data.close[0]:
            self.buy(data=data, size=100)


class WholeLine(newsbt.BacktraderStrategy):
    """Reads tomorrow from the array behind the line, when told of an announcement."""

    def on_announcement(self, event: Any, links: Any) -> None:
        for link in links:
            data = self.getdatabyname(link.ticker)
            line = data.close.array
            if len(data) < len(line) and line[len(data)] > data.close[0]:
                self.buy(data=data, size=100)


class StopBelowTomorrow(newsbt.BacktraderStrategy):
    """The order itself is honest but for its price."""

    def next(self) -> None:
        data = self.getdatabyname("H.HK")
        if len(self) == 5:
            self.buy(data=data, size=100)
        elif len(self) == 8:
            self.sell(data=data, size=100, exectype=bt.Order.Stop, price=data.low[1] * 0.999)


@pytest.mark.parametrize("cls", [NextBar, WholeLine, StopBelowTomorrow])
def test_a_backtrader_strategy_that_peeks_is_caught(cls: type) -> None:
    with pytest.raises(AssertionError, match=r"looks ahead: the order for .* on 2025-\S+ \(row \d+\)"):
        check_strategy(cls, cuts=30)


class Cancels(newsbt.BacktraderStrategy):
    """Withdraws an order that would have filled."""

    def __init__(self) -> None:
        self.resting: Any = None

    def next(self) -> None:
        data = self.getdatabyname("H.HK")
        if len(self) < 3:
            return
        if self.resting is None or not self.resting.alive():
            self.resting = self.buy(data=data, size=100, exectype=bt.Order.Limit, price=data.close[0] * 0.99)
        elif len(data) < len(data.low.array) and data.low[1] < self.resting.created.price:
            self.cancel(self.resting)


def test_a_cancel_is_a_decision_too() -> None:
    with pytest.raises(AssertionError, match="looks ahead: the order"):
        check_strategy(Cancels, cuts=30)


class Random(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        return Signal.grid(np.random.default_rng().uniform(-1, 1, view.close.shape))


class Writes(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        view.close[0, 0] = 1.0
        return Signal.grid(np.zeros(view.close.shape))


class WritesFrame(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        view.links.loc[0, "sentiment"] = 9.0
        return Signal.grid(np.zeros(view.close.shape))


class AddsColumn(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        view.events["score"] = 1.0
        return Signal.grid(np.zeros(view.close.shape))


class TooLarge(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        return Signal.grid(np.full(view.close.shape, 1.5))


class NotANumber(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        links = view.links[["event_id", "ticker"]].drop_duplicates()
        return Signal.for_events(links.assign(signal=np.nan))


class Transposed(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        return Signal.grid(np.zeros(view.close.shape[::-1]))


class Nothing(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        return None  # type: ignore[return-value]


class Raises(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> Signal:
        raise KeyError("score")


class StepTooLarge(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        return np.full(len(past.tickers), 2.0 if t == 3 else 0.0)


class StepShape(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        return np.zeros((1, 2))


class StepWrites(newsbt.StepStrategy):
    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        past.close[0] = 0.0
        return np.zeros(len(past.tickers))


BAD = [
    (Random(), r"not deterministic: asked twice, the signal for \S+ on 2025-02-11 \(row 1\) is"),
    (Writes(), r"read-only\n.*test_strategies.py:\d+ in signal\n    view.close\[0, 0\] = 1.0"),
    (WritesFrame(), "view.links, its column 'sentiment'"),
    (AddsColumn(), "view.events, its column 'score'"),
    (TooLarge(), r"a signal is a number in \[-1, 1\]; row 0, column 0 has"),
    (NotANumber(), r"a signal is a number in \[-1, 1\]; .* on e001 has"),
    (Transposed(), r"grid of shape \(6, 60\); expected \(60, 6\)"),
    (Nothing(), "answered a NoneType"),
    (Raises(), r"KeyError: 'score'\n.*test_strategies.py:\d+ in signal"),
    (StepTooLarge(), r"B.HK on .* \(row 3\) has|H.HK on .* \(row 3\) has"),
    (StepShape(), r"shape \(6,\), not \(1, 2\), in row 0"),
    (StepWrites(), r"read-only\n.*test_strategies.py:\d+ in signal_at"),
]


@pytest.mark.parametrize(("strategy", "words"), BAD, ids=[type(strategy).__name__ for strategy, _ in BAD])
def test_other_faults_are_told_in_words_and_lines(strategy: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_strategy(strategy)


@pytest.mark.parametrize("strategy", [object(), int, "rival_release", newsbt.EventView])
def test_what_is_no_strategy_is_refused(strategy: Any) -> None:
    with pytest.raises(TypeError, match=r"an instance of newsbt\.Strategy"):
        check_strategy(strategy)


def test_a_strategy_that_does_nothing_proves_nothing_and_says_so() -> None:
    market = small_market(events=make_events(("2025-03-05T19:00Z", "Harbor"), event_type="earnings"))
    rival = find_class("strategies", "rival_release", None, None)()  # type: ignore[arg-type]
    assert check_strategy(rival, market=market).decisions == 0


def test_a_step_strategy_holds_nothing_of_the_future() -> None:
    """Every array that can be reached from a PastView, bases included, is blank after row t."""
    market = small_market()
    whole = market.view()
    seen: list[int] = []

    class Digs(newsbt.StepStrategy):
        def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
            for name in ("open", "high", "low", "close", "volume", "tradable"):
                array = getattr(past, name)
                assert len(array) == t + 1
                while isinstance(array, np.ndarray):
                    later = array[t + 1 :] if array.shape[1:] == whole.close.shape[1:] else array[:0]
                    assert not np.isfinite(later.astype(float)).any() or not later.any()
                    array = array.base
            assert len(past.dates) == t + 1 and past.dates.base is None
            assert past.links["row"].max() <= t + 1 or past.links.empty
            known = set(past.events["event_id"])
            assert known <= set(whole.events["event_id"])
            assert all(row.from_on is None or str(row.from_on) <= str(past.dates[t]) for row in past.universe.relations)
            seen.append(len(known))
            return np.zeros(len(past.tickers))

    market.signals(Digs())
    assert seen == sorted(seen) and seen[0] < 3 and seen[-1] == len(whole.events)
