"""A fault in a user's strategy is told in a few lines, with the line of the user's own file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsbt.cli import main
from projects import INTERRUPTED, write_project

TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-05, 10,   11,   9,   10,    1000000
        """,
    "announcements": """
        event_id, published_at,         event_type, issuer, headline
        e,        2025-03-03T12:00:00Z, news,       Harbor, x
        """,
}
CONFIG = """
strategies: [{name: Mine, use: "mine.py:Mine"%s}]
baselines: []
evaluation: {placebo: 0}
output: {runs: runs, report: false}
"""
HEAD = "import time\nimport numpy as np\nimport newsbt\n\n\n"


def strategy(tmp_path: Path, text: str, more: str = "") -> Path:
    (tmp_path / "mine.py").write_text(HEAD + text, encoding="utf-8")
    return write_project(tmp_path, CONFIG % more, **TABLES)


EVENT = "class Mine(newsbt.Strategy):\n    def signal(self, view):\n        {}\n"
STEP = "class Mine(newsbt.StepStrategy):\n    def signal_at(self, t, past):\n        {}\n"
ORDERS = "class Mine(newsbt.BacktraderStrategy):\n    def {}(self{}):\n        {}\n"
LINKS = "view.links[['event_id', 'ticker']]"

FAULTS = {
    "an event strategy raises": (EVENT.format("return view.links['score']"), "KeyError: 'score'", 8, "signal"),
    "a step strategy raises": (STEP.format("return past.close[t + 1]"), "IndexError: index 1 is", 8, "signal_at"),
    "an indicator raises": (ORDERS.format("__init__", "", "self.x = 1 / 0"), "ZeroDivisionError", 8, "__init__"),
    "next raises": (ORDERS.format("next", "", "self.getdatabyname('NONE').close"), "KeyError: 'NONE'", 8, "next"),
    "on_announcement raises": (
        ORDERS.format("on_announcement", ", event, links", "links[0].score"), "no attribute 'score'", 8,
        "on_announcement",
    ),
    "it leaves": (EVENT.format("raise SystemExit(3)"), "SystemExit: 3", 8, "signal"),
    "next leaves": (ORDERS.format("next", "", "raise SystemExit(0)"), "SystemExit: 0", 8, "next"),
    "it raises no Exception": (EVENT.format("raise GeneratorExit"), "raised GeneratorExit", 8, "signal"),
    "a complex signal": (
        EVENT.format(f"return newsbt.Signal.for_events({LINKS}.assign(signal=0.5 + 1j))"), "and no complex one", 8,
        "signal",
    ),
    "a complex grid": (EVENT.format("return newsbt.Signal.grid(np.full((3, 1), 1j))"), "and no complex", 8, "signal"),
    "too large": (
        EVENT.format(f"return newsbt.Signal.for_events({LINKS}.assign(signal=2.0))"),
        "a signal is a number in [-1, 1]; H.HK on e has", 8, "signal",
    ),
    "NaN": (
        EVENT.format(f"return newsbt.Signal.for_events({LINKS}.assign(signal=float('nan')))"),
        "a signal is a number in [-1, 1]; H.HK on e has", 8, "signal",
    ),
    "a wrong shape": (
        EVENT.format("return newsbt.Signal.grid(np.zeros((2, 1)))"), "grid of shape (2, 1); expected (3, 1)", 7,
        "signal",
    ),
    "no signal": (EVENT.format("return 1.0"), "answered a float; signal() returns", 7, "signal"),
    "an unknown ticker": (
        EVENT.format(f"return newsbt.Signal.for_events({LINKS}.assign(signal=1.0, ticker='H.KH'))"),
        "unknown ticker 'H.KH'; did you mean 'H.HK'?", None, "",
    ),
    "writes prices": (EVENT.format("view.close[0] = 1"), "assignment destination is read-only", 8, "signal"),
    "writes links": (
        EVENT.format("view.links.loc[0, 'ticker'] = 'X'; return newsbt.Signal.grid(np.zeros((3, 1)))"),
        "changed what it was handed: view.links, its column 'ticker'", 7, "signal",
    ),
    "a step of a wrong shape": (STEP.format("return np.zeros(7)"), "shape (1,), not (7,), in row 0", 7, "signal_at"),
    "a step too large": (STEP.format("return [3.0]"), "H.HK on 2025-03-03 (row 0) has", 7, "signal_at"),
    "a step without an answer": (STEP.format("pass"), "not None, in row 0", 7, "signal_at"),
    "a step of words": (STEP.format("return 'up'"), "not 'up', in row 0", 7, "signal_at"),
    "a step writes": (STEP.format("past.close[0] = 1"), "assignment destination is read-only", 8, "signal_at"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_the_users_line(fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words, line, method = FAULTS[fault]
    assert main(["run", str(strategy(tmp_path, text))]) == 1
    message = capsys.readouterr().err
    assert message.startswith("error: strategy 'Mine'")
    assert words in message
    if line is not None:
        assert f"{tmp_path / 'mine.py'}:{line} in {method}" in message
    assert "site-packages" not in message and "src/newsbt" not in message
    assert len(message.splitlines()) <= 6
    assert not (tmp_path / "runs").exists()


def test_a_deep_recursion_is_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EVENT.format("return self.signal(view)")
    assert main(["run", str(strategy(tmp_path, text))]) == 1
    message = capsys.readouterr().err
    assert "RecursionError" in message and "more" in message
    assert len(message.splitlines()) < 20


def test_a_stdout_that_a_strategy_closed_is_told(tmp_path: Path) -> None:
    closing = "__import__('sys').stdout.close(); return newsbt.Signal.grid(np.zeros((3, 1)))"
    path = strategy(tmp_path, EVENT.format(closing))
    done = subprocess.run([sys.executable, "-m", "newsbt", "run", path], cwd=tmp_path, text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: the output cannot be written: I/O operation on closed file")


NAMES = {
    "another base": ("class Mine:\n    pass\n", "", "which is no newsbt strategy; derive it from newsbt.Strategy"),
    "backtrader's own base": (
        "import backtrader as bt\n\n\nclass Mine(bt.Strategy):\n    pass\n", "", "which is no newsbt strategy"
    ),
    "a parameter": (
        "class Mine(newsbt.Strategy):\n    half_life: float = 2.0\n", ", params: {half_live: 3}",
        "unknown parameter 'half_live' of Mine; did you mean 'half_life'?",
    ),
    "a type": (
        "class Mine(newsbt.Strategy):\n    half_life: float = 2.0\n", ", params: {half_life: long}",
        "expected float, got 'long'",
    ),
    "a backtrader parameter": (
        "class Mine(newsbt.BacktraderStrategy):\n    params = (('hold', 5),)\n", ", params: {hald: 3}",
        "unknown parameter 'hald' of Mine; did you mean 'hold'?",
    ),
    "a class": ("class Mein(newsbt.Strategy):\n    pass\n", "", "has no class 'Mine'; did you mean 'Mein'?"),
    "a syntax error": ("class Mine(newsbt.Strategy)\n    pass\n", "", "mine.py:6 cannot be loaded: SyntaxError"),
    "an import": ("import numpyy\n", "", "mine.py:6 cannot be loaded: ModuleNotFoundError"),
    "it leaves": ("import sys\nsys.exit(0)\n", "", "mine.py:7 cannot be loaded: SystemExit: 0"),
}  # fmt: skip


@pytest.mark.parametrize("fault", NAMES)
def test_what_a_check_sees_is_said_before_anything_runs(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, more, words = NAMES[fault]
    path = strategy(tmp_path, text, more)
    assert main(["run", str(path)]) == 2
    message = capsys.readouterr().err
    assert words in message
    assert f"{path}:" in message and "strategies[0]" in message
    assert main(["check", str(path)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        EVENT.format("print('looping', flush=True)\n        while True: time.sleep(0.01)"),
        STEP.format("print('looping', flush=True)\n        while True: pass"),
        ORDERS.format("next", "", "print('looping', flush=True)\n        while True: pass"),
    ],
    ids=["event", "step", "backtrader"],
)
def test_ctrl_c_in_an_endless_strategy_leaves_nothing_broken(text: str, tmp_path: Path) -> None:
    path = strategy(tmp_path, text)
    process = subprocess.Popen(
        [sys.executable, "-m", "newsbt", "run", str(path)], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "looping"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode in INTERRUPTED
    assert "interrupted" in errors and "Traceback" not in errors
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


def test_what_a_strategy_prints_stays_out_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = EVENT.format(f"print('hello'); return newsbt.Signal.for_events({LINKS}.assign(signal=1.0))")
    assert main(["run", str(strategy(tmp_path, text)), "--json"]) == 0
    out, errors = capsys.readouterr()
    assert json.loads(out)["runs"][0]["strategies"][0]["counts"]["fills"] > 0
    assert "hello" in errors


@pytest.mark.parametrize("code", [0, 3])
def test_a_strategy_that_ends_the_process_leaves_nothing_half_done(tmp_path: Path, code: int) -> None:
    good = EVENT.format(f"return newsbt.Signal.for_events({LINKS}.assign(signal=1.0))")
    path = strategy(tmp_path, good)
    command = [sys.executable, "-m", "newsbt", "run", str(path), "--json"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    before = sorted(one.name for one in (tmp_path / "runs").iterdir())
    strategy(tmp_path, EVENT.format(f"import os; os._exit({code})"))
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, b"")
    after = sorted(one.name for one in (tmp_path / "runs").iterdir() if one.name[0] != ".")
    assert after == [one for one in before if one[0] != "."]
    strategy(tmp_path, good)
    document = json.loads(subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout)
    assert document["runs"][0]["strategies"][0]["counts"]["fills"] > 0
    left = [one.name for one in (tmp_path / "runs").iterdir() if one.name.endswith((".part", ".partial"))]
    assert not left
