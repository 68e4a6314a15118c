"""As of an instant: which bars, rates and openings are there, daily and intraday, and what closes are still to come."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from news_world import CONFIG as WORLD
from news_world import TABLES
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.errors import DataError
from newsbt.live.as_of import AsOf, prepare_as_of
from newsbt.live.pending_orders import orders_as_of
from newsbt.steps.prepare import read_inputs
from projects import write_project

# The news of these tests says nowhere whether it is good.
CONFIG = (
    WORLD.replace("use: named_tickers", "use: named_tickers, params: {sign: one}")
    .replace("use: sentiment_decay", "use: sentiment_decay, params: {sign: one}")
    .replace("event_types: [chips]", "event_types: [chips], sign: one")
)

HOURS = ("09:30", "10:30", "13:00", "14:00")


def hourly() -> str:
    rows = [
        f"{ticker}, {day}T{hour}+08:00, {price}, {price}, {price}, {price}, 1000000"
        for ticker in ("A.SH", "B.SH")
        for n, day in enumerate(("2025-03-03", "2025-03-04", "2025-03-05"))
        for k, hour in enumerate(HOURS)
        for price in [10 + n / 10 + k / 100]
    ]
    return "ticker, bar_start, open, high, low, close, volume\n" + "\n".join(rows)


def as_of(path: Path, at: str) -> AsOf:
    components = assemble(load(path))
    return prepare_as_of(components, read_inputs(components), datetime.fromisoformat(at), SilentProgress())


def test_news_of_later_is_not_known(tmp_path: Path) -> None:
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        now, 2025-03-04T08:00+08:00, news, Alpha, Something, A.SH
        later, 2025-03-04T08:30:01+08:00, news, Beta, Something, B.SH
    """
    path = write_project(tmp_path, CONFIG, **{**TABLES, "announcements": news})
    events = [as_of(path, f"2025-03-04T08:30:0{second}+08:00").prepared.news.events for second in (0, 1)]
    assert [found.ids.tolist() for found in events] == [["now"], ["later", "now"]]


def test_bars_that_have_not_ended_are_not_known(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG, **TABLES)
    found = as_of(path, "2025-03-04T12:00+08:00")
    panel = found.prepared.market.panel
    assert [str(day) for day in panel.dates] == ["2025-03-03", "2025-03-04", "2025-03-05"]
    assert panel.close[:, 0].tolist() == [10.0, 10.0, 10.0]
    assert np.isnan(panel.volume[1:, 0]).all()
    assert [len(listed) for listed in found.openings.values()] == [2]
    assert found.last_prices == {"XSHG": datetime(2025, 3, 3, tzinfo=UTC).date()}


def test_a_session_counts_as_ended_at_its_close(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG, **TABLES)
    assert as_of(path, "2025-03-04T14:59:59+08:00").prepared.market.panel.close[1, 0] == 10.0
    assert as_of(path, "2025-03-04T15:00+08:00").prepared.market.panel.close[1, 0] == 11.0


def test_hourly_bars_have_hourly_openings(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG, **{**TABLES, "prices": hourly()})
    found = as_of(path, "2025-03-04T11:00+08:00")
    clock, panel = found.prepared.market.panel.clock, found.prepared.market.panel
    opens = [str(at)[11:16] for at in clock.open_at[:, 0].astype("M8[m]")]
    assert opens == ["01:30", "02:30", "05:00", "06:00", "01:30", "02:30", "05:00"]
    assert panel.close[:, 0].round(2).tolist() == [10.0, 10.01, 10.02, 10.03, 10.1, 10.1, 10.1]
    assert [str(one.open_at)[11:16] for one in found.openings["XSHG"]] == ["02:30", "05:00"]


def test_orders_at_a_close_that_is_still_to_come(tmp_path: Path) -> None:
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        now, 2025-03-04T10:00+08:00, news, Alpha, Something, A.SH
    """
    config = CONFIG.replace("latency: 0", "latency: 0, entry: same_close")
    path = write_project(tmp_path, config, **{**TABLES, "announcements": news})
    components = assemble(load(path), ["Named"])
    book = orders_as_of(components, datetime.fromisoformat("2025-03-04T10:05+08:00"))
    (order,) = book.orders
    assert (order.ticker, order.side, order.reason, order.event_id) == ("A.SH", "buy", "entry", "now")
    assert book.under_way == ("XSHG",)
    assert order.at == datetime(2025, 3, 4, 7, 0, tzinfo=UTC)


def test_an_entry_is_bought_and_at_the_end_of_its_hold_sold(tmp_path: Path) -> None:
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-03T20:00+08:00, news, Alpha, Something, A.SH
    """
    config = CONFIG.replace("use: named_tickers", "use: named_tickers, position: {weight: 0.1, hold: 1}")
    flat = TABLES["prices"].replace("11, 11, 11, 11", "10, 10, 10, 10")
    tables = {**TABLES, "announcements": news, "prices": flat}
    components = assemble(load(write_project(tmp_path, config, **tables)), ["Named"])
    sent = [
        [(one.ticker, one.side, one.quantity, one.reason) for one in orders_as_of(components, at).orders]
        for at in map(datetime.fromisoformat, ("2025-03-03T21:00+08:00", "2025-03-04T21:00+08:00"))
    ]
    assert sent == [[("A.SH", "buy", 1000, "entry")], [("A.SH", "sell", 1000, "hold")]]


def test_a_market_is_behind_once_a_session_without_prices_has_closed(tmp_path: Path) -> None:
    components = assemble(load(write_project(tmp_path, CONFIG, **TABLES)), ["Named"])
    closed = [
        orders_as_of(components, datetime.fromisoformat(f"2025-03-{day}T15:00+08:00")).behind for day in ("05", "06")
    ]
    assert closed == [(), ("XSHG",)]


def test_rates_of_the_day_and_relations_of_later_days_are_not_known(tmp_path: Path) -> None:
    relations = """
        subject, relation, object, effect, from
        Alpha, rival_of, B.SH, -0.5, 2025-03-04
        Beta, rival_of, A.SH, -0.5, 2025-03-05
    """
    fx = """
        pair, date, rate
        CNYHKD, 2025-02-28, 1.1
        CNYHKD, 2025-03-03, 1.2
        CNYHKD, 2025-03-04, 1.3
        CNYHKD, 2025-03-05, 1.4
    """
    config = CONFIG.replace("currency: CNY", "currency: HKD")
    found = as_of(
        write_project(tmp_path, config, **{**TABLES, "relations": relations}, fx=fx), "2025-03-04T12:00+08:00"
    )
    prepared = found.prepared
    assert [row.subject for row in prepared.market.universe.relations] == ["Alpha"]
    column = prepared.market.fx.currencies.index("CNY")
    # Fills of the 3rd, and of the 4th and 5th, to which the 4th's own rate says nothing yet.
    assert prepared.market.fx.fill_rate[:, column].tolist() == [1.1, 1.2, 1.2]


def test_a_split_that_was_told_ahead_scales_the_size(tmp_path: Path) -> None:
    prices = """
        ticker, date, open, high, low, close, volume, split
        A.SH, 2025-03-03, 10, 10, 10, 10, 1000000,
        A.SH, 2025-03-04, 5, 5, 5, 5, 1000000, 2
    """
    path = write_project(tmp_path, CONFIG, **{**TABLES, "prices": prices})
    panel = as_of(path, "2025-03-03T16:00+08:00").prepared.market.panel
    assert panel.split[1, 0] == 2.0
    assert panel.open[1, 0] == 5.0


def test_a_split_on_a_suspended_day_before_scales_the_size(tmp_path: Path) -> None:
    """10, then two for one without a trade: 0.05 x 100,000 at 5 are 1000 shares."""
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-04T20:00+08:00, news, Alpha, Something, A.SH
    """
    prices = """
        ticker, date, open, high, low, close, volume, split
        A.SH, 2025-03-03, 10, 10, 10, 10, 1000000,
        A.SH, 2025-03-04, , , , , , 2
        B.SH, 2025-03-04, 10, 10, 10, 10, 1000000,
    """
    path = write_project(tmp_path, CONFIG, **{**TABLES, "announcements": news, "prices": prices})
    book = orders_as_of(assemble(load(path), ["Named"]), datetime.fromisoformat("2025-03-04T21:00+08:00"))
    assert [(order.ticker, order.quantity) for order in book.orders] == [("A.SH", 1000)]


def test_an_instant_before_everything_or_without_an_offset_is_refused(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG, **TABLES)
    with pytest.raises(DataError, match="no price was known"):
        as_of(path, "2025-03-03T09:00+08:00")
    with pytest.raises(DataError, match="offset"):
        as_of(path, "2025-03-04T09:00")
    with pytest.raises(DataError, match="expected a year from 1900 to 2200"):
        as_of(path, "9999-12-31T00:00+00:00")


def test_what_is_delisted_gets_no_order_that_could_fill(tmp_path: Path) -> None:
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-05T20:00+08:00, news, Alpha, Something, A.SH;B.SH
    """
    instruments = """
        ticker, name, exchange, board, currency, delisted_on
        A.SH, Alpha, XSHG, main, CNY, 2025-03-05
        B.SH, Beta, XSHG, main, CNY,
        I.SH, The Index, XSHG, index, CNY,
    """
    tables = {**TABLES, "announcements": news, "instruments": instruments}
    components = assemble(load(write_project(tmp_path, CONFIG, **tables)), ["Named"])
    orders = orders_as_of(components, datetime.fromisoformat("2025-03-05T21:00+08:00")).orders
    assert {one.ticker: one.refused for one in orders} == {"A.SH": "not_trading", "B.SH": None}


@pytest.mark.rule("X14")
@pytest.mark.parametrize("stop", ["stop_loss", "trailing_stop"])
def test_stops_are_worked_by_price_and_so_are_no_orders(tmp_path: Path, stop: str) -> None:
    """The entry's own bar closes through the stop, which counts from the next bar on (X14)."""
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-03T20:00+08:00, news, Alpha, Something, A.SH
    """
    config = CONFIG.replace("use: named_tickers", f"use: named_tickers, position: {{weight: 0.1, {stop}: 0.03}}")
    falling = TABLES["prices"].replace("11, 11, 11, 11", "10, 10, 9.5, 9.5")
    tables = {**TABLES, "announcements": news, "prices": falling}
    components = assemble(load(write_project(tmp_path, config, **tables)), ["Named"])
    assert orders_as_of(components, datetime.fromisoformat("2025-03-04T21:00+08:00")).orders == ()


@pytest.mark.rule("X12", "X14")
@pytest.mark.parametrize(
    ("fallen", "left"),
    [("10, 10, 9.5, 9.6, 10", 1000), ("10, 10, 9.5, 9.6, 8000", 200), ("9, 9, 9, 9, 1000000", 1000)],
    ids=["of no volume", "of little volume", "locked"],
)
def test_a_stop_that_was_met_and_waits_is_an_order_of_the_next_opening(tmp_path: Path, fallen: str, left: int) -> None:
    """Bought at 10; the next bar falls through the stop of 9.7, and takes none or 800 of the 1000, or is limit down."""
    news = """
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-03T20:00+08:00, news, Alpha, Something, A.SH
    """
    config = CONFIG.replace("use: named_tickers", "use: named_tickers, position: {weight: 0.1, stop_loss: 0.03}")
    config = config.replace("execution: {", "execution: {participation: 0.1, ")
    prices = f"""
        ticker, date, open, high, low, close, volume
        A.SH, 2025-03-03, 10, 10, 10, 10, 1000000
        A.SH, 2025-03-04, 10, 10, 10, 10, 1000000
        A.SH, 2025-03-05, {fallen}
        B.SH, 2025-03-05, 10, 10, 10, 10, 1000000
    """
    tables = {**TABLES, "announcements": news, "prices": prices}
    components = assemble(load(write_project(tmp_path, config, **tables)), ["Named"])
    (order,) = orders_as_of(components, datetime.fromisoformat("2025-03-05T21:00+08:00")).orders
    assert (order.ticker, order.side, order.quantity, order.reason) == ("A.SH", "sell", left, "stop_loss")
    assert order.at == datetime.fromisoformat("2025-03-06T09:30+08:00")
    before = orders_as_of(components, datetime.fromisoformat("2025-03-04T21:00+08:00")).orders
    assert before == ()


def test_orders_of_all_strategies_come_in_the_order_in_which_markets_open(tmp_path: Path) -> None:
    tables = {
        "instruments": """
            ticker, name, exchange, board, currency
            U, Usher, XNYS, main, USD
            A.SH, Alpha, XSHG, main, CNY
        """,
        "announcements": """
            event_id, published_at, event_type, issuer, headline, tickers
            e, 2025-03-05T06:00+08:00, news, Alpha, Something, U;A.SH
        """,
        "prices": """
            ticker, date, open, high, low, close, volume
            U, 2025-03-03, 10, 10, 10, 10, 1000000
            U, 2025-03-04, 10, 10, 10, 10, 1000000
            A.SH, 2025-03-03, 10, 10, 10, 10, 1000000
            A.SH, 2025-03-04, 10, 10, 10, 10, 1000000
        """,
        "fx": """
            pair, date, rate
            USDCNY, 2025-03-01, 7
        """,
    }
    config = CONFIG.replace(
        "- {name: Chips only,", "- {name: Again, use: named_tickers, params: {sign: one}}\n  - {name: Chips only,"
    )
    components = assemble(load(write_project(tmp_path, config, **tables)), ["Named", "Again"])
    orders = orders_as_of(components, datetime.fromisoformat("2025-03-05T07:00+08:00")).orders
    assert [(one.strategy, one.ticker) for one in orders] == [
        ("Named", "A.SH"), ("Again", "A.SH"), ("Named", "U"), ("Again", "U"),
    ]  # fmt: skip


@pytest.mark.rule("X21")
def test_a_grids_purchase_and_sale_are_one_order_whatever_number_of_events_share_them(tmp_path: Path) -> None:
    """X21: three events of Monday evening want 1000 shares in all; by Tuesday's signal none. The order's events being
    several, it names none; of a single event it names that."""
    events = ("a", "b", "c")
    news = "event_id, published_at, event_type, issuer, headline, tickers\n" + "\n".join(
        f"{one}, 2025-03-03T20:0{n}+08:00, news, Alpha, Something, A.SH" for n, one in enumerate(events)
    )
    config = CONFIG.replace(
        "use: named_tickers, params: {sign: one}",
        "use: 'mine.py:Once', position: {weight: 0.1, mode: target, min_trade: 0}",
    )
    flat = TABLES["prices"].replace("11, 11, 11, 11", "10, 10, 10, 10")
    (tmp_path / "mine.py").write_text(ONCE, encoding="utf-8")
    for count, named in ((3, None), (1, "a")):
        sent = "\n".join(news.split("\n")[: count + 1])
        tables = {**TABLES, "announcements": sent, "prices": flat}
        components = assemble(load(write_project(tmp_path, config, **tables)), ["Named"])
        books = [
            orders_as_of(components, datetime.fromisoformat(f"2025-03-0{day}T21:00+08:00")).orders for day in (3, 4)
        ]
        assert [[(one.side, one.quantity, one.reason, one.event_id) for one in orders] for orders in books] == [
            [("buy", 1000, "rebalance", named)], [("sell", 1000, "rebalance", named)],
        ]  # fmt: skip


ONCE = """
import numpy as np
import newsbt


class Once(newsbt.StepStrategy):
    def signal_at(self, t, past):
        known = (past.tickers == "A.SH") & (len(past.links) > 0)
        return known * 1.0 if str(past.dates[-1]) == "2025-03-03" else known * 0.0
"""
