"""X8, C3, T2 and C1 against slow twins: decimals for limits and fees, a loop for placing and rates."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.kernels._compile import plain
from newsbt.kernels.rules.fees import fee
from newsbt.markets.clock import AFTER, BEFORE, bar_clock, close_rows, daily_clock, place
from newsbt.markets.costs import COMPONENT
from newsbt.markets.fx import align_fx
from newsbt.markets.limits import RATE_UNIT, price_limits, units
from newsbt.markets.rulebook import load_rulebook
from newsbt.markets.rules import trading_rules

pytestmark = pytest.mark.rule("X8", "C3", "T2", "C1")

CENTS = st.integers(1, 2_000_000)
FEW = settings(max_examples=60, deadline=None)


def _to_tick(value: Decimal, tick: Decimal) -> Decimal:
    return (value / tick).quantize(Decimal(1), ROUND_HALF_UP) * tick


def _decimal_limits(reference: Decimal, tick: Decimal, percentage: Decimal) -> tuple[Decimal, Decimal]:
    rounded = _to_tick(reference, tick)
    up = max(_to_tick(rounded * (1 + percentage), tick), rounded + tick)
    down = min(_to_tick(rounded * (1 - percentage), tick), rounded - tick)
    return up, down


@given(
    st.lists(st.decimals("0.001", "99999", places=4), min_size=1, max_size=30),
    st.sampled_from(["0.01", "0.001"]),
    st.sampled_from(["0.05", "0.1", "0.2", "0.3", "0.44"]),
)
def test_limits_are_those_of_decimals(prices: list[Decimal], tick: str, percentage: str) -> None:
    step = units(np.array([float(tick)]))
    count = (2 * units(np.array([float(price) for price in prices])) + step) // (2 * step)
    rate = np.full(len(prices), round(float(percentage) * RATE_UNIT))
    up, down = price_limits(count, np.repeat(step, len(prices)), rate, rate)
    for k, price in enumerate(prices):
        if _to_tick(price, Decimal(tick)) == 0:
            assert np.isnan(up[k])
            continue
        expected = _decimal_limits(price, Decimal(tick), Decimal(percentage))
        assert (up[k], down[k]) == tuple(float(value) for value in expected)


def _panel(clock: Clock, universe: Universe, close: Any, **given_: Any) -> MarketPanel:
    shape = (len(clock), len(universe.instruments))
    arrays = {
        name: frozen_array(np.broadcast_to(given_.get(name, value), shape), np.float64)
        for name, value in {
            "open": close, "high": close, "low": close, "close": close, "volume": 1e6, "dividend": 0.0, "split": 1.0,
            "prev_close": np.nan, "adj_factor": 1.0,
        }.items()
    }  # fmt: skip
    return MarketPanel(
        tickers=universe.tickers,
        market_of=frozen_array([clock.markets.index(item.exchange) for item in universe.instruments], np.int64),
        clock=clock,
        tradable=frozen_array(np.ones(shape), np.bool_),
        close_before=frozen_array(np.full(shape[1], np.nan), np.float64),
        has_prices=frozen_array(np.ones(shape[1]), np.bool_),
        **arrays,
    )


def _instrument(ticker: str, exchange: str, board: str, currency: str = "CNY") -> Instrument:
    return Instrument(ticker=ticker, name=ticker, exchange=exchange, board=board, currency=currency)


@FEW
@given(
    st.lists(CENTS, min_size=5, max_size=5),
    st.lists(st.sampled_from([0, 0, 1, 137, 5]), min_size=5, max_size=5),
    st.lists(st.sampled_from(["1", "1", "1.3", "2", "0.1", "1.4567"]), min_size=5, max_size=5),
    st.sampled_from([("XSHG", "main", "0.1"), ("XSHG", "star", "0.2"), ("XSHG", "main_st", "0.05")]),
)
def test_limits_on_ex_dates_are_those_of_decimals(
    cents: list[int], dividends: list[int], splits: list[str], board: tuple[str, str, str]
) -> None:
    book = load_rulebook()
    clock = daily_clock(("XSHG",), date(2025, 3, 3), date(2025, 3, 7), book)
    universe = Universe(instruments=(_instrument("A", board[0], board[1]),))
    column = {
        "close": np.array(cents)[:, None] / 100,
        "dividend": np.array(dividends)[:, None] / 100,
        "split": np.array([float(split) for split in splits])[:, None],
    }
    found = trading_rules(_panel(clock, universe, **column), universe, book)
    for t in range(1, 5):
        reference = (Decimal(cents[t - 1]) / 100 - Decimal(dividends[t]) / 100) / Decimal(splits[t])
        if reference <= 0 or _to_tick(reference, Decimal("0.01")) == 0:
            assert np.isnan(found.limit_up[t, 0])
            continue
        up, down = _decimal_limits(reference, Decimal("0.01"), Decimal(board[2]))
        assert (found.limit_up[t, 0], found.limit_down[t, 0]) == (float(up), float(down))


COMPONENTS = st.tuples(
    st.sampled_from(["0", "0.0013", "0.0000565", "0.000027", "0.00025", "0.0000278"]),
    st.sampled_from(["0", "0.000166", "0.005"]),
    st.sampled_from(["0", "0.5", "15"]),
    st.sampled_from(["0", "2", "5"]),
    st.sampled_from(["Infinity", "8.30", "100", "1"]),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
FILLS = st.tuples(st.booleans(), st.integers(1, 5_000_000), CENTS, st.sampled_from(["1", "7.78", "1.08"]))


def _structured(rows: list[Any]) -> np.ndarray:
    values = [(*(float(field) for field in row[:5]), *row[5:]) for row in rows]
    return frozen_array(values, COMPONENT)


@given(st.lists(COMPONENTS, min_size=0, max_size=6), FILLS)
def test_fee_is_the_decimal_one_and_the_same_compiled(rows: list[Any], fill: tuple[bool, int, int, str]) -> None:
    is_buy, quantity, cents, fx = fill
    components = _structured(rows)
    arguments = (components, 0, len(rows), is_buy, float(quantity), cents / 100, float(fx))
    found = plain(fee)(*arguments)
    assert fee(*arguments) == found  # bit for bit
    total = Decimal(0)
    for rate, per_share, fixed, minimum, maximum, rounding, on_buy, on_sell, in_account in rows:
        if not (on_buy if is_buy else on_sell):
            continue
        notional = Decimal(quantity) * cents / 100 * (Decimal(fx) if in_account else 1)
        amount = Decimal(rate) * notional + Decimal(per_share) * quantity
        amount = max(min(amount, Decimal(maximum)), Decimal(minimum)) + Decimal(fixed)
        step, how = {
            0: (None, ""), 1: ("0.01", ROUND_HALF_UP), 2: ("1", ROUND_CEILING), 3: ("0.01", ROUND_CEILING),
        }[rounding]  # fmt: skip
        if step is not None:
            amount = amount.quantize(Decimal(step), how)
        total += amount * (1 if in_account else Decimal(fx))
    assert math.isclose(found, float(total), rel_tol=1e-11, abs_tol=1e-11)


@given(
    st.lists(COMPONENTS, min_size=1, max_size=6),
    st.booleans(),
    st.floats(1, 1e9, allow_nan=False),
    st.floats(1e-4, 1e5, allow_nan=False),
    st.floats(0.01, 200, allow_nan=False),
)
def test_fee_has_the_same_bits_compiled(
    rows: list[Any], is_buy: bool, quantity: float, price: float, fx: float
) -> None:
    arguments = (_structured(rows), 0, len(rows), is_buy, quantity, price, fx)
    assert np.float64(fee(*arguments)).tobytes() == np.float64(plain(fee)(*arguments)).tobytes()


MARKETS = ("XHKG", "XSHG", "XNYS")
START = date(2025, 1, 20)
INSTANTS = st.lists(
    st.integers(0, 45 * 24 * 60).map(
        lambda minute: np.datetime64("2025-01-10T00:00", "ns") + np.timedelta64(minute, "m")
    ),
    min_size=1,
    max_size=20,
)


def _placed_slowly(known_at: np.datetime64, clock: Clock, m: int) -> int:
    if known_at <= clock.previous_cutoff_at[m]:
        return BEFORE
    for t in range(len(clock)):
        if not np.isnat(clock.cutoff_at[t, m]) and known_at <= clock.cutoff_at[t, m]:
            return t
    return AFTER


@FEW
@given(INSTANTS, st.integers(0, 20))
def test_placing_is_the_first_cut_off_in_time(instants: list[np.datetime64], days: int) -> None:
    clock = daily_clock(MARKETS, START, START + timedelta(days=days), load_rulebook())
    known_at = np.array(instants, dtype="M8[ns]")
    found = place(known_at, clock)
    closes = close_rows(known_at, clock, load_rulebook())
    for e, instant in enumerate(known_at):
        for m in range(len(MARKETS)):
            assert found[e, m] == _placed_slowly(instant, clock, m)
            row = next(
                (
                    t
                    for t in range(len(clock))
                    if clock.open_at[t, m] <= instant <= clock.close_at[t, m] - np.timedelta64(1, "h")
                ),
                -1,
            )
            assert closes[e, m] == row
            if found[e, m] >= 0:
                assert instant <= clock.open_at[found[e, m], m]


@FEW
@given(st.sets(st.integers(0, 47), min_size=1), st.sets(st.integers(0, 59), min_size=1), INSTANTS)
def test_intraday_rows_hold_every_bar_and_every_event_s_own(
    shanghai: set[int], hong_kong: set[int], instants: list[np.datetime64]
) -> None:
    """Whatever bars are missing, an event's bar is the calendar's first that starts at or after it."""
    step = np.timedelta64(5, "m")
    day = np.datetime64("2025-01-22T01:30", "ns")
    morning = {"XSHG": 24, "XHKG": 30}
    lunch = {"XSHG": np.timedelta64(90, "m"), "XHKG": np.timedelta64(60, "m")}

    def start(mic: str, k: int) -> np.datetime64:
        return day + k * step + (lunch[mic] if k >= morning[mic] else np.timedelta64(0, "m"))

    bars = {
        "XSHG": np.array([start("XSHG", k) for k in shanghai], "M8[ns]"),
        "XHKG": np.array([start("XHKG", k) for k in hong_kong], "M8[ns]"),
    }
    clock = bar_clock(("XSHG", "XHKG"), bars, 300 * 10**9, load_rulebook())
    known_at = np.array([*instants, *bars["XSHG"], *bars["XHKG"]], dtype="M8[ns]")
    found = place(known_at, clock)
    every = {mic: np.array([start(mic, k) for k in range(count)]) for mic, count in (("XSHG", 48), ("XHKG", 60))}
    low, high = min(array.min() for array in bars.values()), max(array.max() for array in bars.values())
    for m, mic in enumerate(("XSHG", "XHKG")):
        assert set(bars[mic].tolist()) <= set(clock.open_at[:, m].tolist())
        for e, instant in enumerate(known_at):
            later = every[mic][every[mic] >= instant]
            if len(later) and low <= later[0] <= high and instant >= low:
                assert clock.open_at[found[e, m], m] == later[0]
            assert found[e, m] == _placed_slowly(instant, clock, m)


@FEW
@given(st.dictionaries(st.integers(-20, 12), st.floats(0.1, 200), min_size=1), st.booleans())
def test_rates_are_the_last_before_and_the_last_by(rates: dict[int, float], turned: bool) -> None:
    book = load_rulebook()
    rates = {-30: 7.0} | rates
    rows = [(START + timedelta(days=offset), rate) for offset, rate in rates.items()]
    clock = daily_clock(("XNYS",), START, START + timedelta(days=14), book)
    universe = Universe(instruments=(_instrument("M", "XNYS", "main", "USD"),))
    found = align_fx({"HKDUSD" if turned else "USDHKD": rows}, "HKD", _panel(clock, universe, 10.0), universe)
    for t, day in enumerate(clock.dates.tolist()):
        fill = max(row for row in rows if row[0] < day)[1]
        mark = max(row for row in rows if row[0] <= day)[1]
        expected = (1 / fill, 1 / mark) if turned else (fill, mark)
        assert (found.fill_rate[t, 1], found.mark_rate[t, 1]) == expected
