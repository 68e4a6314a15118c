"""Each refusal in a sentence, with the rule and its date."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from newsbt._typing import Records
from newsbt.assembly import assemble
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Outcome
from newsbt.steps.event_setup import link_events
from newsbt.steps.market_setup import set_up_market
from newsbt.steps.prepare import PreparedRun, read_inputs
from newsbt.steps.refusal_sentences import explanations
from newsbt.steps.simulate import strategy_books
from projects import run_project, write_project

CONFIG = """
account: {cash: 100000, currency: CNY}
execution: {costs: {use: zero}, slippage: {use: zero}, latency: 0min}
strategies: [{name: Follow, use: named_tickers, position: {weight: 0.5, hold: 1, max_positions: 3}}]
baselines: []
output: {report: false}
"""
INSTRUMENTS = """
ticker,    name,  exchange, board,   currency, tradable, listed_on
002315.SZ, Focus, XSHE,     main,    CNY,      true,
300001.SZ, Star,  XSHE,     chinext, CNY,      true,
600000.SH, Bank,  XSHG,     main,    CNY,      true,
600001.SH, Steel, XSHG,     main,    CNY,      true,
600002.SH, Held,  XSHG,     main,    CNY,      false,
NEW.HK,    New,   XHKG,     main,    HKD,      true,
"""
FX = """
pair,   date,       rate
HKDCNY, 2025-01-01, 1
"""
# 44.56 x 1.1 is 49.016: the limit is 49.02. 10 x 1.1 is 11.
PRICES = """
ticker,    date,       open,  high,  low,   close, volume
002315.SZ, 2025-03-05, 44.56, 44.56, 44.56, 44.56, 1000000
002315.SZ, 2025-03-06, 49.02, 49.02, 49.02, 49.02, 1000000
002315.SZ, 2025-03-07, 49.02, 49.02, 49.02, 49.02, 1000000
300001.SZ, 2025-03-05, 10,    10,    10,    10,    1000000
300001.SZ, 2025-03-06, 11,    11,    11,    11,    0
300001.SZ, 2025-03-07, 11,    11,    11,    11,    1000000
600000.SH, 2025-03-05, 10,    10,    10,    10,    1000000
600000.SH, 2025-03-07, 10,    10,    10,    10,    1000000
600001.SH, 2025-03-05, 10,    10,    10,    10,    1000000
600001.SH, 2025-03-06, 10,    10,    10,    10,    15000
600001.SH, 2025-03-07, 9,     9,     9,     9,     1000000
600002.SH, 2025-03-05, 10,    10,    10,    10,    1000000
600002.SH, 2025-03-06, 10,    10,    10,    10,    1000000
600002.SH, 2025-03-07, 10,    10,    10,    10,    1000000
NEW.HK,    2025-03-05, 10,    10,    10,    10,    1000000
NEW.HK,    2025-03-06, 10,    10,    10,    10,    1000000
NEW.HK,    2025-03-07, 10,    10,    10,    10,    1000000
"""
ANNOUNCEMENTS = """
event_id, published_at,           event_type, issuer, headline, tickers,                                                    sentiment
up,       2025-03-06T08:00+08:00, news,       Focus,  x,        002315.SZ;300001.SZ;600000.SH;600001.SH;600002.SH;NEW.HK, 1
down,     2025-03-07T08:00+08:00, news,       Focus,  x,        600000.SH,                                                  -1
"""  # noqa: E501

EXPECTED = {
    ("002315.SZ", "limit_up"): "002315.SZ: buy refused on 2025-03-06, the open 49.02 was at its upper limit 49.02 "
    "(10 % since 1996-12-16, XSHE main)",
    ("300001.SZ", "not_trading"): "300001.SZ: buy refused on 2025-03-06, its bar has no volume: nothing was traded",
    ("600000.SH", "not_trading"): "600000.SH: buy refused on 2025-03-06, XSHG was open and the prices have no row for "
    "it: suspended, or missing",
    ("600000.SH", "no_short"): "600000.SH: sell refused on 2025-03-07, no short sales are allowed (XSHG main)",
    ("600001.SH", "participation"): "600001.SH: buy cut from 5,000 to 1,500 on 2025-03-06, `participation` of 0.1 left "
    "less than that of the bar's 15,000 shares",
    ("600001.SH", "limit_down"): "600001.SH: sell refused on 2025-03-07, the open 9.00 was at its lower limit 9.00 "
    "(10 % since 1996-12-16, XSHG main); what is left tries again at the next bar",
    ("600002.SH", "not_tradable"): "600002.SH: buy refused on 2025-03-06, the table of instruments says "
    "`tradable: false`",
    ("NEW.HK", "unknown_lot"): "NEW.HK: buy refused on 2025-03-06, no lot is known for it (XHKG main): give it a "
    "`lot_size`, or an entry in a rule file",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, str]:
    return {"instruments": INSTRUMENTS, "announcements": ANNOUNCEMENTS, "prices": PRICES, "fx": FX}


def test_each_refusal_is_explained(tmp_path: Path, tables: dict[str, str]) -> None:
    found = run_project(tmp_path, CONFIG, **tables)["Follow"]
    explanations = found.explanations
    assert list(explanations.columns) == ["strategy", "at", "ticker", "event_id", "reason", "explanation"]
    assert len(explanations) == len(found.refusals)
    assert {(row.ticker, row.reason): row.explanation for row in explanations.itertuples()} == EXPECTED


def test_each_sentence_is_the_one_that_its_refusal_has_alone(tmp_path: Path, tables: dict[str, str]) -> None:
    """Parts of sentences are made once for all refusals that agree in what they say: none has another's."""
    components = assemble(load(write_project(tmp_path, CONFIG, **tables)))
    inputs = read_inputs(components)
    market = set_up_market(components, inputs)
    news = link_events(components, inputs, market)
    books = strategy_books(PreparedRun(components=components, market=market, news=news), components.strategies[0])
    assert books.terms is not None
    refusals = np.tile(books.ledger.refusals[:1], 400)
    rng = np.random.default_rng(5)
    rows, tickers = market.panel.shape
    outcomes = [one for one in Outcome if one.value < Outcome.EXTENDED and one is not Outcome.FILLED]
    choices = {
        "row": range(rows), "ticker": range(tickers), "side": (-1, 1), "reason": outcomes, "point": list(FillPoint),
        "is_entry": (False, True), "wanted": (math.nan, 700.0, 7000.0), "filled": (0, 0, 100, 200),
    }  # fmt: skip
    for name, values in choices.items():
        refusals[name] = rng.choice(list(values), len(refusals))
    refusals["wanted"][refusals["filled"] > 0] = rng.choice([700.0, 7000.0], int((refusals["filled"] > 0).sum()))

    def sentences(some: Records) -> list[str]:
        ledger = replace(books.ledger, refusals=some)
        return list(explanations(market, news, ledger, books.terms))

    whole = sentences(refusals)
    assert whole == [sentences(refusals[k : k + 1])[0] for k in range(len(refusals))]
    assert len(set(whole)) > 250
    assert sentences(refusals[:0]) == []


def test_show_tells_them_under_the_events(
    tmp_path: Path, tables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    config, runs = write_project(tmp_path, CONFIG, **tables), str(tmp_path / "runs")
    assert main(["run", str(config), "--runs", runs]) == 0
    capsys.readouterr()
    assert main(["show", "last", "--events", "--runs", runs, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    shown = [sentence for row in rows for sentence in row["explanations"]]
    assert sorted(shown) == sorted(EXPECTED.values())
    assert main(["show", "last", "--events", "--runs", runs]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Why orders were refused" in text
    for sentence in EXPECTED.values():
        assert sentence in text
    assert main(["show", "last", "--events", "--runs", runs, "--format", "csv"]) == 0
    assert "49.02 was at its upper limit" in capsys.readouterr().out


def test_a_run_folder_of_an_older_version_has_no_sentences(
    tmp_path: Path, tables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    config, runs = write_project(tmp_path, CONFIG, **tables), tmp_path / "runs"
    assert main(["run", str(config), "--runs", str(runs)]) == 0
    for file in runs.glob("*/explanations.parquet"):
        file.unlink()
    assert main(["show", "last", "--events", "--runs", str(runs)]) == 0
    assert "Why orders were refused" not in capsys.readouterr().out


def test_the_sentence_names_the_session_s_own_board_and_the_rest(tmp_path: Path) -> None:
    """ST status, places, size and cash."""
    found = run_project(
        tmp_path,
        """
        account: {cash: 30000, currency: CNY}
        execution: {costs: {use: zero}, slippage: {use: zero}, latency: 0min}
        strategies:
          - {name: Follow, use: named_tickers, params: {sign: one},
             position: {weight: 0.7, hold: null, max_positions: 2}}
        baselines: []
        """,
        instruments="""
        ticker, name, exchange, board, currency
        A.SH,   A,    XSHG,     main,  CNY
        B.SH,   B,    XSHG,     main,  CNY
        C.SH,   C,    XSHG,     main,  CNY
        D.SH,   D,    XSHG,     main,  CNY
        E.SH,   E,    XSHG,     main,  CNY
        F.SH,   F,    XSHG,     main,  CNY
        """,
        status="""
        ticker, status, from,       to
        A.SH,   ST,     2025-01-01,
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        a,        2025-03-06T08:00+08:00, news,       A,      x,        A.SH
        b,        2025-03-06T08:01+08:00, news,       B,      x,        B.SH
        c,        2025-03-06T08:02+08:00, news,       C,      x,        C.SH
        d,        2025-03-06T08:03+08:00, news,       D,      x,        D.SH
        e,        2025-03-06T08:04+08:00, news,       E,      x,        E.SH
        f,        2025-03-06T08:05+08:00, news,       F,      x,        F.SH
        """,
        prices="\n".join(
            ["ticker,date,open,high,low,close,volume"]
            + [f"A.SH,{day},{p},{p},{p},{p},1000000" for day, p in (("2025-03-05", 10), ("2025-03-06", 10.5))]
            + [
                f"{t}.SH,{day},{p},{p},{p},{p},1000000"
                for t, p in (("B", 10), ("C", 10), ("D", 500), ("E", 10))
                for day in ("2025-03-05", "2025-03-06")
            ]
        ),
    )["Follow"]
    explanations = {row.ticker: row.explanation for row in found.explanations.itertuples()}
    assert explanations["F.SH"] == "F.SH: buy refused on 2025-03-06, the prices have no row for it at all"
    assert explanations["A.SH"].endswith("upper limit 10.50 (5 % until 2026-07-05, XSHG main_st)")
    assert (
        explanations["C.SH"]
        == "C.SH: buy cut from 2,100 to 900 on 2025-03-06, the cash paid for no more, costs included"
    )
    assert explanations["D.SH"].endswith("all 2 places of `max_positions` were taken")
    assert explanations["E.SH"].endswith("all 2 places of `max_positions` were taken")


def test_an_entry_that_may_not_be_cut_says_so(tmp_path: Path, tables: dict[str, str]) -> None:
    config = CONFIG.replace("latency: 0min", "latency: 0min, participation: null, on_short_cash: reject")
    news = ANNOUNCEMENTS.splitlines()[1] + "\nx, 2025-03-06T08:00+08:00, news, S, x, 600001.SH, 1\n"
    config = config.replace("weight: 0.5", "weight: 1.0")
    config = config.replace("costs: {use: zero}", "costs: {use: flat, commission_bps: 10}")
    explanations = run_project(tmp_path, config, **{**tables, "announcements": news})["Follow"].explanations
    assert list(explanations["explanation"]) == [
        "600001.SH: buy refused on 2025-03-06, the cash did not pay for all of it, costs included, and "
        "`on_short_cash` is reject"
    ]


def test_a_close_at_the_limit_is_told_as_a_close(tmp_path: Path, tables: dict[str, str]) -> None:
    config = CONFIG.replace("latency: 0min", "latency: 0min, entry: same_close")
    news = ANNOUNCEMENTS.splitlines()[1] + "\nx, 2025-03-06T10:00+08:00, news, S, x, 002315.SZ, 1\n"
    prices = PRICES.replace("2025-03-06, 49.02, 49.02, 49.02,", "2025-03-06, 45,    49.02, 45,   ")
    explanations = run_project(tmp_path, config, **{**tables, "announcements": news, "prices": prices})[
        "Follow"
    ].explanations
    assert [text.partition(" (")[0] for text in explanations["explanation"]] == [
        "002315.SZ: buy refused on 2025-03-06, the close 49.02 was at its upper limit 49.02"
    ]


HALTS = """
event_id, published_at,              event_type, issuer, headline, tickers
stop,     2025-03-05T17:30+08:00,    halt,       Bank,   x,        600000.SH
{between}buy,      2025-03-06T08:00+08:00,    news,       Focus,  x,        300001.SZ;600000.SH
"""


@pytest.mark.parametrize(("goes_on", "why"), [
    (False, "trading in it was halted: stop, published 2025-03-05 17:30"),
    (True, "XSHG was open and the prices have no row for it: suspended, or missing"),
])  # fmt: skip
def test_a_halt_that_was_announced_is_the_reason_until_it_ends(
    tmp_path: Path, tables: dict[str, str], goes_on: bool, why: str
) -> None:
    line = "go,       2025-03-05T20:00+08:00,    resumption, Bank,   x,        600000.SH\n" if goes_on else ""
    config = CONFIG.replace("use: named_tickers,", "use: named_tickers, params: {event_types: [news], sign: one},")
    found = run_project(tmp_path, config, **{**tables, "announcements": HALTS.format(between=line)})["Follow"]
    shown = {row.ticker: row.explanation for row in found.explanations.itertuples() if row.reason == "not_trading"}
    assert shown == {
        "300001.SZ": "300001.SZ: buy refused on 2025-03-06, its bar has no volume: nothing was traded",
        "600000.SH": f"600000.SH: buy refused on 2025-03-06, {why}",
    }


@pytest.mark.rule("T3")
def test_news_that_trading_resumes_is_traded_at_the_first_open(tmp_path: Path, tables: dict[str, str]) -> None:
    news = HALTS.format(between="").replace("news,       Focus", "resumption, Bank ")
    params = "params: {event_types: [resumption], sign: type}"
    config = CONFIG.replace("use: named_tickers,", f"use: named_tickers, {params},")
    found = run_project(tmp_path, config, **{**tables, "announcements": news})["Follow"]
    entries = found.fills[found.fills["reason"] == "entry"]
    assert {(row.ticker, str(row.date)[:10]) for row in entries.itertuples()} == {
        ("300001.SZ", "2025-03-07"), ("600000.SH", "2025-03-07")
    }  # fmt: skip
    assert found.refusals.empty
