"""What a run is made of knows what follows from its strategies."""

from __future__ import annotations

import dataclasses

from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.spillover import Spillover
from newsbt.testing import small_market


def test_a_run_links_as_far_as_the_strategy_that_reaches_furthest() -> None:
    market = small_market(20)
    (near,), (far,) = (market.prepared(one).components.strategies for one in (NamedTickers(), Spillover(hops=3)))
    assert (near.hops, far.hops) == (1, 3)
    components = market.components()
    assert dataclasses.replace(components, strategies=(near, far)).hops == 3
    assert dataclasses.replace(components, strategies=()).hops == 1
