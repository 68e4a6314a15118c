"""News that says nothing: one event, all at one instant, a period shorter than a hold, one ticker, half a year."""

from __future__ import annotations

from typing import Any

import pytest

import newsbt
from newsbt.domain.results import StrategyResult
from newsbt.domain.returns import FEWEST_SESSIONS
from newsbt.strategies.named_tickers import NamedTickers
from price_walks import tables

OF_SHARPE = ("sharpe", "sharpe_se", "sharpe_se_lo", "sharpe_autocorrelated", "sharpe_low", "sharpe_high", "psr", "dsr")


def ran(market: dict[str, Any], **options: Any) -> StrategyResult:
    result = newsbt.run(
        **market, strategies={"follow": NamedTickers()}, cash=1e6, currency="USD", baselines=[],
        **{"position": {"weight": 0.2, "hold": 3}, **options},
    )  # fmt: skip
    return result["follow"]


def without_a_number(row: StrategyResult, key: str) -> str:
    """The reason why a metric has no value."""
    assert row.metrics[key] != row.metrics[key], f"{key} is {row.metrics[key]}"
    return row.reasons[key]


@pytest.mark.parametrize("at_once", [False, True], ids=["one event", "all at one instant"])
def test_a_few_days_in_the_market_have_no_sharpe_ratio(at_once: bool) -> None:
    market = tables(1, events=20)
    news = market["announcements"]
    thin = news.assign(published_at=news["published_at"].iloc[5]) if at_once else news.iloc[5:6]
    row = ran(market | {"announcements": thin})
    assert row.counts["fills"] > 0 and 0 < (row.returns != 0).sum() < FEWEST_SESSIONS
    for key in OF_SHARPE:
        assert f"sessions, of which {FEWEST_SESSIONS} are needed" in without_a_number(row, key)
    assert without_a_number(row, "placebo_p") and without_a_number(row, "p_adjusted")
    assert row.metrics["volatility"] > 0 and row.metrics["total_return"] != 0


def test_ten_days_in_the_market_have_one() -> None:
    market = tables(1, events=20)
    row = ran(market | {"announcements": market["announcements"].iloc[5:6]}, position={"weight": 0.2, "hold": 10})
    assert (row.returns != 0).sum() >= FEWEST_SESSIONS and row.metrics["sharpe"] == row.metrics["sharpe"]
    assert row.metrics["psr"] == row.metrics["psr"] and row.metrics["sharpe_low"] < row.metrics["sharpe_high"]


def test_a_period_shorter_than_a_hold_says_so() -> None:
    row = ran(
        tables(1, events=20), position={"weight": 0.2, "hold": 60}, period={"start": "2024-03-04", "end": "2024-04-05"}
    )
    assert "held to its end inside the run" in without_a_number(row, "placebo_p")
