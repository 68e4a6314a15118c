"""What a row does and what the end of the run leaves, worked out on paper: one ticker, seven sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.check import check
from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.errors import DataError
from projects import rows, run_project, write_project

CONFIG = """
account: {{cash: 100000, currency: CNY}}
execution: {{engine: {engine}, costs: {{use: zero}}, slippage: {{use: zero}}}}
strategies: [{{name: S, use: named_tickers, position: {{weight: 0.1, {position}}}}}]
baselines: []
evaluation: {{placebo: 0, bootstrap: 0}}
"""
INSTRUMENTS = """
ticker, name,  exchange, board, currency, delisted_on
A.SH,   Alpha, XSHG,     main,  CNY,
B.SH,   Beta,  XSHG,     main,  CNY,      2025-03-05
"""
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11")
HEAD = "ticker, date, open, high, low, close, volume\n"
EVENTS = "event_id, published_at, event_type, issuer, headline, tickers, sentiment\n"
ENGINES = pytest.mark.parametrize("engine", ["backtrader", "compiled"])


def prices(closes: dict[str, list[float]]) -> str:
    """A bar a day at one price, on the first days."""
    return HEAD + "".join(
        f"{ticker}, {day}, {p}, {p}, {p}, {p}, 1000000\n"
        for ticker, own in closes.items()
        for day, p in zip(DAYS, own, strict=False)
    )


def play(folder: Path, engine: str, events: str, closes: dict[str, list[float]], position: str) -> RunResult:
    return run_project(
        folder, CONFIG.format(engine=engine, position=position),
        instruments=INSTRUMENTS, announcements=EVENTS + events, prices=prices(closes),
    )  # fmt: skip


@pytest.mark.rule("X1", "X2")
@ENGINES
def test_a_row_begins_with_the_positions_of_the_row_before(tmp_path: Path, engine: str) -> None:
    """X1: the hold of `first` ends at the open of the 6th, where `again` acts too. Exits go first, and still `again`
    finds the position that the 5th left: it is a repeat, which `ignore` answers by nothing. `later` finds none on the
    7th, as the exit is of the row before, and enters: 0.1 x 100000 / 10 = 1000 shares each."""
    events = """first, 2025-03-03T20:00+08:00, news, Alpha, Good, A.SH, 1
        again, 2025-03-05T20:00+08:00, news, Alpha, Good, A.SH, 1
        later, 2025-03-06T20:00+08:00, news, Alpha, Good, A.SH, 1"""
    found = play(tmp_path, engine, events, {"A.SH": [10] * 7}, "hold: 2, on_repeat: ignore")["S"]
    assert rows(found.fills, "date", "side", "quantity", "event_id", "reason") == [
        ("2025-03-04", "buy", 1000, "first", "entry"),
        ("2025-03-06", "sell", 1000, "first", "hold"),
        ("2025-03-07", "buy", 1000, "later", "entry"),
        ("2025-03-11", "sell", 1000, "later", "hold"),
    ]
    assert rows(found.events, "event_id", "refused_reason") == [("again", "ignored"), ("first", None), ("later", None)]


@pytest.mark.rule("X20", "R3", "C4")
@ENGINES
def test_what_is_left_at_the_end_stays_open_and_marked(tmp_path: Path, engine: str) -> None:
    """X20. 1000 shares of A at 10 and 500 of B at 20, of which B trades for the last time on the 5th, at 22, and A
    closes at 13 on the last day: 100000 + 3000 + 1000. Nothing is sold on B's last day, on the days after it, or at
    the end."""
    events = "both, 2025-03-03T20:00+08:00, news, Alpha, Good, A.SH;B.SH, 1"
    closes = {"A.SH": [10, 10, 11, 12, 12, 12, 13], "B.SH": [20, 20, 22]}
    run = play(tmp_path, engine, events, closes, "hold: 3")
    found = run["S"]
    left = play(tmp_path, engine, events, closes, "hold: null")["S"]
    assert rows(left.fills, "side", "ticker") == [("buy", "A.SH"), ("buy", "B.SH")]
    assert rows(left.trades, "ticker", "exit_at", "exit_price", "exit_reason", "pnl", "return") == [
        ("A.SH", None, None, "open", 3000, 0.3),
        ("B.SH", None, None, "open", 1000, 0.1),
    ]
    assert list(left.equity) == [100000, 100000, 102000, 103000, 103000, 103000, 104000]
    # B's hold never ends, as it has no third bar: it is marked at 22 to the end, stale on four days.
    assert rows(found.trades, "ticker", "exit_reason", "pnl") == [("A.SH", "hold", 2000), ("B.SH", "open", 1000)]
    assert found.metrics["stale_marks"] == 4


@pytest.mark.rule("S1")
def test_nothing_is_one_event_but_by_its_id(tmp_path: Path) -> None:
    """S1: two rows that say the same under two ids are two events, two of one id a bad row, two that `dedupe` finds
    alike one story."""
    twice = """e1, 2025-03-03T20:00+08:00, news, Alpha, Alpha opens its model, A.SH, 1
        e2, 2025-03-03T20:05+08:00, news, Alpha, Alpha opens its model, A.SH, 1"""
    run = play(tmp_path, "compiled", twice, {"A.SH": [10] * 7}, "hold: 2, on_repeat: add")
    assert run.summary.counts["events"] == 2
    assert len(run["S"].trades) == 2

    with pytest.raises(DataError, match="'e1' stands already in line 2") as caught:
        play(tmp_path, "compiled", twice.replace("e2", "e1"), {"A.SH": [10] * 7}, "hold: 2")
    assert [problem.code for problem in caught.value.problems] == ["duplicate_event_id"]

    path = write_project(
        tmp_path, CONFIG.format(engine="compiled", position="hold: 2"),
        instruments=INSTRUMENTS, announcements=EVENTS + twice, prices=prices({"A.SH": [10] * 7}),
    )  # fmt: skip
    path.write_text(path.read_text().replace("path: announcements.csv", "path: announcements.csv\n  dedupe: {}"))
    report = check(load(path))
    assert (report.counts["events_in_run"], report.drops["events"]) == (1, {"same_story": 1})
