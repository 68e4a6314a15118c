"""Two companies and their index over six weeks in which there is news every other day."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from news_world import CONFIG, TABLES
from projects import write_project

__all__ = ["busy_project"]


def busy_project(folder: Path) -> Path:
    """Its project: a run of it has trades, refusals, since Beta is halted now and then, a placebo and a study of its
    events."""
    days = np.arange("2025-02-05", "2025-03-22", dtype="M8[D]")
    days = days[np.is_busday(days)]
    prices = ["ticker, date, open, high, low, close, volume"]
    for k, ticker in enumerate(("A.SH", "B.SH", "I.SH")):
        walk = 10 * np.exp(np.cumsum(np.random.default_rng(k).normal(0, 0.02, len(days))))
        prices += [
            f"{ticker}, {day}, {', '.join([f'{at:.2f}'] * 4)}, 1000000"
            for n, (day, at) in enumerate(zip(days, walk, strict=True))
            if k != 1 or n % 8 not in (7, 0)
        ]
    news = ["event_id, published_at, event_type, issuer, headline, sentiment"]
    for k, day in enumerate(days[5:-4:2]):
        who = ("Alpha", "Beta")[k % 2]
        news.append(f"e{k}, {day}T08:00+08:00, {('news', 'chips')[k % 3 > 0]}, {who}, {who} does {k}, 0.5")
    config = CONFIG.replace("placebo: 0", "placebo: 20, bootstrap: 50") + "benchmark: I.SH\n"
    config = config.replace("baselines: []", "baselines: [buy_and_hold]").replace(
        "{use: zero}", "{use: market_schedule}"
    )
    tables = {"prices": "\n".join(prices), "announcements": "\n".join(news)}
    return write_project(folder, config, **{**TABLES, **tables})
