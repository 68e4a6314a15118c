"""Orders as of a past instant are what the run did next, on the bundled sample and on random small worlds.

Compared are the openings of the same day: rates of the days until a later one are not known yet, and move its sizes.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from newsbt.assembly import Components, assemble
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.linking.universe_tables import read_universe
from newsbt.live.pending_orders import Order, orders_as_of, orders_in
from newsbt.markets.openings import as_instant
from newsbt.prices.fx_readers import FrameFx
from newsbt.prices.price_readers import FramePrices
from newsbt.steps.prepare import PreparedRun, prepare
from newsbt.steps.simulate import strategy_books
from random_projects import DAYS, INSTRUMENTS, STRATEGIES, Tables, executions, tables, template

CONFIG = Path(__file__).parents[2] / "configs" / "rival_release.yaml"


def done(prepared: PreparedRun, at: datetime) -> dict[str, set[tuple]]:
    """What each strategy of the whole run wanted at the openings that follow an instant, of events known by then."""
    panel, clock = prepared.market.panel, prepared.market.panel.clock
    cells = {}
    for m, mic in enumerate(clock.markets):
        cutoffs = clock.cutoff_at[:, m]
        later = [row for row in range(len(clock)) if cutoffs[row] >= as_instant(at)]
        if later:
            cells[mic, later[0]] = "open"
    known = {
        one.event_id
        for one, known_at in zip(prepared.news.events.announcements, prepared.news.events.known_at, strict=True)
        if known_at <= as_instant(at)
    }
    found = {}
    for spec in prepared.components.strategies:
        orders = orders_in(panel, prepared.news.events, strategy_books(prepared, spec).ledger, spec.name, cells)
        found[spec.name] = {
            key_of(one)
            for one in orders
            if one.at.date() == at.date() and (one.event_id is None or one.event_id in known)
        }
    return found


def key_of(one: Order) -> tuple:
    """An order but for what only the market could tell: why it was refused, and what an exit that failed was for."""
    way = "entry" if one.reason == "entry" else "exit" if one.refused is None or one.reason == "exit" else one.reason
    return (one.at, one.ticker, one.side, one.quantity, way, one.event_id)


@pytest.fixture(scope="module")
def sample() -> tuple[Components, PreparedRun]:
    components = assemble(load(CONFIG))
    return components, prepare(components, SilentProgress())


@pytest.mark.parametrize(
    "day",
    ["2024-07-24", "2025-01-21", "2025-01-28", "2025-02-05", "2025-03-05", "2025-03-06", "2025-03-10", "2025-05-06",
     "2025-07-29"],
)  # fmt: skip
def test_on_the_sample_orders_are_what_the_run_did_next(sample: tuple[Components, PreparedRun], day: str) -> None:
    components, prepared = sample
    at = datetime.fromisoformat(f"{day}T00:50+00:00")  # all markets have closed, none has opened, rates are known
    book = orders_as_of(components, at)
    assert book.under_way == ()
    for spec in components.strategies:
        orders = [one for one in book.orders if one.strategy == spec.name and one.at.date() == at.date()]
        assert {key_of(one) for one in orders} == done(prepared, at)[spec.name], spec.name


def test_the_sample_has_orders_to_compare(sample: tuple[Components, PreparedRun]) -> None:
    _, prepared = sample
    found = done(prepared, datetime(2025, 3, 6, 0, 50, tzinfo=UTC))
    assert len(found["Buy on rival release"]) > 20
    assert all(found.values())


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
EVENT_STRATEGIES = tuple(item for item in STRATEGIES if item["use"] not in ("sentiment_decay",))


def with_tables(components: Components, given_: Tables) -> Components:
    return dataclasses.replace(
        components,
        readers=(FrameAnnouncements(frame=given_.announcements),),
        prices=(FramePrices(frame=given_.prices),),
        fx=FrameFx(frame=given_.fx),
        read_universe=lambda: read_universe(
            INSTRUMENTS,
            given_.relations if len(given_.relations) else None,
            given_.memberships if len(given_.memberships) else None,
        ),
        files=(),
    )


@few
@given(tables(), executions(), st.sampled_from(DAYS[1:-2]))
def test_on_random_worlds_entries_are_what_the_run_did_next(world: Tables, execution: dict, day: date) -> None:
    """Entries of every event strategy, in what had a bar then.

    Left out is what depends on prices that are not known yet: exits by stops, what happens without a bar, and which of
    two events of a ticker bought it where the first was refused.
    """
    components = with_tables(template({**execution, "entry": "next_open"}, EVENT_STRATEGIES), world)
    prepared = prepare(components, SilentProgress())
    at = datetime.combine(day, time(0, 50), tzinfo=UTC)
    panel = prepared.market.panel
    assume(panel.dates[0].item() < day <= panel.dates[-1].item())
    row = int(np.searchsorted(panel.dates, np.datetime64(day)))
    assume(panel.dates[row].item() == day)
    trading = {ticker for n, ticker in enumerate(panel.tickers) if panel.tradable[row, n]}
    book, whole = orders_as_of(components, at), done(prepared, at)
    for spec in components.strategies:
        mine = {key_of(one) for one in book.orders if one.strategy == spec.name and one.at.date() == day}
        entries = [
            {one[:4] for one in orders if one[4] == "entry" and one[1] in trading}
            for orders in (mine, whole[spec.name])
        ]
        assert entries[0] == entries[1], spec.name


def test_an_instant_inside_a_session_says_what_is_under_way(sample: tuple[Components, PreparedRun]) -> None:
    components, _ = sample
    book = orders_as_of(components, datetime(2025, 3, 6, 15, 0, tzinfo=UTC))
    assert set(book.under_way) == {"ARCX", "XNAS", "XNYS"}
    assert book.next_openings["XHKG"] == datetime(2025, 3, 7, 1, 30, tzinfo=UTC)
    assert book.next_openings["XNYS"] == datetime(2025, 3, 7, 14, 30, tzinfo=UTC)


def test_after_the_last_price_there_are_orders_too(sample: tuple[Components, PreparedRun]) -> None:
    components, prepared = sample
    last = prepared.market.panel.dates[-1].item()
    book = orders_as_of(components, datetime.combine(last, time(22), tzinfo=UTC))
    assert all(at.date() > last for at in book.next_openings.values())
