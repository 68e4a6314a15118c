"""Which type an item is, by what its source says of it: the tables of ``tables/``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["OTHER", "DisclosureType", "disclosure_types", "sec_items", "type_of"]

OTHER = "other_disclosure"
AMENDED = "amendment"
WORDS = {"sec": "sec_titles.csv", "hkexnews": "hkexnews_types.csv", "cninfo": "cninfo_types.csv"}
_NOTE = re.compile(r"^(\([^()]*\)|（[^（）]*）)\s*")  # (Headlines Revised), (Cancelled and Reissued)


@dataclass(frozen=True, slots=True)
class DisclosureType:
    """A type of events: `sign` is the direction that it states by itself, 0 where it states none."""

    name: str
    sign: int
    meaning: str


@dataclass(frozen=True, slots=True)
class SecItem:
    """An item of Form 8-K: its type, empty where it announces nothing by itself, and its title."""

    type: str
    title: str


@cache
def disclosure_types() -> Mapping[str, DisclosureType]:
    """All types, by name."""
    return {one["type"]: DisclosureType(one["type"], int(one["sign"]), one["meaning"]) for one in _rows("types.csv")}


@cache
def sec_items() -> Mapping[str, SecItem]:
    """The items of Form 8-K, by number."""
    return {one["code"]: SecItem(one["type"], one["title"]) for one in _rows("sec_items.csv")}


def type_of(source: str, form: str, category: str, headline: str) -> str:
    """The type of an item of a source: what no row of its tables fits is :data:`OTHER`.

    >>> type_of("sec", "8-K", "2.02", "")
    'results'
    >>> type_of("sec", "6-K", "", "Alibaba Group Announces Repurchase of Shares")
    'buyback'
    >>> type_of("hkexnews", "", "Announcements and Notices - [Inside Information / Profit Warning]", "")
    'profit_warning'
    """
    if source == "sec":
        if category.startswith(AMENDED):
            return AMENDED
        if form.startswith("8-K"):
            item = sec_items().get(category)
            return item.type if item is not None and item.type else OTHER
    return _by_words(WORDS[source], category.casefold(), headline.casefold())


def _by_words(table: str, category: str, headline: str) -> str:
    looked_in = {"title": headline, "category": category, "kind": _NOTE.sub("", category).partition(" - [")[0]}
    return next((name for pattern, where, name in _patterns(table) if pattern.search(looked_in[where])), OTHER)


@cache
def _patterns(table: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """What each row of a table looks for, where, and the type that it is."""
    return tuple(
        (re.compile("|".join(map(_pattern, row["words"].split(";")))), row["in"], row["type"]) for row in _rows(table)
    )


def _pattern(word: str) -> str:
    """A word of the tables: in Latin letters or digits the beginning of one, so that `egm` is not in `segment`."""
    folded = re.escape(word.casefold())
    return f"(?<![a-z0-9]){folded}" if word[0].isascii() and word[0].isalnum() else folded


def _rows(table: str) -> list[dict[str, str]]:
    text = files("newsbt.disclosures").joinpath("tables", table).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
