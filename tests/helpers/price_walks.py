"""Markets in which nothing follows from anything: random walks, with announcements on random days."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.progress import SilentProgress
from newsbt.from_objects import components_of
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs, read_inputs
from newsbt.strategies.named_tickers import NamedTickers

DAYS = pd.bdate_range("2024-01-02", "2024-12-31")
HOLIDAYS = pd.to_datetime(
    [
        "2024-01-15", "2024-02-19", "2024-03-29", "2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28",
        "2024-12-25",
    ]
)  # fmt: skip
SESSIONS = DAYS.difference(HOLIDAYS)
TICKERS = ("AAA", "BBB", "CCC", "DDD", "EEE")


def tables(seed: int, *, events: int = 12, effect: float = 0.0, signs: tuple[int, ...] = (1,)) -> dict[str, Any]:
    """DataFrames of a New York market. Each event names one or two tickers, whose next session then moves by `effect`
    in the direction of its sentiment from open to close, on average."""
    random = np.random.default_rng(seed)
    shocks = random.normal(0.0, 0.02, (len(SESSIONS), len(TICKERS)))
    announcements = []
    for k, t in enumerate(sorted(random.choice(np.arange(5, len(SESSIONS) - 8), events, replace=False))):
        chosen = random.choice(len(TICKERS), int(random.integers(1, 3)), replace=False)
        sign = int(random.choice(signs))
        shocks[t, chosen] += sign * effect
        announcements.append(
            {
                "event_id": f"event-{k:02d}", "published_at": f"{SESSIONS[t].date()}T08:00:00-04:00",
                "event_type": "news", "issuer": TICKERS[chosen[0]], "headline": "x", "sentiment": sign,
                "tickers": ";".join(TICKERS[n] for n in chosen),
            }
        )  # fmt: skip
    close = 100.0 * np.exp(np.cumsum(shocks, axis=0))
    opened = np.vstack([np.full(len(TICKERS), 100.0), close[:-1]])
    frames = [
        pd.DataFrame(
            {
                "ticker": ticker, "date": SESSIONS, "open": opened[:, n], "close": close[:, n], "volume": 1e9,
                "high": np.maximum(opened, close)[:, n] * 1.001, "low": np.minimum(opened, close)[:, n] / 1.001,
            }
        )
        for n, ticker in enumerate(TICKERS)
    ]  # fmt: skip
    instruments = pd.DataFrame(
        {"ticker": TICKERS, "name": TICKERS, "exchange": "XNYS", "board": "main", "currency": "USD", "sector": "tech"}
    )
    for name in ("themes", "sector_index", "aliases"):
        instruments[name] = ""
    return {
        "prices": pd.concat(frames, ignore_index=True), "announcements": pd.DataFrame(announcements),
        "instruments": instruments,
    }  # fmt: skip


def walk(seed: int, *, strategies: Any = None, position: Any = None, **market: Any) -> tuple[PreparedRun, RunInputs]:
    """A prepared run of :func:`tables`, by default of a strategy that follows the named tickers, without costs."""
    components = components_of(
        **tables(seed, **market),
        strategies=strategies or {"follow": NamedTickers()},
        position={"weight": 0.2, "hold": 3} if position is None else position,
        cash=1_000_000.0,
        currency="USD",
        execution={"costs": {"use": "zero"}, "slippage": {"use": "zero"}, "latency": "0min"},
    )
    inputs = read_inputs(components)
    return prepare_inputs(components, inputs, SilentProgress()), inputs
