"""The hedged book, by hand and against a slow twin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsbt.analysis.hedging import betas, hedge_book
from newsbt.domain.ledger import Reason
from newsbt.domain.results import StrategyResult
from newsbt.steps.hedge import hedge_of
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.testing import SmallMarket, make_events, small_market
from projects import run_project

TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, sector_index, lot_size, shortable
        H.HK,   Harbor, XHKG,     main,  HKD,      ^IDX,         1,        true
        B.HK,   Beacon, XHKG,     main,  HKD,      ,             1,        true
        ^IDX,   Index,  XHKG,     index, HKD,      ,             ,
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   10,   10,  10,    1000000
        H.HK,   2025-03-04, 10,   11,   10,  11,    1000000
        H.HK,   2025-03-05, 11,   12,   11,  12,    1000000
        H.HK,   2025-03-06, 12,   12,   12,  12,    1000000
        B.HK,   2025-03-03, 20,   20,   20,  20,    1000000
        B.HK,   2025-03-04, 20,   22,   20,  22,    1000000
        B.HK,   2025-03-05, 22,   24,   22,  24,    1000000
        B.HK,   2025-03-06, 24,   24,   24,  24,    1000000
        ^IDX,   2025-03-03, 100,  100,  100, 100,
        ^IDX,   2025-03-04, 100,  102,  100, 102,
        ^IDX,   2025-03-05, 104,  105,  104, 105,
        ^IDX,   2025-03-06, 110,  110,  110, 110,
        """,
    "announcements": """
        event_id, published_at,         event_type, issuer, headline, sentiment, tickers
        up,       2025-03-03T12:00:00Z, news,       Harbor, x,        1,         H.HK
        """,
}
CONFIG = """
account: {cash: 100000, currency: HKD}
execution: {costs: {use: zero}, slippage: {use: zero}, participation: null}
strategies:
  - {name: S, use: named_tickers, position: {weight: 0.1, hold: %s, hedge: %s}}
baselines: [buy_and_hold]
evaluation: {placebo: 0, bootstrap: 0}
"""


def hedged_run(tmp_path: Path, hold: str = "2", hedge: str = "null", more: str = "", **tables: str) -> StrategyResult:
    return run_project(tmp_path, CONFIG % (hold, hedge) + more, **{**TABLES, **tables})["S"]


def test_a_long_beside_a_short_of_the_benchmark(tmp_path: Path) -> None:
    """1000 shares at 10, sold at 12: 2000. The index goes from 100 to 110 at the same opens: beta 1 x 10,000 x 10 %."""
    row = hedged_run(tmp_path, more="benchmark: ^IDX")
    assert row.metrics["total_return"] == pytest.approx(0.02)
    assert row.metrics["hedged_return"] == pytest.approx(0.01)


def test_without_a_benchmark_the_sector_index_hedges(tmp_path: Path) -> None:
    assert hedged_run(tmp_path).metrics["hedged_return"] == pytest.approx(0.01)


def test_a_short_is_hedged_by_buying_the_index(tmp_path: Path) -> None:
    down = TABLES["announcements"].replace(" 1, ", "-1, ")
    row = hedged_run(tmp_path, announcements=down)
    assert row.metrics["total_return"] == pytest.approx(-0.02)
    assert row.metrics["hedged_return"] == pytest.approx(-0.01)


def test_an_open_lot_is_marked_beside_the_index_at_the_same_close(tmp_path: Path) -> None:
    later = TABLES["announcements"].replace("2025-03-03T12", "2025-03-04T12")
    row = hedged_run(tmp_path, hold="null", announcements=later)
    # In at 11 with E = 100,000: 909 shares, 9,999 HKD. The index goes from 104 at that open to 110.
    assert row.metrics["total_return"] == pytest.approx(909 / 100_000)
    assert row.metrics["hedged_return"] == pytest.approx((909 - 9999 * 6 / 104) / 100_000)


def test_with_the_option_equity_trades_and_events_are_those_of_the_hedged_book(tmp_path: Path) -> None:
    row = hedged_run(tmp_path, hedge="sector_index")
    assert row.equity.tolist() == pytest.approx([100_000, 100_800, 101_500, 101_000])  # 1000 - 200, 2000 - 500
    assert row.metrics["total_return"] == pytest.approx(0.01) == row.metrics["hedged_return"]
    assert row.trades["pnl"].tolist() == pytest.approx([1000.0])
    assert row.events["pnl"].sum() == pytest.approx(1000.0)
    assert row.fills["price"].tolist() == [10.0, 12.0]
    assert any("short of beta x each instrument's sector index" in words for words in row.warnings)


def test_hedges_with_an_index_that_does_not_move_bring_nothing_at_all(tmp_path: Path) -> None:
    """Three lots that leave by and by at an index of 16.68: sums of what they cost and bring would leave a residue."""
    still = [f"^IDX, 2025-03-0{day}, 16.68, 16.68, 16.68, 16.68," for day in (3, 4, 5, 6)]
    shares = [line for line in TABLES["prices"].splitlines() if "HK" in line]
    rows = (
        "up, 2025-03-03T12:00:00Z, news, Harbor, x, 1, H.HK",
        "down, 2025-03-03T13:00:00Z, news, Harbor, x, -0.3, B.HK",
        "again, 2025-03-04T13:00:00Z, news, Harbor, x, 0.7, H.HK",
    )
    tables = {
        "instruments": TABLES["instruments"].replace("HKD,      ,             1", "HKD,      ^IDX,         1"),
        "prices": "\n".join(["ticker, date, open, high, low, close, volume", *shares, *still]),
        "announcements": "\n".join(["event_id, published_at, event_type, issuer, headline, sentiment, tickers", *rows]),
    }
    hold = "1, on_repeat: add"
    row, bare = (hedged_run(tmp_path, hold=hold, hedge=hedge, **tables) for hedge in ("sector_index", "null"))
    assert len(row.trades) == 3
    assert row.equity.tolist() == bare.equity.tolist()
    assert row.trades["pnl"].tolist() == bare.trades["pnl"].tolist()


def test_a_lot_without_an_index_stands_without_and_is_counted(tmp_path: Path) -> None:
    both = TABLES["announcements"].replace("H.HK\n", "H.HK;B.HK\n")
    row = hedged_run(tmp_path, hedge="sector_index", announcements=both)
    assert row.metrics["total_return"] == pytest.approx(0.02 + 0.01)
    assert any("1 of 2 lots have no index with a price" in words for words in row.warnings)
    other = TABLES["announcements"].replace("H.HK\n", "B.HK\n")
    row = hedged_run(tmp_path, announcements=other)
    assert np.isnan(row.metrics["hedged_return"])
    assert row.reasons["hedged_return"] == "no index with a price to hedge with"


def test_a_baseline_is_not_hedged(tmp_path: Path) -> None:
    result = run_project(tmp_path, CONFIG % ("2", "null"), **TABLES)
    assert np.isnan(result["buy_and_hold"].metrics["hedged_return"])
    assert result["buy_and_hold"].reasons["hedged_return"] == "not a strategy that was chosen"


def slow_pnl(market: SmallMarket, row: StrategyResult, index: str) -> list[float]:
    """Each lot's hedge from plain tables, one fill after the other."""
    prepared = market.prepared()
    panel, fx = prepared.market.panel, prepared.market.fx
    s = panel.tickers.index(index)
    m = int(panel.market_of[s])
    c = int(fx.currency_of[s])

    def quote(at: Any) -> float:
        best, found = None, panel.close_before[s] * fx.fill_rate[0, c]
        for t in range(len(panel.clock)):
            for instant, price, rate in (
                (panel.clock.open_at[t, m], panel.open[t, s], fx.fill_rate[t, c]),
                (panel.clock.close_at[t, m], panel.close[t, s], fx.mark_rate[t, c]),
            ):
                if np.isfinite(price) and not np.isnat(instant) and instant <= at and (best is None or instant >= best):
                    best, found = instant, price * rate
        return float(found)

    def beta(n: int, before: int) -> float:
        x, y = [], []
        for t in range(max(1, before - 120), before):
            values = []
            for k in (n, s):
                rate = fx.mark_rate[:, fx.currency_of[k]]
                values.append(panel.close[t, k] * rate[t] / (panel.close[t - 1, k] * rate[t - 1]) - 1)
            if np.isfinite(values).all():
                y.append(values[0])
                x.append(values[1])
        return 1.0 if len(x) < 30 else float(np.polyfit(x, y, 1)[0])

    last = float(panel.mark[-1, s] * fx.mark_rate[-1, c])
    found = []
    for k, lot in enumerate(row.ledger.lots):
        b = beta(int(lot["ticker"]), int(lot["entry_row"]))
        fills = row.ledger.fills[row.ledger.fills["lot"] == k]
        start, left, pnl = quote(lot["entry_at"]), float(abs(lot["quantity"])), 0.0
        size = -np.sign(lot["quantity"]) * b * lot["entry_notional"]
        for fill in fills[1:]:
            part = fill["quantity"] / abs(lot["quantity"])
            pnl += size * part * (quote(fill["at"]) / start - 1)
            left -= fill["quantity"]
        found.append(pnl + size * left / abs(lot["quantity"]) * (last / start - 1))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("index", ["^AI", "U"])
@pytest.mark.parametrize("hold", [4, None])
def test_against_a_slow_twin(seed: int, index: str, hold: int | None) -> None:
    """Long and short lots in three markets, stops, partial exits by participation, open lots, holds; also an index
    in another market and currency."""
    market = small_market(90, seed=seed, events=40, execution={"participation": 0.003, "slippage": {"use": "zero"}})
    position = {"weight": 0.2, "hold": hold, "stop_loss": 0.03, "on_repeat": "add"}
    (row,) = market.run(NamedTickers(), position=position, evaluation={"placebo": 0}).strategies
    prepared = market.prepared()
    panel = prepared.market.panel
    column = panel.tickers.index(index)
    indices = np.full(len(panel.tickers), column, dtype=np.int64)
    book = hedge_book(row.ledger, panel, prepared.market.fx, indices)
    assert (row.ledger.lots["quantity"] < 0).any() and len(row.ledger.fills) > len(row.ledger.lots)
    assert book.pnl == pytest.approx(slow_pnl(market, row, index), rel=1e-9, abs=1e-6)
    assert book.value[-1] == pytest.approx(book.pnl.sum(), rel=1e-9, abs=1e-6)
    assert (book.beta != 1.0).any()
    assert book.value[: int(row.ledger.lots["entry_row"].min())] == pytest.approx(0.0)


def test_beta_uses_earlier_rows_only() -> None:
    market = small_market(100)
    prepared = market.prepared()
    panel, fx = prepared.market.panel, prepared.market.fx
    n, s = panel.tickers.index("H.HK"), panel.tickers.index("^AI")
    row = np.array([5, 29, 31, 65, 66, 90])
    found = betas(panel, fx, np.full(6, n), s, row)
    assert found[:2].tolist() == [1.0, 1.0] and (found[3:] != 1.0).all()
    changed = market.prices.copy()
    later = changed["date"].to_numpy() > panel.dates[64].astype("M8[s]")
    changed.loc[later, ["open", "high", "low", "close"]] *= 1.7
    other = replace(market, prices=changed).prepared().market
    again = betas(other.panel, other.fx, np.full(6, n), s, row)
    assert again[:4].tolist() == found[:4].tolist()
    assert (again[4:] != found[4:]).all(), "row 65 moves, and counts from the row after it"


def test_a_share_that_follows_the_index_has_its_beta_and_a_flat_hedged_book() -> None:
    """U is set to 2 x the index's daily return; its opens are the closes before."""
    market = small_market(80, tickers=("H.HK",), events=make_events(("2025-05-20T12:00Z", "Harbor"), tickers="H.HK"))
    prices = market.prices[market.prices["ticker"] == "^AI"].copy()
    prices["open"] = prices["close"].shift(fill_value=40.0)
    own = prices.copy()
    own["ticker"] = "H.HK"
    own["close"] = 20.0 * np.cumprod(1.0 + 2.0 * (prices["close"] / prices["open"] - 1.0))
    own["open"] = own["close"].shift(fill_value=20.0)
    for frame in (prices, own):
        frame["high"], frame["low"] = frame[["open", "close"]].max(axis=1), frame[["open", "close"]].min(axis=1)
    fund = market.prices[market.prices["ticker"] == "E.HK"]
    tables = {
        name: getattr(market, name) for name in ("announcements", "instruments", "relations", "memberships", "fx")
    }
    made = SmallMarket(
        **tables, prices=__import__("pandas").concat([prices, own, fund]),
        options={"execution": {"costs": {"use": "zero"}, "slippage": {"use": "zero"}}, "benchmark": "^AI"},
    )  # fmt: skip
    position = {"hold": 1, "weight": 0.5}
    (row,) = made.run(NamedTickers(sign="one"), position=position, evaluation={"placebo": 0}).strategies
    prepared = made.prepared()
    book = hedge_of(prepared.market, row.ledger, "benchmark")
    assert book.beta == pytest.approx([2.0], rel=1e-6)
    assert row.ledger.lots["reason"].tolist() == [Reason.HOLD]
    assert row.metrics["total_return"] != pytest.approx(0.0, abs=1e-6)
    assert row.metrics["hedged_return"] == pytest.approx(0.0, abs=1e-6)


def test_a_split_in_between_changes_no_hedge(tmp_path: Path) -> None:
    lines = [line + (", split" if "ticker" in line else ", 2" if "H.HK,   2025-03-05" in line else ", 1")
             for line in TABLES["prices"].strip().splitlines()]  # fmt: skip
    halved = "\n".join(lines).replace("2025-03-05, 11,   12,   11,  12", "2025-03-05, 5.5,  6,    5.5, 6")
    halved = halved.replace("2025-03-06, 12,   12,   12,  12", "2025-03-06, 6,    6,    6,   6")
    row = hedged_run(tmp_path, prices=halved)
    assert row.metrics["total_return"] == pytest.approx(0.02)
    assert row.metrics["hedged_return"] == pytest.approx(0.01)


def test_a_short_of_the_index_pays_its_dividends(tmp_path: Path) -> None:
    """The index goes ex 4 while it is short: a total price of 110 x 109/105 at the end, for 100 at first."""
    lines = [line + (", dividend" if "ticker" in line else ", 4" if "^IDX,   2025-03-05" in line else ", 0")
             for line in TABLES["prices"].strip().splitlines()]  # fmt: skip
    row = hedged_run(tmp_path, prices="\n".join(lines))
    assert row.metrics["total_return"] == pytest.approx(0.02)
    assert row.metrics["hedged_return"] == pytest.approx(0.02 - 0.1 * (1.1 * 109 / 105 - 1))


def test_a_hedge_with_nothing_to_trade_changes_nothing(tmp_path: Path) -> None:
    none = TABLES["announcements"].replace(" 1, ", " 0, ")
    row = hedged_run(tmp_path, hedge="sector_index", announcements=none)
    assert row.metrics["hedged_return"] == 0.0
    assert row.equity.tolist() == [100_000.0] * 4


def test_beta_forgets_what_is_more_than_120_rows_old() -> None:
    market = small_market(180)
    panel = market.prepared().market.panel
    n, s = panel.tickers.index("H.HK"), panel.tickers.index("^AI")
    row = np.array([120, 150])
    changed = market.prices.copy()
    # Returns of the rows up to 29 become others, that of row 30 stays: 120 rows before row 150.
    early = (changed["date"].to_numpy() < panel.dates[29].astype("M8[s]")) & (changed["ticker"] == "H.HK")
    prices = ["open", "high", "low", "close"]
    changed.loc[early, prices] = (changed.loc[early, prices] * 1.3).round(2)
    changed.loc[early & (np.arange(len(changed)) % 2 == 0), prices] *= 1.1
    other = replace(market, prices=changed).prepared().market
    found, again = (betas(one.panel, one.fx, np.full(2, n), s, row) for one in (market.prepared().market, other))
    assert again[0] != found[0]
    assert again[1] == pytest.approx(found[1], rel=1e-9)
