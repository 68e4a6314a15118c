"""The move after an announcement, split into gap, latency, locked and tradable, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.evidence.session_returns import session_returns_of
from newsbt.evidence.tradable_share import PARTS, Moves, moves_of
from newsbt.steps.prepare import PreparedRun, prepare
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
execution: {costs: {use: zero}, slippage: {use: zero}, latency: LATENCY, entry: next_open}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}}]
baselines: []
"""
INSTRUMENTS = """
ticker,    name,  exchange, board, currency, lot_size
A.HK,      A,     XHKG,     main,  HKD,      100
002315.SZ, Focus, XSHE,     main,  CNY,
"""
FX = """
pair,   date,       rate
CNYHKD, 2025-01-01, 1
"""
PRICES = """
ticker,    date,       open,  high, low,  close, volume
A.HK,      2025-03-04, 100,   100,  100,  100,   1000000
A.HK,      2025-03-05, 104,   110,  104,  106,   1000000
A.HK,      2025-03-06, 108,   112,  107,  110,   1000000
A.HK,      2025-03-07, 111,   121,  111,  121,   1000000
002315.SZ, 2025-03-04, 10,    10,   10,   10,    1000000
002315.SZ, 2025-03-05, 11,    11,   11,   11,    1000000
002315.SZ, 2025-03-06, 12.1,  12.1, 12,   12,    1000000
002315.SZ, 2025-03-07, 12,    13,   12,   12.5,  1000000
"""
ANNOUNCEMENTS = """
event_id, published_at,           event_type, issuer, headline, tickers
before,   2025-03-05T08:00+08:00, news,       A,      x,        A.HK;002315.SZ
lunch,    2025-03-05T12:30+08:00, news,       A,      x,        A.HK
"""


def prepared(folder: Path, latency: str = "0min", **changes: str) -> PreparedRun:
    tables = {"instruments": INSTRUMENTS, "announcements": ANNOUNCEMENTS, "prices": PRICES, "fx": FX, **changes}
    return prepare(
        assemble(load(write_project(folder, CONFIG.replace("LATENCY", latency), **tables))), SilentProgress()
    )


def moved(world: PreparedRun, event: str, ticker: str, horizon: int) -> dict[str, float]:
    e, n = world.news.events.position[event], world.market.universe.position[ticker]
    found: Moves = moves_of(world.market, world.news, np.array([e]), np.array([n]), (horizon,))[horizon]
    parts = {name: round(float(getattr(found, name)[0]), 9) for name in ("total", *PARTS)}
    if np.isfinite(parts["total"]):
        assert sum(parts[name] for name in PARTS) == pytest.approx(parts["total"])
    return parts


def test_gap_and_tradable(tmp_path: Path) -> None:
    """Known before the opening: 100 to 104 is gap, 104 to 106 could be had; then to 110 the next day."""
    world = prepared(tmp_path)
    assert moved(world, "before", "A.HK", 0) == {
        "total": 0.06, "gap": 0.04, "latency": 0.0, "locked": 0.0, "tradable": 0.02,
    }  # fmt: skip
    assert moved(world, "before", "A.HK", 1)["tradable"] == 0.06


def test_what_happens_before_the_order_can_be_in_is_latency(tmp_path: Path) -> None:
    """Two hours later the opening of the 5th is missed: from 104 to 108 is latency."""
    world = prepared(tmp_path, "2h")
    assert moved(world, "before", "A.HK", 1) == {
        "total": 0.1, "gap": 0.04, "latency": 0.04, "locked": 0.0, "tradable": 0.02,
    }  # fmt: skip


def test_a_lunch_time_event_has_its_day_zero_at_once_and_its_first_open_the_day_after(tmp_path: Path) -> None:
    """The move of day 0 is over before anything can be done, so all of it is gap."""
    world = prepared(tmp_path)
    assert moved(world, "lunch", "A.HK", 0) == {
        "total": 0.06, "gap": 0.06, "latency": 0.0, "locked": 0.0, "tradable": 0.0,
    }  # fmt: skip
    assert moved(world, "lunch", "A.HK", 1) == {
        "total": 0.1, "gap": 0.08, "latency": 0.0, "locked": 0.0, "tradable": 0.02,
    }  # fmt: skip


def test_a_locked_limit_is_not_tradable(tmp_path: Path) -> None:
    """002315.SZ opens at its upper limit of 11: what follows cannot be bought."""
    assert moved(prepared(tmp_path), "before", "002315.SZ", 1) == {
        "total": 0.2, "gap": 0.1, "latency": 0.0, "locked": 0.1, "tradable": 0.0,
    }  # fmt: skip


def test_a_suspension_locks_all_of_the_move(tmp_path: Path) -> None:
    prices = PRICES.replace("002315.SZ, 2025-03-05, 11,    11,   11,   11,    1000000\n", "")
    assert moved(prepared(tmp_path, prices=prices), "before", "002315.SZ", 1) == {
        "total": 0.2, "gap": 0.0, "latency": 0.0, "locked": 0.2, "tradable": 0.0,
    }  # fmt: skip


def test_beyond_the_data_there_is_no_move(tmp_path: Path) -> None:
    assert np.isnan(moved(prepared(tmp_path), "lunch", "A.HK", 3)["total"])


def test_dividends_and_splits_are_put_back(tmp_path: Path) -> None:
    """A dividend of 4 on the 5th and a split in two on the 6th."""
    prices = """
    ticker, date,       open, high, low, close, volume,  dividend, split
    A.HK,   2025-03-04, 100,  100,  100, 100,   1000000, ,
    A.HK,   2025-03-05, 96,   102,  96,  102,   1000000, 4,
    A.HK,   2025-03-06, 51,   56,   51,  56,    1000000, ,         2
    A.HK,   2025-03-07, 56,   56,   56,  56,    1000000, ,
    """
    announcements = ANNOUNCEMENTS.replace(";002315.SZ", "")
    world = prepared(tmp_path, prices=prices, announcements=announcements)
    found = session_returns_of(world.market, None).returns[:, world.market.universe.position["A.HK"]]
    np.testing.assert_allclose(found, [np.nan, 0.06, 112 / 102 - 1, 0.0], atol=1e-12)
    # The dividend is cash until the close and buys shares there: one share became 106/102 of them.
    assert moved(world, "before", "A.HK", 0)["total"] == 0.06
    assert moved(world, "before", "A.HK", 1)["total"] == round(1.06 * 112 / 102 - 1, 9)
    assert moved(world, "before", "A.HK", 0)["gap"] == 0.0


def test_an_open_at_the_upper_limit_locks_no_fall(tmp_path: Path) -> None:
    """002315.SZ opens at 11 and falls to 9.5: that could be sold."""
    prices = PRICES.replace(
        "11,    11,   11,   11,    1000000\n002315.SZ, 2025-03-06, 12.1,  12.1, 12,   12,",
        "11,    11,   9.5,  9.5,   1000000\n002315.SZ, 2025-03-06, 9.5,   9.5,  9.5,  9.5,",
    )
    assert moved(prepared(tmp_path, prices=prices), "before", "002315.SZ", 0) == {
        "total": -0.05, "gap": 0.1, "latency": 0.0, "locked": 0.0, "tradable": -0.15,
    }  # fmt: skip


def at_close(folder: Path, latency: str = "0min", **changes: str) -> PreparedRun:
    tables = {"instruments": INSTRUMENTS, "announcements": ANNOUNCEMENTS, "prices": PRICES, "fx": FX, **changes}
    config = CONFIG.replace("LATENCY", latency).replace("entry: next_open", "entry: same_close")
    return prepare(assemble(load(write_project(folder, config, **tables))), SilentProgress())


def test_what_enters_at_the_close_of_the_session_trades_what_follows_it(tmp_path: Path) -> None:
    """Known at lunch, bought at the close of 106: to 110 the next day. The first open after it was that day's, 108."""
    assert moved(at_close(tmp_path), "lunch", "A.HK", 1) == {
        "total": 0.1, "gap": 0.08, "latency": -0.02, "locked": 0.0, "tradable": 0.04,
    }  # fmt: skip
    # Known before the opening: the open of 104 is met, and nothing of it is at a close.
    assert moved(at_close(tmp_path), "before", "A.HK", 0)["tradable"] == 0.02


def test_a_close_without_a_bar_is_locked(tmp_path: Path) -> None:
    prices = PRICES.replace("A.HK,      2025-03-05, 104,   110,  104,  106,   1000000\n", "")
    assert moved(at_close(tmp_path, prices=prices), "lunch", "A.HK", 1) == {
        "total": 0.1, "gap": 0.0, "latency": 0.0, "locked": 0.1, "tradable": 0.0,
    }  # fmt: skip


def test_pairs_of_several_tickers_and_events_stand_each_in_its_own_place(tmp_path: Path) -> None:
    world = prepared(tmp_path)
    position, column = world.news.events.position, world.market.universe.position
    event = np.array([position[name] for name in ("lunch", "before", "before", "lunch")])
    ticker = np.array([column[name] for name in ("A.HK", "002315.SZ", "A.HK", "002315.SZ")])
    found = moves_of(world.market, world.news, event, ticker, (1,))[1]
    assert found.total.round(9).tolist() == [0.1, 0.2, 0.1, 0.2]
    assert found.gap.round(9).tolist() == [0.08, 0.1, 0.04, 0.21]
    means = found.mean(np.array([True, False, True, False]))
    assert means["pairs"] == 2 and means["gap"] == pytest.approx(0.06) and means["total"] == pytest.approx(0.1)
    none = found.mean(np.zeros(4, dtype=bool))
    assert none["pairs"] == 0 and none["total"] is None and none["tradable"] is None


def test_means_are_of_the_pairs_with_prices(tmp_path: Path) -> None:
    world = prepared(tmp_path)
    event = np.array([world.news.events.position[name] for name in ("before", "lunch")])
    found, late = moves_of(world.market, world.news, event, np.zeros(2, dtype=np.int64), (2, 3)).values()
    assert found.mean(np.array([0, 1]))["pairs"] == 2 and found.total.round(9).tolist() == [0.21, 0.21]
    assert late.mean(np.array([0, 1])) == {"pairs": 0, **dict.fromkeys(("total", *PARTS))}


def test_without_a_close_before_the_news_there_is_no_move(tmp_path: Path) -> None:
    news = ANNOUNCEMENTS.replace("2025-03-05T08:00+08:00", "2025-03-04T08:00+08:00")
    assert np.isnan(moved(prepared(tmp_path, announcements=news), "before", "A.HK", 1)["total"])
