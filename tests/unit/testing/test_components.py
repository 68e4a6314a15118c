"""Conformance checks: what newsbt has passes, and each fault is named."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.ledger import Ledger
from newsbt.domain.slippage_table import Slippage
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.markets.costs import Flat, MarketSchedule, ZeroCosts
from newsbt.prices.price_readers import CsvPrices, FramePrices
from newsbt.simulation import slippage
from newsbt.simulation.sizers import InverseVolatility
from newsbt.testing import (
    check_cost_model,
    check_metric,
    check_provider,
    check_reader,
    check_sizer,
    check_slippage_model,
    small_market,
)

ROOT = Path(__file__).parents[3]


def item(name: str, **changes: Any) -> Announcement:
    return Announcement(
        event_id=name, published_at=datetime(2025, 3, 5, tzinfo=UTC), event_type="x", issuer="Harbor", **changes
    )


@dataclass(frozen=True, kw_only=True)
class MyReader:
    items: tuple[Announcement, ...] = (item("a"), item("b"))
    rows: int = 2

    def read(self, known_tickers: Any = None) -> Any:
        return AnnouncementBatch(announcements=self.items, rows_read=self.rows)


@dataclass(frozen=True, kw_only=True)
class Answers:
    answer: Any = None

    def read(self, known_tickers: Any = None) -> Any:
        return self.answer

    def table(self, *_: Any) -> Any:
        return self.answer


class Plain:
    def read(self, known_tickers: Any = None) -> Any:
        return None

    def table(self, *_: Any) -> Any:
        return None


def test_readers_that_are_fit() -> None:
    assert len(check_reader(MyReader()).announcements) == 2
    assert len(check_reader(FrameAnnouncements(frame=small_market().announcements)).announcements) == 30


@pytest.mark.parametrize(
    ("reader", "words"),
    [
        (MyReader(items=(item("a"), item("a"))), "'a' stands twice"),
        (MyReader(items=(item("a", sentiment=1.5),)), "sentiment of 'a' is 1.5, outside"),
        (MyReader(items=(item("a", relevance=-0.1),)), "relevance of 'a' is -0.1, outside"),
        (MyReader(items=(item("a", tickers="H.HK"),)), "tickers of 'a' is a tuple"),
        (MyReader(items=(item(""),)), "has no event_id"),
        (MyReader(rows=1), "rows_read is 1, less than 2"),
        (MyReader, "an instance of MyReader, not the class"),
        (Plain(), "Plain is a frozen dataclass"),
        (Answers(answer=[]), "AnnouncementBatch, not a list"),
        (ZeroCosts(), r"has no method read\(known_tickers\)"),
    ],
)
def test_readers_that_are_not(reader: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_reader(reader)


def test_a_reader_that_reads_something_else_each_time() -> None:
    seen: list[int] = []

    @dataclass(frozen=True, kw_only=True)
    class Moody:
        def read(self, known_tickers: Any = None) -> Any:
            seen.append(1)
            body = f"{'word ' * 2_000}{len(seen)}"
            return AnnouncementBatch(announcements=(item("a", body=body),), rows_read=1)

    with pytest.raises(AssertionError, match="reading twice gives different announcements"):
        check_reader(Moody())


def test_providers() -> None:
    prices = small_market(12).prices
    assert check_provider(FramePrices(frame=prices)).tickers
    check_provider(CsvPrices(path=ROOT / "data" / "prices" / "9988.HK.csv"))
    table = FramePrices(frame=prices).read()

    def spoilt(name: str, value: float) -> Any:
        values = {key: column.copy() for key, column in table.values.items()}
        values[name][3] = value
        return Answers(answer=dataclasses.replace(table, values=values))

    for name, value, words in (
        ("close", -1.0, "the close of .* is .*-1.0.*, not above 0"),
        ("volume", -5.0, "the volume of .* below 0"),
        ("high", 0.5, "outside its low and high"),
    ):
        with pytest.raises(AssertionError, match=words):
            check_provider(spoilt(name, value))
    day = table.day.copy()
    day[1] = day[0]
    with pytest.raises(AssertionError, match="1 bars stand twice"):
        check_provider(Answers(answer=dataclasses.replace(table, day=day)))
    with pytest.raises(AssertionError, match="PriceTable, not a NoneType"):
        check_provider(Answers())


@pytest.mark.parametrize("model", [ZeroCosts(), Flat(commission_bps=10, minimum=5), MarketSchedule()])
def test_cost_models_that_are_fit(model: Any) -> None:
    check_cost_model(model)


@dataclass(frozen=True, kw_only=True)
class TomorrowsCosts:
    """Dear before a day that closes higher."""

    def table(self, panel: Any, universe: Any, rulebook: Any) -> Any:
        flat = Flat(commission_bps=10).table(panel, universe, rulebook)
        dear = Flat(commission_bps=50).table(panel, universe, rulebook)
        close = np.nan_to_num(panel.close)
        rises = np.vstack([close[1:] > close[:-1], np.zeros((1, close.shape[1]), dtype=bool)])
        return dataclasses.replace(
            flat,
            components=np.concatenate([flat.components, dear.components]),
            span=np.array([[0, 1], [1, 2]]),
            class_of=rises.astype(np.int32),
        )


@dataclass(frozen=True, kw_only=True)
class NegativeCosts:
    def table(self, panel: Any, universe: Any, rulebook: Any) -> Any:
        made = Flat(commission_bps=10).table(panel, universe, rulebook)
        components = made.components.copy()
        components["rate"] = -0.001
        components["minimum"] = -1e9
        return dataclasses.replace(made, components=components)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (TomorrowsCosts(), r"the costs of .* in row \d+ change with what comes after row"),
        (NegativeCosts(), "a fill of H.HK in row 0 costs"),
        (Answers(), "FeeTable, not a NoneType"),
        (Plain(), "frozen dataclass"),
    ],
)
def test_cost_models_that_are_not(model: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_cost_model(model)


@pytest.mark.parametrize(
    "model",
    [slippage.ZeroSlippage(), slippage.Bps(bps=7), slippage.HalfSpread(), slippage.VolumeShare(window=5)],
    ids=repr,
)
def test_slippage_models_that_are_fit(model: Any) -> None:
    check_slippage_model(model)


@dataclass(frozen=True, kw_only=True)
class DaysRange:
    """The range of the very bar that is traded, known only at its end."""

    sign: float = 1.0

    def table(self, panel: Any, rules: Any) -> Slippage:
        return Slippage(impact=np.nan_to_num(self.sign * (panel.high / panel.low - 1)))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (DaysRange(), r"impact of .* in row (\d+) changes with what happens in row \1"),
        (DaysRange(sign=-1.0), "impact of .* not a number of 0 or more"),
        (Answers(answer=Slippage(half_spread=np.zeros((2, 2)))), "half_spread has the panel's shape"),
        (Answers(answer=1.0), "Slippage, not a float"),
    ],
)
def test_slippage_models_that_are_not(model: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_slippage_model(model)


@pytest.mark.rule("X23")
@pytest.mark.parametrize("sizer", [InverseVolatility(window=20), InverseVolatility(max_weight=0.1, window=5)], ids=repr)
def test_sizers_that_are_fit(sizer: Any) -> None:
    check_sizer(sizer)


@dataclass(frozen=True, kw_only=True)
class Weighs:
    """The same for all, by what a name says."""

    what: str

    def weights(self, panel: Any) -> Any:
        known = np.nan_to_num(panel.reference, nan=1.0)
        return {
            "fair": 0.1 / (1.0 + known),
            "close": 0.1 / (1.0 + np.nan_to_num(panel.close, nan=1.0)),
            "open": 0.1 / (1.0 + np.nan_to_num(panel.open, nan=1.0)),
            "mean": np.full(panel.shape, 0.1 / (1.0 + np.nanmean(panel.close))),
            "much": np.full(panel.shape, 2.0),
            "one": 0.1,
            "random": np.random.default_rng().random(panel.shape),
        }[self.what]


@pytest.mark.rule("X23")
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("close", r"the weight of .* in row (\d+) changes with what happens in row \1"),
        ("open", r"the weight of .* in row (\d+) changes with what happens in row \1"),
        ("mean", "changes with what happens in row"),
        ("much", "answered 2.0 for"),
        ("one", "expected numbers of shape"),
        ("random", "the same market is sized differently"),
    ],
)
def test_sizers_that_are_not(what: str, words: str) -> None:
    check_sizer(Weighs(what="fair"))
    with pytest.raises(AssertionError, match=words):
        check_sizer(Weighs(what=what))


@dataclass(frozen=True, kw_only=True)
class MeanFill:
    """Mean notional of a fill."""

    name: str = "mean_fill"
    unit: str = "account currency"

    def compute(self, ledger: Ledger) -> float:
        fills = ledger.fills
        return float((fills["quantity"] * fills["price_account"]).mean()) if len(fills) else math.nan


@dataclass(frozen=True, kw_only=True)
class Changes(MeanFill):
    def compute(self, ledger: Ledger) -> float:
        ledger.equity[0] += 1
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Fails(MeanFill):
    def compute(self, ledger: Ledger) -> Any:
        return None if not len(ledger.fills) else 1.0


def test_metrics() -> None:
    check_metric(MeanFill())
    for metric, words in (
        (MeanFill(name="sharpe"), "is a metric of newsbt's own"),
        (MeanFill(name="mean fill"), "is one word"),
        (MeanFill(unit=""), "needs a unit"),
        (Changes(), "changed the ledger's equity"),
        (Fails(), "of a run without a trade is a number"),
        (object(), r"has no attribute 'name' .*has no method compute\(ledger\)"),
    ):
        with pytest.raises(AssertionError, match=words):
            check_metric(metric)
