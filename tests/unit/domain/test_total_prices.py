"""Total prices by hand, and what tells total returns agreeing on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from newsbt.analysis.hedging import betas
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.domain.total_prices import total_prices
from newsbt.evidence.session_returns import session_returns_of
from newsbt.evidence.tradable_share import moves_of
from newsbt.steps.prepare import PreparedRun
from newsbt.testing import make_events, small_market


def changed(panel: MarketPanel, **cells: dict[tuple[int, int], float]) -> MarketPanel:
    """The panel with other values in some cells of some arrays."""
    arrays: dict[str, Any] = {}
    for name, values in cells.items():
        array = getattr(panel, name).copy()
        for cell, value in values.items():
            array[cell] = value
        arrays[name] = frozen_array(array, array.dtype)
    return replace(panel, **arrays)


@pytest.fixture(scope="module")
def world() -> PreparedRun:
    return small_market(40, events=make_events(("2025-03-10T12:00Z", "Harbor"), tickers="H.HK")).prepared()


def test_a_dividend_is_cash_until_the_close_and_buys_shares_there(world: PreparedRun) -> None:
    """100 shares at 10 get 1 each, then two for one, and close at 5: 1000 has become 1000 + 100, which buys 20 of 5."""
    nan = {(t, 0): np.nan for t in range(world.market.panel.shape[0])}
    prices = {0: 10.0, 1: 5.0, 2: 6.0}
    bars = {
        name: {**nan, **{(t, 0): value for t, value in prices.items()}} for name in ("open", "high", "low", "close")
    }
    panel = changed(
        world.market.panel, **bars, tradable=dict.fromkeys(nan, False), dividend={(1, 0): 1.0}, split={(1, 0): 2.0}
    )
    found = total_prices(panel, 0)
    assert found.close[:3].tolist() == [10.0, 11.0, pytest.approx(2.2 * 6)]
    assert found.open[1] == 11.0
    assert found.close[1] / found.close[0] - 1 == pytest.approx((5 * 2 + 1) / 10 - 1)
    assert found.last()[1:5].tolist() == [10.0, 11.0, *[pytest.approx(13.2)] * 2]


def test_of_two_actions_in_one_suspension_the_second_goes_by_what_the_first_left(world: PreparedRun) -> None:
    """100 before; two for one, then 1 each on what is 50 by then, then a close of 49: 2 x (1 + 1/49) x 49 = 100."""
    n = world.market.panel.tickers.index("H.HK")
    gone = {(t, n): np.nan for t in (5, 6)}
    bars = {name: {**gone, (4, n): 100.0, (7, n): 49.0} for name in ("open", "high", "low", "close")}
    panel = changed(
        world.market.panel, **bars, tradable=dict.fromkeys(gone, False), split={(5, n): 2.0}, dividend={(6, n): 1.0}
    )
    found = total_prices(panel, n).close
    assert found[7] / found[4] == pytest.approx(1.0)
    assert total_prices(panel).close[7, n] == found[7]


def test_an_action_without_a_bar_is_not_lost(world: PreparedRun) -> None:
    n = world.market.panel.tickers.index("H.HK")
    gone = {name: {(5, n): np.nan} for name in ("open", "high", "low", "close")}
    panel = changed(world.market.panel, **gone, tradable={(5, n): False}, split={(5, n): 2.0}, dividend={(5, n): 1.0})
    found, close = total_prices(panel, n).close, panel.close[:, n]
    assert np.isnan(found[5])
    assert found[6] == pytest.approx(close[6] * (2 + 1 / ((close[4] - 1) / 2)))


def test_a_price_that_only_went_ex_has_one_total_price_to_the_last_bit(world: PreparedRun) -> None:
    """3.333 less 0.111 without a close is 3.222, in two is 1.611; less 0.3 with a close is 1.311."""
    n, rows = world.market.panel.tickers.index("H.HK"), world.market.panel.shape[0]
    prices = {(t, n): 3.333 if t < 5 else np.nan if t < 7 else 1.611 if t < 9 else 1.311 for t in range(rows)}
    bars = dict.fromkeys(("open", "high", "low", "close"), prices)
    panel = changed(
        world.market.panel, **bars, tradable={(5, n): False, (6, n): False}, dividend={(5, n): 0.111, (9, n): 0.3},
        split={(6, n): 2.0},
    )  # fmt: skip
    found = total_prices(panel, n)
    for total in (found.open, found.close):
        assert set(total[np.isfinite(total)].tolist()) == {3.333}


def test_a_factor_stands_for_dividends_and_splits(world: PreparedRun) -> None:
    n = world.market.panel.tickers.index("H.HK")
    panel = changed(world.market.panel, adj_factor={(0, n): 0.5}, split={(3, n): 2.0}, dividend={(4, n): 1.0})
    found = total_prices(panel)
    np.testing.assert_array_equal(found.close[:, n], panel.close[:, n] * panel.adj_factor[:, n])
    assert np.isnan(found.before[n])
    other = panel.tickers.index("B.HK")
    np.testing.assert_array_equal(found.close[:, other], panel.close[:, other])
    np.testing.assert_array_equal(total_prices(panel, n).open, found.open[:, n])


def test_returns_moves_and_betas_tell_the_same_return(world: PreparedRun) -> None:
    """H.HK goes ex 4 with a split in two on the first day after the news."""
    panel, fx = world.market.panel, world.market.fx
    n, s = panel.tickers.index("H.HK"), panel.tickers.index("^AI")
    row = int(world.news.placement[0, panel.market_of[n]])
    ex = changed(panel, dividend={(row, n): 4.0}, split={(row, n): 2.0})
    market = replace(world.market, prices=replace(world.market.prices, panel=ex))
    total = (panel.close[row, n] * 2 + 4) / panel.reference[row, n] - 1
    assert session_returns_of(market, None).returns[row, n] == pytest.approx(total)
    assert moves_of(market, world.news, np.array([0]), np.array([n]), (0,))[0].total[0] == pytest.approx(total)
    # A panel whose closes are those total prices, without any action, has the same beta.
    closes = {(t, n): float(value) for t, value in enumerate(total_prices(ex, n).close)}
    plain = changed(panel, close=closes)
    last, column = np.array([panel.shape[0] - 1]), np.array([n])
    assert betas(ex, fx, column, s, last)[0] == pytest.approx(betas(plain, fx, column, s, last)[0])
    assert betas(ex, fx, column, s, last)[0] != pytest.approx(betas(panel, fx, column, s, last)[0])
