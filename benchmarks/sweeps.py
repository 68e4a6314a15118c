"""Sweeps of the M workload, from files to a judged table: `python -m benchmarks.sweeps --variants 1,100,1000,10000`.

Each number of variants has a process of its own, so that its memory is its own. What is timed is the public `sweep()`:
reading 756,000 price rows, placing 10,000 announcements, asking the strategy, every variant with all 22 metrics and its
block sums, the store, deflated Sharpe ratio and probability of overfitting. Variants are drawn from 15,600: holds of 1
to 20 bars, delays of 0 to 5, weights of 0.5 to 5 %, stops of none to 12 %. vectorbt does the nearest it has, where
`pip install -r benchmarks/requirements.txt` has installed it, on arrays that are already in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.ratios import keep_ratio
from benchmarks.workload import SIZES, Workload, plain

STRATEGY = """\
import newsbt


class Delayed(newsbt.Strategy):
    delay: int = 0

    def signal(self, view):
        links = view.links[view.links["hop"] == 0]
        return newsbt.Signal.for_events(links[["event_id", "ticker"]].assign(signal=1.0, delay=self.delay))
"""
GRID = {
    "position.hold": list(range(1, 21)),
    "params.delay": list(range(6)),
    "position.weight": [k / 200 for k in range(1, 11)],
    "position.stop_loss": [None, *(k / 100 for k in range(1, 13))],
}


def main() -> None:
    """Print a line for each number of variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", default="1,100,1000,10000", help="numbers of variants, by commas")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="threads")
    parser.add_argument("--size", default="M", choices=sorted(SIZES))
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(_vectorbt(arguments.size) if arguments.one == 0 else _sweep(arguments)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, plain(SIZES[arguments.size]))
        print(f"{arguments.size}, {arguments.jobs} threads, one run each")
        print(f"{'variants':>9}{'seconds':>10}{'cpu s':>10}{'peak MB':>10}{'ms more':>10}{'cpu ms more':>13}")
        first: dict[str, float] | None = None
        last = 0.0
        for count in (int(text) for text in arguments.variants.split(",")):
            found = _alone(arguments, folder, count)
            first = first or found
            more = max(count - first["variants"], 1)
            last = (found["seconds"] - first["seconds"]) / more
            each = [1000 * (found[key] - first[key]) / more for key in ("seconds", "cpu")]
            print(
                f"{count:>9,}{found['seconds']:>10.2f}{found['cpu']:>10.2f}{found['peak']:>10.0f}"
                + (f"{each[0]:>10.3f}{each[1]:>13.3f}" if found is not first else ""),
                flush=True,
            )
        if find_spec("vectorbt") is None:
            print("vectorbt is not installed: pip install -r benchmarks/requirements.txt")
        else:
            found = _alone(arguments, folder, 0)
            print(f"vectorbt, {found['variants']:.0f} variants one by one: {found['each'] * 1000:.1f} ms each", end="")
            print(f", cpu {found['cpu'] * 1000:.1f} ms, peak {found['peak']:.0f} MB")
            if last > 0:
                keep_ratio(f"{arguments.size}, a variant / vectorbt's", last / found["each"])


def write_project(folder: Path, work: Workload) -> None:
    """The workload as the files a user would have."""
    panel, entries = work.terms.panel, work.entries
    rows, count = panel.shape
    dates = panel.dates.astype("M8[D]")
    table = {"ticker": np.repeat(panel.tickers, rows), "date": np.tile(dates.astype("M8[ns]"), count)}
    for name in ("open", "high", "low", "close", "volume"):
        table[name] = getattr(panel, name).T.ravel()
    pd.DataFrame(table).to_parquet(folder / "prices.parquet", compression="zstd")
    pd.DataFrame(
        {
            "ticker": panel.tickers, "name": [f"Company {n}" for n in range(count)], "exchange": "XNYS",
            "board": "main", "currency": "USD", "sector": "it", "themes": "", "sector_index": "", "aliases": "",
        }
    ).to_csv(folder / "instruments.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {
            "event_id": [f"e{k:06d}" for k in range(len(entries))],
            "published_at": [f"{dates[row]}T09:00:00Z" for row in entries.row],
            "event_type": "release",
            "issuer": "Lab",
            "headline": "News",
            "tickers": [panel.tickers[n] for n in entries.ticker],
        }
    ).to_csv(folder / "announcements.csv", index=False)
    (folder / "delayed.py").write_text(STRATEGY)
    config = {
        "name": "benchmark",
        "universe": {"instruments": "instruments.csv"},
        "announcements": [{"use": "csv", "path": "announcements.csv"}],
        "prices": {"use": "parquet", "path": "prices.parquet"},
        "account": {"cash": 1_000_000, "currency": "USD"},
        "execution": {
            "latency": "0min", "costs": {"use": "flat", "commission_bps": 10}, "slippage": {"use": "zero"},
            "market_rules": False, "participation": None,
        },
        "strategies": [{"name": "Delayed", "use": "delayed.py:Delayed", "position": {"weight": work.size.weight}}],
        "evaluation": {"placebo": 0, "bootstrap": 0},
        "baselines": [],
        "sweep": {"grid": GRID, "search": "random", "trials": 1},
    }  # fmt: skip
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))


def _alone(arguments: argparse.Namespace, folder: Path, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.sweeps", "--one", str(count), "--folder", str(folder)]
    command += ["--jobs", str(arguments.jobs), "--size", arguments.size]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _sweep(arguments: argparse.Namespace) -> dict[str, float]:
    from newsbt.config.loading import load
    from newsbt.sweeps.sweep import sweep

    count = arguments.one
    with tempfile.TemporaryDirectory() as runs:
        began = time.perf_counter()
        loaded = load(arguments.folder / "config.yaml", [f"sweep.trials={count}"])
        result = sweep(loaded, Path(runs), workers=arguments.jobs)
        seconds = time.perf_counter() - began
    assert result.reran == count and not any(item.error for item in result.outcomes)
    return {"variants": count, "seconds": seconds, "cpu": time.process_time(), "peak": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _vectorbt(size: str) -> dict[str, float]:
    """Signals, simulation and value of single variants, one call each: stacking them as columns is slower still."""
    import vectorbt as vbt

    work = plain(SIZES[size])
    panel, entries = work.terms.panel, work.entries
    index = pd.DatetimeIndex(panel.dates.astype("M8[ns]"))
    close = pd.DataFrame(panel.close, index=index, columns=panel.tickers)
    opens, lows, highs = panel.open, panel.low, panel.high

    def one(hold: int, delay: int, weight: float, stop: float | None) -> float:
        rows = np.minimum(entries.row + delay, panel.shape[0] - 1)
        enter, leave = np.zeros(panel.shape, dtype=bool), np.zeros(panel.shape, dtype=bool)
        enter[rows, entries.ticker] = True
        leave[np.minimum(rows + hold, panel.shape[0] - 1), entries.ticker] = True
        portfolio = vbt.Portfolio.from_signals(
            close, enter, leave & ~enter, price=opens, size=weight * work.terms.cash, size_type="value", fees=0.001,
            init_cash=work.terms.cash, cash_sharing=True, group_by=True, sl_stop=stop, open=opens, high=highs,
            low=lows, freq="1D",
        )  # fmt: skip
        value = portfolio.value().to_numpy()
        return float(value[-1] + (value / np.maximum.accumulate(value) - 1).min())

    return _timed(one)


def _timed(one: Callable[[int, int, float, float | None], float]) -> dict[str, float]:
    rng = np.random.default_rng(7)
    drawn = [tuple(values[int(rng.integers(len(values)))] for values in GRID.values()) for _ in range(10)]
    one(*drawn[0])  # compiled outside the clock
    wall, cpu = time.perf_counter(), time.process_time()
    for variant in drawn:
        one(*variant)
    count = len(drawn)
    return {
        "variants": count, "each": (time.perf_counter() - wall) / count, "cpu": (time.process_time() - cpu) / count,
        "peak": _peak(),
    }  # fmt: skip


if __name__ == "__main__":
    main()
