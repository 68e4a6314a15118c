"""Minute bars: `python -m benchmarks.minutes`, 100 tickers x 252 sessions of 390 bars, about ten million rows.

One Parquet file is read by pyarrow, and by newsbt's reader, which lays it out on the run's rows, without a cache: in
processes of their own, in turn, CPU of the reading alone; and the peak memory of the process beside the panel.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.ratios import keep_ratio

BARS = 390


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickers", type=int, default=100)
    parser.add_argument("--sessions", type=int, default=252)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=("pyarrow", "newsbt"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(_one(asked.one, asked.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_minutes(folder, asked.tickers, asked.sessions)
        goes: dict[str, list[dict[str, float]]] = {"pyarrow": [], "newsbt": []}
        for _ in range(asked.rounds):
            for one, found in goes.items():
                command = [sys.executable, "-m", "benchmarks.minutes", "--one", one, "--folder", str(folder)]
                found.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        ratio = median(a["cpu"] / b["cpu"] for a, b in zip(goes["newsbt"], goes["pyarrow"], strict=True))
        last = goes["newsbt"][-1]
        theirs, own = (median(one["cpu"] for one in goes[name]) for name in ("pyarrow", "newsbt"))
        print(f"{last['rows']:,.0f} rows; CPU of pyarrow {theirs:.2f} s, read and laid out {own:.2f} s, {ratio:.2f} x")
        print(f"peak {last['peak']:,.0f} MB, panel {last['panel']:,.0f} MB, {last['peak'] / last['panel']:.2f} x")
        keep_ratio("minute bars, read and laid out / pyarrow", ratio)
        keep_ratio("minute bars, peak memory / panel", last["peak"] / last["panel"])


def write_minutes(folder: Path, tickers: int, sessions: int) -> None:
    """Prices of New York's sessions from 2023 on, ticker after ticker, and the instruments."""
    from newsbt.markets.clock import daily_clock
    from newsbt.markets.rulebook import load_rulebook

    clock = daily_clock(("XNYS",), date(2023, 1, 3), date(2024 + sessions // 252, 1, 3), load_rulebook())
    spans = zip(clock.open_at[:sessions, 0], clock.close_at[:sessions, 0], strict=True)
    at = np.concatenate([np.arange(opens, closes, np.timedelta64(60, "s")) for opens, closes in spans])
    rng = np.random.default_rng(3)
    names = [f"T{k:03d}" for k in range(tickers)]
    fields = [("ticker", pa.string()), ("bar_start", pa.timestamp("ns", "UTC"))]
    schema = pa.schema([*fields, *((name, pa.float64()) for name in ("open", "high", "low", "close", "volume"))])
    with pq.ParquetWriter(folder / "prices.parquet", schema, compression="zstd") as writer:
        for name in names:
            close = np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.0005, len(at)))), 2)
            opens = np.append(close[0], close[:-1])
            high, low = np.maximum(opens, close) + 0.01, np.minimum(opens, close) - 0.01
            numbers = [opens, high, low, close, np.round(rng.exponential(1e4, len(at)))]
            columns = [pa.array([name] * len(at)), pa.array(at, fields[1][1]), *numbers]
            writer.write_table(pa.table(columns, schema=schema))
    lines = ["ticker,name,exchange,board,currency", *(f"{name},{name},XNYS,main,USD" for name in names)]
    (folder / "instruments.csv").write_text("\n".join(lines) + "\n")


def _one(which: str, folder: Path) -> dict[str, float]:
    began = time.process_time()
    if which == "pyarrow":
        rows = len(pq.read_table(folder / "prices.parquet"))
        return {"cpu": time.process_time() - began, "rows": rows, "peak": _peak()}
    from newsbt.linking.universe_tables import read_universe
    from newsbt.markets.rulebook import load_rulebook
    from newsbt.prices.price_readers import ParquetPrices
    from newsbt.prices.source import PriceSource

    universe, rulebook = read_universe(folder / "instruments.csv"), load_rulebook()
    reader = ParquetPrices(path=folder / "prices.parquet")
    began = time.process_time()
    found = PriceSource.of_readers([reader], universe.known_tickers).not_kept().aligned(universe, rulebook, None, None)
    cpu = time.process_time() - began
    panel = found.panel
    grids = ("open", "high", "low", "close", "volume", "tradable", "dividend", "split", "prev_close", "adj_factor")
    size = sum(getattr(panel, name).nbytes for name in grids) / 2**20
    return {"cpu": cpu, "rows": found.rows_read, "peak": _peak(), "panel": size}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
