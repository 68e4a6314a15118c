"""What a run says of its prices beside its results: moves no limit allows, prices between steps, closes that stand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from projects import run_project

CONFIG = """
account: {cash: 100000, currency: CNY}
execution: {costs: {use: zero}}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}}]
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
"""
# Sessions in Shenzhen: a month without a holiday.
DAYS = [f"2025-03-{day:02}" for day in range(3, 32) if day % 7 not in (1, 2)]  # the 1st was a Saturday


def doubts(folder: Path, closes: Sequence[float], idle: int = -1) -> list[str]:
    """Of bars that open and stay at these closes; the one at place `idle` has no volume."""
    found = run_project(
        folder,
        CONFIG,
        instruments="""
        ticker,    name,  exchange, board, currency
        002315.SZ, Focus, XSHE,     main,  CNY
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e,        2025-03-03T20:00+08:00, news,       Focus,  x,        002315.SZ
        """,
        prices="ticker,date,open,high,low,close,volume\n"
        + "".join(
            f"002315.SZ,{DAYS[k]},{price},{price},{price},{price},{0 if k == idle else 1000000}\n"
            for k, price in enumerate(closes)
        ),
    )
    return list(found.summary.doubts)


@pytest.mark.parametrize(("close", "doubted"), [(11.01, 0), (11.02, 1), (8.99, 0), (8.98, 1)])
def test_a_close_more_than_a_step_beyond_a_limit_is_a_doubt(tmp_path: Path, close: float, doubted: int) -> None:
    """The limits of 10 are 9 and 11."""
    assert sum("beyond the day's limits" in one for one in doubts(tmp_path, [10, 10.1, 10, close])) == doubted


@pytest.mark.parametrize(("odd", "doubted"), [(1, 0), (2, 1)])
def test_a_price_between_steps_is_an_oddity_and_more_than_one_in_twenty_a_doubt(
    tmp_path: Path, odd: int, doubted: int
) -> None:
    closes = [*[10.005] * odd, *([10, 10.1] * 10)[odd - 1 :]]
    assert sum("price steps" in one for one in doubts(tmp_path, closes)) == doubted


@pytest.mark.parametrize(("idle", "doubted"), [(-1, 1), (5, 0)])
def test_equal_closes_count_on_bars_that_trade(tmp_path: Path, idle: int, doubted: int) -> None:
    closes = [*[10] * 10, 10.1, 10, 10.1]
    assert sum("bars running" in one for one in doubts(tmp_path, closes, idle)) == doubted


LOTS = """
ticker,  name, exchange, board, currency, lot_size
2400.HK, A,    XHKG,     main,  HKD,      {}
0700.HK, B,    XHKG,     main,  HKD,
"""


@pytest.mark.rule("X15")
@pytest.mark.parametrize(("lot", "doubted", "refused"), [("", 1, 1), ("400", 0, 0)])
def test_an_instrument_without_a_known_lot_is_a_doubt(tmp_path: Path, lot: str, doubted: int, refused: int) -> None:
    """The lot of 0700.HK is in the table of rules."""
    found = run_project(
        tmp_path,
        CONFIG.replace("CNY", "HKD"),
        instruments=LOTS.format(lot),
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e,        2025-03-03T20:00+08:00, news,       A,      x,        2400.HK;0700.HK
        """,
        prices="ticker,date,open,high,low,close,volume\n"
        + "".join(f"{ticker},{day},10,10,10,10,1000000\n" for ticker in ("2400.HK", "0700.HK") for day in DAYS),
    )
    said = [one for one in found.summary.doubts if "no lot size is known of 2400.HK: entries in it are refused" in one]
    assert len(said) == doubted
    assert list(found.strategies[0].refusals["reason"]) == ["unknown_lot"] * refused
