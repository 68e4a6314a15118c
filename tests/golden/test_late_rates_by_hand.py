"""C1, X7: rates of exchange that begin in the middle of a run, worked out on paper."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from newsbt.check import check
from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from one_strategy import DAYS, Recorder, flat, play
from projects import rows, run_project, write_project

pytestmark = pytest.mark.rule("C1", "X7", "R7", "S6")

ENGINES = pytest.mark.parametrize("engine", ["compiled", "backtrader"])
CONFIG = """
account: {{cash: 100000, currency: HKD}}
execution: {{latency: 0min, costs: {{use: zero}}, slippage: {{use: zero}}, entry: {entry},
  engine: {engine}}}
strategies: [{{name: S, use: named_tickers, params: {{sign: one}}, position: {{weight: 0.5, hold: 1}}}}]
baselines: [buy_and_hold, equal_weight, benchmark]
benchmark: ^C
evaluation: {{placebo: 0, bootstrap: 0, periods_per_year: 250}}
"""
PRICES = """
ticker, date,       open, high, low, close, volume
A.HK,   2025-03-03, 10,   10,   10,  10,    1000000
A.HK,   2025-03-04, 10,   10,   10,  10,    1000000
A.HK,   2025-03-05, 10,   10,   10,  10,    1000000
A.HK,   2025-03-06, 10,   10,   10,  10,    1000000
A.HK,   2025-03-07, 10,   10,   10,  10,    1000000
B.SH,   2025-03-03, 20,   20,   20,  20,    1000000
B.SH,   2025-03-04, 20,   20,   20,  20,    1000000
B.SH,   2025-03-05, 21,   21,   21,  21,    1000000
B.SH,   2025-03-06, 22,   22,   22,  22,    1000000
B.SH,   2025-03-07, 22,   22,   22,  22,    1000000
^C,     2025-03-03, 100,  100,  100, 100,
^C,     2025-03-04, 100,  100,  100, 100,
^C,     2025-03-05, 100,  100,  100, 100,
^C,     2025-03-06, 100,  110,  100, 110,
^C,     2025-03-07, 110,  110,  110, 110,
"""
TABLES = {
    "instruments": """
        ticker, name, exchange, board, currency, lot_size
        A.HK,   A,    XHKG,     main,  HKD,      100
        B.SH,   B,    XSHG,     main,  CNY,
        ^C,     C,    XSHG,     index, CNY,
        """,
    "announcements": """
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2025-03-04T08:00+08:00, news,       B,      x,        A.HK;B.SH
        e2,       2025-03-05T08:00+08:00, news,       B,      x,        B.SH
        e3,       2025-03-06T08:00+08:00, news,       B,      x,        B.SH
        """,
    "prices": PRICES,
    "fx": """
        pair,   date,       rate
        CNYHKD, 2025-03-05, 1.25
        CNYHKD, 2025-03-06, 1.50
        """,
}
REFUSED = ("date", "ticker", "reason", "wanted_quantity", "would_have_returned", "event_id")
FILLED = ("date", "ticker", "side", "quantity", "price_account")


def ran(folder: Path, engine: str, entry: str = "next_open") -> RunResult:
    return run_project(folder, CONFIG.format(engine=engine, entry=entry), **TABLES)


@ENGINES
def test_what_needs_a_rate_before_the_first_is_refused_and_the_rest_trades(tmp_path: Path, engine: str) -> None:
    """The rate of the 5th is known at its end. On the 6th: 0.5 x 100000 / (21 x 1.25) = 1904.8, 1900 shares at
    22 x 1.25 = 27.5; left on the 7th at 22 x 1.5 = 33, for 1900 x 5.5 = 10450 more."""
    found = ran(tmp_path, engine)["S"]
    assert rows(found.refusals, *REFUSED) == [
        ("2025-03-04", "B.SH", "no_rate", None, 0.05, "e1"),
        ("2025-03-05", "B.SH", "no_rate", None, round(22 / 21 - 1, 9), "e2"),
    ]
    assert rows(found.fills, *FILLED) == [
        ("2025-03-04", "A.HK", "buy", 5000, 10.0),
        ("2025-03-05", "A.HK", "sell", 5000, 10.0),
        ("2025-03-06", "B.SH", "buy", 1900, 27.5),
        ("2025-03-07", "B.SH", "sell", 1900, 33.0),
    ]
    assert found.equity.tolist() == [100_000, 100_000, 100_000, 100_000 + 1900 * 5.5, 110_450]
    assert math.isnan(found.metrics["unfillable_return"])
    assert found.reasons["unfillable_return"] == ("what 2 of 2 refused entries would have earned is unknown: 2 no rate")
    assert rows(found.events, "event_id", "ticker", "refused_reason")[:3] == [
        ("e1", "A.HK", None), ("e1", "B.SH", "no_rate"), ("e2", "B.SH", "no_rate"),
    ]  # fmt: skip
    assert found.explanations["explanation"][0] == (
        "B.SH: buy refused on 2025-03-04, no rate from CNY to HKD was known: the first is of 2025-03-05, known at the "
        "end of that day"
    )


@ENGINES
@pytest.mark.parametrize("entry", ["same_close", "limit"])
def test_so_it_is_at_closes_and_at_limits(tmp_path: Path, engine: str, entry: str) -> None:
    found = ran(tmp_path, engine, entry)["S"]
    refused = [row[:3] for row in rows(found.refusals, *REFUSED) if row[1] == "B.SH"]
    assert refused[:2] == [("2025-03-04", "B.SH", "no_rate"), ("2025-03-05", "B.SH", "no_rate")]


@ENGINES
def test_what_is_compared_with_is_bought_once_there_is_a_rate(tmp_path: Path, engine: str) -> None:
    """The benchmark with 100000 on the 6th at 100 x 1.25, at its close worth 110 x 1.5. Half of what is bought and
    held is B's, on the 6th too: 50000 pay for 1800 shares at 27.5. Equal weights ask monthly, and are refused."""
    found = ran(tmp_path, engine)
    assert found["benchmark"].equity.tolist() == [100_000] * 3 + [round(800 * 110 * 1.5)] * 2
    assert rows(found["buy_and_hold"].fills, *FILLED) == [
        ("2025-03-04", "A.HK", "buy", 5000, 10.0), ("2025-03-06", "B.SH", "buy", 1800, 27.5),
    ]  # fmt: skip
    assert rows(found["equal_weight"].refusals, *REFUSED[:3]) == [("2025-03-04", "B.SH", "no_rate")]


def test_a_hedge_begins_with_its_rate(tmp_path: Path) -> None:
    """A's lot of the 4th has no priced index; B's of the 6th is hedged with ^C at 125, beta 1: on the 7th 110 x 1.5."""
    found = ran(tmp_path, "compiled")["S"]
    # 1900 x 27.5 = 52250 of ^C at 100 x 1.25 = 418 units, which go to 110 x 1.5 = 165.
    assert found.metrics["hedged_return"] == pytest.approx((10_450 - 418 * 40) / 100_000)


def test_check_says_it_beforehand_in_one_line(tmp_path: Path) -> None:
    path = write_project(tmp_path, CONFIG.format(engine="compiled", entry="next_open"), **TABLES)
    (line,) = [doubt for doubt in check(load(path)).doubts if "CNYHKD" in doubt]
    assert line == (
        "CNYHKD: rates begin on 2025-03-05 in fx.csv, and B.SH trades in 3 sessions without one before; 2 entries need "
        "one there and will be `no_rate`; the benchmark ^C is bought on the first day with one"
    )
    assert any("entries there are refused `no_rate`" in doubt for doubt in ran(tmp_path, "compiled").summary.doubts)


def test_a_pair_that_is_nowhere_is_an_error_still(tmp_path: Path) -> None:
    tables = {**TABLES, "fx": "pair, date, rate\nUSDHKD, 2025-02-28, 7.78"}
    path = write_project(tmp_path, CONFIG.format(engine="compiled", entry="next_open"), **tables)
    assert [error.key for error in check(load(path)).errors] == ["fx.CNYHKD"]


class Targeting(Recorder):
    """Wants shares by number and by value."""

    def on_announcement(self, event, links) -> None:
        self.buy(self.datas[0], size=100)
        self.order_target_percent(self.datas[0], target=0.5)


def test_a_strategys_own_orders_are_rejected() -> None:
    fx = pd.DataFrame({"pair": ["USDHKD"], "date": [DAYS[3]], "rate": [8.0]})
    found = play(Targeting, {"A.US": flat(10)}, fx=fx)
    assert [entry[2:] for entry in Targeting.log if entry[2] == "Rejected"] == [("Rejected", "no_rate")] * 2
    assert sorted(rows(found.refusals, "reason", "wanted_quantity"), key=str) == [("no_rate", 100.0), ("no_rate", None)]
    assert found.fills.empty
