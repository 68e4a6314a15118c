"""What a signal asks for is asked where it is placed: in the run, and anew wherever a rerun places it (X23)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

import newsbt
from newsbt.assembly import StrategySpec
from newsbt.config.models import PositionConfig
from newsbt.domain.ledger import Outcome
from newsbt.evidence.independent_days import PlaceboError, placebo
from newsbt.evidence.permutation import shuffled_tickers
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.simulation.compiled import simulate
from newsbt.simulation.sizers import InverseVolatility
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import strategy_books
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.testing import make_events, small_market

pytestmark = pytest.mark.rule("X23", "X4")

DAY = np.timedelta64(1, "D")
WINDOW = 20
EVENTS = make_events(
    *((f"2025-03-{day:02}T0{hour}:00Z", issuer) for day, hour, issuer in
      ((24, 0, "Harbor"), (25, 3, "Beacon"), (27, 1, "Usher"), (31, 5, "Cloud")))
)  # fmt: skip


class Delayed(newsbt.Strategy):
    """Follows every link, each some own bars later."""

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        pairs = view.links[["event_id", "ticker"]].drop_duplicates()
        return newsbt.Signal.for_events(pairs.assign(signal=0.5, delay=np.arange(len(pairs)) % 3))


def sized(entry: str = "next_open", event_weight: float | None = None, **sizer: float) -> PreparedRun:
    weight = {"use": "inverse_volatility", "window": WINDOW, **sizer}
    position = PositionConfig.model_validate({"weight": weight, "hold": 2, "event_weight": event_weight})
    spec = StrategySpec(
        name="S", strategy=Delayed(), position=position, sizer=InverseVolatility(window=WINDOW, **sizer)
    )  # fmt: skip
    prepared = small_market(90, events=EVENTS, execution={"entry": entry}).prepared()
    return replace(prepared, components=replace(prepared.components, strategies=(spec,)))


def moved(prepared: PreparedRun) -> tuple[SimulatedStrategy, RetimableSignals]:
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    return books, movable(prepared.market, prepared.news, books)


@pytest.mark.parametrize("entry", ["next_open", "same_close", "limit"])
@pytest.mark.parametrize("weeks", [-1, 1, 3])
def test_the_weight_is_that_of_the_row_of_the_moved_entry(entry: str, weeks: int) -> None:
    prepared = sized(entry)
    books, signals = moved(prepared)
    assert books.placed is not None
    weights = InverseVolatility(window=WINDOW).weights(prepared.market.panel)
    own = books.placed.entries
    np.testing.assert_array_equal(own.weight, 0.5 * weights[own.row, own.ticker])
    there = signals.at(prepared.news.events.known_at + 7 * weeks * DAY)
    np.testing.assert_array_equal(there.weight, 0.5 * weights[there.row, there.ticker])
    assert np.isfinite(there.weight).all() and len(there) == len(own)
    np.testing.assert_array_equal(there.event, own.event)
    assert (there.weight != own.weight).all(), "weights of the real day, carried along"


def test_a_later_entry_of_the_same_event_is_weighed_later() -> None:
    prepared = sized()
    _, signals = moved(prepared)
    weights = InverseVolatility(window=WINDOW).weights(prepared.market.panel)
    later = signals.at(prepared.news.events.known_at, extra_delay=1)
    np.testing.assert_array_equal(later.weight, 0.5 * weights[later.row, later.ticker])


def test_an_entry_that_is_moved_to_where_nothing_is_known_has_no_weight_and_is_refused() -> None:
    prepared = sized()
    books, signals = moved(prepared)
    assert books.terms is not None
    early = signals.at(prepared.news.events.known_at - 28 * DAY)
    assert np.isnan(early.weight).any()
    ledger = simulate(books.terms, early)
    refused = {Outcome(code).word for code in ledger.outcome[np.isnan(early.weight)].tolist()}
    assert refused <= {"no_weight", "not_trading"} and "no_weight" in refused


def test_independent_days_are_those_with_a_weight() -> None:
    """A day on which what was traded would not have been is none of those that a real one is compared with."""
    prepared = sized()
    books, signals = moved(prepared)
    assert books.terms is not None
    met: list[float] = []

    def simulated(terms, entries):
        met.extend(entries.weight[np.isin(entries.event, signals.event[signals.traded])].tolist())
        return simulate(terms, entries)

    placebo(signals, books.terms, 0.0, draws=30, seed=1, simulate=simulated)
    assert met and np.isfinite(met).all()
    nowhere = replace(signals.shares.sizing, weight=np.full(prepared.market.panel.shape, np.nan))
    with pytest.raises(PlaceboError, match="no other admissible day"):
        placebo(
            replace(signals, shares=replace(signals.shares, sizing=nowhere)), books.terms, 0.0, draws=1, seed=1,
            simulate=simulate,
        )  # fmt: skip


def test_another_ticker_has_its_own_weight() -> None:
    prepared = sized()
    books, signals = moved(prepared)
    assert books.terms is not None
    weights = InverseVolatility(window=WINDOW).weights(prepared.market.panel)
    seen = []

    def simulated(terms, entries):
        seen.append(entries)
        return simulate(terms, entries)

    shuffled_tickers(signals, books.terms, 0.0, draws=5, seed=1, simulate=simulated)
    assert seen
    for entries in seen:
        np.testing.assert_array_equal(entries.weight, 0.5 * weights[entries.row, entries.ticker])


def test_what_one_event_may_have_is_cut_where_it_is_placed() -> None:
    """The sum is over all that the event signals, as it is in the row of each entry."""
    prepared = sized(event_weight=0.03, target=0.1)
    books, signals = moved(prepared)
    placed = books.placed
    assert placed is not None
    weights = InverseVolatility(window=WINDOW, target=0.1).weights(prepared.market.panel)
    for entries in (placed.entries, signals.at(prepared.news.events.known_at + 7 * DAY)):
        cut = 0
        for event, ticker, row, weight in zip(
            entries.event.tolist(), entries.ticker.tolist(), entries.row.tolist(), entries.weight.tolist(), strict=True
        ):
            mine = placed.ticker[placed.event == event]
            total = 0.5 * float(np.nansum(weights[row, mine]))
            assert weight == pytest.approx(0.5 * weights[row, ticker] * min(1.0, 0.03 / total), nan_ok=True)
            cut += total > 0.03
        assert cut > 3


@dataclass(frozen=True, kw_only=True)
class Constant:
    weight: float

    def weights(self, panel: newsbt.MarketPanel) -> np.ndarray:
        return np.full(panel.shape, self.weight)


@pytest.mark.parametrize("event_weight", [None, 0.03])
def test_a_sizer_that_says_one_number_is_that_number(event_weight: float | None) -> None:
    prepared = sized(event_weight=event_weight)
    (spec,) = prepared.components.strategies
    number = PositionConfig(weight=0.07, hold=2, event_weight=event_weight)
    plain, asked = (
        moved(replace(prepared, components=replace(prepared.components, strategies=(one,))))
        for one in (
            replace(spec, sizer=None, position=number), replace(spec, sizer=Constant(weight=0.07)),
        )
    )  # fmt: skip
    np.testing.assert_allclose(asked[0].ledger.equity, plain[0].ledger.equity, rtol=1e-12)
    known_at = prepared.news.events.known_at + 7 * DAY
    np.testing.assert_allclose(asked[1].at(known_at).weight, plain[1].at(known_at).weight, rtol=1e-12)
