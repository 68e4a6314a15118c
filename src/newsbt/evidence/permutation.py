"""Placebos that keep the instants: the same signals on other tickers, or with each other's signs (docs/methods.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.command_documents import PlaceboKind
from newsbt.evidence.contract import Case, Evidence, RowEvidence, RunEvidence
from newsbt.evidence.independent_days import TIE
from newsbt.evidence.retimed_signals import RetimableSignals, can_enter
from newsbt.simulation.account_terms import AccountTerms
from newsbt.steps.simulate import Simulate
from newsbt.steps.simulated_strategy import SimulatedStrategy

__all__ = ["PERMUTATION", "Shuffled", "judged", "shuffled_signs", "shuffled_tickers"]

ALL_NAMED = "the signals name every instrument that could be traded then: there are no others to draw"
ONE_SIGN = "all signals have the same sign: there is nothing to shuffle"
NOT_SHUFFLED = "only signals of single events can be shuffled"
NO_SIGNAL = "no signal met a bar"


@dataclass(frozen=True, kw_only=True)
class Shuffled:
    """What m shuffled runs of one strategy returned; `p` as in `Placebo`, NaN with a `reason` where there are none."""

    observed: float
    returns: Floats
    p: float
    reason: str = ""


def shuffled_tickers(
    signals: RetimableSignals, terms: AccountTerms, observed: float, *, draws: int, seed: int, simulate: Simulate
) -> Shuffled:
    """Give each event as many other instruments of the same market, drawn from all that could be entered then.

    Instants, signs and sizes stay. Says whether it mattered which instruments were chosen.
    """
    groups = list(_groups(signals, terms))
    if not groups:
        return _none(observed, NO_SIGNAL)
    if all(len(pool) == len(members) for members, pool in groups):
        return _none(observed, ALL_NAMED)
    random = np.random.default_rng([seed, 1])
    known_at = signals.news.events.known_at
    returns = np.empty(draws)
    for k in range(draws):
        ticker = signals.ticker.copy()
        for members, pool in groups:
            ticker[members] = random.permutation(pool)[: len(members)]
        returns[k] = simulate(terms, replace(signals, ticker=ticker).at(known_at)).total_return
    return _judged(observed, returns)


def shuffled_signs(
    signals: RetimableSignals, terms: AccountTerms, observed: float, *, draws: int, seed: int, simulate: Simulate
) -> Shuffled:
    """Deal the signs of the events out among them anew; those of single pairs where an event has both.

    Says whether the direction mattered: where all signs are equal it cannot be told.
    """
    if not len(signals.sign):
        return _none(observed, NO_SIGNAL)
    _, member = np.unique(signals.event, return_inverse=True)
    total = np.bincount(member, weights=signals.sign)
    by_event = bool((np.abs(total) == np.bincount(member)).all())
    signs = np.sign(total).astype(np.int64) if by_event else signals.sign
    if by_event and (signs == signs[0]).all():
        return _none(observed, ONE_SIGN)
    random = np.random.default_rng([seed, 2])
    known_at = signals.news.events.known_at
    returns = np.empty(draws)
    for k in range(draws):
        dealt = random.permutation(signs)
        sign = dealt[member] if by_event else dealt
        returns[k] = simulate(terms, replace(signals, sign=sign).at(known_at)).total_return
    return _judged(observed, returns)


def _groups(signals: RetimableSignals, terms: AccountTerms) -> list[tuple[Ints, Ints]]:
    """For each event, market and delay: the pairs that traded, and the instruments that could have been entered."""
    panel = signals.market.panel
    market = panel.market_of[signals.ticker]
    placement = signals.news.placement
    open_rows: dict[tuple[int, int], Bools] = {}
    keys: dict[tuple[int, int, int], list[int]] = {}
    for k in np.flatnonzero(signals.traded).tolist():
        keys.setdefault((int(signals.event[k]), int(market[k]), int(signals.delay[k])), []).append(k)
    found = []
    for (event, m, delay), members in keys.items():
        row = int(placement[event, m])
        if row < 0:
            continue
        candidates = np.flatnonzero((panel.market_of == m) & terms.may_trade & panel.has_prices)
        for n in candidates.tolist():
            if (n, delay) not in open_rows:
                open_rows[n, delay] = can_enter(panel, signals.shares.sizing, n, delay, None)
        free = [n for n in candidates.tolist() if open_rows[n, delay][row]]
        pool = np.union1d(np.array(free, dtype=np.int64), signals.ticker[members])
        found.append((np.array(members, dtype=np.int64), pool))
    return found


def _judged(observed: float, returns: Floats) -> Shuffled:
    better = int((returns >= observed - TIE).sum())
    return Shuffled(observed=observed, returns=returns, p=(better + 1) / (len(returns) + 1))


def _none(observed: float, reason: str) -> Shuffled:
    return Shuffled(observed=observed, returns=np.empty(0), p=float("nan"), reason=reason)


def judged(returns: Floats, p: float, reason: str) -> PlaceboKind:
    """One kind of placebo in an audit's document: p, m, and how its total returns spread."""
    found: PlaceboKind = {"p": None if math.isnan(p) else p, "m": len(returns), "reason": reason}
    if len(returns):
        low, middle, high = np.quantile(returns, [0.05, 0.5, 0.95])
        found["mean"], found["q05"] = float(returns.mean()), float(low)
        found["median"], found["q95"] = float(middle), float(high)
    return found


def _of_strategy(case: Case, books: SimulatedStrategy) -> RowEvidence:
    if not books.read_news or not case.draws:
        return RowEvidence()
    if books.placed is None or books.terms is None:
        return RowEvidence(section={name: {"p": None, "m": 0, "reason": NOT_SHUFFLED} for name in SHUFFLES})
    seed = case.prepared.components.config.evaluation.seed
    simulate, observed = case.simulate(books), books.ledger.total_return
    section = {}
    for name, shuffle in SHUFFLES.items():
        found = shuffle(case.signals(books), books.terms, observed, draws=case.draws, seed=seed, simulate=simulate)
        section[name] = judged(found.returns, found.p, found.reason)
    return RowEvidence(section=section)


def _find(case: Case) -> RunEvidence:
    return RunEvidence(rows={name: _of_strategy(case, books) for name, books in case.simulated.items()})


SHUFFLES = {"tickers": shuffled_tickers, "signs": shuffled_signs}
PERMUTATION = Evidence(name="permutation", find=_find, asked_by=("audit",))
