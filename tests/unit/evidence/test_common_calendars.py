"""Which calendars a table meets, and what its strategies get on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from counted_progress import CountedProgress
from newsbt.analysis.inference import max_adjusted
from newsbt.domain.ledger import Ledger
from newsbt.evidence import common_calendars
from newsbt.evidence.common_calendars import Candidate, calendars_of, compare, p_alone
from newsbt.evidence.news_calendar import whole_weeks
from newsbt.evidence.retimed_signals import movable
from newsbt.simulation.account_terms import Hold
from newsbt.simulation.compiled import simulate
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.named_tickers import NamedTickers
from price_walks import walk


@pytest.mark.parametrize(
    ("weeks", "tests", "use", "draws", "method", "others"),
    [
        (60, 3, "weeks", 200, "weeks", 59),  # 3 / 60 is 5 %
        (59, 3, "weeks", 200, "windows", 200),
        (59, 3, "weeks", 59, "windows", 59),
        (59, 3, "weeks", 58, "weeks", 58),  # so few draws allow no smaller p
        (60, 1, "windows", 30, "windows", 30),
    ],
)
def test_windows_are_taken_where_the_table_needs_a_smaller_p(
    weeks: int, tests: int, use: str, draws: int, method: str, others: int
) -> None:
    name, bounds, by = calendars_of(weeks, tests, use, draws, seed=7)
    assert (name, len(by)) == (method, others)
    assert bounds[0] == 0 and bounds[-1] == weeks and by.shape[1] == len(bounds) - 1
    again, other = (calendars_of(weeks, tests, use, draws, seed=seed)[2].tolist() for seed in (7, 8))
    assert again == by.tolist() and (other == again) is (method == "weeks")


@pytest.fixture(scope="module")
def table() -> tuple[MarketSetup, list[Candidate]]:
    """Two strategies on the same news: the second follows a half of it."""
    prepared, _ = walk(4, events=16, effect=0.02, strategies={"all": NamedTickers(), "half": NamedTickers()})
    market, found = prepared.market, []
    for spec in prepared.components.strategies:
        books = strategy_books(prepared, spec, engine="compiled")
        signals, terms = movable(market, prepared.news, books), books.terms
        assert terms is not None
        if spec.name == "half":
            kept = np.flatnonzero(signals.event % 2 == 0)
            names = ("event", "linked", "ticker", "sign", "size", "delay", "traded")
            signals = replace(
                signals, **{name: getattr(signals, name)[kept] for name in names},
                shares=replace(signals.shares, chosen=signals.shares.chosen[kept]),
            )  # fmt: skip

        def runs(known_at: np.ndarray, terms=terms, signals=signals) -> Iterator[Ledger]:  # type: ignore[no-untyped-def]
            return (simulate(terms, entries) for entries in signals.at_each(known_at))

        found.append(Candidate(name=spec.name, signals=signals, hold=terms.position.hold, runs=runs, hedge=None))
    return market, found


def test_strategies_of_a_table_meet_the_same_calendars_and_each_is_told(
    table: tuple[MarketSetup, list[Candidate]],
) -> None:
    market, candidates = table
    progress = CountedProgress()
    found = compare(market, candidates, use="windows", draws=30, seed=3, progress=progress)
    weeks = whole_weeks(candidates[0].signals, candidates[0].hold)
    assert (found.use, found.seed, found.weeks) == ("windows", 3, weeks) and not found.reasons
    assert progress.stages == [["placebo", 2 * 31, 2 * 31]]
    assert [len(test.statistic) for test in found.tests.values()] == [31, 31]
    both = max_adjusted(np.column_stack([test.statistic for test in found.tests.values()]), tie=1e-9)
    assert list(found.adjusted.values()) == [max(p, one.p) for p, one in zip(both, found.tests.values(), strict=True)]
    assert found.tests["all"].hedged != found.tests["half"].hedged
    for one in candidates:
        alone = p_alone(market, one, taken="windows", weeks=weeks, draws=30, seed=3)
        assert alone == pytest.approx(found.tests[one.name].p, nan_ok=True)


def test_all_weeks_are_met_where_none_is_drawn(table: tuple[MarketSetup, list[Candidate]]) -> None:
    market, (one, _) = table
    found = compare(market, [one], use="weeks", draws=9, seed=3)
    assert (found.use, found.seed) == ("weeks", None) and len(found.tests["all"].statistic) == found.weeks
    assert p_alone(market, one, taken="weeks", weeks=found.weeks, draws=9, seed=5) == found.tests["all"].p


def test_calendars_are_the_same_however_many_are_made_together(
    table: tuple[MarketSetup, list[Candidate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    market, (one, _) = table
    together = compare(market, [one], use="windows", draws=20, seed=3).tests["all"]
    for instants in (1, 7 * 16):  # one calendar, and seven
        monkeypatch.setattr(common_calendars, "INSTANTS", instants)
        by_parts = compare(market, [one], use="windows", draws=20, seed=3).tests["all"]
        assert by_parts.statistic.tolist() == together.statistic.tolist()


def test_a_strategy_with_fewer_than_twenty_weeks_is_left_out_with_its_reason(
    table: tuple[MarketSetup, list[Candidate]], monkeypatch: pytest.MonkeyPatch
) -> None:
    market, (one, other) = table
    weeks: Callable[..., int] = lambda _, hold: hold.count  # noqa: E731
    monkeypatch.setattr(common_calendars, "whole_weeks", weeks)

    def found(first: int, second: int) -> common_calendars.Compared:
        pair = [replace(one, hold=Hold("bars", first)), replace(other, hold=Hold("bars", second))]
        return compare(market, pair, use="weeks", draws=5, seed=1)

    enough = found(20, 19)
    assert list(enough.tests) == ["all"] and enough.weeks == 20 and len(enough.tests["all"].statistic) == 20
    assert enough.reasons["half"].startswith("19 whole weeks") and "of which 20 are needed" in enough.reasons["half"]
    assert found(25, 21).weeks == 21
    none = found(19, 3)
    assert list(none.reasons) == ["all", "half"] and not none.tests and not none.adjusted


def test_a_p_that_is_withheld_takes_no_part_in_the_adjustment(table: tuple[MarketSetup, list[Candidate]]) -> None:
    market, (one, other) = table
    silent = replace(other, runs=lambda known_at: one.runs(np.full_like(known_at, np.datetime64("2030"))))
    found = compare(market, [one, silent], use="weeks", draws=5, seed=1)
    assert math.isnan(found.adjusted["half"]) and found.tests["half"].why
    assert found.adjusted["all"] == found.tests["all"].p
