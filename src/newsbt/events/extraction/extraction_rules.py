"""The rules of extraction as data: read once from the files beside this package, and checked."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from newsbt.domain.aliases import AliasContext, Organisation
from newsbt.domain.cells import items
from newsbt.domain.folding import fold
from newsbt.domain.phrases import PhraseMatcher
from newsbt.domain.table_files import file_error
from newsbt.events.extraction.event_types import TypeTable, default_types, read_types
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping
from newsbt.events.extraction.verb_forms import inflected

__all__ = ["ExtractionRules", "Family", "default_rules", "load_rules", "rules_with"]

_STATUSES = ("denial", "delay", "rumour", "opinion", "wrap", "followup")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of products: `shorts` are what its versions are called without its name (R, V for R1 and V3).

    `bare` says what the name means without a version: ``yes`` a product, ``family`` its maker, ``no`` nothing.
    `prefixed` stands before the name where the code alone would not say whose it is.
    """

    name: str
    maker: str
    kind: str
    aliases: tuple[str, ...]
    shorts: tuple[str, ...]
    bare: str
    prefixed: str


@dataclass(frozen=True, kw_only=True)
class ExtractionRules:
    """Everything that extraction goes by. See the comments in the files for what each list does."""

    organisations: tuple[Organisation, ...]
    contexts: tuple[AliasContext, ...]
    families: tuple[Family, ...]
    cues: PhraseMatcher[str]
    tones: PhraseMatcher[None]
    words: frozenset[str]
    patterns: Mapping[str, tuple[re.Pattern[str], ...]]
    cue_patterns: tuple[tuple[str, re.Pattern[str]], ...]
    suffixes: tuple[str, ...]
    sorts: tuple[str, ...]
    apps: tuple[str, ...]
    types: Mapping[str, str]
    governments: Mapping[str, str]
    authorities: Mapping[str, str]
    agencies: Mapping[str, tuple[str, ...]]
    graphics: tuple[str, ...]
    fresh_days: int
    event_types: TypeTable

    @cached_property
    def product_aliases(self) -> frozenset[str]:
        """Names that are products before they are companies."""
        return frozenset(alias for family in self.families if family.bare != "no" for alias in family.aliases)


@lru_cache(maxsize=1)
def default_rules() -> ExtractionRules:
    """The rules that come with newsbt."""
    return load_rules()


def rules_with(types: Path | str, *, extend: bool = True) -> ExtractionRules:
    """The rules that come with newsbt, with a file of types of events beside their own or instead of them.

    Raises
    ------
    DataError
        As :func:`~newsbt.events.extraction.event_types.read_types`.
    """
    return replace(default_rules(), event_types=read_types(types, extend=extend))


def load_rules(folder: Path | None = None) -> ExtractionRules:
    """Rules from a folder with the csv files, events, names and status of `newsbt/events/extraction/rules`.

    None: those that come with newsbt, as the types of events and the words of grammar and of the language always are.

    Raises
    ------
    DataError
        A file is missing or says something that no rule can mean.
    """
    source = _Folder(folder)
    names = source.mapping("names.yaml")
    status = source.mapping("status.yaml")
    events = source.mapping("events.yaml")
    words = rule_mapping("words.yaml", packaged_text("words.yaml"))
    return ExtractionRules(
        organisations=tuple(_organisations(source)),
        contexts=tuple(_contexts(source)),
        families=tuple(_families(source)),
        words=frozenset(fold(str(word)) for listed in words.values() if isinstance(listed, list) for word in listed),
        cues=PhraseMatcher([*_event_cues(events), *_status_cues(status)]),
        tones=PhraseMatcher((phrase, None) for phrase, name in _status_cues(status) if name.startswith("sentiment.")),
        cue_patterns=tuple(_cue_patterns(events)),
        patterns={kind: tuple(re.compile(one) for one in status[kind].get("patterns", ())) for kind in _STATUSES},
        suffixes=tuple(names["suffixes"]),
        sorts=tuple(names["sorts"]),
        apps=tuple(names["apps"]),
        types=dict(names["types"]),
        governments=dict(names["governments"]),
        authorities=dict(names["authorities"]),
        agencies={country: tuple(listed) for country, listed in names["agencies"].items()},
        graphics=tuple(names["graphics"]),
        fresh_days=int(names["fresh_days"]),
        event_types=default_types(),
    )


Phrases: TypeAlias = "Sequence[str] | dict[str, Sequence[str]]"  # as they stand, or by language


class _Folder:
    def __init__(self, folder: Path | None) -> None:
        self._folder = files(__package__) / "rules" if folder is None else folder

    def _text(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"the rules of extraction need this file (UTF-8): {error}"
            raise file_error(name, message, code="unreadable_file") from None

    def mapping(self, name: str) -> Mapping[str, Any]:
        return rule_mapping(name, self._text(name))

    def rows(self, name: str) -> Iterator[Mapping[str, str]]:
        return iter(csv.DictReader(self._text(name).splitlines()))


def _organisations(source: _Folder) -> Iterator[Organisation]:
    for row in source.rows("organisations.csv"):
        yield Organisation(name=row["name"], kind=row["kind"], aliases=items(row["aliases"]))


def _contexts(source: _Folder) -> Iterator[AliasContext]:
    for row in source.rows("ambiguous.csv"):
        yield AliasContext(alias=row["alias"], needs=items(row["needs"]), forbids=items(row["forbids"]))


def _families(source: _Folder) -> Iterator[Family]:
    for row in source.rows("products.csv"):
        if row["bare"] not in ("yes", "family", "no"):
            message = f"bare is yes, family or no, not {row['bare']!r} ({row['family']})"
            raise file_error("products.csv", message, code="bad_value")
        yield Family(
            name=row["family"],
            maker=row["maker"],
            kind=row["kind"],
            aliases=items(row["aliases"]),
            shorts=items(row["shorts"]),
            bare=row["bare"],
            prefixed=row["prefixed"] or "",
        )


def _event_cues(events: Mapping[str, Mapping[str, Phrases]]) -> Iterator[tuple[str, str]]:
    for group, parts in events.items():
        for part, lists in parts.items():
            verbs = part in ("strong", "weak", "integrations") or (group, part) == ("export_control", "ease")
            for phrase in _phrases(lists):
                name = f"{group}.{part}" if group != "pronouns" else "pronoun"
                yield phrase, name
                if verbs and phrase[0].isascii():
                    for form, _ in inflected(phrase):
                        yield form, name


def _cue_patterns(events: Mapping[str, Mapping[str, Phrases]]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for group, parts in events.items():
        for part, lists in parts.items():
            for pattern in lists.get("patterns", ()) if isinstance(lists, dict) else ():
                yield f"{group}.{part}", re.compile(pattern)


def _status_cues(status: Mapping[str, Mapping[str, Phrases]]) -> Iterator[tuple[str, str]]:
    for group, parts in status.items():
        if group == "sentiment":
            for sign, lists in parts.items():
                for phrase in _phrases(lists):
                    yield phrase, f"sentiment.{sign}"
            continue
        for language in ("en", "zh"):
            for phrase in parts.get(language, ()):
                yield str(phrase), group


def _phrases(lists: Phrases) -> Iterable[str]:
    if not isinstance(lists, dict):
        return map(str, lists)
    return (str(one) for key, part in lists.items() if key != "patterns" for one in part)
