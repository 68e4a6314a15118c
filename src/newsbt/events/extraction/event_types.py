"""Types of events as data: which words announce one, what it needs, and what ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from newsbt._plain import PlainValue
from newsbt.domain.phrases import Found, PhraseMatcher
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import file_error, read_text
from newsbt.domain.yaml_text import Node
from newsbt.errors import DataError, nearest
from newsbt.events.extraction.pattern_hints import PatternFilter
from newsbt.events.extraction.rule_texts import packaged_text, rule_nodes
from newsbt.events.extraction.verb_forms import inflected

__all__ = ["NEEDS", "TRIGGERS", "EventType", "TypeTable", "TypeWords", "Word", "default_types", "read_types"]

NEEDS = (
    "actor", "known", "government", "object", "noun", "about", "noun_before", "product", "party", "amount", "figure",
)  # fmt: skip
SIGNS = {1: 1, -1: -1, "none": None}  # as written, and what they mean
ROLES = ("verbs", "weak", "alone", "nouns", "negations")
TRIGGERS = ("verbs", "weak", "alone")
_KEYS = ("as", *ROLES, "kinds", "names", "things", "needs", "future", "periods", "priority", "sign", "enabled", "note")
_HAN = re.compile("[\u3400-\u9fff]")
_LANGUAGES = ("en", "zh", "patterns")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """What makes an event of one type; see the head of ``rules/types.yaml`` for what each field says.

    `event` is the type of what it finds: its own name, or that of the type of which it is a further way.
    """

    name: str
    event: str
    needs: tuple[str, ...] = ("actor",)
    kinds: tuple[str, ...] = ()
    names: bool = False
    things: bool = False
    future: bool = False
    periods: bool = False
    priority: int = 50
    sign: int | None = None
    enabled: bool = True
    patterns: tuple[re.Pattern[str], ...] = ()

    @property
    def takes_object(self) -> bool:
        return "object" in self.needs


class Word(NamedTuple):
    """A word of a type: `role` is one of verbs, weak, alone, nouns and negations, `form` base, s, ed or ing."""

    type: EventType
    role: str
    form: str


class TypeWords(NamedTuple):
    """Words of types in a text, the longest of overlapping ones, and the patterns that match somewhere in it."""

    words: list[Found[tuple[Word, ...]]]
    patterns: list[tuple[EventType, re.Pattern[str]]]

    def may_announce(self) -> bool:
        """Whether one of them announces; else no event of these types is in the text."""
        return bool(self.patterns) or any(word.role in TRIGGERS for one in self.words for word in one.value)


class TypeTable:
    """Types with all their words in one matcher. `signs` are those of types that are switched off too."""

    def __init__(self, types: Mapping[str, EventType], words: Sequence[tuple[str, Word]]) -> None:
        self.types = {name: one for name, one in types.items() if one.enabled}
        self.signs = MappingProxyType({name: one.sign for name, one in types.items() if name == one.event})
        self.words: PhraseMatcher[Word] = PhraseMatcher(words)
        self.triggers = PhraseMatcher((phrase, None) for phrase, word in words if word.role in TRIGGERS)
        both = [(one, pattern) for one in self.types.values() for pattern in one.patterns]
        self.patterns = {
            han: [one for one in both if han is (_HAN.search(one[1].pattern) is not None)] for han in (False, True)
        }
        self._filters = {
            han: PatternFilter([one.pattern for _, one in listed]) for han, listed in self.patterns.items()
        }

    @property
    def events(self) -> tuple[str, ...]:
        """The types of events that are found, each once."""
        return tuple(dict.fromkeys(one.event for one in self.types.values()))

    def find(self, folded: str) -> TypeWords:
        """What words of the types stand in a folded text."""
        # patterns without Chinese characters are of texts without any, the others of the rest
        han = not folded.isascii() and _HAN.search(folded) is not None
        likely = [self.patterns[han][k] for k in self._filters[han].candidates(folded)]
        return TypeWords(self.words.find(folded), [one for one in likely if one[1].search(folded)])


@cache
def default_types() -> TypeTable:
    """The types that come with newsbt."""
    return read_types()


def read_types(path: Path | str | None = None, *, extend: bool = True) -> TypeTable:
    """Types from a YAML file, beside those that come with newsbt or (`extend` false) instead of them.

    A type of the file replaces one of the same name, but a mapping with nothing except ``enabled`` and ``sign`` changes
    these two of it.

    Raises
    ------
    DataError
        The file cannot be read, has a key or value that no type has, or names a need that does not exist.
    """
    entries: dict[str, _Entry] = {}
    if path is None or extend:
        text = packaged_text("types.yaml")
        entries = {name: _Entry("types.yaml", name, node) for name, node in rule_nodes("types.yaml", text).items()}
    if path is not None:
        own = read_text(Path(path), limit_of("rules"))
        for name, node in rule_nodes(str(path), own).items():
            entries[name] = _Entry(str(path), name, node, entries.get(name))
    found = {name: entry.type() for name, entry in entries.items()}
    types: dict[str, EventType] = {}
    words: list[tuple[str, Word]] = []
    for name, (one, own_words) in found.items():
        if one.event not in found or found[one.event][0].event != one.event:
            named = [other.name for other, _ in found.values() if other.event == other.name]
            hint = nearest(one.event, named) or f"; there are {', '.join(named)}"
            raise entries[name].wrong(f"there is no type {one.event!r}{hint}", "as")
        types[name] = replace(one, enabled=one.enabled and found[one.event][0].enabled)
        if types[name].enabled:
            words += [(phrase, word._replace(type=types[name])) for phrase, word in own_words]
    return TypeTable(types, words)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One type as a file has it; `changed` is the one of the same name that it may only change."""

    file: str
    name: str
    node: Node
    changed: _Entry | None = None

    def wrong(self, message: str, *keys: str) -> DataError:
        """The error for what stands at a key below the type."""
        line, _ = self.node.line_of(keys)
        return file_error(self.file, f"{'.'.join((self.name, *keys))}: {message}", code="bad_value", line=line)

    def type(self) -> tuple[EventType, list[tuple[str, Word]]]:
        """The type with its words.

        Raises
        ------
        DataError
        """
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise self.wrong("a type is named by small letters, digits and _, such as fda_approval")
        given = self.node.plain()
        if not isinstance(given, dict):
            raise self.wrong(f"expected a mapping with some of {', '.join(_KEYS)}, not {given!r}")
        for key in given:
            if key not in _KEYS:
                hint = nearest(str(key), _KEYS) or f"; there are {', '.join(_KEYS)}"
                raise self.wrong(f"there is no such key{hint}", str(key))
        for key in ("names", "things", "future", "periods", "enabled"):
            if not isinstance(given.get(key, False), bool):
                raise self.wrong(f"expected true or false, not {given[key]!r}", key)
        sign = given.get("sign", "none")
        if not isinstance(sign, int | str) or isinstance(sign, bool) or sign not in SIGNS:
            raise self.wrong(f"expected +1, -1 or none, not {sign!r}", "sign")
        if self.changed is not None and set(given) <= {"enabled", "sign"}:
            one, words = self.changed.type()
            enabled = given.get("enabled", one.enabled)
            one = replace(one, enabled=enabled, sign=SIGNS[sign] if "sign" in given else one.sign)
            return one, words
        needs = _listed(given.get("needs", ["actor"]))
        if needs is None or not set(needs) <= set(NEEDS):
            raise self.wrong(f"expected a list of some of {', '.join(NEEDS)}, not {given.get('needs')!r}", "needs")
        kinds = _listed(given.get("kinds", []))
        if kinds is None:
            raise self.wrong(f"expected a list of kinds of products, not {given['kinds']!r}", "kinds")
        priority = given.get("priority", 50)
        if not isinstance(priority, int) or isinstance(priority, bool):
            raise self.wrong(f"expected a whole number, not {priority!r}", "priority")
        if not any(given.get(role) for role in TRIGGERS):
            raise self.wrong("a type needs words that announce it: verbs, weak or alone")
        phrases, patterns = self._words(given)
        one = EventType(
            name=self.name, event=str(given.get("as", self.name)), needs=needs, kinds=kinds,
            names=given.get("names") is True, things=given.get("things") is True, future=given.get("future") is True,
            periods=given.get("periods") is True,
            priority=priority, sign=SIGNS[sign], enabled=given.get("enabled") is not False, patterns=tuple(patterns),
        )  # fmt: skip
        return one, [word for role, phrase in phrases for word in _forms(one, role, phrase)]

    def _words(self, given: Mapping[str, PlainValue]) -> tuple[list[tuple[str, str]], list[re.Pattern[str]]]:
        """Words with their roles, and patterns."""
        phrases: list[tuple[str, str]] = []
        patterns = []
        for role in ROLES:
            lists = given.get(role) or {}
            if not isinstance(lists, dict) or not set(lists) <= set(_LANGUAGES):
                raise self.wrong(f"expected lists by language, such as {{en: [...], zh: [...]}}, not {lists!r}", role)
            for language, listed in lists.items():
                found = _listed(listed)
                if found is None or (language == "patterns" and role != "alone"):
                    raise self.wrong(f"expected a list of words, not {listed!r}", role, language)
                if language != "patterns":
                    phrases += [(role, one) for one in found]
                    continue
                try:
                    patterns += [re.compile(one) for one in found]
                except re.error as error:
                    raise self.wrong(f"expected regular expressions: {error}", role, language) from None
        return phrases, patterns


def _listed(given: PlainValue) -> tuple[str, ...] | None:
    if not isinstance(given, list) or not all(isinstance(one, str) and one.strip() for one in given):
        return None
    return tuple(str(one) for one in given)


def _forms(one: EventType, role: str, phrase: str) -> Iterator[tuple[str, Word]]:
    if role not in ("verbs", "weak"):
        yield phrase, Word(one, role, "")
        if role == "nouns" and phrase[-1:].isascii() and phrase[-1:].isalpha() and not phrase.endswith("s"):
            yield f"{phrase}s", Word(one, role, "")
        return
    yield phrase, Word(one, role, "base")
    for written, form in inflected(phrase):
        yield written, Word(one, role, form)
