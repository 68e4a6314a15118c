"""Every built-in strategy trades what the run's linker links, and nothing else (S2, S4 to S6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.catalog import BUILT_IN
from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.link import Link
from newsbt.domain.progress import SilentProgress
from newsbt.linking.links import TableLinker, TableLinking
from newsbt.steps.prepare import PreparedRun, prepare
from newsbt.steps.strategy_signals import ask
from newsbt.strategies.fade import Fade
from newsbt.strategies.issuer_drift import IssuerDrift
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.rival_release import RivalRelease
from newsbt.strategies.sector_index import SectorIndex
from newsbt.strategies.sentiment_decay import SentimentDecay
from newsbt.strategies.spillover import Spillover
from newsbt.testing import small_market
from newsbt.testing.small_market import spec_of

pytestmark = pytest.mark.rule("S4", "S5", "S6", "S2")

MARKET = small_market(tickers=("H.HK", "B.HK", "C.SH", "U"), themes=("ai",), events=20)
STRATEGIES = [
    NamedTickers(), RivalRelease(), RivalRelease(themes=("ai",), sign="effect"), IssuerDrift(), Spillover(),
    SectorIndex(), Fade(), SentimentDecay(),
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Some:
    """Of what the table linker links the places of a set, and with `further` also what it reaches beyond."""

    columns: frozenset[int]
    further: bool = False

    def linking(self, universe: Universe, hops: int) -> Any:
        linker, kept = TableLinking(universe, hops), self.columns

        class Links:
            def link(self, item: Announcement, on: date) -> list[Link]:
                return [link for link in linker.link(item, on) if link.column in kept]

        class Further(Links):
            def issuer(self, item: Announcement, on: date) -> list[int]:
                return [column for column in linker.issuer(item, on) if column in kept]

            def theme(self, item: Announcement, on: date, themes: Sequence[str]) -> list[int]:
                return [column for column in linker.theme(item, on, themes) if column in kept]

        return Further() if self.further else Links()


def prepared(strategy: Any, linker: Any) -> PreparedRun:
    return prepare(replace(MARKET.components(), strategies=(spec_of(strategy),), linker=linker), SilentProgress())


def answered(strategy: Any, linker: Any) -> tuple[PreparedRun, set[tuple[str, str]]]:
    """Pairs of event and ticker with a signal; of a grid, tickers of any row."""
    found = prepared(strategy, linker)
    signal = ask(found.market, found.news, spec_of(strategy)).signal
    if signal.events is not None:
        return found, set(zip(signal.events["event_id"], signal.events["ticker"], strict=True))
    assert signal.array is not None
    return found, {("", found.market.panel.tickers[n]) for n in np.flatnonzero(signal.array.any(axis=0)).tolist()}


def test_these_are_all_built_in_strategies_that_look_at_news() -> None:
    classes = {entry.rpartition(":")[2] for entry in BUILT_IN["strategies"].values()}
    assert {type(one).__name__ for one in STRATEGIES} == classes


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_a_linker_that_links_nothing_leaves_nothing_to_trade(strategy: Any) -> None:
    assert answered(strategy, TableLinker())[1]
    assert not answered(strategy, Some(columns=frozenset()))[1]
    assert not answered(strategy, Some(columns=frozenset(), further=True))[1]


@settings(max_examples=20, deadline=None)
@given(columns=st.frozensets(st.integers(0, 5)), further=st.booleans(), which=st.sampled_from(STRATEGIES))
def test_whatever_a_linker_leaves_out_is_not_traded(columns: frozenset[int], further: bool, which: Any) -> None:
    _, every = answered(which, TableLinker())
    found, left = answered(which, Some(columns=columns, further=further))
    allowed = {found.market.universe.tickers[n] for n in columns}
    assert left <= {pair for pair in every if pair[1] in allowed}
    if further:  # nothing is lost that it does link
        assert left == {pair for pair in every if pair[1] in allowed}


def test_a_linker_of_ones_own_gives_the_flagship_members_of_its_theme() -> None:
    """Links to H.HK and U, of which on any day H.HK is a member of the theme: U only from its membership on."""
    _, left = answered(RivalRelease(themes=("ai",)), Some(columns=frozenset({0})))
    assert {ticker for _, ticker in left} == {"H.HK"}
