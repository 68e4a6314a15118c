"""newsbt: would trading on this kind of news have made money, and can I believe the answer?

Everything public is here, and imported when it is first used, so that `import newsbt` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsbt import strategies, testing
    from newsbt.analysis import inference
    from newsbt.analysis.event_study import event_day, event_study
    from newsbt.analysis.performance import performance
    from newsbt.api import Result, capacity, compare, run, sweep
    from newsbt.domain.announcement import Announcement
    from newsbt.domain.announcement_batch import AnnouncementBatch
    from newsbt.domain.delivery import AnnouncedEvent, AnnouncedLink
    from newsbt.domain.entity import Instrument, Relation, Universe
    from newsbt.domain.fx_table import FxTable
    from newsbt.domain.label_batch import EventLabel, LabelBatch
    from newsbt.domain.ledger import Ledger
    from newsbt.domain.link import Link
    from newsbt.domain.market_panel import MarketPanel
    from newsbt.domain.price_table import PriceTable, RowSource
    from newsbt.domain.signal import Signal
    from newsbt.domain.slippage_table import Slippage
    from newsbt.domain.text_label import NoLabel, TextLabel
    from newsbt.domain.text_spans import NewsText, Span
    from newsbt.events.from_frame import FrameAnnouncements
    from newsbt.markets.costs import Fee, FeeTable
    from newsbt.markets.dated_rules import Rulebook
    from newsbt.markets.rules import TradingRules
    from newsbt.ports import (
        AnnouncementReader,
        CostModel,
        EventView,
        FxReader,
        IssuerLinking,
        KeptPriceReader,
        Labeller,
        Labelling,
        LabelReader,
        Linker,
        Linking,
        Metric,
        PastView,
        PriceReader,
        Reach,
        Sizer,
        SlippageModel,
        StepStrategy,
        Strategy,
        TellingLabelling,
        TextReader,
        ThemeLinking,
        TypesLabeller,
        UniverseReader,
    )
    from newsbt.prices.fx_readers import FrameFx
    from newsbt.prices.price_readers import FramePrices
    from newsbt.reports.capacity_chart import capacity_figure
    from newsbt.simulation.backtrader.strategy import BacktraderStrategy

__version__ = "0.2.0.dev0"

_HOME = {
    "AnnouncedEvent": "newsbt.domain.delivery",
    "AnnouncedLink": "newsbt.domain.delivery",
    "Announcement": "newsbt.domain.announcement",
    "AnnouncementBatch": "newsbt.domain.announcement_batch",
    "AnnouncementReader": "newsbt.ports",
    "BacktraderStrategy": "newsbt.simulation.backtrader.strategy",
    "CostModel": "newsbt.ports",
    "EventLabel": "newsbt.domain.label_batch",
    "EventView": "newsbt.ports",
    "Fee": "newsbt.markets.costs",
    "FeeTable": "newsbt.markets.costs",
    "FrameAnnouncements": "newsbt.events.from_frame",
    "FrameFx": "newsbt.prices.fx_readers",
    "FramePrices": "newsbt.prices.price_readers",
    "FxReader": "newsbt.ports",
    "FxTable": "newsbt.domain.fx_table",
    "Instrument": "newsbt.domain.entity",
    "IssuerLinking": "newsbt.ports",
    "KeptPriceReader": "newsbt.ports",
    "LabelBatch": "newsbt.domain.label_batch",
    "LabelReader": "newsbt.ports",
    "Labeller": "newsbt.ports",
    "Labelling": "newsbt.ports",
    "Ledger": "newsbt.domain.ledger",
    "Link": "newsbt.domain.link",
    "Linker": "newsbt.ports",
    "Linking": "newsbt.ports",
    "MarketPanel": "newsbt.domain.market_panel",
    "Metric": "newsbt.ports",
    "NewsText": "newsbt.domain.text_spans",
    "NoLabel": "newsbt.domain.text_label",
    "PastView": "newsbt.ports",
    "PriceReader": "newsbt.ports",
    "PriceTable": "newsbt.domain.price_table",
    "Reach": "newsbt.ports",
    "Relation": "newsbt.domain.entity",
    "Result": "newsbt.api",
    "RowSource": "newsbt.domain.price_table",
    "Rulebook": "newsbt.markets.dated_rules",
    "Signal": "newsbt.domain.signal",
    "Sizer": "newsbt.ports",
    "Slippage": "newsbt.domain.slippage_table",
    "SlippageModel": "newsbt.ports",
    "Span": "newsbt.domain.text_spans",
    "StepStrategy": "newsbt.ports",
    "Strategy": "newsbt.ports",
    "TellingLabelling": "newsbt.ports",
    "TextLabel": "newsbt.domain.text_label",
    "TextReader": "newsbt.ports",
    "ThemeLinking": "newsbt.ports",
    "TradingRules": "newsbt.markets.rules",
    "TypesLabeller": "newsbt.ports",
    "Universe": "newsbt.domain.entity",
    "UniverseReader": "newsbt.ports",
    "capacity": "newsbt.api",
    "capacity_figure": "newsbt.reports.capacity_chart",
    "compare": "newsbt.api",
    "event_day": "newsbt.analysis.event_study",
    "event_study": "newsbt.analysis.event_study",
    "inference": "newsbt.analysis.inference",
    "performance": "newsbt.analysis.performance",
    "run": "newsbt.api",
    "strategies": "newsbt.strategies",
    "sweep": "newsbt.api",
    "testing": "newsbt.testing",
}

__all__ = [
    "AnnouncedEvent",
    "AnnouncedLink",
    "Announcement",
    "AnnouncementBatch",
    "AnnouncementReader",
    "BacktraderStrategy",
    "CostModel",
    "EventLabel",
    "EventView",
    "Fee",
    "FeeTable",
    "FrameAnnouncements",
    "FrameFx",
    "FramePrices",
    "FxReader",
    "FxTable",
    "Instrument",
    "IssuerLinking",
    "KeptPriceReader",
    "LabelBatch",
    "LabelReader",
    "Labeller",
    "Labelling",
    "Ledger",
    "Link",
    "Linker",
    "Linking",
    "MarketPanel",
    "Metric",
    "NewsText",
    "NoLabel",
    "PastView",
    "PriceReader",
    "PriceTable",
    "Reach",
    "Relation",
    "Result",
    "RowSource",
    "Rulebook",
    "Signal",
    "Sizer",
    "Slippage",
    "SlippageModel",
    "Span",
    "StepStrategy",
    "Strategy",
    "TellingLabelling",
    "TextLabel",
    "TextReader",
    "ThemeLinking",
    "TradingRules",
    "TypesLabeller",
    "Universe",
    "UniverseReader",
    "capacity",
    "capacity_figure",
    "compare",
    "event_day",
    "event_study",
    "inference",
    "performance",
    "run",
    "strategies",
    "sweep",
    "testing",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'newsbt' has no attribute {name!r}")
    module = importlib.import_module(home)
    found = module if name in ("inference", "strategies", "testing") else getattr(module, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
