"""Minute bars: `python -m benchmarks.minutes`, 100 tickers x 252 sessions of 390 bars, about ten million rows.

One Parquet file is read by pyarrow, and by newsbt's reader, which lays it out on the run's rows, without a cache: in
processes of their own, in turn, CPU of the reading alone; and the peak memory of the process beside the panel.

`--run` is a whole run with 10,000 announcements, of 300 tickers x 504 sessions (59 million rows) unless another number
is given: from an empty cache, and again with its panel kept and mapped. It fails where a process takes over 8 GB.
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
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.files import Go, line, run
from benchmarks.ratios import keep_ratio

BARS = 390
MOST = 8192  # MB of a whole run
EVENTS = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickers", type=int)
    parser.add_argument("--sessions", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--run", action="store_true", help="a whole run in place of the reading alone")
    parser.add_argument("--one", choices=("pyarrow", "newsbt"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(_one(asked.one, asked.folder)))
        return
    tickers, sessions = asked.tickers or (300 if asked.run else 100), asked.sessions or (504 if asked.run else 252)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.run:
            first, again = whole_runs(folder, tickers, sessions)
            print(f"{'whole processes':<44}{'wall':>8}{'cpu':>8}{'MB':>8}")
            line(f"{tickers} x {sessions}, empty cache", [first])
            line("again, its panel kept", [again])
            if max(first[2], again[2]) > MOST:
                sys.exit(f"more than {MOST:,} MB")
            return
        write_minutes(folder, tickers, sessions)
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


def whole_runs(folder: Path, tickers: int, sessions: int, events: int = EVENTS) -> tuple[Go, Go]:
    """What a run takes from an empty cache, and once more with what that has kept."""
    write_minutes(folder, tickers, sessions)
    instants = (
        pq.ParquetFile(folder / "prices.parquet").read_row_group(0, columns=["bar_start"])["bar_start"].to_numpy()
    )
    rng = np.random.default_rng(4)
    at = np.datetime_as_string(np.sort(rng.choice(instants, events)), unit="s")
    named = rng.integers(0, tickers, events)
    lines = ["event_id,published_at,event_type,issuer,headline,tickers"]
    lines += [f"e{k:05d},{at[k]}Z,release,Lab,News,T{named[k]:03d}" for k in range(events)]
    (folder / "announcements.csv").write_text("\n".join(lines) + "\n")
    config = {
        "name": "minutes",
        "universe": {"instruments": "instruments.csv"},
        "announcements": [{"use": "csv", "path": "announcements.csv"}],
        "prices": {"use": "parquet", "path": "prices.parquet"},
        "account": {"cash": 1_000_000, "currency": "USD"},
        "execution": {"costs": {"use": "flat", "commission_bps": 10}, "market_rules": False, "participation": None},
        "strategies": [{"name": "Named", "use": "named_tickers", "position": {"weight": 0.01, "hold": "60min"}}],
        "evaluation": {"placebo": 0, "bootstrap": 0},
        "baselines": [],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    command = [sys.executable, "-m", "newsbt", "run", "config.yaml", "--engine", "compiled", "--no-report"]
    environment = {**os.environ, "NEWSBT_CACHE": str(folder / "cache")}
    first, again = (run(command, folder, environment) for _ in range(2))
    return first, again


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
