"""Built-in strategies, each imported when it is first used: a config names them by `use: fade` and so on, Python code
hands them to `newsbt.run(strategies=[...])`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsbt.ports import Strategy
    from newsbt.strategies.fade import Fade
    from newsbt.strategies.issuer_drift import IssuerDrift
    from newsbt.strategies.named_tickers import NamedTickers
    from newsbt.strategies.rival_release import RivalRelease
    from newsbt.strategies.sector_index import SectorIndex
    from newsbt.strategies.sentiment_decay import SentimentDecay
    from newsbt.strategies.spillover import Spillover

_HOME = {
    "Fade": "fade",
    "IssuerDrift": "issuer_drift",
    "NamedTickers": "named_tickers",
    "RivalRelease": "rival_release",
    "SectorIndex": "sector_index",
    "SentimentDecay": "sentiment_decay",
    "Spillover": "spillover",
}

__all__ = ["Fade", "IssuerDrift", "NamedTickers", "RivalRelease", "SectorIndex", "SentimentDecay", "Spillover"]


def __getattr__(name: str) -> type[Strategy]:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: type[Strategy] = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
