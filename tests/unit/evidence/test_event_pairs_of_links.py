"""Which groups the links of a run are in, and which pairs a strategy signalled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from newsbt.evidence.event_pairs import link_pairs, signal_pairs
from newsbt.evidence.retimed_signals import linked_signals
from newsbt.steps.prepare import PreparedRun
from newsbt.testing import make_events, small_market


@pytest.fixture(scope="module")
def world() -> PreparedRun:
    news = (("03-05", "Harbor"), ("03-06", "Beacon"), ("03-07", "Lab"))
    events = make_events(*((f"2025-{day}T01:00Z", issuer) for day, issuer in news))
    return small_market(60, events=events).prepared(hops=2)


def test_links_are_grouped_by_each_way_that_can_be_asked_for(world: PreparedRun) -> None:
    universe, news = world.market.universe, world.news
    links = news.links.links.array.tolist()
    events = [news.events.columns.event_type.array[e] for e in news.links.event.tolist()]
    kinds = [one.relation if one.hop < 2 else f"{one.relation}, {one.hop} hops" for one in links]
    assert len({*kinds}) > 2 and any("2 hops" in kind for kind in kinds)
    expected = {
        "relation": kinds,
        "event_type": events,
        "both": [f"{of}, {kind}" for of, kind in zip(events, kinds, strict=True)],
        "market": [universe.instruments[n].exchange for n in news.links.ticker.tolist()],
        "issuer": [news.events.columns.issuer.array[e] for e in news.links.event.tolist()],
        "all": ["all links"] * len(links),
        "cutoff": ["no cut-off"] * len(links),
    }
    for by, groups in expected.items():
        found = link_pairs(universe, news, by)
        assert found.group.tolist() == groups, by
        assert found.event.tolist() == news.links.event.tolist() and not found.of_signals
    assert link_pairs(universe, news).group.tolist() == expected["both"]


def test_what_must_have_a_bar_is_near_placed_and_has_prices(world: PreparedRun) -> None:
    rows = world.news.link_row.copy()
    rows[[0, 1, 2]] = -2, 0, -1  # after the last session, in the first, and before it
    news, panel = replace(world.news, link_row=rows), world.market.panel
    for hops in (0, 1, 2):
        found = linked_signals(world.market, news, hops)
        links = news.links
        kept = [k for k in range(len(links.event)) if links.hop[k] <= hops and news.link_row[k] >= 0]
        assert found.event.tolist() == links.event[kept].tolist()
        assert found.linked.tolist() == links.ticker[kept].tolist()
        assert all(panel.has_prices[found.ticker]) and {*found.sign.tolist()} <= {1} and not found.delay.any()
    near, far = (linked_signals(world.market, news, hops) for hops in (1, 2))
    assert len(near.event) < len(far.event) and far.traded.all()


def books(signal: list[float], event: list[int], ticker: list[int]) -> Any:
    placed = SimpleNamespace(event=np.array(event), ticker=np.array(ticker), signal=np.array(signal))
    lots = np.empty(0, dtype=[(name, float) for name in ("event", "entry_notional", "quantity")])
    names = ("pnl", "costs", "slippage_cost")
    lots = np.empty(0, dtype=[*lots.dtype.descr, *((name, float) for name in names)])
    return SimpleNamespace(name="S", placed=placed, ledger=SimpleNamespace(lots=lots))


def test_a_pair_that_was_signalled_twice_counts_once_by_its_first_sign() -> None:
    found = signal_pairs(books([0.5, -1.0, 1.0, 0.2, -0.3], [3, 3, 3, 0, 1], [1, 2, 1, 0, 3]))
    assert list(zip(found.event.tolist(), found.ticker.tolist(), found.group.tolist(), strict=True)) == [
        (3, 1, "S: long"), (3, 2, "S: short"), (0, 0, "S: long"), (1, 3, "S: short"),
    ]  # fmt: skip
    assert found.of_signals and len(found) == 4
    assert found.traded["S: long"] == {"lots": 0, "net_return": None, "gross_return": None}
    grid = signal_pairs(SimpleNamespace(placed=None))  # type: ignore[arg-type]
    assert len(grid) == 0 and grid.of_signals and Counter(grid.group.tolist()) == {}
