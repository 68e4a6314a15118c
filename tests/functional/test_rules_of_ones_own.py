"""`execution.market_rules: path`: a user's rule file decides lots, limits, fees and closed days of a whole run."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from newsbt.cli import main
from projects import rows, run_project, write_project

CONFIG = """
account: {cash: 1000000, currency: HKD}
execution: {slippage: {use: zero}, market_rules: rules.yaml, participation: null}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}, position: {weight: 0.2, hold: 1}}]
baselines: []
"""
TABLES = {
    "instruments": """
        ticker,    name, exchange, board, currency
        9988.HK,   A,    XHKG,     main,  HKD
        600000.SH, B,    XSHG,     main,  CNY
        """,
    "announcements": """
        event_id, published_at,           event_type, issuer, headline, tickers
        hk,       2025-03-04T08:00+08:00, news,       A,      x,        9988.HK
        cn,       2025-03-06T08:00+08:00, news,       B,      x,        600000.SH
        """,
    # 10.80 is 8 % up: under the packaged limit of 10 %, beyond the 5 % of the file.
    "prices": """
        ticker,    date,       open,  high,  low,   close, volume
        9988.HK,   2025-03-03, 100,   100,   100,   100,   1000000
        9988.HK,   2025-03-04, 100,   100,   100,   100,   1000000
        9988.HK,   2025-03-06, 100,   100,   100,   100,   1000000
        600000.SH, 2025-03-05, 10,    10,    10,    10,    1000000
        600000.SH, 2025-03-06, 10.80, 10.80, 10.80, 10.80, 1000000
        """,
    "fx": """
        pair,   date,       rate
        CNYHKD, 2025-01-01, 1.08
        """,
}
RULES = """
exchanges:
  XHKG:
    corrections: [{date: 2025-03-05, closed: true, source: my own}]
    rules:
      lot: {"9988.HK": [{from: 2025-03-01, step: 300, source: my own}]}
      fee: {stamp_duty: {any: [{from: 2025-03-01, side: both, rate: 0.02, rounding: none}]}}
      commission: {default: [{from: null, side: both, rate: 0, rounding: none}]}
  XSHG:
    rules:
      price_limit: {main: [{from: 2025-03-01, up: 0.05, down: 0.05, source: my own}]}
"""


def test_lot_fee_limit_and_closed_day(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(dedent(RULES), encoding="utf-8")
    run = run_project(tmp_path, CONFIG, **TABLES)
    found = run["Follow"]
    # A fifth of a million buys 2,000 shares: 6 lots of 300. 2 % of 180,000 is 3,600; beside it the packaged trading
    # fee, 0.00565 %, 10.17; levies 0.0027 % and 0.00015 %, 4.86 and 0.27; settlement 0.002 %, 3.60.
    # The 5th is no session: the hold of one bar ends on the 6th, and the row of the 5th is mainland's alone.
    assert rows(found.fills, "date", "ticker", "side", "quantity", "costs") == [
        ("2025-03-04", "9988.HK", "buy", 1800, pytest.approx(3600 + 10.17 + 4.86 + 0.27 + 3.60)),
        ("2025-03-06", "9988.HK", "sell", 1800, pytest.approx(3600 + 10.17 + 4.86 + 0.27 + 3.60)),
    ]
    assert rows(found.refusals, "date", "ticker", "reason") == [("2025-03-06", "600000.SH", "limit_up")]
    assert found.explanations["explanation"].tolist() == [
        "600000.SH: buy refused on 2025-03-06, the open 10.80 was at its upper limit 10.50 (5 % since 2025-03-01, "
        "XSHG main)"
    ]
    assert run.hashes["data"]["rules.yaml"]


def test_the_packaged_rules_would_have_it_otherwise(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("exchanges: {}\n", encoding="utf-8")
    found = run_project(tmp_path, CONFIG, **TABLES)["Follow"]
    assert rows(found.fills, "date", "ticker", "side", "quantity") == [
        ("2025-03-04", "9988.HK", "buy", 2000),
        ("2025-03-06", "9988.HK", "sell", 2000),
        ("2025-03-06", "600000.SH", "buy", 18500),
    ]
    assert not len(found.refusals[found.refusals["reason"] == "limit_up"])


def test_a_bar_on_a_day_that_the_file_closes_is_no_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.yaml").write_text(dedent(RULES), encoding="utf-8")
    tables = TABLES | {"prices": TABLES["prices"] + "\n9988.HK, 2025-03-05, 100, 100, 100, 100, 1000000\n"}
    assert main(["check", str(write_project(tmp_path, CONFIG, **tables))]) == 2
    assert "XHKG has no session then" in capsys.readouterr().err


BAD = """
exchanges:
  XHKG:
    rules:
      lot:
        "1.HK": [{from: null, step: 0}]
      price_limit:
        mian: [{from: null, up: 0.1, down: 0.1}]
        main: [{up: 0.1, down: 0.1}]
      tikc: [{from: null, tick: 0.01}]
    corrections: [{date: 2025-03-05}]
  XHK: {rules: {}}
statuses:
  odd: {main: mainboard}
"""


def test_every_fault_of_the_file_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(BAD.lstrip("\n"), encoding="utf-8")
    config = write_project(tmp_path, CONFIG, **TABLES)
    assert main(["check", str(config)]) == 2
    printed = capsys.readouterr().err
    for line, message in (
        (5, "expected a whole number of 1 or more, got 0"),
        (7, "unknown board 'mian'"),
        (8, "an entry needs `from`, the first day it holds"),
        (9, "did you mean 'tick'"),
        (10, "needs `closed: true`, `open` or `close`"),
        (11, "did you mean 'XHKG'"),
        (13, "unknown board 'mainboard'"),
    ):
        assert any(f"rules.yaml:{line}:" in text and message in text for text in printed.splitlines()), (
            line,
            message,
            printed,
        )


def test_the_example_of_the_documentation_is_a_rule_file(tmp_path: Path) -> None:
    from newsbt.markets.rulebook import load_rulebook

    text = (Path(__file__).parents[2] / "docs" / "market_rules.md").read_text(encoding="utf-8")
    block = next(part for part in text.split("```yaml\n")[1:] if part.startswith("sources:")).split("```")[0]
    path = tmp_path / "example.yaml"
    path.write_text(block, encoding="utf-8")
    assert set(yaml.safe_load(block)["exchanges"]) == {"XHKG", "XTKS"}
    assert load_rulebook(path).exchange("XTKS").currency == "JPY"


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write_project(tmp_path, CONFIG, **TABLES))]) == 2
    assert "rules.yaml" in capsys.readouterr().err


TOKYO = """
exchanges:
  XTKS:
    name: Tokyo Stock Exchange
    time_zone: Asia/Tokyo
    currency: JPY
    calendar: XTKS
    boards: [prime, growth]
    suffixes: [T]
    rules:
      hours: [{from: null, open: "09:00", lunch: ["11:30", "12:30"], close: "15:30"}]
      tick: [{from: null, bands: [[3000, 1], [5000, 5]]}]
      lot: {any: [{from: null, step: 100}]}
      price_limit: {prime: [{from: 2020-01-06, bands: [[1000, 150], [1500, 300], [2000, 400]], source: my own}]}
"""
TOKYO_TABLES = {
    "instruments": """
        ticker, name, exchange, board,  currency
        7203.T, A,    XTKS,     prime,  JPY
        4485.T, B,    XTKS,     growth, JPY
        """,
    "announcements": """
        event_id, published_at,           event_type, issuer, headline, tickers
        a,        2025-03-04T08:00+09:00, news,       A,      x,        7203.T
        b,        2025-03-04T08:00+09:00, news,       B,      x,        4485.T
        """,
    # 300 yen more than 1,000, which is not below 1,000; 4485.T moves as far on a board without limits.
    "prices": """
        ticker, date,       open, high, low,  close, volume
        7203.T, 2025-03-03, 1000, 1000, 1000, 1000,  1000000
        7203.T, 2025-03-04, 1300, 1300, 1300, 1300,  1000000
        4485.T, 2025-03-03, 1000, 1000, 1000, 1000,  1000000
        4485.T, 2025-03-04, 1300, 1300, 1300, 1300,  1000000
        """,
}


@pytest.mark.rule("X8")
@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_an_exchange_with_boards_suffixes_and_limits_in_money_is_a_file(tmp_path: Path, engine: str) -> None:
    (tmp_path / "rules.yaml").write_text(TOKYO, encoding="utf-8")
    config = CONFIG.replace("currency: HKD", "currency: JPY").replace("{slippage", f"{{engine: {engine}, slippage")
    found = run_project(tmp_path, config, **TOKYO_TABLES)["Follow"]
    # A fifth of a million over the last close of 1,000 are 2 lots of 100.
    assert rows(found.fills, "date", "ticker", "side", "quantity") == [("2025-03-04", "4485.T", "buy", 200)]
    assert found.explanations["explanation"].tolist()[0] == (
        "7203.T: buy refused on 2025-03-04, the open 1,300.00 was at its upper limit 1,300.00 (by its price band since "
        "2020-01-06, XTKS prime)"
    )


def test_the_rules_of_such_an_exchange_are_asked_by_ticker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    path = tmp_path / "rules.yaml"
    path.write_text(TOKYO, encoding="utf-8")
    asked = ["data", "rules", "--ticker", "7203.T", "--board", "prime", "--on", "2025-03-04", "--rules", str(path)]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "150 below 1,000, 300 below 1,500, 400 below 2,000, up and down" in " ".join(printed.split())
