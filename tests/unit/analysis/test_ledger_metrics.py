"""Turnover, exposure and trade statistics by hand."""

import math

import numpy as np
import pytest

from newsbt.analysis.ledger_metrics import ledger_metrics

EMPTY = np.zeros(0)


def metrics(**changes):
    arguments = {
        "equity": np.array([100.0, 110.0, 90.0, 100.0]),
        "fill_notional": np.array([50.0, -55.0, 20.0]),
        "gross_exposure": np.array([0.5, 0.0, 0.2, 0.0]),
        "net_exposure": np.array([0.5, 0.0, -0.2, 0.0]),
        "trade_pnl": np.array([5.0, -2.0, 0.0, 3.0, -4.0]),
        "periods_per_year": 252.0,
    }
    return ledger_metrics(**(arguments | changes))


def test_turnover_is_two_sided_and_annual():
    result = metrics()
    assert result.values["turnover"] == pytest.approx(125 / 100 * 252 / 4)
    assert result.values["turnover_one_way"] == pytest.approx(125 / 100 * 252 / 8)


def test_exposure_is_time_in_the_market():
    result = metrics()
    assert result.values["exposure"] == 0.5
    assert result.values["mean_gross"] == pytest.approx(0.175)
    assert result.values["mean_net"] == pytest.approx(0.075)


def test_closed_trades():
    result = metrics()
    assert [result.values[key] for key in ("wins", "losses", "zeros")] == [2, 2, 1]
    assert result.values["hit_rate"] == 0.5
    assert result.values["profit_factor"] == pytest.approx(8 / 6)
    assert result.values["expectancy"] == pytest.approx(0.4)
    assert result.values["payoff_ratio"] == pytest.approx(4 / 3)


def test_a_run_without_trades():
    result = metrics(trade_pnl=EMPTY, fill_notional=EMPTY)
    assert result.values["turnover"] == 0.0
    for key in ("hit_rate", "profit_factor", "expectancy", "payoff_ratio"):
        assert math.isnan(result.values[key]) and result.reasons[key] == "no closed trades"


def test_trades_that_all_win_or_all_break_even():
    winning = metrics(trade_pnl=np.array([1.0, 2.0]))
    assert winning.values["profit_factor"] == math.inf
    assert winning.reasons["payoff_ratio"] == "no losses"
    flat = metrics(trade_pnl=np.zeros(2))
    assert flat.reasons["hit_rate"] == flat.reasons["profit_factor"] == "no gains and no losses"
    assert flat.values["expectancy"] == 0.0


def test_no_bars_and_lost_equity():
    nothing = metrics(equity=EMPTY, gross_exposure=EMPTY, net_exposure=EMPTY)
    assert nothing.reasons["turnover"] == nothing.reasons["exposure"] == "no bars"
    assert metrics(equity=np.zeros(4)).reasons["turnover"] == "mean equity is not positive"
