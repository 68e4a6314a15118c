"""newsbt: would trading on this kind of news have made money, and can I believe the answer?

Everything public is here, and imported when it is first used, so that `import newsbt` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsbt import testing
    from newsbt.analysis import inference
    from newsbt.analysis.event_study import event_day, event_study
    from newsbt.analysis.performance import performance
    from newsbt.api import Result, capacity, compare, run, sweep
    from newsbt.domain.announcement import Announcement
    from newsbt.domain.entity import Instrument, Relation, Universe
    from newsbt.domain.signal import Signal
    from newsbt.ports import EventView, PastView, StepStrategy, Strategy
    from newsbt.reports.capacity_chart import capacity_figure
    from newsbt.simulation.backtrader.strategy import BacktraderStrategy

__version__ = "0.1.0"

_HOME = {
    "Announcement": "newsbt.domain.announcement",
    "BacktraderStrategy": "newsbt.simulation.backtrader.strategy",
    "EventView": "newsbt.ports",
    "Instrument": "newsbt.domain.entity",
    "PastView": "newsbt.ports",
    "Relation": "newsbt.domain.entity",
    "Result": "newsbt.api",
    "Signal": "newsbt.domain.signal",
    "StepStrategy": "newsbt.ports",
    "Strategy": "newsbt.ports",
    "Universe": "newsbt.domain.entity",
    "capacity": "newsbt.api",
    "capacity_figure": "newsbt.reports.capacity_chart",
    "compare": "newsbt.api",
    "event_day": "newsbt.analysis.event_study",
    "event_study": "newsbt.analysis.event_study",
    "inference": "newsbt.analysis.inference",
    "performance": "newsbt.analysis.performance",
    "run": "newsbt.api",
    "sweep": "newsbt.api",
    "testing": "newsbt.testing",
}

__all__ = [
    "Announcement",
    "BacktraderStrategy",
    "EventView",
    "Instrument",
    "PastView",
    "Relation",
    "Result",
    "Signal",
    "StepStrategy",
    "Strategy",
    "Universe",
    "capacity",
    "capacity_figure",
    "compare",
    "event_day",
    "event_study",
    "inference",
    "performance",
    "run",
    "sweep",
    "testing",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'newsbt' has no attribute {name!r}")
    module = importlib.import_module(home)
    found = module if name in ("inference", "testing") else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
