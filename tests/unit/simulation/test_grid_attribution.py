"""X21: what a grid trades is attributed to its events in proportion to the change each caused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsbt.domain.results import StrategyResult
from projects import run_project

pytestmark = pytest.mark.rule("X21")

INSTRUMENTS = """
    ticker, name,   exchange, board, currency, sector_index, lot_size, shortable, proxy
    A.HK,   Harbor, XHKG,     main,  HKD,      ^I,           1,        true,
    B.HK,   Beacon, XHKG,     main,  HKD,      ,             1,        true,
    ^I,     Index,  XHKG,     index, HKD,      ,             ,         ,          F.HK
    F.HK,   Fund,   XHKG,     etf,   HKD,      ,             1,        ,
    """
TRADED = ("A.HK", "B.HK", "F.HK")
PRICES = "ticker, date, open, high, low, close, volume\n" + "\n".join(
    f"{ticker}, 2025-03-0{day}, 10, 10, 10, 10, 1000000" for ticker in TRADED for day in (3, 4, 5, 6, 7)
)
HEAD = "event_id, published_at, event_type, issuer, headline, sentiment, relevance, tickers\n"
CONFIG = """
account: {cash: 100000, currency: HKD}
execution: {costs: {use: zero}, slippage: {use: zero}, participation: null}
strategies:
  - {name: S, use: %s, params: %s, position: {mode: target, weight: 0.1, min_trade: 0, rebalance: %s}}
baselines: []
evaluation: {placebo: 0}
"""
FOREVER = "{half_life: 1.0e+15}"


def decay(tmp_path: Path, *events: str, use: str = "sentiment_decay", params: str = FOREVER,
          rebalance: str = "daily", **tables: str) -> StrategyResult:  # fmt: skip
    lines = []
    for event_id, at, issuer, sentiment, relevance, tickers in (event.split() for event in events):
        known = sentiment.replace("nan", "")
        lines.append(", ".join((event_id, at, "news", issuer, "x", known, relevance, tickers)))
    result = run_project(
        tmp_path, CONFIG % (use, params, rebalance), instruments=INSTRUMENTS, prices=PRICES,
        announcements=HEAD + "\n".join(lines), **tables,
    )  # fmt: skip
    return result["S"]


def lots(row: StrategyResult) -> list[tuple[Any, ...]]:
    found = row.trades[["ticker", "entry_at", "event_id", "quantity"]]
    return [(ticker, str(at)[8:10], event_id, size) for ticker, at, event_id, size in found.itertuples(index=False)]


MONDAY, TUESDAY = "2025-03-03T12:00:00Z", "2025-03-04T12:00:00Z"


def test_two_events_of_one_row_share_as_their_changes(tmp_path: Path) -> None:
    """0.4 and 0.2 of 10,000 HKD at 10: 600 shares, 400 and 200 of them."""
    row = decay(tmp_path, f"a {MONDAY} x 1 0.4 A.HK", f"b {MONDAY} x 1 0.2 A.HK")
    assert lots(row) == [("A.HK", "04", "a", 400), ("A.HK", "04", "b", 200)]
    assert row.fills["quantity"].tolist() == [400, 200]


def test_an_odd_share_goes_to_the_largest_remainder(tmp_path: Path) -> None:
    """0.5, 0.4 and 0.1001 are cut to a signal of 1: 1000 shares, of which they would have 499.95, 399.96 and 100.09."""
    row = decay(tmp_path, f"a {MONDAY} x 1 0.5 A.HK", f"b {MONDAY} x 1 0.4 A.HK", f"c {MONDAY} x 1 0.1001 A.HK")
    assert sum(size for *_, size in lots(row)) == 1000
    assert [size for *_, size in lots(row)] == [500, 400, 100]


def test_a_later_event_owns_what_it_adds(tmp_path: Path) -> None:
    row = decay(tmp_path, f"a {MONDAY} x 1 0.4 A.HK", f"b {TUESDAY} x 1 0.2 A.HK")
    assert lots(row) == [("A.HK", "04", "a", 400), ("A.HK", "05", "b", 200)]


def test_bad_news_owns_nothing_of_what_good_news_bought(tmp_path: Path) -> None:
    """+0.6 and -0.2 in one row: 400 shares, all of them for the good news."""
    row = decay(tmp_path, f"a {MONDAY} x 1 0.6 A.HK", f"b {MONDAY} x -1 0.2 A.HK")
    assert lots(row) == [("A.HK", "04", "a", 400)]


def test_news_without_the_strategys_sign_owns_nothing(tmp_path: Path) -> None:
    row = decay(tmp_path, f"a {MONDAY} x 1 0.6 A.HK", f"b {MONDAY} x nan 0.6 A.HK")
    assert lots(row) == [("A.HK", "04", "a", 600)]


def test_of_a_strategy_that_says_no_sign_news_of_unknown_sentiment_owns_rises_and_falls(tmp_path: Path) -> None:
    """It sells 0.4 for the lot of three: what is good had no part in it, what is unknown may have."""
    (tmp_path / "mine.py").write_text(
        "import newsbt\nimport numpy as np\n\n\nclass Mine(newsbt.Strategy):\n    def signal(self, view):\n"
        "        grid = np.zeros(view.close.shape)\n        grid[view.links['open_row'].min() - 1 :, 0] = -0.4\n"
        "        return newsbt.Signal.grid(grid)\n"
    )
    row = decay(
        tmp_path, f"a {MONDAY} x 1 1 A.HK", f"b {MONDAY} x -1 1 A.HK", f"c {MONDAY} x nan 1 A.HK", use="'mine.py:Mine'",
        params="{}",
    )  # fmt: skip
    assert lots(row) == [("A.HK", "04", "b", -200), ("A.HK", "04", "c", -200)]


def test_a_short_belongs_to_the_bad_news(tmp_path: Path) -> None:
    row = decay(tmp_path, f"a {MONDAY} x -1 0.6 A.HK", f"b {MONDAY} x 1 0.2 A.HK")
    assert lots(row) == [("A.HK", "04", "a", -400)]


def test_a_turn_closes_the_one_and_opens_for_the_other(tmp_path: Path) -> None:
    row = decay(tmp_path, f"a {MONDAY} x 1 0.4 A.HK", f"b {TUESDAY} x -1 0.7 A.HK")
    assert lots(row) == [("A.HK", "04", "a", 400), ("A.HK", "05", "b", -300)]
    assert row.fills[["side", "quantity", "event_id"]].values.tolist() == [
        ["buy", 400, "a"], ["sell", 400, "a"], ["sell", 300, "b"],
    ]  # fmt: skip


def test_causes_wait_for_the_day_that_rebalances(tmp_path: Path) -> None:
    """Followed once a week, both events of the week before are behind the one trade."""
    more = PRICES + "\n" + "\n".join(f"{t}, 2025-03-10, 10, 10, 10, 10, 1000000" for t in TRADED)
    dated = (("a", TUESDAY, 0.3), ("b", "2025-03-05T12:00:00Z", 0.1))
    lines = [f"{name}, {at}, news, x, x, 1, {size}, A.HK" for name, at, size in dated]
    result = run_project(
        tmp_path, CONFIG % ("sentiment_decay", FOREVER, "weekly"), instruments=INSTRUMENTS, prices=more,
        announcements=HEAD + "\n".join(lines),
    )  # fmt: skip
    assert lots(result["S"]) == [("A.HK", "10", "a", 300), ("A.HK", "10", "b", 100)]


def test_profits_of_a_grids_events_sum_to_the_runs(tmp_path: Path) -> None:
    moving = PRICES.replace("A.HK, 2025-03-06, 10, 10, 10, 10", "A.HK, 2025-03-06, 11, 12, 11, 12")
    lines = [f"{name}, {MONDAY}, news, x, x, 1, {size}, A.HK" for name, size in (("a", 0.4), ("b", 0.2))]
    result = run_project(
        tmp_path, CONFIG % ("sentiment_decay", FOREVER, "on_change"), instruments=INSTRUMENTS, prices=moving,
        announcements=HEAD + "\n".join(lines),
    )  # fmt: skip
    table = result["S"].events
    events = table[table["ticker"] == "A.HK"].set_index("event_id")["pnl"]
    assert events["a"] == pytest.approx(2 * events["b"])
    assert events.sum() == pytest.approx(result["S"].equity.iloc[-1] - 100_000)


OF_RELATIONS = """
import numpy as np
import newsbt


class OfRelations(newsbt.StepStrategy):
    def signal_at(self, t, past):
        return np.where(np.isin(past.tickers, past.links["ticker"]), 0.6, 0.0)
"""


def test_events_that_reach_a_ticker_over_relations_share_by_their_effects(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OF_RELATIONS, encoding="utf-8")
    relations = "subject, relation, object, effect\nPine, rival_of, A.HK, 0.5\nQuay, rival_of, A.HK, 0.25"
    lines = [f"{name}, {MONDAY}, news, {issuer}, x, 1, 1," for name, issuer in (("a", "Pine"), ("b", "Quay"))]
    result = run_project(
        tmp_path, CONFIG % ("'mine.py:OfRelations'", "{}", "daily"), instruments=INSTRUMENTS, prices=PRICES,
        announcements=HEAD + "\n".join(lines), relations=relations,
    )  # fmt: skip
    assert lots(result["S"]) == [("A.HK", "04", "a", 400), ("A.HK", "04", "b", 200)]
