"""One news item through a config's linker, clock and strategies, with reasons; and what linking cannot resolve."""

from newsbt.explain.explaining import explain
from newsbt.explain.explanation import Explanation
from newsbt.explain.item import Item, read_item, text_item
from newsbt.explain.unresolved import Check, Finding, check_news

__all__ = ["Check", "Explanation", "Finding", "Item", "check_news", "explain", "read_item", "text_item"]
