"""`newsbt show` by event and by ticker, and what it prints where there is no terminal, or a narrow one."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.pipeline import run
from newsbt.runs.run_folder import write_run
from projects import write_project

LONG = "A strategy that buys whatever is named, and whose name is longer than a terminal of 40 columns is wide"
CHINESE = "买入所有被点名的股票"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two events, three tickers, two strategies with names that are hard on a table, and one order that is refused."""
    folder = tmp_path_factory.mktemp("filters")
    path = write_project(
        folder,
        f"""
        account: {{cash: 100000000, currency: HKD}}
        execution: {{latency: 0min, participation: null, costs: {{use: zero}}, slippage: {{use: zero}}}}
        strategies:
          - {{name: "{LONG}", use: named_tickers, params: {{sign: one}}, position: {{weight: 0.3, hold: 1}}}}
          - {{name: {CHINESE}, use: named_tickers, params: {{sign: one}}, position: {{weight: 0.1, hold: 1}}}}
        baselines: []
        evaluation: {{placebo: 0, bootstrap: 0, periods_per_year: 250}}
        """,
        instruments="""
        ticker,                     name,  exchange, board, currency, lot_size
        A.HK,                       Alpha, XHKG,     main,  HKD,      100
        A-LONG-TICKER-OF-A-FUND.HK, Beta,  XHKG,     main,  HKD,      100
        C.HK,                       Gamma, XHKG,     main,  HKD,      1000000000
        """,
        announcements="""
        event_id, published_at, event_type, issuer, headline, tickers
        first-2025-03-03, 2025-03-03T20:00+08:00, news, Alpha, h, A.HK;C.HK
        second-with-an-id-of-forty-characters, 2025-03-04T20:00+08:00, news, Beta, h, A-LONG-TICKER-OF-A-FUND.HK
        """,
        prices="""
        ticker,                     date,       open,       high,       low,        close,      volume
        A.HK,                       2025-03-03, 10,         10,         10,         10,         100000000
        A.HK,                       2025-03-04, 10,         10,         5.1234,     5.1234,     100000000
        A.HK,                       2025-03-05, 5.1234,     5.1234,     5.1234,     5.1234,     100000000
        A.HK,                       2025-03-06, 5,          5,          5,          5,          100000000
        A-LONG-TICKER-OF-A-FUND.HK, 2025-03-03, 12345.5,    12345.5,    12345.5,    12345.5,    100000000
        A-LONG-TICKER-OF-A-FUND.HK, 2025-03-04, 12345.5,    12345.5,    12345.5,    12345.5,    100000000
        A-LONG-TICKER-OF-A-FUND.HK, 2025-03-05, 12345.5,    12345.5,    12345.5,    12345.5,    100000000
        A-LONG-TICKER-OF-A-FUND.HK, 2025-03-06, 12345.5,    12345.5,    12345.5,    12345.5,    100000000
        C.HK,                       2025-03-03, 10,         10,         10,         10,         100000000
        C.HK,                       2025-03-04, 10,         10,         10,         10,         100000000
        """,
    )
    write_run(run(load(path)), folder / "runs")
    return folder / "runs"


def printed(capsys: pytest.CaptureFixture[str], runs: Path, *options: str, code: int = 0) -> str:
    assert main(["show", "last", "--runs", str(runs), *options]) == code
    out, err = capsys.readouterr()
    return err if code else out


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("table", ["events", "fills", "trades", "refusals"])
def test_each_table_is_filtered_by_event_and_by_ticker(
    table: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = rows_of(printed(capsys, runs, f"--{table}", "--format", "csv"))
    for key, option, values in (
        ("event_id", "--event", ["first-2025-03-03"]),
        ("ticker", "--ticker", ["A.HK"]),
        ("ticker", "--ticker", ["C.HK", "A-LONG-TICKER-OF-A-FUND.HK"]),
    ):
        options = [word for value in values for word in (option, value)]
        wanted = [row for row in every if row[key] in values]
        assert rows_of(printed(capsys, runs, f"--{table}", "--format", "csv", *options)) == wanted
        assert len(json.loads(printed(capsys, runs, f"--{table}", "--json", *options))) == len(wanted)
    both = printed(capsys, runs, f"--{table}", "--event", "first-2025-03-03", "--ticker", "A-LONG-TICKER-OF-A-FUND.HK")
    total = sum(row["strategy"] == CHINESE for row in every)
    assert f"{CHINESE}, {table}: 0 of {total}" in both


def test_without_a_table_all_four_are_shown(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, runs, "--ticker", "A.HK", "--strategy", CHINESE)
    for table, counted in (("events", "1 of 3"), ("fills", "2 of 4"), ("trades", "1 of 2"), ("refusals", "0 of 1")):
        assert f"{CHINESE}, {table}: {counted}" in text
    assert "C.HK" not in text
    assert set(json.loads(printed(capsys, runs, "--ticker", "A.HK", "--json"))) == {
        "events",
        "fills",
        "trades",
        "refusals",
    }
    assert "csv holds one table" in printed(capsys, runs, "--ticker", "A.HK", "--format", "csv", code=2)


def test_attribution_by_event_takes_the_events_that_are_asked_for(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, runs, "--by", "event", "--event", "first-2025-03-03")
    assert "first-2025-03-03" in text and "second" not in text
    assert "say which" in printed(capsys, runs, "--by", "market", "--event", "first-2025-03-03", code=2)
    assert "say which" in printed(capsys, runs, "--by", "event", "--ticker", "A.HK", code=2)
    assert "say which" in printed(capsys, runs, "--decay", "--event", "first-2025-03-03", code=2)


@pytest.mark.parametrize(
    ("evidence", "option", "message"),
    [
        (
            {"decay": {CHINESE: {"hold": [{"net_return": 0.1}], "latency": []}}},
            "--decay",
            r"decay\..*hold: it is missing",
        ),
        ({"decay": {CHINESE: {"hold": [], "latency": ["1d"]}}}, "--decay", r"decay\..*latency.*expected a mapping"),
        ({"attribution": {CHINESE: {"profit": "much"}}}, "--by market", r"attribution\..*is missing"),
        ({"attribution": [1]}, "--by event", r"attribution\.all of it: expected a mapping"),
    ],
)
def test_evidence_of_another_shape_is_damage(
    runs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, evidence: object, option: str, message: str
) -> None:
    copied = tmp_path / "runs"
    shutil.copytree(runs, copied)
    (folder,) = (one.parent for one in copied.glob("*/run.json"))
    (folder / "evidence.json").write_text(json.dumps(evidence), encoding="utf-8")
    assert re.search(f"evidence.json: {message}", " ".join(printed(capsys, copied, *option.split(), code=2).split()))


def test_compare_names_a_run_whose_days_are_not_in_order(
    runs: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(runs, tmp_path / "runs")
    (curve,) = (tmp_path / "runs").glob("*/equity.parquet")
    table = pq.read_table(curve)
    pq.write_table(pa.concat_tables([table, table]), curve)
    assert main(["compare", "last", "--runs", str(tmp_path / "runs")]) == 2
    assert "equity.parquet: the days of a strategy are not in order" in " ".join(capsys.readouterr().err.split())


def test_what_the_run_does_not_know_is_named_with_the_nearest(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = printed(capsys, runs, "--fills", "--event", "first-2025-03-04", code=2)
    assert "no event 'first-2025-03-04' in this run; did you mean 'first-2025-03-03'?" in refused
    assert "no ticker 'A.HQ' in this run; did you mean 'A.HK'?" in printed(capsys, runs, "--ticker", "A.HQ", code=2)
    assert "no ticker 'zzz' in this run; there are 3, such as" in printed(capsys, runs, "--ticker", "zzz", code=2)


def test_a_ticker_in_another_form(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, runs, "--fills", "--ticker", "HKG:a") == printed(capsys, runs, "--fills", "--ticker", "A.HK")


def shell(runs: Path, *options: str, columns: int | None = None) -> str:
    """What the command prints into a pipe, or into a terminal of so many columns."""
    command = [sys.executable, "-m", "newsbt", "show", "last", "--runs", str(runs), *options]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environ |= {"TERM": "xterm", "NO_COLOR": "1"}
    if columns is None:
        return subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=True).stdout
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    running = subprocess.Popen(command, env=environ, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    found = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the terminal is gone with its last program
            break
        if not part:
            break
        found += part
    os.close(ours)
    assert running.wait() == 0, found
    return re.sub(r"\x1b\[[0-9;]*m", "", found.decode()).replace("\r\n", "\n")


# Trades as they are to be read, by title: 3,000,000 shares bought at 10 and sold at 5.1234 lose 14,629,800; 2,000 at
# 12,345.50 come out as they went in, for the second half of the account is 24.7 million.
TRADES = {
    "Ticker": ("A.HK", "A-LONG-TICKER-OF-A-FUND.HK"),
    "Entry": ("2025-03-04", "2025-03-05"),
    "Exit": ("2025-03-05", "2025-03-06"),
    "Quantity": ("3,000,000", "2,000"),
    "Paid": ("10", "12,345.5"),
    "Got": ("5.1234", "12,345.5"),
    "P&L": ("-14,629,800.00", "0.00"),
    "Return": ("-48.8%", "0.00%"),
    "Costs": ("0.00", "0.00"),
    "Ended by": ("hold", "hold"),
    "Event": ("first-2025-03-03", "second-with-an-id-of-forty-characters"),
}


def test_a_pipe_gets_all_columns_whole(runs: Path) -> None:
    head, rule, *rows = shell(runs, "--trades", "--strategy", LONG).splitlines()[1:]
    assert re.split(r" {2,}", head) == list(TRADES) and set(rule) == {"─"}
    assert [re.split(r" {2,}", row) for row in rows] == [list(cells) for cells in zip(*TRADES.values(), strict=True)]


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 200])
def test_a_terminal_gets_columns_whole_or_named(runs: Path, columns: int) -> None:
    """The worst of 0.1.0 was a P&L of 9,876.28 that read 9 at 80 columns."""
    lines = shell(runs, "--trades", "--strategy", LONG, columns=columns).splitlines()
    (rule,) = [n for n, line in enumerate(lines) if set(line) == {"─"}]
    head = re.split(r" {2,}", lines[rule - 1])
    cells = [re.split(r" {2,}", line) for line in lines[rule + 1 : rule + 3]]
    assert cells == [[TRADES[title][row] for title in head] for row in range(2)]
    named = " ".join(lines[rule + 3 :])
    left_out = [title for title in TRADES if title not in head]
    assert (f"Not shown for want of room: {', '.join(left_out)}." in named) == bool(left_out)
    assert "Ticker" in head and max(map(cell_len, lines)) <= columns


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_names_of_two_cells_a_letter_keep_the_table_straight(runs: Path, columns: int) -> None:
    lines = shell(runs, columns=columns).splitlines()
    (row,) = [line for line in lines if "%" in line and line.startswith(CHINESE[:4])]
    (other,) = [line for line in lines if "%" in line and line.startswith("A strategy")]
    assert max(map(cell_len, lines)) <= columns
    assert cell_len(row[: row.index("%")]) == cell_len(other[: other.index("%")])
