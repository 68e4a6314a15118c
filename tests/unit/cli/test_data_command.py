"""`newsbt data`: rules in force, what price files hold, and what is odd about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pulled_answers
import vendor_tables
from newsbt.cli import main
from projects import write_project

CONFIG = """
strategies: [{name: Follow, use: named_tickers, params: {sign: one}}]
"""
TABLES = {
    "instruments": """
        ticker,    name,  exchange, board, currency, lot_size
        600000.SH, Bank,  XSHG,     main,  CNY,
        0005.HK,   HSBC,  XHKG,     main,  HKD,      400
        """,
    "status": """
        ticker,    status, from,       to
        600000.SH, ST,     2025-03-01,
        """,
    "announcements": """
        event_id, published_at,      event_type, issuer, headline
        a,        2025-03-03T00:00Z, news,       Bank,   x
        """,
    "prices": """
        ticker,    date,       open, high, low, close, volume
        600000.SH, 2025-03-03, 10,   10,   10,  10,    1000
        600000.SH, 2025-03-05, 10,   10.1, 10,  10.1,  1000
        STRANGER,  2025-03-05, 10,   10.1, 10,  10.1,  1000
        """,
}


class Shell:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *args: str | Path) -> tuple[int, str, str]:
        code = main(["data", *map(str, args)])
        out, err = self.capsys.readouterr()
        return code, out, err

    def json(self, *args: str | Path, code: int = 0) -> Any:
        found, out, err = self(*args, "--json")
        assert found == code, err
        return json.loads(out)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_project(tmp_path, CONFIG, **TABLES)


def test_the_rules_of_an_exchange_on_a_day(shell: Shell) -> None:
    document = shell.json("rules", "--exchange", "XSHE", "--on", "2024-01-02")
    assert (document["exchange"], document["on"], document["ticker"]) == ("XSHE", "2024-01-02", None)
    assert document["session"] == {"open": "09:30", "close": "15:00", "cutoff": "09:20"}
    rules = {rule["key"]: rule for rule in document["rules"]}
    assert rules["price_limit.chinext"] == {
        "key": "price_limit.chinext", "value": {"up": 0.2, "down": 0.2}, "text": "20 % up and down",
        "from": "2020-08-24", "to": None, "source": "SZSE investor questions and answers 2023 no. 2", "conf": "A",
    }  # fmt: skip
    assert rules["fee.stamp_duty"]["text"] == "on a sale, 0.05 %, rounded to the cent"
    assert all(rule["source"] for rule in document["rules"])
    code, out, _ = shell("rules", "--exchange", "XSHE", "--on", "2024-01-02")
    assert code == 0
    assert "Shenzhen Stock Exchange (XSHE) on 2024-01-02" in out
    assert "2020-08-24" in out and "20 % up and down" in out


def test_a_day_without_a_session_and_one_that_opens_late(shell: Shell) -> None:
    closed = shell.json("rules", "--exchange", "XHKG", "--on", "2023-09-08")
    assert closed["session"] is None
    assert closed["rules"][0]["value"] == {"closed": True}
    late = shell.json("rules", "--exchange", "XHKG", "--on", "2023-10-09")
    assert late["session"] == {"open": "14:00", "close": "16:00", "cutoff": "14:00"}
    code, out, _ = shell("rules", "--exchange", "XHKG", "--on", "2023-09-08")
    assert code == 0 and "no session on this day" in out


def test_one_instrument_by_the_config_s_tables(shell: Shell, config: Path) -> None:
    """Status decides the limit, `lot_size` the lot."""
    before = shell.json("rules", "--ticker", "600000.SH", "--on", "2025-02-28", "--config", config)
    after = shell.json("rules", "--ticker", "600000.SH", "--on", "2025-03-03", "--config", config)
    assert (before["board"], after["board"]) == ("main", "main_st")
    assert [(rule["key"], rule["text"]) for rule in after["rules"] if "price_limit" in rule["key"]] == [
        ("price_limit.main_st", "5 % up and down")
    ]
    own = shell.json("rules", "--ticker", "0005.HK", "--config", config, "--on", "2025-03-03")
    lot = next(rule for rule in own["rules"] if rule["key"].startswith("lot"))
    assert (lot["text"], lot["source"]) == ("400", "lot_size of the instrument")
    code, _, err = shell("rules", "--ticker", "0005.HK", "--exchange", "XSHG", "--config", config)
    assert code == 2 and "0005.HK is on XHKG, not on XSHG" in err
    one = shell.json("rules", "--ticker", "0005.HK", "--universe", config.parent / "instruments.csv")
    assert one["ticker"] == "0005.HK"


def test_one_instrument_by_its_ticker_alone(shell: Shell) -> None:
    found = shell.json("rules", "--ticker", "688256.SH", "--on", "2025-03-03")
    assert (found["exchange"], found["board"]) == ("XSHG", "star")
    lot = next(rule["text"] for rule in found["rules"] if rule["key"].startswith("lot"))
    assert lot == "at least 200 shares, then in steps of 1"
    given = shell.json("rules", "--ticker", "688256.SH", "--on", "2025-03-03", "--board", "main")
    assert given["board"] == "main"


def test_a_rule_file_of_ones_own(shell: Shell, tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        'exchanges: {XHKG: {rules: {lot: {"9999.HK": [{from: 2025-01-01, step: 700, source: me}]}}}}\n', "utf-8"
    )
    found = shell.json("rules", "--exchange", "XHKG", "--on", "2025-03-03", "--rules", rules)
    assert {"key": "lot.9999.HK", "text": "700", "source": "me"}.items() <= next(
        rule for rule in found["rules"] if rule["key"] == "lot.9999.HK"
    ).items()
    rules.write_text('exchanges:\n  XHKG:\n    rules:\n      lot:\n        "1.HK": [{from: null, step: 0}]\n', "utf-8")
    code, _, err = shell("rules", "--exchange", "XHKG", "--rules", rules)
    assert code == 2
    assert f"{rules}:5" in err and "expected a whole number of 1 or more, got 0" in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("rules",), "name the exchange with --exchange"),
        (("rules", "--exchange", "XSHEE"), "did you mean 'XSHE'"),
        (("rules", "--exchange", "XBSE"), "Beijing is BJSE"),
        (("rules", "--exchange", "XSHE", "--on", "tomorrow"), "expected a day such as 2024-01-02, got 'tomorrow'"),
        (("rules", "--ticker", "600000.SH", "--board", "mian"), "did you mean 'main'"),
        (("rules", "--ticker", "^HSTECH"), "'^HSTECH' is not an instrument; name its exchange"),
        (("check", "nowhere.csv"), "nowhere.csv"),
        (("check", "a.csv", "--column", "date"), "expected NAME=SOURCE"),
        (("check", "a.csv", "--exchange", "XX"), "unknown exchange 'XX'"),
        (("show", "a.yaml", "b.csv"), "name one config, or files"),
    ],
)
def test_what_cannot_be_answered_is_said(shell: Shell, args: tuple[str, ...], message: str) -> None:
    code, out, err = shell(*args)
    assert code == 2
    assert message in out + err


def test_check_of_a_config_s_prices(shell: Shell, config: Path) -> None:
    document = shell.json("check", config)
    assert document["ok"] is True
    assert document["counts"] == {"files": 1, "tickers": 1, "rows": 3}
    assert [(found["kind"], found["severity"], found["ticker"], found["count"]) for found in document["findings"]] == [
        ("gap", "doubt", "600000.SH", 1)
    ]
    code, out, _ = shell("check", config)
    assert code == 0
    assert "600000.SH has no row for 1 of 3 sessions of XSHG: 2025-03-04" in out
    assert "3 rows looked at, 1 finding" in out


def test_check_of_files_with_bad_rows_exits_with_2(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "0005.HK.csv"
    file.write_text("date,open,high,low,close,volume\n2025-03-03,80,79,81,80,1\n2025-03-04,80,80,80,80,9\n")
    document = shell.json("check", file, code=2)
    assert document["ok"] is False
    assert (document["findings"][0]["kind"], document["findings"][0]["line"]) == ("ohlc_order", 2)
    code, out, _ = shell("check", file)
    assert code == 2 and f"{file}:2" in out


def test_check_of_a_workbook(shell: Shell, tmp_path: Path) -> None:
    vendor_tables.bars().reset_index().assign(Ticker=700).to_excel(tmp_path / "a.xlsx", index=False)
    for path in (tmp_path / "a.xlsx", tmp_path):
        assert "60 rows looked at" in shell("check", path, "--exchange", "XHKG")[1]


def test_units_and_stamps_are_told_on_the_command_line(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    lines = [f"600000.SH,2025-03-03 {at}:00,10,10,10,{price},3" for at, price in
             (("10:30", 10), ("11:30", 10.01), ("14:00", 10.02), ("15:00", 10.03))]  # fmt: skip
    text = "ticker,at,open,high,low,close,lots\n" + "\n".join(lines).replace(",10,10,10,10.0", ",10,10.05,10,10.0")
    file.write_text(text + "\n")
    options = ("--column", "bar_start=at", "--column", "volume=lots", "--timezone", "Asia/Shanghai", "--volume-unit",
               "100", "--stamp", "end")  # fmt: skip
    assert shell.json("check", file, *options)["findings"] == []
    shown = shell.json("show", file, *options)["tickers"]
    assert shown == [
        {
            "ticker": "600000.SH", "rows": 4, "first": "2025-03-03T01:30:00Z", "last": "2025-03-03T06:00:00Z",
            "interval_seconds": 3600, "columns": ["open", "high", "low", "close", "volume"], "without_price": 0,
            "without_volume": 0,
        }
    ]  # fmt: skip


def test_show_says_what_a_config_s_files_hold(shell: Shell, config: Path) -> None:
    document = shell.json("show", config)
    assert [(item["ticker"], item["rows"], item["first"], item["last"]) for item in document["tickers"]] == [
        ("600000.SH", 2, "2025-03-03", "2025-03-05")
    ]
    code, out, _ = shell("show", config)
    assert code == 0 and "600000.SH" in out and "2025-03-05" in out
    code, out, _ = shell("show", config.parent / "prices.csv")
    assert code == 0 and "STRANGER" in out


def test_a_store_is_checked_shown_and_compacted(shell: Shell, tmp_path: Path) -> None:
    store = tmp_path / "data" / "store"
    for k, close in enumerate((10.0, 10.5)):
        pulled_answers.store_at(store, k).add(pulled_answers.prices(["2024-03-04", "2025-03-04"], [9.9, close]))
    found = shell.json("check", store)
    assert [(one["kind"], one["ticker"], one["date"], one["severity"]) for one in found["findings"]] == [
        ("gap", "0700.HK", "2024-03-05", "doubt"), ("restated", "0700.HK", "2025-03-04", "doubt"),
    ]  # fmt: skip
    assert found["ok"] and found["counts"] == {"files": 6, "tickers": 1, "rows": 4}
    (shown,) = shell.json("show", store)["tickers"]
    assert (shown["ticker"], shown["rows"], shown["last"]) == ("0700.HK", 2, "2025-03-04")
    code, _, err = shell("check", store, "--adjusted")
    assert code == 2 and "is a price store, which says itself how it is read; leave --adjusted out" in err
    assert shell.json("compact", store) == {"folder": str(store), "before": 6, "after": 3, "cut_off": 0}
    assert shell.json("check", store)["findings"][1]["kind"] == "restated"
    config = write_project(tmp_path, CONFIG, **{**TABLES, "prices": TABLES["prices"]})
    code, out, _ = shell("compact", config)
    assert (code, out.replace("\n", "")) == (0, f"{store}: 3 files before, 3 now")


def test_no_store_is_compacted_where_there_is_none(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell("compact", tmp_path)
    assert code == 2 and "there is no price store here; `newsbt data pull CONFIG` makes one" in err
