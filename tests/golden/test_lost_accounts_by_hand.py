"""Accounts that lose all they have or more, and accounts that do nothing, from config to table, on both engines."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from newsbt.domain.results import StrategyResult
from projects import run_project

CONFIG = """
account: {cash: %s, currency: USD}
execution: {engine: %s, latency: 0min, participation: null, costs: {use: %s}, slippage: {use: zero}}
strategies: [{name: S, use: named_tickers, position: {weight: 1.0, hold: 3}}]
baselines: []
evaluation: {placebo: %s, bootstrap: 50, periods_per_year: 250}
"""
INSTRUMENTS = """
ticker, name, exchange, board, currency
U,      U,    XNYS,     main,  USD
"""
NEWS = """
event_id, published_at,           event_type, issuer, headline, tickers, sentiment
e1,       2025-03-03T20:00-05:00, news,       U,      h,        U,       -1
"""
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11")
OF_RETURNS = (
    "volatility", "sharpe", "sharpe_se", "sharpe_low", "sharpe_high", "sortino", "downside_deviation", "cagr",
    "cagr_calendar", "calmar", "martin_ratio", "psr", "dsr", "omega", "tail_ratio", "hit_rate_bars",
    "profit_factor_bars", "var_95", "cvar_95", "skew", "excess_kurtosis", "ljung_box_p", "mean_gross", "mean_net",
)  # fmt: skip
BOTH = pytest.mark.parametrize("engine", ["backtrader", "compiled"])


def short(
    folder: Path, engine: str, *prices: float, cash: float = 100_000, costs: str = "zero", placebo: int = 0
) -> StrategyResult:
    """Sold short on Tuesday for all there is, bought back on Friday; a price a day."""
    rows = [f"U, {day}, {price}, {price}, {price}, {price}, 1000000" for day, price in zip(DAYS, prices, strict=False)]
    table = "\n".join(["ticker, date, open, high, low, close, volume", *rows])
    config = CONFIG % (cash, engine, costs, placebo)
    return run_project(folder, config, instruments=INSTRUMENTS, announcements=NEWS, prices=table)["S"]


@BOTH
def test_a_short_that_loses_more_than_the_account(tmp_path: Path, engine: str) -> None:
    """10,000 shares at 10 are bought back at 12: -20 %. At 15 equity is 50,000, at 35 it is -150,000: 250 % below the
    100,000 of before."""
    found = short(tmp_path, engine, 10, 10, 15, 35, 12, 12, 12)
    assert found.equity.tolist() == [100_000, 100_000, 50_000, -150_000, 80_000, 80_000, 80_000]
    metrics = found.metrics
    assert metrics["total_return"] == metrics["gross_return"] == pytest.approx(-0.2)
    assert metrics["total_return"] == found.ledger.total_return
    assert metrics["final_equity"] == 80_000
    assert metrics["max_drawdown"] == -2.5
    assert str(metrics["max_drawdown_trough"]) == "2025-03-06"
    assert metrics["exposure"] == pytest.approx(3 / 7)
    for name in OF_RETURNS:
        assert math.isnan(metrics[name]), name
        assert found.reasons[name] == "equity below zero on 2025-03-06", name
    np.testing.assert_array_equal(found.returns.to_numpy()[:5], [0, 0, -0.5, -4.0, np.nan])
    (message,) = [warning for warning in found.warnings if "below zero" in warning]
    assert message.startswith("equity below zero on 2025-03-06") and "-150,000" in message


@BOTH
def test_gross_is_net_and_costs_and_slippage_below_zero_too(tmp_path: Path, engine: str) -> None:
    """-260 % at the end: 10,000 shares at 10 and a lot still open at 36."""
    found = short(tmp_path, engine, 10, 10, 20, 36, costs="flat, commission_bps: 10")
    metrics = found.metrics
    lost = (metrics["total_costs"] + metrics["slippage_cost"]) / 100_000
    assert metrics["total_return"] < -2.5 and lost > 0
    assert metrics["gross_return"] == pytest.approx(metrics["total_return"] + lost, rel=1e-12)
    assert found.reasons["sharpe"] == "equity below zero on 2025-03-06"


@BOTH
def test_an_account_at_exactly_zero(tmp_path: Path, engine: str) -> None:
    """10,000 shares at 10 double: nothing is left, and nothing on the terminal (warnings are errors here)."""
    found = short(tmp_path, engine, 10, 10, 20, 20, 20, 20, 20, placebo=3)
    assert found.equity.tolist() == [100_000, 100_000, 0, 0, 0, 0, 0]
    assert found.metrics["total_return"] == found.metrics["max_drawdown"] == -1.0
    for name in OF_RETURNS:
        assert math.isnan(found.metrics[name]) and found.reasons[name] == "equity at or below zero on 2025-03-05", name
    assert any(warning.startswith("equity at or below zero on 2025-03-05") for warning in found.warnings)


@BOTH
@pytest.mark.parametrize("price", [1.2, 0.1, 16.68, 0.3333333])
def test_a_short_that_never_moves_has_no_losses_and_no_gains(tmp_path: Path, engine: str, price: float) -> None:
    """All there is sold short at a price, and bought back at it: exact zeros, so nothing to divide by."""
    found = short(tmp_path, engine, *[price] * 7, cash=11 if price < 11 else 1234.5)
    assert found.counts["fills"] == 2
    assert found.metrics["total_return"] == found.metrics["max_drawdown"] == found.metrics["volatility"] == 0.0
    assert set(found.returns) == {0.0}
    for name in ("sharpe", "sortino", "omega", "tail_ratio", "hit_rate_bars", "profit_factor_bars", "hit_rate"):
        assert math.isnan(found.metrics[name]) and found.reasons[name], name
    for value in (found.metrics["slippage_cost"], *found.fills["slippage_cost"], *found.ledger.lots["slippage_cost"]):
        assert math.copysign(1.0, value) == 1.0


@BOTH
@pytest.mark.parametrize(("price", "cash"), [(16.68, 1_000_000), (0.1, 1234.5), (0.333333, 30_000), (7.7812, 99_999.7)])
def test_before_its_costs_what_never_moves_earns_exactly_nothing(
    tmp_path: Path, engine: str, price: float, cash: float
) -> None:
    """Sold and bought back at one price for two commissions: net is what they were, gross 0 to the bit."""
    found = short(tmp_path, engine, *[price] * 7, cash=cash, costs="flat, commission_bps: 3, minimum: 1.37")
    assert found.counts["fills"] == 2
    assert found.metrics["total_return"] < 0 < found.metrics["total_costs"]
    assert str(found.metrics["gross_return"]) == "0.0"
