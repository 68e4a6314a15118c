"""One world of a setting: a market without an effect, or with one that is planted, and the p of each set of news."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.calibration.null_market import NullMarket, walk
from benchmarks.calibration.settings import Item, Setting
from newsbt.domain.progress import SilentProgress
from newsbt.evidence.contract import Case
from newsbt.evidence.placebo_runs import PLACEBO
from newsbt.from_objects import components_of
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import prepare
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.named_tickers import NamedTickers

__all__ = ["SETS", "OneSet", "play", "seed_of"]

SETS = 2
CASH = 1e9
RATES = {"USDHKD": 7.8, "CNYHKD": 1.1}
FREE: Mapping[str, Any] = {
    "market_rules": False, "costs": {"use": "zero"}, "slippage": {"use": "zero"}, "participation": None,
}  # fmt: skip


@dataclass(frozen=True)
class OneSet:
    """What a world says of one of its sets: p, NaN where withheld with the reason."""

    p: float
    why: str


def seed_of(name: str, world: int) -> tuple[int, int]:
    """Seeds come from the setting's name and the world's number: none is chosen."""
    return zlib.crc32(name.encode()), world


def play(setting: Setting, world: int) -> list[OneSet]:
    """Make a world, run it, and say what the placebo says of each set."""
    random = np.random.default_rng(seed_of(setting.name, world))
    market = walk(setting.shape, random)
    if setting.prepare is not None:
        setting.prepare(random, market)
    sets = [list(setting.lay(random, market)) for _ in range(SETS)]
    for items in sets:
        _move(setting, market, items, random)
    news = _announcements(market, sets)
    prices = market.prices(random)
    components = components_of(
        prices=prices,
        announcements=news,
        instruments=market.instruments(),
        strategies={f"set {k}": NamedTickers(event_types=(f"set{k}",)) for k in range(SETS)},
        position=setting.position,
        cash=CASH,
        currency="HKD",
        fx=RATES,
        baselines=[],
        execution={"engine": "compiled", **(setting.execution or FREE)},
        evaluation={"bootstrap": 0},
    )
    prepared = prepare(components, SilentProgress())
    simulated = {spec.name: strategy_books(prepared, spec) for spec in components.strategies}
    rows = [result_of(prepared, books, None, began=0.0) for books in simulated.values()]
    found = PLACEBO.find(Case(prepared=prepared, simulated=simulated, rows=rows)).rows
    return [
        OneSet(float(one.metrics["placebo_p"]), str(one.reasons.get("placebo_p", "")))
        for one in (found[name] for name in simulated)
    ]


def _move(setting: Setting, market: NullMarket, items: list[Item], random: np.random.Generator) -> None:
    """Plant the effect, or the noise, that a setting's news brings."""
    if not (setting.effect or setting.noise):
        return
    for at, tickers, sign in items:
        for ticker in tickers:
            jump = sign * setting.effect + setting.noise * float(random.choice([-1.0, 1.0]))
            market.jumps.append((ticker, market.session_of(ticker, at), math.log1p(jump)))


def _announcements(market: NullMarket, sets: list[list[Item]]) -> pd.DataFrame:
    names = market.names
    rows = sorted(((at, k, tickers, sign) for k, items in enumerate(sets) for at, tickers, sign in items))
    return pd.DataFrame(
        [
            {
                "event_id": f"e{number:05d}", "published_at": f"{at}Z", "event_type": f"set{k}", "issuer": "Issuer",
                "headline": "headline", "rivals": "", "sentiment": sign, "relevance": 1.0,
                "tickers": ";".join(names[ticker] for ticker in tickers),
            }
            for number, (at, k, tickers, sign) in enumerate(rows)
        ]
    )  # fmt: skip
