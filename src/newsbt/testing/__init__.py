"""Checks that users call in one line of a test."""

from newsbt.testing.market import SmallMarket, make_events, small_market
from newsbt.testing.strategies import StrategyCheck, check_strategy, load_strategy

__all__ = ["SmallMarket", "StrategyCheck", "check_strategy", "load_strategy", "make_events", "small_market"]
