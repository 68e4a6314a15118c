"""Placebo runs: valid where nothing follows from news, able to see what does, and plain about what they cannot do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import newsbt
from newsbt.domain.ledger import Ledger
from newsbt.evidence.independent_days import PlaceboError, placebo, placebo_of
from newsbt.evidence.permutation import ALL_NAMED, ONE_SIGN, shuffled_signs, shuffled_tickers
from newsbt.evidence.retimed_signals import movable
from newsbt.simulation.account_terms import Hold
from newsbt.simulation.compiled import simulate
from newsbt.steps.simulate import strategy_books
from price_walks import walk

DRAWS = 99


def judged(seed: int, kind, *, draws: int = DRAWS, **market):
    prepared, _ = walk(seed, **market)
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    observed = total(books.ledger)
    signals = movable(prepared.market, prepared.news, books)
    return kind(signals, books.terms, observed, draws=draws, seed=seed, simulate=simulate)


def total(ledger: Ledger) -> float:
    return float(ledger.equity[-1] / ledger.initial_cash - 1.0)


@pytest.mark.parametrize(
    ("kind", "market"),
    [(placebo, {}), (shuffled_tickers, {}), (shuffled_signs, {"signs": (1, -1)})],
    ids=["instants", "tickers", "signs"],
)
def test_p_values_are_uniform_where_there_is_no_effect(kind, market) -> None:
    """80 random markets: p has the mean and the spread of a uniform variable, and rejects as often as it says."""
    p = np.array([judged(seed, kind, **market).p for seed in range(80)])
    # p lies on a grid of 1/100, which moves the statistic by no more than that.
    assert stats.kstest(p, "uniform").statistic < stats.kstwo.ppf(0.99, len(p)) + 0.01
    assert stats.binomtest(int((p <= 0.1).sum()), len(p), 0.1).pvalue > 0.01
    assert abs(p.mean() - 0.5) < 3 * np.sqrt(1 / 12 / len(p))


def test_an_effect_is_seen() -> None:
    p = [judged(seed, placebo, effect=0.03).p for seed in range(10)]
    assert np.median(p) <= 0.02


def test_shuffled_tickers_see_what_was_chosen_and_shuffled_signs_the_direction() -> None:
    assert judged(3, shuffled_tickers, effect=0.04).p <= 0.03
    assert judged(3, shuffled_signs, effect=0.04, signs=(1, -1)).p <= 0.03


def test_it_is_the_same_again() -> None:
    one, other = judged(5, placebo), judged(5, placebo)
    np.testing.assert_array_equal(one.returns, other.returns)
    assert one.p == (1 + int((one.returns >= one.observed).sum())) / (DRAWS + 1)


def test_reported_instants_are_those_that_were_possible() -> None:
    """No real event day, a bar for every ticker, and the hold inside the run."""
    found = judged(5, placebo)
    assert found.clusters == 12
    assert 200 < found.instants < 252 - 12
    assert 0.0 <= found.overlapping <= 1.0


def test_each_draw_keeps_times_of_day_and_clusters_and_leaves_the_real_days() -> None:
    prepared, _ = walk(5)
    known_at = prepared.news.events.known_at.copy()
    known_at[1] = known_at[0]
    known_at[2] += np.timedelta64(3, "h")  # in the session, not before it
    news = replace(prepared.news, events=replace(prepared.news.events, known_at=known_at))
    prepared = replace(prepared, news=news)
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    drawn: list[np.ndarray] = []

    def run(moved: np.ndarray) -> Ledger:
        drawn.append(moved)
        return books.ledger

    placebo_of(movable(prepared.market, news, books), books.terms.position.hold, 0.0, draws=20, seed=1, run=run)
    real = known_at.astype("M8[D]")
    for moved in drawn:
        days = moved.astype("M8[D]")
        np.testing.assert_array_equal(moved - days, known_at - real)
        assert moved[1] == moved[0]
        assert not np.isin(days, real).any()
    assert len(np.unique(np.concatenate(drawn))) > 20


def test_equal_signs_cannot_be_shuffled() -> None:
    found = judged(1, shuffled_signs)
    assert np.isnan(found.p) and found.reason == ONE_SIGN and not len(found.returns)


class All(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        rows = [(event, ticker, 1.0) for event in view.events["event_id"] for ticker in view.tickers]
        return newsbt.Signal.for_events(pd.DataFrame(rows, columns=["event_id", "ticker", "signal"]))


def test_there_are_no_other_tickers_where_all_are_named() -> None:
    found = judged(1, shuffled_tickers, strategies={"all": All()}, position={"weight": 0.01, "hold": 2})
    assert np.isnan(found.p) and found.reason == ALL_NAMED


def test_a_cluster_without_any_other_day_fails_with_the_ticker() -> None:
    with pytest.raises(PlaceboError, match=r"[A-E]{3} could not be bought and held on any"):
        judged(1, placebo, position={"weight": 0.1, "hold": 300})


def test_days_are_drawn_by_the_seed_and_met_windows_counted_as_a_plain_loop_does() -> None:
    """What comes in the session is entered in the next one. The first day has no reference price, and a hold of three
    days ends on the last one at the latest."""
    prepared, _ = walk(5)
    known_at = prepared.news.events.known_at.copy()
    known_at[2] += np.timedelta64(3, "h")
    prepared = replace(prepared, news=replace(prepared.news, events=replace(prepared.news.events, known_at=known_at)))
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    drawn: list[np.ndarray] = []

    def run(moved: np.ndarray) -> Ledger:
        drawn.append(moved)
        return books.ledger

    hold, observed = books.terms.position.hold, books.ledger.total_return
    found = placebo_of(movable(prepared.market, prepared.news, books), hold, observed, draws=15, seed=4, run=run)
    days = prepared.market.panel.dates.astype("M8[D]")
    real = set(known_at.astype("M8[D]").tolist())
    late = [int(at - at.astype("M8[D]") > np.timedelta64(14, "h")) for at in known_at]
    free = [
        [k for k, day in enumerate(days.tolist()) if day not in real and 1 <= k + late[e] <= len(days) - 1 - 3]
        for e in range(len(known_at))
    ]
    order, random, met = np.argsort(known_at), np.random.default_rng(4), 0
    for moved in drawn:
        chosen = {e: free[e][int(random.integers(len(free[e])))] for e in order.tolist()}
        expected = [days[chosen[e]] + (known_at[e] - known_at[e].astype("M8[D]")) for e in range(len(known_at))]
        assert moved.tolist() == np.array(expected).astype("M8[ns]").tolist()
        met += sum(any(a != b and abs(chosen[a] - chosen[b]) < 3 for b in chosen) for a in chosen)
    assert found.overlapping == met / (15 * len(known_at)) and 0.0 < found.overlapping < 1.0
    assert (found.clusters, found.instants) == (len(known_at), len({k for one in free for k in one}))
    assert found.p == 1.0 and found.returns.tolist() == [observed] * 15  # each is as good


def test_only_what_lies_within_the_hold_of_another_meets_it() -> None:
    prepared, _ = walk(5)
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    signals = movable(prepared.market, prepared.news, books)

    def overlapping(hold: Hold | None) -> float:
        return placebo_of(signals, hold, 0.0, draws=40, seed=1, run=lambda _: books.ledger).overlapping

    shares = [overlapping(hold) for hold in (Hold("bars", 40), Hold("bars", 1), Hold("duration", 10**15), None)]
    assert shares[0] > 0.9 and max(shares[1:]) < 0.2
