"""The audit document: confounders, detection floors, doubts about the data, and what fails."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from newsbt.assembly import assemble
from newsbt.audit.auditing import audit
from newsbt.audit.confounders import confounders
from newsbt.audit.data_doubts import data_doubts
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.evidence.detection_floor import detection_floor, floor_of_test
from newsbt.pipeline import run_components
from newsbt.steps.prepare import PreparedRun, prepare_inputs, read_inputs
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.sentiment_decay import SentimentDecay
from peeking import OrdersFair, Step
from price_walks import walk
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
execution: {costs: {use: zero}, slippage: {use: zero}, latency: 0min}
strategies: [{name: Follow, use: named_tickers, params: {sign: one, event_types: [news]},
    position: {weight: 0.2, hold: 2}}]
baselines: []
"""
INSTRUMENTS = """
ticker, name, exchange, board, currency, lot_size, sector,   themes
A.HK,   A,    XHKG,     main,  HKD,      100,      internet, ai
B.HK,   B,    XHKG,     main,  HKD,      100,      internet, ai
C.HK,   C,    XHKG,     main,  HKD,      100,      banks,
"""
RELATIONS = """
subject, relation, object, effect, from,       to
A,       rival_of, B.HK,   ,       ,
B,       rival_of, C.HK,   ,       2025-01-01,
"""
DAYS = ("03", "04", "05", "06", "07", "10", "11", "12", "13", "14")
PRICES = "ticker, date, open, high, low, close, volume\n" + "\n".join(
    f"{ticker}, 2025-03-{day}, 10, 11, 9, {10 + k % 3 * 0.1:.1f}, 1000000"
    for ticker in ("A.HK", "B.HK", "C.HK")
    for k, day in enumerate(DAYS)
    if (ticker, day) not in {("C.HK", "12"), ("C.HK", "13"), ("C.HK", "14"), ("B.HK", "04")}
)
# Held from the opening of the 5th to that of the 7th: `same` and `other` fall inside, `earlier` and `later` do not.
ANNOUNCEMENTS = """
event_id, published_at,           event_type, issuer, headline, tickers
first,    2025-03-05T08:00+08:00, news,       A,      x,        A.HK
same,     2025-03-06T12:00+08:00, remark,     A,      x,
other,    2025-03-06T20:00+08:00, remark,     B,      x,
bank,     2025-03-06T20:00+08:00, remark,     C,      x,
twin,     2025-03-05T07:00+08:00, remark,     C,      x,
later,    2025-03-07T20:00+08:00, remark,     A,      x,
earlier,  2025-03-03T20:00+08:00, remark,     A,      x,
"""


def project(folder: Path, config: str = CONFIG, **changes: str) -> Path:
    tables = {
        "instruments": INSTRUMENTS, "relations": RELATIONS, "announcements": ANNOUNCEMENTS, "prices": PRICES, **changes,
    }  # fmt: skip
    return write_project(folder, config, **tables)


def world(config: Path) -> tuple[PreparedRun, list[dict]]:
    components = assemble(load(config))
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, SilentProgress())
    return prepared, data_doubts(prepared, inputs)


def test_confounders_by_ticker_sector_and_day(tmp_path: Path) -> None:
    prepared, _ = world(project(tmp_path))
    books = strategy_books(prepared, prepared.components.strategies[0], engine="compiled")
    found = confounders(prepared.market, prepared.news, books.ledger)
    assert found["traded_events"] == found["confounded_events"] == 1
    assert found["by_kind"] == {"ticker": 1, "sector": 1, "day": 1}
    assert found["events"] == [
        {
            "event_id": "first", "ticker": ["same"], "sector": ["other"], "day": ["twin"],
            "counts": {"ticker": 1, "sector": 1, "day": 1},
        }
    ]  # fmt: skip


def test_data_doubts(tmp_path: Path) -> None:
    _, found = world(project(tmp_path))
    kinds = {(doubt["kind"], doubt["ticker"]) for doubt in found}
    assert {("undated_relations", None), ("undated_themes", None)} <= kinds
    assert next(d for d in found if d["kind"] == "undated_relations")["count"] == 1
    assert not any(kind in ("gap", "ends_early") for kind, _ in kinds)  # one and three sessions are no gap


def test_gaps_and_early_ends_are_named(tmp_path: Path) -> None:
    early = {("C.HK", day) for day in DAYS[3:]} | {("B.HK", day) for day in DAYS[2:8]}
    prices = "\n".join(
        line for line in PRICES.splitlines() if tuple(line.replace(" 2025-03-", "").split(",")[:2]) not in early
    )
    _, found = world(project(tmp_path, prices=prices))
    by_name = {doubt["ticker"]: doubt["kind"] for doubt in found if doubt["kind"] in ("gap", "ends_early")}
    assert by_name == {"C.HK": "ends_early", "B.HK": "gap"}


def test_a_move_beyond_the_limit_is_a_doubt(tmp_path: Path) -> None:
    instruments = "ticker, name, exchange, board, currency\n600000.SH, A, XSHG, main, CNY"
    prices = "ticker, date, open, high, low, close, volume\n" + "\n".join(
        f"600000.SH, 2025-03-{day}, {p}, {p}, {p}, {p}, 1000000" for day, p in (("03", 10), ("04", 5), ("05", 5))
    )
    announcements = "event_id, published_at, event_type, issuer, headline\ne, 2025-03-04T08:00+08:00, news, A, x"
    config = CONFIG.replace("currency: HKD", "currency: CNY")
    _, found = world(
        project(tmp_path, config, instruments=instruments, prices=prices, announcements=announcements, relations=
                "subject, relation, object\nA, rival_of, Z")
    )  # fmt: skip
    assert [doubt["ticker"] for doubt in found if doubt["kind"] == "beyond_limit"] == ["600000.SH"]


def test_the_detection_floor_by_hand() -> None:
    """Of 99 runs from -0.49 to 0.49 the fifth best is critical; 80 % of runs lie above the 20 % quantile."""
    prepared, _ = walk(1)
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    returns = np.linspace(-0.49, 0.49, 99)
    found = detection_floor(returns, 0.2, ledger, events=12, dates=10)
    assert found.critical == pytest.approx(0.45)
    assert found.total_return == pytest.approx(0.45 + 0.49 - 0.98 * 0.2)
    assert found.per_event == pytest.approx(found.total_return / 12)
    assert found.per_date == pytest.approx(found.total_return / 10)
    notional = np.abs(ledger.lots["entry_notional"]).sum()
    assert found.per_trade == pytest.approx(found.total_return * ledger.initial_cash / notional)
    assert found.reached is False
    # A run of 0.46 would be beaten by four placebo runs less: (3 + 1) / 100.
    assert ((returns >= 0.46).sum() + 1) / 100 <= 0.05 < ((returns >= 0.45).sum() + 1) / 100


def test_a_floor_needs_enough_placebo_runs() -> None:
    prepared, _ = walk(1)
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    few = detection_floor(np.linspace(-1, 1, 18), 0.0, ledger, events=1, dates=1)
    assert few.total_return is None and "18 placebo runs" in few.reason
    flat = detection_floor(np.zeros(99), 0.0, ledger, events=1, dates=1)
    assert flat.total_return is None and flat.reason == "all placebo runs returned the same"


def test_the_detection_floor_of_calendars_by_hand() -> None:
    """Of 99 other calendars with T from -2.45 to 2.45 the fifth best, 2.25, is critical; all have sqrt(Q) of 0.02, so
    80 % of them need at most what lies between it and their 20 % quantile."""
    prepared, _ = walk(1)
    ledger = strategy_books(prepared, prepared.components.strategies[0], engine="compiled").ledger
    statistic = np.append(1.5, np.linspace(-2.45, 2.45, 99))
    found = floor_of_test(statistic, np.append(0.03, np.full(99, 0.02)), 0.2, ledger, events=12, dates=10)
    assert found.total_return == pytest.approx(0.02 * (2.25 + 2.45 - 4.9 * 0.2))
    assert found.critical == pytest.approx(0.2 + 0.03 * (2.25 - 1.5))
    assert found.reached is False and "sqrt(Q)" in found.definition
    few = floor_of_test(statistic[:19], np.ones(19), 0.0, ledger, events=1, dates=1)
    assert few.total_return is None and "18 placebo runs" in few.reason


def test_the_audit_has_the_run_s_own_p_and_a_grid_beside_it_changes_nothing() -> None:
    strategies = {"follow": NamedTickers(), "same": NamedTickers(), "decay": SentimentDecay(half_life=0.5)}
    prepared, _ = walk(2, strategies=strategies, effect=0.02, events=20)
    own = {row.name: row.metrics["placebo_p"] for row in run_components(prepared.components).strategies}
    found = audit(prepared.components, cuts=1)
    by_name = {one.name: one.placebo for one in found.strategies}
    assert by_name["follow"]["p"] == by_name["same"]["p"] == own["follow"] == own["same"]
    assert np.isnan(own["decay"]) and by_name["decay"]["p"] is not None


def test_orders_of_a_strategys_own_are_not_moved() -> None:
    prepared, _ = walk(1, strategies={"orders": OrdersFair}, position={})
    found = audit(prepared.components, cuts=2, draws=20).strategies[0].as_dict()
    assert found["placebo"]["p"] is None and "orders of its own" in found["placebo"]["reason"]
    assert found["detection_floor"]["total_return"] is None
    assert found["look_ahead"] is False


def test_a_grid_is_asked_anew_for_moved_events() -> None:
    """It sees an effect; for a grid that does not look at events there is nothing to move, and so no floor."""
    grid = {"mode": "target", "weight": 0.2, "min_trade": 0.0}
    decaying = {"decay": SentimentDecay(half_life=0.5)}
    prepared, _ = walk(2, strategies=decaying, position=grid, effect=0.05)
    found = audit(prepared.components, cuts=2, draws=39).strategies[0].as_dict()
    instants = found["placebo"]["kinds"]["instants"]
    assert found["placebo"]["p"] == instants["least_p"] == pytest.approx(1 / instants["weeks"])
    assert found["detection_floor"]["reached"] is True
    assert found["placebo"]["kinds"]["tickers"]["reason"] == "only signals of single events can be shuffled"
    prepared, _ = walk(2, strategies={"steps": Step()}, position=grid)
    blind = audit(prepared.components, cuts=2, draws=20).strategies[0].as_dict()
    assert blind["placebo"] == {"p": None, "m": 0, "observed": blind["placebo"]["observed"], "kinds": {},
                                "reason": "the strategy read no events"}  # fmt: skip
    assert blind["detection_floor"]["reason"] == "the strategy read no events"
    assert blind["detection_floor"]["total_return"] is None
    assert blind["events_traded"] == blind["event_dates"] == 0


def test_no_events_is_no_failure(tmp_path: Path) -> None:
    config = CONFIG.replace("[news]", "[nothing]")
    found = audit(assemble(load(project(tmp_path, config))), cuts=2)
    assert found.ok
    one = found.as_dict()["strategies"][0]
    assert one["placebo"]["reason"] == "no signal inside the period"
    assert one["confounders"] == {
        "traded_events": 0, "confounded_events": 0, "by_kind": {"ticker": 0, "sector": 0, "day": 0}, "events": [],
    }  # fmt: skip


PEEK = """
import newsbt
from newsbt import Signal


class Mine(newsbt.Strategy):
    def signal(self, view):
        links = view.links[view.links["row"] > 0].drop_duplicates(["event_id", "ticker"])
        column = {ticker: n for n, ticker in enumerate(view.tickers)}
        rose = [view.close[r, column[t]] > view.open[r, column[t]] for t, r in zip(links["ticker"], links["row"])]
        return Signal.for_events(links[["event_id", "ticker"]].assign(signal=[float(up) for up in rose]))
"""


def test_the_command_names_a_peek_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text(PEEK, encoding="utf-8")
    block = "[{name: Mine, use: 'mine.py:Mine'}, {name: Fair, use: named_tickers, params: {sign: one}}]"
    config = project(tmp_path, CONFIG[: CONFIG.index("strategies:")] + f"strategies: {block}\nbaselines: []\n")
    assert main(["audit", str(config), "--placebo", "0", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"strategies", "data"}
    mine, fair = document["strategies"]
    assert {"name", "look_ahead", "first_difference", "placebo", "confounders", "detection_floor"} <= set(mine)
    assert mine["look_ahead"] is True and fair["look_ahead"] is False and fair["first_difference"] is None
    assert mine["first_difference"]["kind"] == "signal" and mine["first_difference"]["what"] == "prices"
    assert main(["audit", str(config), "--placebo", "0", "--strategy", "Mine"]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "LOOKS AHEAD: the signal for" in shown and "when all that differs is prices after 2025-03-" in shown
    assert main(["audit", str(config), "--placebo", "0", "--strategy", "Fair"]) == 0
    assert "No look-ahead" in capsys.readouterr().out
    assert main(["run", str(config), "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["verdicts"] == {
        "Mine": {"word": "looks ahead", "failed": [], "audited": "looks ahead"},
        "Fair": {"word": "too few", "failed": ["event_dates", "p_adjusted"], "audited": "passed"},
    }
    assert main(["show", run["path"]]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Mine: looks ahead; newsbt audit found a look-ahead" in shown
    assert "Fair: too few; failed: independent dates" in shown and "audited, no look-ahead found" in shown
    (tmp_path / "mine.py").write_text(PEEK.replace("float(up)", "1.0"), encoding="utf-8")
    assert main(["run", str(config), "--json"]) == 0
    (mended,) = json.loads(capsys.readouterr().out)["runs"]
    assert mended["verdicts"]["Mine"]["audited"] == "not audited"


def test_a_placebo_that_cannot_be_run_names_the_ticker(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = project(tmp_path, CONFIG.replace("hold: 2", "hold: 9"))
    by_day = ["--set", "evaluation.placebo.use=independent_days"]
    assert main(["audit", str(config), "--cuts", "2", *by_day]) == 1
    assert "A.HK could not be bought and held on any" in capsys.readouterr().err


def test_labels_by_somebody_who_could_have_read_later_news(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("event_id,sentiment\nfirst,1\n", encoding="utf-8")
    labels = "{use: labels, path: labels.csv, made_by: a model, cutoff: 2025-03-06}"
    config = CONFIG + f"announcements: [{{use: csv, path: announcements.csv}}, {labels}]\n"
    _, found = world(project(tmp_path, config))
    (doubt,) = [doubt for doubt in found if doubt["kind"] == "labels_cutoff"]
    assert doubt["count"] == 6 and "6 of 7 events were known by 2025-03-06" in doubt["message"]
