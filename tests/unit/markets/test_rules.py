"""X8, X9, X15, X16, X17: what the rulebook says of each cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsbt.domain.entity import Instrument, StatusSpan, Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import DataError
from newsbt.markets.clock import bar_clock, daily_clock
from newsbt.markets.rulebook import Rulebook, load_rulebook
from newsbt.markets.rules import TradingRules, limit_table, trading_rules

pytestmark = pytest.mark.rule("X8", "X9", "X15", "X16", "X17")

Daily = Callable[..., tuple[MarketPanel, Universe]]
Make = Callable[..., Instrument]


@pytest.fixture
def rules(daily: Daily, rulebook: Rulebook) -> Callable[..., TradingRules]:
    def build(start: str, end: str, *instruments: Instrument, enabled: bool = True, **given: Any) -> TradingRules:
        panel, universe = daily(start, end, *instruments, **given)
        return trading_rules(panel, universe, rulebook, enabled)

    return build


@pytest.mark.parametrize(
    ("exchange", "board", "step", "minimum"),
    [
        ("XSHG", "main", 100, 100),
        ("XSHG", "main_st", 100, 100),
        ("XSHG", "star", 1, 200),
        ("XSHG", "etf", 100, 100),
        ("XSHE", "chinext", 100, 100),
        ("BJSE", "bjse", 1, 100),
        ("XNYS", "main", 1, 1),
        ("XNAS", "adr", 1, 1),
        ("ARCX", "etf", 1, 1),
        ("XHKG", "main", 0, 0),  # a ticker that no table holds: unknown_lot
        ("XSHG", "index", 0, 0),
    ],
)
def test_lots_by_board(rules: Any, instrument: Make, exchange: str, board: str, step: int, minimum: int) -> None:
    found = rules("2025-03-06", "2025-03-06", instrument("T", exchange, board))
    assert (found.lot_step[0, 0], found.lot_minimum[0, 0]) == (step, minimum)


def test_lots_by_table_and_by_instrument(rules: Any, instrument: Make) -> None:
    found = rules(
        "2025-09-18", "2025-09-19",
        instrument("1211.HK", "XHKG"), instrument("1211.HK", "XHKG", lot_size=7), instrument("3033.HK", "XHKG", "etf"),
    )  # fmt: skip
    assert found.lot_step.tolist() == [[500, 7, 200], [100, 7, 200]]
    assert (found.lot_minimum == found.lot_step).all()


@pytest.mark.parametrize(
    ("exchange", "board", "on", "up", "down"),
    [
        ("XSHG", "main", "2025-03-06", 11.0, 9.0),
        ("XSHG", "main_st", "2026-07-03", 10.5, 9.5),
        ("XSHG", "main_st", "2026-07-06", 11.0, 9.0),
        ("XSHG", "star", "2025-03-06", 12.0, 8.0),
        ("XSHE", "chinext", "2020-08-21", 11.0, 9.0),
        ("XSHE", "chinext", "2020-08-24", 12.0, 8.0),
        ("BJSE", "bjse", "2025-03-06", 13.0, 7.0),
        ("XSHG", "etf", "2025-03-06", 11.0, 9.0),
        ("XHKG", "main", "2025-03-06", None, None),
        ("XNAS", "adr", "2025-03-06", None, None),
        ("XSHG", "index", "2025-03-06", None, None),
    ],
)
def test_limits_by_board_and_date(
    rules: Any, instrument: Make, exchange: str, board: str, on: str, up: float | None, down: float | None
) -> None:
    found = rules(on, on, instrument("T", exchange, board), close_before=[10.0])
    limits = (found.limit_up[0, 0], found.limit_down[0, 0])
    assert np.isnan(limits).all() if up is None else limits == (up, down)


def test_status_changes_the_percentage_on_its_days(rules: Any, instrument: Make) -> None:
    spans = (
        StatusSpan(ticker="A", status="ST", from_on=date(2025, 3, 5), to_on=date(2025, 3, 6)),
        StatusSpan(ticker="B", status="st"),  # ChiNext keeps its own
    )
    pair = (instrument("A", "XSHE"), instrument("B", "XSHE", "chinext"))
    found = rules("2025-03-04", "2025-03-07", *pair, close_before=[10.0, 10.0], statuses=spans)
    assert found.limit_up[:, 0].tolist() == [11.0, 10.5, 10.5, 11.0]
    assert found.limit_down[:, 0].tolist() == [9.0, 9.5, 9.5, 9.0]
    assert found.limit_up[:, 1].tolist() == [12.0] * 4


def test_first_sessions_of_a_listing_have_no_limit(rules: Any, instrument: Make) -> None:
    listed = date(2025, 9, 26)  # a Friday; the holidays of October lie in between
    items = [
        instrument("A", "XSHG", "main", listed_on=listed),
        instrument("B", "XSHG", "star", listed_on=listed),
        instrument("C", "BJSE", "bjse", listed_on=listed),
        instrument("D", "XSHG", "etf", listed_on=listed),
        instrument("E", "XSHG", "main", listed_on=date(2024, 1, 2)),
    ]
    found = rules("2025-09-26", "2025-10-13", *items, close_before=[10.0] * 5)
    free = np.isnan(found.limit_up).sum(axis=0).tolist()
    assert free == [5, 5, 1, 0, 0]
    assert np.isnan(found.limit_down).sum(axis=0).tolist() == free
    assert not np.isnan(found.limit_up[5:]).any()


def test_first_day_before_2023_had_its_own_limits(rules: Any, instrument: Make) -> None:
    found = rules(
        "2022-03-01", "2022-03-02", instrument("A", "XSHG", listed_on=date(2022, 3, 1)), close_before=[10.0]
    )  # fmt: skip
    assert found.limit_up[:, 0].tolist() == [14.4, 11.0]
    assert found.limit_down[:, 0].tolist() == [6.4, 9.0]


def test_reference_is_the_last_close_before_the_bar(rules: Any, instrument: Make) -> None:
    close = np.array([[10.0], [np.nan], [1.15], [1.2]])
    found = rules("2025-03-04", "2025-03-07", instrument("A", "XSHG"), close=close)
    assert np.isnan(found.limit_up[0, 0])  # nothing before
    assert found.limit_up[1:, 0].tolist() == [11.0, 11.0, 1.27]
    assert found.limit_down[3, 0] == 1.04


def test_reference_on_ex_dates(rules: Any, instrument: Make) -> None:
    """(close - dividend) / split, half up to the tick; an exchange's own reference price stands before it."""
    dividend, split, given = np.zeros((4, 1)), np.ones((4, 1)), np.full((4, 1), np.nan)
    dividend[1], split[2], dividend[2], split[3], given[3] = 0.995, 1.3, 0.5, 2.0, 7.77
    found = rules(
        "2025-03-04", "2025-03-07", instrument("A", "XSHG"), close_before=[10.0],
        dividend=dividend, split=split, prev_close=given,
    )  # fmt: skip
    # 9.005 -> 9.01; 9.5 / 1.3 = 7.307... -> 7.31; 7.77 as given
    assert found.limit_up[:, 0].tolist() == [11.0, 9.91, 8.04, 8.55]
    assert found.limit_down[:, 0].tolist() == [9.0, 8.11, 6.58, 6.99]


def test_a_dividend_above_the_price_leaves_no_reference(rules: Any, instrument: Make) -> None:
    found = rules("2025-03-06", "2025-03-06", instrument("A", "XSHG"), close_before=[1.0], dividend=[[2.0]])
    assert np.isnan(found.limit_up).all()


def test_ticks_by_reference_price_and_date(rules: Any, instrument: Make) -> None:
    items = [
        instrument("0700.HK", "XHKG"), instrument("3033.HK", "XHKG", "etf"), instrument("A", "XSHG"),
        instrument("510300.SH", "XSHG", "etf"), instrument("M", "XNYS"), instrument("P", "XNYS"),
    ]  # fmt: skip
    before = [20.0, 20.0, 20.0, 4.0, 1.0, 0.9999]
    found = rules("2025-08-01", "2025-08-04", *items, close_before=before, close=np.full((2, 6), before))
    assert found.tick[0].tolist() == [0.02, 0.01, 0.01, 0.001, 0.01, 0.0001]
    assert found.tick[1].tolist() == [0.01, 0.01, 0.01, 0.001, 0.01, 0.0001]


def test_tick_without_a_reference_is_that_of_the_open(rules: Any, instrument: Make) -> None:
    found = rules("2025-03-06", "2025-03-06", instrument("0700.HK", "XHKG"), close=[[150.0]])
    assert found.tick[0, 0] == 0.1
    empty = rules("2025-03-06", "2025-03-06", instrument("0700.HK", "XHKG"), close=[[np.nan]])
    assert empty.tick[0, 0] == 0.001


def test_t_plus_one_and_shorts(rules: Any, instrument: Make) -> None:
    items = [
        instrument("A", "XSHG"), instrument("B", "XSHG", "star"), instrument("C", "XSHE", "etf"),
        instrument("D", "BJSE", "bjse"), instrument("E", "XHKG"), instrument("F", "XHKG", shortable=True),
        instrument("G", "XNYS"), instrument("H", "XNYS", shortable=False), instrument("I", "XSHG", shortable=True),
    ]  # fmt: skip
    found = rules("2025-03-06", "2025-03-06", *items)
    assert found.t_plus_one.tolist() == [True, True, True, True, False, False, False, False, True]
    assert found.can_short.tolist() == [False, False, False, False, False, True, True, False, False]


def test_a_price_is_at_its_limit_within_half_a_tick(rules: Any, instrument: Make) -> None:
    """X8, for single cells and for many; where there is no limit, no price is at it."""
    found = rules("2025-03-03", "2025-03-05", instrument("A.SH", "XSHG"), close=10.0)
    assert (found.limit_up[1, 0], found.limit_down[1, 0], found.tick[1, 0]) == (11.0, 9.0, 0.01)
    asked = [(1, 10.99), (1, 10.996), (1, 12.0), (1, 9.0), (-1, 9.01), (-1, 9.004), (-1, 8.0), (-1, 11.0), (1, np.nan),
             (0, 9.0), (0, 11.0), (0.5, 11.0)]  # fmt: skip
    expected = [False, True, True, False, False, True, True, False, False, True, False, True]
    assert [bool(found.at_limit(1, 0, side, price)) for side, price in asked] == expected
    sides, prices = (np.array(column) for column in zip(*asked, strict=True))
    assert found.at_limit(np.ones(len(asked), dtype=int), 0, sides, prices).tolist() == expected
    binary = rules("2025-03-03", "2025-03-05", instrument("0001.HK", "XHKG"), close=10.0)
    assert not binary.at_limit(1, 0, 1, 1e9)  # Hong Kong has none
    free = rules("2025-03-03", "2025-03-05", instrument("A.SH", "XSHG"), close=10.0, enabled=False)
    assert not free.at_limit(1, 0, 1, 1e9)


def test_rules_off(rules: Any, instrument: Make) -> None:
    pair = (instrument("A", "XSHG"), instrument("0005.HK", "XHKG"))
    found = rules("2025-03-06", "2025-03-06", *pair, close_before=[10.0, 80.0], enabled=False)
    assert not found.applied
    for name in ("lot_step", "lot_minimum", "limit_up", "limit_down", "tick"):
        assert getattr(found, name).shape == (1, 2), name
    assert (found.lot_step == 1).all()
    assert (found.lot_minimum == 1).all()
    assert np.isnan(found.limit_up).all()
    assert np.isnan(found.limit_down).all()
    assert found.t_plus_one.tolist() == [False, False]
    assert found.can_short.tolist() == [True, True]
    assert found.tick[0].tolist() == [0.01, 0.05]


def test_arrays_are_read_only(rules: Any, instrument: Make) -> None:
    found = rules("2025-03-06", "2025-03-06", instrument("A", "XSHG"))
    assert found.applied
    for name in ("lot_step", "lot_minimum", "limit_up", "limit_down", "tick", "t_plus_one", "can_short"):
        assert not getattr(found, name).flags.writeable


def test_intraday_reference_is_of_the_session_before(
    rulebook: Rulebook, instrument: Make, panel_of: Callable[..., MarketPanel]
) -> None:
    universe = Universe(instruments=(instrument("A", "XSHG"), instrument("B", "XSHG")))
    starts = np.array(
        ["2025-07-10T06:50", "2025-07-10T06:55", "2025-07-11T01:30", "2025-07-11T01:35", "2025-07-14T01:30"], "M8[ns]"
    )
    clock = bar_clock(("XSHG",), {"XSHG": starts}, 300 * 10**9, rulebook)
    row = {str(at)[:16]: t for t, at in enumerate(clock.open_at[:, 0])}
    close = np.full((len(clock), 2), np.nan)
    for k, start in enumerate(starts):
        close[row[str(start)[:16]]] = [10.0 + k, 20.0 + k]
    dividend, given = np.zeros((len(clock), 2)), np.full((len(clock), 2), np.nan)
    dividend[row["2025-07-11T01:30"], 0] = 1.0
    given[row["2025-07-14T01:30"], 1] = 30.0
    panel = panel_of(clock, universe, close=close, close_before=[9.0, np.nan], dividend=dividend, prev_close=given)
    found = trading_rules(panel, universe, rulebook)
    at = [row[str(start)[:16]] for start in starts]
    assert found.limit_up[at, 0].tolist() == [9.9, 9.9, 11.0, 11.0, 14.3]  # (11 - 1) and 13, before the day
    assert np.isnan(found.limit_up[at[:2], 1]).all()
    assert found.limit_up[at[2:], 1].tolist() == [23.1, 23.1, 33.0]
    assert (found.limit_up[row["2025-07-14T06:55"] if "2025-07-14T06:55" in row else at[4], 1]) == 33.0


def test_a_lot_of_one_share_is_a_lot(rules: Any, instrument: Make) -> None:
    found = rules("2025-03-06", "2025-03-06", instrument("A", "XSHG", lot_size=1))
    assert (found.lot_step[0, 0], found.lot_minimum[0, 0]) == (1, 1)


def test_bad_instruments_and_statuses_are_named(daily: Daily, rulebook: Rulebook, instrument: Make) -> None:
    panel, universe = daily(
        "2025-03-06", "2025-03-06", instrument("A", "XSHG", lot_size=0),
        statuses=(StatusSpan(ticker="A", status="sst"),),
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        trading_rules(panel, universe, rulebook)
    assert [item.code for item in caught.value.problems] == ["bad_value", "bad_value"]
    assert "got 0" in caught.value.problems[0].message
    assert "'sst'" in caught.value.problems[1].message


def test_an_unknown_exchange_matters_only_with_prices(
    rulebook: Rulebook, instrument: Make, panel_of: Callable[..., MarketPanel]
) -> None:
    universe = Universe(instruments=(instrument("A", "XSHG"), instrument("B", "XSHG")))
    clock = daily_clock(("XSHG",), date(2025, 3, 6), date(2025, 3, 6), rulebook)
    strange = Universe(instruments=(universe.instruments[0], instrument("B", "XLON")))
    with pytest.raises(DataError, match="'XLON'; expected one of XHKG"):
        trading_rules(panel_of(clock, universe), strange, rulebook)
    quiet = trading_rules(panel_of(clock, universe, has_prices=[True, False]), strange, rulebook)
    assert quiet.lot_step.tolist() == [[100, 0]] and np.isnan(quiet.limit_up[:, 1]).all()
    assert limit_table(panel_of(clock, universe), strange, rulebook).which.tolist() == [[0, -1]]


OF_ONES_OWN = """
exchanges:
  XNYS:
    rules:
      price_limit:
        main: [{from: 2025-03-06, to: 2025-03-07, up: 0.2, down: 0.1}]
        adr: [{from: null, bands: [[100, 30], [200, 50]]}]
"""


@pytest.fixture
def own_book(tmp_path: Path) -> Rulebook:
    path = tmp_path / "my_rules.yaml"
    path.write_text(OF_ONES_OWN, encoding="utf-8")
    return load_rulebook(path)


def four(daily: Daily, instrument: Make) -> tuple[MarketPanel, Universe]:
    """One that no rule limits, one that has limits for two days, one with bands, one of 30 %."""
    items = (
        instrument("N", "XNYS", "etf"), instrument("M", "XNYS"), instrument("A", "XNYS", "adr"),
        instrument("B", "BJSE", "bjse"),
    )  # fmt: skip
    closes = np.broadcast_to(np.array([10.0, 10.0, 150.0, 10.0]), (5, 4))
    return daily("2025-03-04", "2025-03-10", *items, close=closes, close_before=[10.0, 10.0, 150.0, 10.0])


def test_limits_of_one_s_own_hold_on_their_days(daily: Daily, instrument: Make, own_book: Rulebook) -> None:
    found = trading_rules(*four(daily, instrument), own_book)
    nan = [np.nan] * 5
    np.testing.assert_array_equal(found.limit_up.T, [nan, [np.nan, np.nan, 12, 12, np.nan], [200.0] * 5, [13.0] * 5])
    np.testing.assert_array_equal(found.limit_down.T, [nan, [np.nan, np.nan, 9, 9, np.nan], [100.0] * 5, [7.0] * 5])


def test_what_decides_is_told_for_each_cell_before_there_are_prices(
    daily: Daily, instrument: Make, own_book: Rulebook
) -> None:
    panel, universe = four(daily, instrument)
    found = limit_table(panel, universe, own_book)
    decides = [[None if k < 0 else k for k in column] for column in found.which.T.tolist()]
    main, adr, bjse = decides[1][2], decides[2][0], decides[3][0]
    assert decides == [[None] * 5, [None, None, main, main, None], [adr] * 5, [bjse] * 5]
    assert found.which.min() == -1 and len({main, adr, bjse}) == 3
    assert [found.rates[k].tolist() for k in (main, adr, bjse)] == [[200_000, 100_000], [-1, -1], [300_000, 300_000]]
    assert [int(found.bands[k]) for k in (main, adr, bjse)] == [0, 2, 0] and len(found.bands) == len(found.rates)
    assert found.below[adr].tolist() == [100 * 10**8, 200 * 10**8] and found.below.shape == (len(found.rates), 2)
    assert found.amount[adr].tolist() == [30 * 10**8, 50 * 10**8] and not found.amount[main].any()
    off = limit_table(panel, universe, own_book, enabled=False)
    assert off.which.tolist() == [[-1] * 4] * 5 and off.rates.tolist() == found.rates.tolist()


def test_where_nothing_is_limited_the_table_has_a_row_of_nothing(
    daily: Daily, instrument: Make, rulebook: Rulebook
) -> None:
    found = limit_table(*daily("2025-03-06", "2025-03-06", instrument("N", "XNYS")), rulebook)
    assert (found.which.tolist(), found.rates.tolist(), found.bands.tolist()) == ([[-1]], [[-1, -1]], [0])
    assert found.below.tolist() == [[0]] == found.amount.tolist()


def test_a_status_of_what_is_not_here_or_of_an_exchange_without_rules_changes_nothing(
    rules: Any, instrument: Make
) -> None:
    spans = (
        StatusSpan(ticker="X", status="ST"), StatusSpan(ticker="U", status="ST"),
        StatusSpan(ticker="A", status="ST", to_on=date(2025, 3, 4)),
        StatusSpan(ticker="B", status="ST", from_on=date(2025, 3, 5)),
    )  # fmt: skip
    items = (instrument("U", "XNYS"), instrument("A", "XSHE"), instrument("B", "XSHE"))
    found = rules("2025-03-04", "2025-03-05", *items, close_before=[10.0] * 3, statuses=spans)
    np.testing.assert_array_equal(found.limit_up, [[np.nan, 10.5, 11.0], [np.nan, 11.0, 10.5]])


def test_a_listing_of_long_ago_asks_nothing_of_its_first_sessions(rules: Any, instrument: Make) -> None:
    """60 days after the listing is the last day on which its first sessions are looked for."""
    items = [instrument("A", "XSHG", listed_on=date(2025, 3, 3)), instrument("B", "XSHG", listed_on=date(2025, 1, 2))]
    found = rules("2025-03-03", "2025-03-14", *items, close_before=[10.0, 10.0])
    assert np.isnan(found.limit_up).sum(axis=0).tolist() == [5, 0]
    later = rules("2025-03-06", "2025-03-14", *items, close_before=[10.0, 10.0])
    assert np.isnan(later.limit_up).sum(axis=0).tolist() == [2, 0]
