"""What goes wrong in a user's files ends in exit code 2 and a message with the place and the fix, never a traceback;
what only looks odd gives the right result."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from newsbt.check import check
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.pipeline import run
from projects import write_project

CONFIG = """
account: {cash: 1000000, currency: HKD}
strategies: [{name: Named, use: named_tickers, params: {sign: one, event_types: [news]},
    position: {weight: 0.3, hold: 2}}]
evaluation: {placebo: 0, bootstrap: 0}
"""
INSTRUMENTS = """
ticker, name,   exchange, board, currency, lot_size
A.HK,   Alpha,  XHKG,     main,  HKD,      100
U,      Usher,  XNYS,     main,  USD,
"""
NEWS = """
event_id, published_at,           event_type, issuer, headline, tickers
e1,       2025-03-04T08:00+08:00, news,       Alpha,  Good,     A.HK
e2,       2025-03-05T08:00-05:00, news,       Usher,  Better,   U
"""
PRICES = """
ticker, date,       open, high, low, close, volume
A.HK,   2025-03-03, 10,   11,   9,   10,    1000000
A.HK,   2025-03-04, 10,   11,   9,   10,    1000000
A.HK,   2025-03-05, 10,   11,   9,   10,    1000000
A.HK,   2025-03-06, 10,   11,   9,   10,    1000000
U,      2025-03-03, 20,   21,   19,  20,    1000000
U,      2025-03-04, 20,   21,   19,  20,    1000000
U,      2025-03-05, 20,   21,   19,  20,    1000000
U,      2025-03-06, 20,   21,   19,  20,    1000000
"""
FX = """
pair,   date,       rate
USDHKD, 2025-03-01, 7.8
"""

Change = Callable[[Path], None]


def project(folder: Path) -> Path:
    return write_project(folder, CONFIG, instruments=INSTRUMENTS, announcements=NEWS, prices=PRICES, fx=FX)


def swap(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def append(file: str, text: str) -> Change:
    def change(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return change


def write(file: str, content: bytes) -> Change:
    return lambda folder: (folder / file).write_bytes(content) and None


def remove(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


BAD: dict[str, tuple[Change, tuple[str, ...]]] = {
    "naive time": (
        swap("announcements.csv", "08:00+08:00", "08:00"),
        ("announcements.csv:2", "published_at", "no offset", "2025-03-04T08:00:00+08:00"),
    ),
    "unknown ticker": (
        swap("announcements.csv", "Good,A.HK", "Good,B.HK"),
        ("announcements.csv:2", "tickers", "'B.HK'", "did you mean 'A.HK'"),
    ),
    "missing column": (swap("prices.csv", "close", "final"), ("prices.csv:1", "close", "columns: {close: ...}")),
    "missing column of the universe": (swap("instruments.csv", "ticker", "mic"), ("instruments.csv:1", "ticker")),
    "duplicate event": (
        swap("announcements.csv", "e2,", "e1,"),
        ("announcements.csv:3", "event_id", "'e1'", "line 2", "one id"),
    ),
    "negative price": (
        swap("prices.csv", "2025-03-03,10,11,9,10", "2025-03-03,10,11,-9,10"),
        ("prices.csv:2", "A.HK on 2025-03-03", "low is -9.0", "more than 0"),
    ),
    "high below low": (
        swap("prices.csv", "2025-03-03,10,11,9,10", "2025-03-03,10,9,11,10"),
        ("prices.csv:2", "A.HK on 2025-03-03", "high 9.0 is below low 11.0"),
    ),
    "duplicate dates": (
        swap("prices.csv", "A.HK,2025-03-04", "A.HK,2025-03-03"),
        ("prices.csv:3", "A.HK on 2025-03-03", "prices.csv:2"),
    ),
    "a day without a session": (
        swap("prices.csv", "A.HK,2025-03-03", "A.HK,2025-03-02"),
        ("prices.csv:2", "A.HK on 2025-03-02", "XHKG has no session"),
    ),
    "unknown key": (append("config.yaml", "benchmrk: A.HK\n"), ("config.yaml", "benchmrk", "did you mean 'benchmark'")),
    "repeated key": (append("config.yaml", "name: again\n"), ("config.yaml", "name", "line 1")),
    "wrong type": (swap("config.yaml", "weight: 0.3", "weight: much"), ("config.yaml", "weight", "'much'", "number")),
    "weight out of bounds": (swap("config.yaml", "weight: 0.3", "weight: 30"), ("config.yaml", "weight", "30")),
    "missing file": (remove("prices.csv"), ("config.yaml:", "prices.path", "no file or folder")),
    "missing universe": (remove("instruments.csv"), ("config.yaml", "universe.instruments", "instruments.csv")),
    "unknown strategy": (
        swap("config.yaml", "use: named_tickers", "use: named_ticker"),
        ("config.yaml", "strategies[0].use", "'named_ticker'", "did you mean 'named_tickers'"),
    ),
    "unknown parameter": (
        swap("config.yaml", "event_types:", "event_type:"),
        ("config.yaml", "strategies[0].params.event_type", "NamedTickers", "did you mean 'event_types'"),
    ),
    "parameter of another type": (
        swap("config.yaml", "event_types:\n    - news", "event_types: 3"),
        ("config.yaml", "strategies[0].params.event_types", "got 3"),
    ),
    "two currencies without fx": (
        swap("config.yaml", "fx:\n  use: csv\n  path: fx.csv\n", ""),
        ("fx.USDHKD", "from USD to HKD", "{use: fixed, rates: {USDHKD: ...}}"),
    ),
    "empty file": (write("prices.csv", b""), ("prices.csv", "empty")),
    "header alone": (write("prices.csv", PRICES.split("\n")[1].encode()), ("prices.csv", "no rows")),
    "binary garbage": (write("prices.csv", bytes(range(256)) * 9), ("prices.csv:1", "expected a text file")),
    "garbage for a config": (write("config.yaml", b"\xff\xfe\x00garbage\x00"), ("config.yaml", "UTF-8")),
    "empty config": (write("config.yaml", b""), ("config.yaml", "says nothing")),
    "another encoding": (
        write("announcements.csv", NEWS.strip().replace("Good", "利好").encode("gb18030")),
        ("announcements.csv", "UTF-8"),
    ),
    "prices of nobody": (
        lambda folder: (swap("prices.csv", "A.HK", "A")(folder), (folder / "prices.csv").write_text(
            "ticker,date,open,high,low,close,volume\nZ,2025-03-03,1,1,1,1,1\n", encoding="utf-8"))[0],
        ("no price row belongs to an instrument", "A.HK", "Z"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_its_place_and_a_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, command: str
) -> None:
    config = project(tmp_path)
    change, expected = BAD[case]
    change(tmp_path)
    assert main([command, str(config)]) == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    for part in expected:
        assert part in printed.err, printed.err
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


def test_every_fault_of_a_config_is_told_in_one_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = project(tmp_path)
    for name in ("unknown key", "wrong type", "repeated key"):
        BAD[name][0](tmp_path)
    assert main(["check", str(config)]) == 2
    printed = capsys.readouterr().err
    assert [part in printed for part in ("benchmrk", "'much'", "line 1")] == [True] * 3
    assert printed.count("error: ") == 3


def test_the_shell_sees_two_and_no_traceback(tmp_path: Path) -> None:
    config = project(tmp_path)
    BAD["naive time"][0](tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "newsbt", "run", str(config)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def with_mark(folder: Path) -> None:
    for file in folder.glob("*.csv"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())


def with_windows_lines(folder: Path) -> None:
    for file in [*folder.glob("*.csv"), folder / "config.yaml"]:
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


def shuffled(folder: Path) -> None:
    for name in ("prices", "announcements", "fx"):
        frame = pd.read_csv(folder / f"{name}.csv", dtype=str)
        frame.sample(frac=1, random_state=7).to_csv(folder / f"{name}.csv", index=False)


def columns_in_another_order(folder: Path) -> None:
    for file in folder.glob("*.csv"):
        frame = pd.read_csv(file, dtype=str)
        frame[frame.columns[::-1]].to_csv(file, index=False)


def zipped(folder: Path) -> None:
    (folder / "prices.csv.gz").write_bytes(gzip.compress((folder / "prices.csv").read_bytes()))
    swap("config.yaml", "prices.csv", "prices.csv.gz")(folder)


def a_stranger_among_the_prices(folder: Path) -> None:
    append("prices.csv", "Z,2025-03-03,1,1,1,1,1\n")(folder)


@pytest.mark.parametrize(
    "change",
    [with_mark, with_windows_lines, shuffled, columns_in_another_order, zipped, a_stranger_among_the_prices],
)
def test_odd_but_right_files_give_the_same_run(tmp_path: Path, change: Change) -> None:
    clean = run(load(project(tmp_path)))
    change(tmp_path)
    odd = run(load(tmp_path / "config.yaml"))
    for one, two in zip(clean.strategies, odd.strategies, strict=True):
        for table in ("fills", "refusals", "trades", "curve", "events", "signals"):
            pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table), check_exact=True)


@pytest.mark.rule("T4")
@pytest.mark.parametrize("row", ["A.HK,2025-03-04,,,,,", "A.HK,2025-03-04,10,,9,10,1000000", None])
def test_a_missing_price_is_a_bar_that_does_not_trade(tmp_path: Path, row: str | None) -> None:
    """T4: a blank row, a bar without its high, and no row at all are the same to a run."""
    config = project(tmp_path)
    swap("prices.csv", "A.HK,2025-03-04,10,11,9,10,1000000\n", "" if row is None else f"{row}\n")(tmp_path)
    found = run(load(config))["Named"]
    assert found.refusals[["ticker", "reason", "wanted_quantity"]].to_numpy().tolist() == [
        ["A.HK", "not_trading", 30_000.0]
    ]
    assert found.fills["ticker"].tolist() == ["U"]


@pytest.mark.rule("T8")
def test_bad_rows_of_the_universe_are_left_out_and_told_where_the_config_says_so(tmp_path: Path) -> None:
    """T8: relations and their like are skipped, with a count in run.json's drops and in those of `check`."""
    relations = "subject, relation, object, effect\nAlpha, rival_of, Usher, 0.5\nAlpha, peer_of, Usher, much\n"
    config = write_project(
        tmp_path, CONFIG, instruments=INSTRUMENTS, announcements=NEWS, prices=PRICES, fx=FX, relations=relations
    )
    (error,) = check(load(config)).errors
    assert (Path(error.file or "").name, error.line, error.key) == ("relations.csv", 3, "effect")
    skipping = load(config, [("universe.on_bad_row", "skip")])
    assert check(skipping).drops["relations"] == {"bad_value": 1}
    result = run(skipping)
    assert result.summary.drops["relations"] == {"bad_value": 1}
    assert result.summary.counts["relations"] == 1
