"""One news item through a config's linker, clock and strategies, with reasons; and what linking cannot resolve."""

from newsbt.explain.explain import explain
from newsbt.explain.explained_item import Item, read_item, text_item
from newsbt.explain.explanation import Explanation
from newsbt.explain.unresolved import ReferenceCheck, ReferenceFinding, check_news

__all__ = [
    "Explanation",
    "Item",
    "ReferenceCheck",
    "ReferenceFinding",
    "check_news",
    "explain",
    "read_item",
    "text_item",
]
