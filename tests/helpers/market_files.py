"""A small seeded market in files, and sweeps over it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from newsbt.config.loading import LoadedConfig, load

STRATEGY = "Named"


def market_files(folder: Path, *, tickers: int = 6, days: int = 260, events: int = 60, seed: int = 3) -> None:
    """Instruments, prices and announcements of so many companies in New York, in CSV."""
    rng = np.random.default_rng(seed)
    names = [f"T{n}" for n in range(tickers)]
    (folder / "instruments.csv").write_text(
        "ticker,name,exchange,board,currency,sector,themes,sector_index,aliases\n"
        + "".join(f"{name},Company {name},XNYS,main,USD,it,ai,,\n" for name in names)
    )
    start = date(2023, 1, 3)
    weekdays = [day for k in range(days) if (day := start + timedelta(days=k)).weekday() < 5]
    lines = ["ticker,date,open,high,low,close,volume\n"]
    for name in names:
        close = 40.0
        for day in weekdays:
            opened = close * np.exp(rng.normal(0, 0.005))
            after = opened * np.exp(rng.normal(0.0005, 0.02))
            low, high = min(opened, after) * 0.995, max(opened, after) * 1.005
            lines.append(f"{name},{day},{opened:.4f},{high:.4f},{low:.4f},{after:.4f},{int(rng.integers(1e4, 1e6))}\n")
            close = after
    (folder / "prices.csv").write_text("".join(lines))
    rows = ["event_id,published_at,event_type,issuer,headline,sentiment,tickers\n"]
    for k in range(events):
        day = weekdays[int(rng.integers(0, len(weekdays) - 2))]
        sentiment = round(float(rng.uniform(-1, 1)), 2)
        rows.append(
            f"e{k},{day}T12:00:00Z,{('release', 'rumour')[k % 2]},Lab,News {k},{sentiment},{names[k % tickers]}\n"
        )
    (folder / "announcements.csv").write_text("".join(rows))


def config(folder: Path, sweep: dict[str, Any] | None, **blocks: Any) -> LoadedConfig:
    """A config over the files of a folder, loaded from a file there."""
    document: dict[str, Any] = {
        "name": "made",
        "universe": {"instruments": "instruments.csv"},
        "announcements": [{"use": "csv", "path": "announcements.csv"}],
        "prices": {"use": "csv", "path": "prices.csv", "on_bad_row": "skip"},
        "account": {"cash": 100_000, "currency": "USD"},
        "execution": {"slippage": {"use": "bps", "bps": 5}},
        "strategies": [{"name": STRATEGY, "use": "named_tickers", "position": {"weight": 0.3, "hold": 5}}],
        "evaluation": {"placebo": 0, "bootstrap": 0},
        "baselines": [],
        **({} if sweep is None else {"sweep": sweep}),
        **blocks,
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return load(path)
