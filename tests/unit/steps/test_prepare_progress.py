"""Who waits is told of every stage, of its steps where they can be counted, and of each that is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import newsbt
from counted_progress import CountedProgress
from newsbt.live.pending_orders import orders_as_of
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import small_market
from price_walks import tables, walk

TWO = {"one": NamedTickers(), "other": NamedTickers()}


def test_stages_of_a_run_come_in_order_and_all_their_steps_are_done() -> None:
    progress = CountedProgress()
    newsbt.run(
        **tables(3, events=4), strategies=TWO, currency="USD", position={"weight": 0.2, "hold": 3}, cash=1e6,
        baselines=["buy_and_hold"], evaluation={"bootstrap": 0, "placebo": {"use": "windows", "draws": 20}},
        progress=progress,
    )  # fmt: skip
    assert [name for name, *_ in progress.stages][:4] == ["load", "link", "simulate", "analyse"]
    counted = {(name, total) for name, total, _ in progress.stages if total is not None}
    assert {("simulate", 3), ("placebo", 2 * 21)} <= counted
    assert [stage for stage in progress.stages if stage[1] not in (None, stage[2])] == []


def test_stages_of_pending_orders() -> None:
    prepared, _ = walk(3, events=4, strategies=TWO)
    progress = CountedProgress()
    book = orders_as_of(prepared.components, datetime(2024, 6, 3, 22, tzinfo=UTC), progress)
    assert progress.stages == [["load", None, 0], ["link", None, 0], ["simulate", 2, 2]]
    assert book.events_known == sum(at < "2024-06-04" for at in tables(3, events=4)["announcements"]["published_at"])


def test_stages_of_a_capacity_table() -> None:
    progress = CountedProgress()
    market = small_market(30)
    found = newsbt.capacity(
        prices=market.prices, announcements=market.announcements, instruments=market.instruments, fx=market.fx,
        strategies=[NamedTickers(sign="one")], currency="HKD", sizes=(1e5, 1e6, 1e7), progress=progress,
    )  # fmt: skip
    assert ["simulate", 3, 3] in progress.stages and found["size"].tolist() == [1e5, 1e6, 1e7]


@pytest.mark.parametrize("told", [True, False])
def test_nobody_has_to_be_told(told: bool) -> None:
    prepared, _ = walk(3, events=4)
    at = datetime(2024, 6, 3, 22, tzinfo=UTC)
    assert orders_as_of(prepared.components, at, CountedProgress() if told else None).as_of == at
