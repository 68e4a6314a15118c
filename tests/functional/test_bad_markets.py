"""What is wrong with markets and rules, as a user meets it: named, and with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.cli import main
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}}]
baselines: []
"""
TABLES = {
    "instruments": """
        ticker, name, exchange, board, currency, lot_size
        A.HK,   A,    XHKG,     main,  HKD,      100
        B.SH,   B,    XSHG,     main,  CNY,
        """,
    "announcements": """
        event_id, published_at,           event_type, issuer, headline, tickers
        e,        2025-03-04T08:00+08:00, news,       A,      x,        A.HK
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        A.HK,   2025-03-03, 80,   80,   80,  80,    1000
        A.HK,   2025-03-04, 80,   80,   80,  80,    1000
        B.SH,   2025-03-03, 10,   10,   10,  10,    1000
        B.SH,   2025-03-04, 10,   10,   10,  10,    1000
        """,
    "fx": """
        pair,   date,       rate
        CNYHKD, 2025-02-28, 1.08
        """,
}


def refused(folder: Path, capsys: pytest.CaptureFixture[str], config: str = CONFIG, **tables: str) -> tuple[int, str]:
    """Exit code and stderr of `newsbt check`."""
    code = main(["check", str(write_project(folder, config, **{**TABLES, **tables}))])
    return code, capsys.readouterr().err


def instruments(row: str) -> str:
    return TABLES["instruments"].replace("A.HK,   A,    XHKG,     main,  HKD,      100", row)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A.HK, A, XHKK, main, HKD, 100", ("'XHKK'", "did you mean 'XHKG'")),
        ("A.HK, A, XBSE, main, HKD, 100", ("'XBSE'", "expected one of XHKG")),
        ("A.HK, A, XHKG, mian, HKD, 100", ("'mian'", "did you mean 'main'")),
        ("A.HK, A, XHKG, main, HKD, 0", ("lot_size", "0")),
        ("A.HK, A, XHKG, main, HKD, -5", ("lot_size", "-5")),
        ("A.HK, A, XHKG, main, HKD, 1.5", ("lot_size", "1.5")),
    ],
)
def test_instruments(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, message: tuple[str, ...]) -> None:
    code, err = refused(tmp_path, capsys, instruments=instruments(row))
    assert code == 2
    for words in message:
        assert words in err, err


def test_a_status_that_no_rule_file_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = "ticker, status, from, to\nB.SH, STT, 2025-01-01,"
    code, err = refused(tmp_path, capsys, status=status)
    assert code == 2
    assert "unknown status 'STT'" in err and "did you mean 'st'" in err and "a rule file of your own" in err


def test_a_limit_without_its_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.yaml").write_text(
        "exchanges:\n  XSHG:\n    rules:\n      price_limit:\n        main:\n          - {up: 0.2, down: 0.2}\n",
        "utf-8",
    )
    code, err = refused(tmp_path, capsys, CONFIG + "execution: {market_rules: rules.yaml}\n")
    assert code == 2
    assert "rules.yaml:6" in err
    assert "an entry needs `from`, the first day it holds; write `from: null` for one without a known start" in err


def test_a_limit_in_percent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules.yaml").write_text(
        "exchanges: {XSHG: {rules: {price_limit: {main: [{from: null, up: 20, down: 20}]}}}}\n", "utf-8"
    )
    code, err = refused(tmp_path, capsys, CONFIG + "execution: {market_rules: rules.yaml}\n")
    assert code == 2
    assert "expected a fraction of at least 0 and below 1, 0.1 for 10 %, got 20" in err


def test_no_rate_on_the_first_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_project(tmp_path, CONFIG, **{**TABLES, "fx": "pair, date, rate\nCNYHKD, 2025-03-03, 1.08"})
    assert main(["check", str(path)]) == 0
    assert "rates begin on 2025-03-03 in fx.csv, and B.SH trades in 1 session" in capsys.readouterr().err


def test_no_rates_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, err = refused(tmp_path, capsys, fx="pair, date, rate\nUSDHKD, 2025-02-28, 7.78")
    assert code == 2
    assert "CNYHKD" in err


def test_prices_between_the_steps_are_a_doubt_and_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = TABLES["prices"].replace("80,   80,   80,  80,", "80.013, 80.013, 80.013, 80.013,")
    code, err = refused(tmp_path, capsys, prices=prices)
    assert code == 0
    assert "doubt: A.HK has prices between its exchange's price steps: are they adjusted?" in err
    config = CONFIG + "prices: {use: csv, path: prices.csv, adjusted: true}\n"
    code, err = refused(tmp_path, capsys, config, prices=prices)
    assert code == 0
    assert "price steps" not in err and "the prices are adjusted" in err


def test_an_instrument_without_a_known_lot_is_refused_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_project(tmp_path, CONFIG, **{**TABLES, "instruments": instruments("A.HK, A, XHKG, main, HKD,")})
    assert main(["run", str(path), "--runs", str(tmp_path / "runs"), "--no-report"]) == 0
    capsys.readouterr()
    assert main(["show", "last", "--events", "--runs", str(tmp_path / "runs")]) == 0
    message = " ".join(capsys.readouterr().out.split())  # the terminal folds the sentence where its width ends
    assert "no lot is known for it (XHKG main): give it a `lot_size`" in message
