"""X23 on paper, on both engines and in the twin: weights by volatility, and where there is none.

Two returns a and b have the standard deviation |a - b| / 2^0.5, which times the root of 252 is |a - b| x 126^0.5 a
year: 0.22449944 where they are two percent apart. A target of 0.05 gives a weight of 0.05 / 0.22449944 = 0.2227177.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from projects import rows, run_project
from twin.handmade import A, C, U, flat, news, world
from twin.product import check
from twin.scenario import Bar, ByVolatility, Execution, Position, View

pytestmark = pytest.mark.rule("X23", "X4", "X7")

FILLS = ("at", "ticker", "side", "quantity", "event_id")
REFUSALS = ("at", "ticker", "reason", "wanted_quantity", "filled_quantity")
ENGINES = ("backtrader", "compiled")
CONFIG = """
account: {{cash: 100000, currency: USD}}
execution: {{engine: {engine}, entry: {entry}, costs: {{use: zero}}, slippage: {{use: zero}}, latency: 0min}}
evaluation: {{placebo: 0, bootstrap: 0}}
strategies:
  - name: Sized
    use: named_tickers
    position:
      weight: {{use: inverse_volatility, target: 0.05, window: 2, max_weight: 0.4}}
      hold: null
baselines: []
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_moves_halts_splits_dividends_and_what_does_not_move(tmp_path: Path, engine: str) -> None:
    """U rises by 1 % and falls by 1 %: 22,271.77 of 100,000 at 99.99 are 222.74 shares.

    D: 50, then a day without trade at 60, which is no return; two for one at 25.5, which is +2 % (25.5 x 2 / 50); a day
    without a row; 24.99 with 0.51 paid, which is 0 %. Two percent apart again: 22,271.77 at 24.99 are 891.23 shares.
    C: +0.1 % and 0 %: 0.05 / 0.011225 = 4.45, cut to 0.4, of which a signal of 0.5 wants half: 20,000 at 100.1 are
    199.8 shares. F has not moved, N has one return only, both when its event comes and in the whole run.
    """
    run = run_project(
        tmp_path,
        CONFIG.format(engine=engine, entry="next_open"),
        instruments="""
        ticker, name,  exchange, board, currency
        U,      Up,    XNYS,     main,  USD
        D,      Down,  XNYS,     main,  USD
        C,      Calm,  XNYS,     main,  USD
        F,      Flat,  XNYS,     main,  USD
        N,      New,   XNYS,     main,  USD
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers, sentiment
        u,        2025-03-06T09:00-05:00, news,       Up,     x,        U,       1
        c,        2025-03-06T09:01-05:00, news,       Calm,   x,        C,       0.5
        f,        2025-03-06T09:02-05:00, news,       Flat,   x,        F,       1
        n,        2025-03-06T09:03-05:00, news,       New,    x,        N,       1
        d,        2025-03-10T09:00-04:00, news,       Down,   x,        D,       1
        """,
        prices="""
        ticker, date,       open,  high,  low,   close, volume,  dividend, split
        U,      2025-03-03, 100,   100,   100,   100,   1000000, 0,        1
        U,      2025-03-04, 101,   101,   101,   101,   1000000, 0,        1
        U,      2025-03-05, 99.99, 99.99, 99.99, 99.99, 1000000, 0,        1
        U,      2025-03-06, 99.99, 99.99, 99.99, 99.99, 1000000, 0,        1
        U,      2025-03-10, 99.99, 99.99, 99.99, 99.99, 1000000, 0,        1
        D,      2025-03-03, 50,    50,    50,    50,    1000000, 0,        1
        D,      2025-03-04, 60,    60,    60,    60,    0,       0,        1
        D,      2025-03-05, 25.5,  25.5,  25.5,  25.5,  1000000, 0,        2
        D,      2025-03-07, 24.99, 24.99, 24.99, 24.99, 1000000, 0.51,     1
        D,      2025-03-10, 24.99, 24.99, 24.99, 24.99, 1000000, 0,        1
        C,      2025-03-03, 100,   100,   100,   100,   1000000, 0,        1
        C,      2025-03-04, 100.1, 100.1, 100.1, 100.1, 1000000, 0,        1
        C,      2025-03-05, 100.1, 100.1, 100.1, 100.1, 1000000, 0,        1
        C,      2025-03-06, 100.1, 100.1, 100.1, 100.1, 1000000, 0,        1
        F,      2025-03-03, 10,    10,    10,    10,    1000000, 0,        1
        F,      2025-03-04, 10,    10,    10,    10,    1000000, 0,        1
        F,      2025-03-05, 10,    10,    10,    10,    1000000, 0,        1
        F,      2025-03-06, 10,    10,    10,    10,    1000000, 0,        1
        N,      2025-03-04, 10,    10,    10,    10,    1000000, 0,        1
        N,      2025-03-05, 11,    11,    11,    11,    1000000, 0,        1
        N,      2025-03-06, 12,    12,    12,    12,    1000000, 0,        1
        """,
    )
    found = run["Sized"]
    assert rows(found.fills, *FILLS) == [
        ("2025-03-06T14:30Z", "U", "buy", 222, "u"),
        ("2025-03-06T14:30Z", "C", "buy", 199, "c"),
        ("2025-03-10T13:30Z", "D", "buy", 891, "d"),
    ]
    assert rows(found.refusals, *REFUSALS) == [
        ("2025-03-06T14:30Z", "F", "no_weight", None, 0),
        ("2025-03-06T14:30Z", "N", "no_weight", None, 0),
    ]
    told = found.explanations["explanation"].tolist()
    assert told[0] == (
        "F: buy refused on 2025-03-06, `position.weight` could tell none by what was known before that session"
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("entry", "at", "quantity"), [("next_open", "15:00", 185), ("same_close", "21:00", 178)], ids=str
)
def test_bars_of_five_minutes_go_by_the_last_of_each_session(
    tmp_path: Path, engine: str, entry: str, at: str, quantity: int
) -> None:
    """The last bars close at 100, 101 and 99.99, whatever happens before them. On the fourth day the first two close
    at 120 and 125, which is what sizes go by and not what moves the weight: 22,271.77 at 120 are 185.6 shares for an
    entry at the bar of 10:00, and at 125 are 178.2 for one at the close."""
    times = {"15:00": "09:55", "15:05": "10:00", "21:00": "15:55"}
    bars = {
        "2025-03-03": (90, 110, 100), "2025-03-04": (140, 80, 101), "2025-03-05": (70, 130, 99.99),
        "2025-03-06": (120, 125, 125),
    }  # fmt: skip
    prices = "ticker, bar_start, open, high, low, close, volume\n" + "".join(
        f"U, {day}T{clock}:00-05:00, {price}, {price}, {price}, {price}, 1000000\n"
        for day, closes in bars.items()
        for clock, price in zip(times.values(), closes, strict=True)
    )
    run = run_project(
        tmp_path,
        CONFIG.format(engine=engine, entry=entry),
        instruments="""
        ticker, name, exchange, board, currency
        U,      Up,   XNYS,     main,  USD
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers, sentiment
        u,        2025-03-06T10:00-05:00, news,       Up,     x,        U,       1
        """,
        prices=prices,
    )
    assert rows(run["Sized"].fills, *FILLS) == [(f"2025-03-06T{at}Z", "U", "buy", quantity, "u")]


SIZED = Position(weight=ByVolatility(target=0.05, window=2, max_weight=0.4), hold=None)


@pytest.mark.parametrize("execution", [Execution(), Execution(same_close=True), Execution(limit_distance=0.0)], ids=str)
def test_the_twin_and_both_engines_weigh_alike(execution: Execution) -> None:
    """As above, at the open, at the close and at a limit."""
    two = [flat(100), flat(101), flat(99.99), Bar(99.99, 100, 99, 99.99), flat(99.99)]
    at = 15 if execution.same_close else 14
    books = check(
        world({U: two}, news("u", 3, View("U", 1.0), at=time(at)), position=SIZED, execution=execution,
              currency="USD", cash=100_000.0),
    )  # fmt: skip
    assert [(fill.ticker, fill.quantity) for fill in books.fills] == [("U", 222)]


def test_weights_of_one_event_are_capped_together() -> None:
    """In Hong Kong and Shanghai, 0.2227177 each, are cut to 0.15: 30,000 at 99.99, in lots of 100."""
    own = [flat(100), flat(101), flat(99.99), flat(99.99), flat(99.99)]
    calm = [flat(100), flat(100), flat(100), flat(100), flat(100)]
    position = Position(weight=ByVolatility(target=0.05, window=2), hold=None, event_weight=0.3)
    named = (View("A.HK", 1.0), View("C.SH", 1.0))
    fx = {"CNY": ((date(2025, 1, 1), 1.0),)}
    books = check(world({A: own, C: own}, news("e", 3, *named), position=position, fx=fx, cash=200_000.0))
    assert [(fill.ticker, fill.quantity) for fill in books.fills] == [("A.HK", 300), ("C.SH", 300)]
    books = check(world({A: own, C: calm}, news("e", 3, *named), position=position, fx=fx, cash=200_000.0))
    assert [(fill.ticker, fill.quantity) for fill in books.fills] == [("A.HK", 400)]  # 44,543: of C nobody knows
    assert [(row.ticker, row.reason) for row in books.refusals] == [("C.SH", "no_weight")]


@pytest.mark.rule("X21")
def test_a_grid_goes_by_the_weight_of_the_row_that_trades() -> None:
    """A grid of 1 from the first row on is bought on the fourth, when two returns are known: 222 shares. On the fifth
    the returns are -1 % and 0 %, half as far apart, and the weight twice as large, cut to 0.4."""
    prices = [flat(100), flat(101), flat(99.99), flat(99.99), flat(99.99)]
    held = world({U: prices}, currency="USD", cash=100_000.0, position=SIZED)
    grid = {key: {"U": 1.0} for key in held.rows}
    books = check(replace(held, grid=grid))
    assert [(fill.side, fill.quantity) for fill in books.fills] == [("buy", 222), ("buy", 178)]
    assert [row.reason for row in books.refusals] == ["no_weight"]  # once, when the signal is new
