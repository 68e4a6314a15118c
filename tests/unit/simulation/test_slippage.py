"""How far fills move, worked out on paper: basis points, ticks, and the square root of the share of volume."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.markets.clock import daily_clock
from newsbt.markets.rulebook import load_rulebook
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.simulation.slippage import Bps, HalfSpread, VolumeShare, ZeroSlippage, trailing_deviation

CLOSES = [10.0, 11.0, 9.9, 9.9, 10.89, 10.0, 10.5, 10.0, 10.2, 10.4]


def made(closes: list[float], exchange: str = "XNYS") -> tuple[MarketPanel, TradingRules]:
    clock = daily_clock([exchange], date(2025, 3, 3), date(2025, 4, 30), load_rulebook())
    rows = len(closes)
    names = ("dates", "open_at", "close_at", "cutoff_at", "session_of")
    clock = replace(clock, **{name: getattr(clock, name)[:rows] for name in names})
    column = frozen_array(np.reshape(closes, (rows, 1)), np.float64)
    ones, zeros, none = (frozen_array(np.full((rows, 1), value), np.float64) for value in (1.0, 0.0, np.nan))
    panel = MarketPanel(
        tickers=("A",),
        market_of=frozen_array([0], np.int64),
        clock=clock,
        open=column, high=column, low=column, close=column,
        volume=frozen_array(np.full((rows, 1), 10_000.0), np.float64),
        tradable=frozen_array(np.isfinite(column), np.bool_),
        close_before=frozen_array([np.nan], np.float64),
        dividend=zeros, split=ones, prev_close=none, adj_factor=ones,
        has_prices=frozen_array([True], np.bool_),
    )  # fmt: skip
    item = Instrument(ticker="A", name="A", exchange=exchange, board="main", currency="USD")
    return panel, trading_rules(panel, Universe(instruments=(item,)), load_rulebook())


def test_basis_points_and_none() -> None:
    panel, rules = made(CLOSES)
    assert Bps(bps=25).table(panel, rules).rate == 0.0025
    assert ZeroSlippage().table(panel, rules).rate == 0.0


def test_half_a_spread_in_the_exchange_s_ticks() -> None:
    """Three ticks wide, half of it: one and a half steps. Hong Kong's step depends on the price before."""
    panel, rules = made([9.99, 10.01, 19.98, 20.05], "XHKG")
    assert HalfSpread(ticks=3).table(panel, rules).half_spread[:, 0].tolist() == pytest.approx(
        [1.5 * 0.01, 1.5 * 0.01, 1.5 * 0.02, 1.5 * 0.02]
    )
    panel, rules = made(CLOSES)
    assert HalfSpread().table(panel, rules).half_spread[0, 0] == pytest.approx(0.005)


def test_impact_grows_with_the_root_of_the_share_of_volume() -> None:
    """From the sixth return's row on: returns 0.1, -0.1, 0, 0.1 and -0.0817 before it."""
    panel, rules = made(CLOSES)
    found = VolumeShare(coefficient=0.5, window=5, bps=10).table(panel, rules)
    assert found.rate == 0.001
    impact = found.impact[:, 0]
    returns = [later / earlier - 1 for earlier, later in itertools.pairwise(CLOSES)]
    assert impact[:6].tolist() == [0.0] * 6  # row 5 knows four returns and its own, which it may not use
    for t in range(6, len(CLOSES)):
        known = returns[t - 6 : t - 1]
        mean = sum(known) / 5
        expected = 0.5 * math.sqrt(sum((value - mean) ** 2 for value in known) / 4)
        assert impact[t] == pytest.approx(expected, rel=1e-12), t


def test_a_blank_close_gives_no_return_and_takes_no_place_in_the_window() -> None:
    holes = [*CLOSES[:4], np.nan, *CLOSES[4:]]
    panel, rules = made(holes)
    whole = VolumeShare(window=5).table(*made(CLOSES)).impact[:, 0]
    impact = VolumeShare(window=5).table(panel, rules).impact[:, 0]
    assert impact[:5].tolist() == [0.0] * 5
    assert impact[5:].tolist() == pytest.approx(whole[4:].tolist(), rel=1e-12)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 19, 20, 21, 60])
def test_trailing_deviation_against_each_window_by_itself(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    found = trailing_deviation(values, 20)
    expected = [values[max(0, k - 20) : k].std(ddof=1) if k >= 5 else 0.0 for k in range(count + 1)]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Bps(bps=-1), "bps is at least 0 and below 10000, not -1"),
        (lambda: Bps(bps=10_000), "not 10000"),
        (lambda: HalfSpread(ticks=-0.5), "ticks is 0 or more, not -0.5"),
        (lambda: HalfSpread(ticks=math.nan), "ticks is 0 or more, not nan"),
        (lambda: VolumeShare(coefficient=-1), "coefficient is 0 or more"),
        (lambda: VolumeShare(window=4), "at least 5, not 4"),
        (lambda: VolumeShare(bps=10_000), "below 10000"),
    ],
)
def test_senseless_parameters_are_refused(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
