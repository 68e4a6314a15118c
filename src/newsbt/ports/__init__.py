"""The contracts that users implement, one file for each kind of plug-in, and the views that strategies are handed."""

from newsbt.ports.announcement_reader import AnnouncementReader, TextReader, UniverseReader
from newsbt.ports.cost_model import CostModel
from newsbt.ports.fx_reader import FxReader
from newsbt.ports.label_reader import LabelReader
from newsbt.ports.labeller import Labeller, Labelling, TellingLabelling, TypesLabeller
from newsbt.ports.linker import IssuerLinking, Linker, Linking, ThemeLinking
from newsbt.ports.metric import Metric
from newsbt.ports.price_reader import KeptPriceReader, PriceReader
from newsbt.ports.sizer import Sizer
from newsbt.ports.slippage_model import SlippageModel
from newsbt.ports.strategy_contract import EventView, PastView, Reach, StepStrategy, Strategy

__all__ = [
    "AnnouncementReader",
    "CostModel",
    "EventView",
    "FxReader",
    "IssuerLinking",
    "KeptPriceReader",
    "LabelReader",
    "Labeller",
    "Labelling",
    "Linker",
    "Linking",
    "Metric",
    "PastView",
    "PriceReader",
    "Reach",
    "Sizer",
    "SlippageModel",
    "StepStrategy",
    "Strategy",
    "TellingLabelling",
    "TextReader",
    "ThemeLinking",
    "TypesLabeller",
    "UniverseReader",
]
