"""From files to a result, whole processes: `python -m benchmarks.files [--size L]`.

`newsbt run` reads Parquet prices (M: 756,000 rows, L: 7.6 million) and announcements in CSV (10,000, 100,000), runs the
strategy with its evidence, prints its table and writes a run folder, without a report; caches are warm and byte code
is kept. vectorbt, where `pip install -r benchmarks/requirements.txt` has installed it, reads the same files by pandas,
pivots them, and simulates; it writes nothing. They run in turn; ratios are medians of neighbours, and the first go
of each, which warms, is not counted. M is also run with an empty cache.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TypeAlias

from benchmarks.ratios import keep_ratio

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


Go: TypeAlias = tuple[float, float, float]
"""Wall seconds, processor seconds and most megabytes of a process."""


def main() -> None:
    """Print a line for each program, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--size", choices=("M", "L"), action="append", help="instead of both; repeatable")
    arguments = parser.parse_args()
    print(f"{'whole processes':<44}{'wall':>8}{'cpu':>8}{'MB':>8}")
    for size in arguments.size or ("M", "L"):
        with tempfile.TemporaryDirectory() as name:
            _beside(size, Path(name), arguments.repeat)


def _beside(size: str, folder: Path, repeat: int) -> None:
    # In a process of its own: what this one holds would count as the most that each of its children held.
    writing = "import sys; from benchmarks.files import write; write(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", writing, size, str(folder)], check=True)
    own = [sys.executable, "-m", "newsbt", "run", "config.yaml", "--engine", "compiled", "--no-report"]
    peer = [sys.executable, "-c", PEER]
    warm = folder / "warm"
    _run(own, folder, warm)  # machine code and byte code, outside the clock
    if size == "M":
        line("M, newsbt run, empty cache", [_run(own, folder, folder / f"cache-{k}") for k in range(repeat)])
    if find_spec("vectorbt") is None:
        line(f"{size}, newsbt run", [_run(own, folder, warm) for _ in range(repeat)])
        print("vectorbt is not installed: pip install -r benchmarks/requirements.txt")
        return
    _run(peer, folder)
    goes = [(_run(own, folder, warm), _run(peer, folder)) for _ in range(repeat)]
    line(f"{size}, newsbt run", [mine for mine, _ in goes])
    line(f"{size}, vectorbt, pandas to value and four metrics", [its for _, its in goes])
    for what, k in (("", 1), ("memory of ", 2)):
        ratio = median(mine[k] / its[k] for mine, its in goes)
        name = f"{what}{size} from files, newsbt / vectorbt"
        print(f"{name:<44}{ratio:>16.2f}", flush=True)
        keep_ratio(name, ratio)


def write(size: str, folder: str) -> None:
    """The project of a size."""
    from benchmarks.sweeps import write_project
    from benchmarks.workload import SIZES, plain

    write_project(Path(folder), plain(SIZES[size]))


def _run(command: list[str], folder: Path, cache: Path | None = None) -> Go:
    return run(command, folder, {**os.environ, **({} if cache is None else {"NEWSBT_CACHE": str(cache)})})


def run(command: list[str], folder: Path, environment: dict[str, str]) -> Go:
    """What a program takes that keeps its byte code; the end of all where it fails, with what it said."""
    environment = {key: value for key, value in environment.items() if key != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as complaints:
        running = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=complaints)
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            complaints.seek(0)
            sys.exit(f"{' '.join(command)} in {folder}: {complaints.read().decode(errors='replace')[-2000:]}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def line(label: str, goes: list[Go]) -> None:
    """Print medians, and the most memory, of some goes."""
    walls, cpus, memory = zip(*goes, strict=True)
    print(f"{label:<44}{median(walls):>8.2f}{median(cpus):>8.2f}{max(memory):>8.0f}", flush=True)


if __name__ == "__main__":
    main()
