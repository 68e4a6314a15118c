"""A sweep whose processes run variants is killed: none of them stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from projects import write_project

pytestmark = pytest.mark.slow
SECONDS, ENDING_SECONDS = 120, 20
STRATEGY = """
import os, time
import newsbt


class Slow(newsbt.BacktraderStrategy):
    params = (("n", 1),)

    def next(self):
        open(f"pid-{os.getpid()}", "w").close()
        time.sleep(0.5)
"""
SWEEP = """
strategies: [{name: Slow, use: "slow.py:Slow"}]
sweep: {strategy: Slow, grid: {params.n: [1, 2, 3, 4, 5, 6, 7, 8]}, metric: total_return}
"""


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_no_process_of_a_sweep_outlives_it(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(STRATEGY, encoding="utf-8")
    before = CONFIG.partition("strategies:")[0] + "baselines: []\nevaluation: {placebo: 0, periods_per_year: 250}\n"
    write_project(tmp_path, before + SWEEP, **TABLES)
    command = [sys.executable, "-m", "newsbt", "sweep", "config.yaml", "--jobs", "2"]
    sweep = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + SECONDS
    while len(found := list(tmp_path.glob("pid-*"))) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    pids = [int(path.name.partition("-")[2]) for path in found]
    assert len(pids) == 2 and sweep.pid not in pids
    sweep.send_signal(signal.SIGKILL)
    sweep.wait(SECONDS)
    until = time.monotonic() + ENDING_SECONDS
    while any(map(is_there, pids)) and time.monotonic() < until:
        time.sleep(0.1)
    left = [pid for pid in pids if is_there(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left
