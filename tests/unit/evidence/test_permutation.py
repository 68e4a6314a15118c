"""Signals on other tickers and with each other's signs: what is dealt out anew, what stays, and what counts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from newsbt.domain.entries import Entries
from newsbt.evidence.permutation import (
    ALL_NAMED,
    NO_SIGNAL,
    ONE_SIGN,
    TIE,
    Shuffled,
    _judged,
    judged,
    shuffled_signs,
    shuffled_tickers,
)
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.simulation.account_terms import AccountTerms
from newsbt.steps.simulate import strategy_books
from price_walks import walk


def test_what_rounding_alone_keeps_below_the_observed_is_as_good() -> None:
    found = _judged(0.1, np.array([0.1 - TIE / 2, 0.1 - 3 * TIE, 0.1 + TIE / 2, 0.2, -0.1]))
    assert found.p == (3 + 1) / (5 + 1)


@pytest.fixture(scope="module")
def world() -> tuple[RetimableSignals, AccountTerms]:
    prepared, _ = walk(7, events=10, signs=(1, -1))
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    assert books.terms is not None
    return movable(prepared.market, prepared.news, books), books.terms


class Runs:
    """Keeps what each shuffled run entered; the k-th returns k hundredths."""

    def __init__(self) -> None:
        self.entries: list[Entries] = []

    def __call__(self, _: AccountTerms, entries: Entries) -> Any:
        self.entries.append(entries)
        return _Returned(len(self.entries) / 100)


class _Returned:
    def __init__(self, total_return: float) -> None:
        self.total_return = total_return


def chosen(signals: RetimableSignals, kept: np.ndarray) -> RetimableSignals:
    names = ("event", "linked", "ticker", "sign", "size", "delay", "traded")
    return replace(
        signals, **{name: getattr(signals, name)[kept] for name in names},
        shares=replace(signals.shares, chosen=signals.shares.chosen[kept]),
    )  # fmt: skip


def by_event(entries: Entries, name: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for event, value in zip(entries.event.tolist(), getattr(entries, name).tolist(), strict=True):
        found.setdefault(event, []).append(int(value))
    return found


def tickers(signals: RetimableSignals, terms: AccountTerms, draws: int, seed: int) -> tuple[Shuffled, list[Entries]]:
    runs = Runs()
    found = shuffled_tickers(signals, terms, 0.03, draws=draws, seed=seed, simulate=runs)
    return found, runs.entries


def test_each_event_gets_as_many_others_of_all_that_could_be_entered(
    world: tuple[RetimableSignals, AccountTerms],
) -> None:
    signals, terms = world
    own = signals.at(signals.news.events.known_at)
    found, runs = tickers(signals, terms, 30, 1)
    assert found.returns.tolist() == [k / 100 for k in range(1, 31)] and found.observed == 0.03
    assert found.p == (28 + 1) / (30 + 1) and not found.reason
    drawn: dict[int, Counter[int]] = {}
    for entries in runs:
        for name in ("row", "sign"):
            assert {k: sorted(v) for k, v in by_event(entries, name).items()} == {
                k: sorted(v) for k, v in by_event(own, name).items()
            }
        for event, those in by_event(entries, "ticker").items():
            assert len({*those}) == len(those) == len(by_event(own, "ticker")[event])
            drawn.setdefault(event, Counter()).update(those)
    assert all({*counted} == {0, 1, 2, 3, 4} for counted in drawn.values())
    # The stream of a seed is the same in every version: whoever runs again what was published gets what was published.
    random, events = np.random.default_rng([1, 1]), list(dict.fromkeys(signals.event.tolist()))
    for entries in runs:
        expected = {k: random.permutation(5)[: len(by_event(own, "ticker")[k])].tolist() for k in events}
        assert {k: sorted(v) for k, v in by_event(entries, "ticker").items()} == {
            k: sorted(v) for k, v in expected.items()
        }
    again, other = (tickers(signals, terms, 30, seed)[1] for seed in (1, 2))
    assert [one.ticker.tolist() for one in again] == [one.ticker.tolist() for one in runs]
    assert [one.ticker.tolist() for one in other] != [one.ticker.tolist() for one in runs]


def test_what_cannot_be_entered_then_is_not_drawn(world: tuple[RetimableSignals, AccountTerms]) -> None:
    """The fourth may not be traded, and the fifth has no bar in the row of the first event."""
    signals, terms = world
    own = signals.at(signals.news.events.known_at)
    panel, first = signals.market.panel, int(own.event[0])
    tradable = panel.tradable.copy()
    tradable[int(own.row[0]), 4] = False
    tradable.flags.writeable = False
    named = {3, 4} & {*by_event(own, "ticker")[first]}
    prices = replace(signals.market.prices, panel=replace(panel, tradable=tradable))
    halted = replace(signals, market=replace(signals.market, prices=prices))
    may = terms.may_trade.copy()
    may[3] = False
    _, runs = tickers(halted, replace(terms, may_trade=may), 30, 1)
    drawn = {n for entries in runs for n in by_event(entries, "ticker")[first]}
    assert drawn == {0, 1, 2} | named


def test_where_all_are_named_or_nothing_met_a_bar_there_is_nothing_to_draw(
    world: tuple[RetimableSignals, AccountTerms],
) -> None:
    signals, terms = world
    only_named = np.zeros(5, dtype=bool)
    only_named[signals.ticker[signals.event == signals.event[0]]] = True
    one_event = chosen(signals, np.flatnonzero(signals.event == signals.event[0]))
    found, runs = tickers(one_event, replace(terms, may_trade=only_named), 5, 1)
    assert (found.reason, len(found.returns), runs) == (ALL_NAMED, 0, []) and math.isnan(found.p)
    silent = replace(signals, traded=np.zeros(len(signals.event), dtype=bool))
    assert tickers(silent, terms, 5, 1)[0].reason == NO_SIGNAL


def signs(signals: RetimableSignals, terms: AccountTerms, draws: int, seed: int) -> tuple[Shuffled, list[Entries]]:
    runs = Runs()
    found = shuffled_signs(signals, terms, 0.03, draws=draws, seed=seed, simulate=runs)
    return found, runs.entries


def test_events_get_each_other_s_signs_whole(world: tuple[RetimableSignals, AccountTerms]) -> None:
    signals, terms = world
    own = signals.at(signals.news.events.known_at)
    found, runs = signs(signals, terms, 20, 1)
    assert found.returns.tolist() == [k / 100 for k in range(1, 21)] and found.p == (18 + 1) / (20 + 1)
    dealt_by_event = Counter(of[0] for of in by_event(own, "sign").values())
    assert len(dealt_by_event) == 2
    for entries in runs:
        dealt = by_event(entries, "sign")
        assert all(len({*of}) == 1 for of in dealt.values())
        assert Counter(of[0] for of in dealt.values()) == dealt_by_event
        assert by_event(entries, "ticker") == by_event(own, "ticker")
    assert len({tuple(one.sign.tolist()) for one in runs}) > 10
    random, events = np.random.default_rng([1, 2]), sorted(by_event(own, "sign"))
    first = [by_event(own, "sign")[k][0] for k in events]
    for entries in runs:
        assert [by_event(entries, "sign")[k][0] for k in events] == random.permutation(first).tolist()
    again, other = (signs(signals, terms, 20, seed)[1] for seed in (1, 2))
    assert [one.sign.tolist() for one in again] == [one.sign.tolist() for one in runs]
    assert [one.sign.tolist() for one in other] != [one.sign.tolist() for one in runs]


def test_pairs_get_them_where_an_event_has_both(world: tuple[RetimableSignals, AccountTerms]) -> None:
    signals, terms = world
    _, count = np.unique(signals.event, return_counts=True)
    event = np.unique(signals.event)[count.argmax()]
    mixed = signals.sign.copy()
    mixed[np.flatnonzero(signals.event == event)[:2]] = 1, -1
    _, runs = signs(replace(signals, sign=mixed), terms, 20, 1)
    assert all(Counter(one.sign.tolist()) == Counter(mixed.tolist()) for one in runs)
    assert any(len({*of}) == 2 for one in runs for k, of in by_event(one, "sign").items() if k != event)


def test_one_sign_is_not_shuffled(world: tuple[RetimableSignals, AccountTerms]) -> None:
    signals, terms = world
    for change, reason in (
        (replace(signals, sign=np.ones_like(signals.sign)), ONE_SIGN),
        (chosen(signals, np.flatnonzero(signals.event == signals.event[0])), ONE_SIGN),
        (chosen(signals, np.arange(0)), NO_SIGNAL),
    ):
        found, runs = signs(change, terms, 5, 1)
        assert (found.reason, runs) == (reason, [])


def test_an_audit_is_told_how_the_returns_of_shuffled_runs_spread() -> None:
    found = judged(np.arange(101) / 100, 0.25, "")
    assert (found["p"], found["m"], found["reason"]) == (0.25, 101, "")
    assert [found[name] for name in ("mean", "q05", "median", "q95")] == pytest.approx([0.5, 0.05, 0.5, 0.95])
    assert judged(np.empty(0), math.nan, ONE_SIGN) == {"p": None, "m": 0, "reason": ONE_SIGN}
