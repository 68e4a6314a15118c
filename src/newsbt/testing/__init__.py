"""Checks that users call in one line of a test, and small worlds to call them on."""

from newsbt.testing.components import (
    check_cost_model,
    check_metric,
    check_provider,
    check_reader,
    check_sizer,
    check_slippage_model,
)
from newsbt.testing.label_and_fx_readers import check_fx, check_labels
from newsbt.testing.labellers import check_labeller, news_texts
from newsbt.testing.linkers import check_linker
from newsbt.testing.small_market import SmallMarket, make_events, small_market
from newsbt.testing.strategies import StrategyCheck, check_strategy, load_strategy

__all__ = [
    "SmallMarket",
    "StrategyCheck",
    "check_cost_model",
    "check_fx",
    "check_labeller",
    "check_labels",
    "check_linker",
    "check_metric",
    "check_provider",
    "check_reader",
    "check_sizer",
    "check_slippage_model",
    "check_strategy",
    "load_strategy",
    "make_events",
    "news_texts",
    "small_market",
]
