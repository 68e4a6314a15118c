"""From files to a result on M, whole processes: `python -m benchmarks.files`.

`newsbt run` reads 756,000 price rows in Parquet and 10,000 announcements in CSV, runs the strategy with its evidence,
prints its table and writes a run folder, without a report. The first go has an empty cache, the others a warm one.
vectorbt, where `pip install -r benchmarks/requirements.txt` has installed it, reads the same files with pandas, pivots
them, and simulates; it writes nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from benchmarks.ratios import keep_ratio
from benchmarks.sweeps import write_project
from benchmarks.workload import SIZES, plain

PEER = """\
import numpy as np
import pandas as pd
import vectorbt as vbt

prices = pd.read_parquet("prices.parquet")
panel = {name: prices.pivot(index="date", columns="ticker", values=name) for name in ("open", "close")}
close = panel["close"]
news = pd.read_csv("announcements.csv")
day = pd.to_datetime(news["published_at"]).dt.tz_convert(None).dt.normalize()
row = close.index.get_indexer(day)
column = close.columns.get_indexer(news["tickers"])
enter, leave = np.zeros(close.shape, dtype=bool), np.zeros(close.shape, dtype=bool)
enter[row, column] = True
leave[np.minimum(row + 5, len(close) - 1), column] = True
portfolio = vbt.Portfolio.from_signals(
    close, enter, leave & ~enter, price=panel["open"], size=50_000, size_type="value", fees=0.001,
    init_cash=1_000_000, cash_sharing=True, group_by=True, freq="1D",
)
value = portfolio.value()
print(value.iloc[-1], portfolio.total_return(), portfolio.sharpe_ratio(), portfolio.max_drawdown())
"""


def main() -> None:
    """Print a line for each program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, plain(SIZES["M"]))
        command = [sys.executable, "-m", "newsbt", "run", "config.yaml", "--engine", "compiled", "--no-report"]
        _run(command, folder, folder / "warming")  # machine code, outside the clock
        print(f"{'seconds of the process':<44}{'best':>8}{'median':>8}{'cpu':>8}")
        goes = range(arguments.repeat)
        _line("newsbt run, empty cache", [_run(command, folder, folder / f"cache-{k}") for k in goes])
        warm = [_run(command, folder, folder / "warming") for _ in goes]
        _line("newsbt run, warm cache", warm)
        if find_spec("vectorbt") is None:
            print("vectorbt is not installed: pip install -r benchmarks/requirements.txt")
        else:
            peer = [sys.executable, "-c", PEER]
            theirs = [_run(peer, folder) for _ in goes]
            _line("vectorbt, pandas to value and four metrics", theirs)
            keep_ratio("M from files, newsbt / vectorbt", min(cpu for _, cpu in warm) / min(cpu for _, cpu in theirs))


def _run(command: list[str], folder: Path, cache: Path | None = None) -> tuple[float, float]:
    """Wall and processor time of a program."""
    environment = dict(os.environ) if cache is None else {**os.environ, "NEWSBT_CACHE": str(cache)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _line(label: str, goes: list[tuple[float, float]]) -> None:
    walls, cpus = zip(*goes, strict=True)
    print(f"{label:<44}{min(walls):>8.2f}{median(walls):>8.2f}{min(cpus):>8.2f}", flush=True)


if __name__ == "__main__":
    main()
