"""Which type an item is, by what its source says of it: the tables of ``tables/``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
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
    row, name = _by_category(table, category)
    titles = (one for k, pattern, one in _patterns(table, in_title=True) if k < row and pattern.search(headline))
    return next(titles, name)


@lru_cache(maxsize=4096)
def _by_category(table: str, category: str) -> tuple[int, str]:
    """The first row that fits what the source itself says, of which there are few, and its type."""
    kind = _NOTE.sub("", category).partition(" - [")[0]
    return next(
        ((k, name) for k, pattern, name in _patterns(table, in_title=False)
         if pattern.search(kind if _rows(table)[k]["in"] == "kind" else category)),
        (len(_rows(table)), OTHER),
    )  # fmt: skip


@cache
def _patterns(table: str, *, in_title: bool) -> tuple[tuple[int, re.Pattern[str], str], ...]:
    """The rows of a table that look in titles, or those that look in what the source says: number, what for, type."""
    return tuple(
        (k, re.compile("|".join(map(_pattern, row["words"].split(";")))), row["type"])
        for k, row in enumerate(_rows(table)) if (row["in"] == "title") is in_title
    )  # fmt: skip


def _pattern(word: str) -> str:
    """A word of the tables: in Latin letters or digits the beginning of one, so that `egm` is not in `segment`."""
    folded = re.escape(word.casefold())
    return f"(?<![a-z0-9]){folded}" if word[0].isascii() and word[0].isalnum() else folded


@cache
def _rows(table: str) -> list[dict[str, str]]:
    text = files("newsbt.disclosures").joinpath("tables", table).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
