"""Types of events as data: which words announce one, what it needs, and what ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from newsbt._plain import PlainValue
from newsbt.domain.phrases import Found, PhraseMatcher
from newsbt.domain.table_files import file_error
from newsbt.errors import DataError, nearest
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping
from newsbt.events.extraction.verb_forms import inflected

__all__ = ["NEEDS", "TRIGGERS", "EventType", "TypeTable", "TypeWords", "Word", "default_types", "read_types"]

NEEDS = ("actor", "known", "government", "object", "noun", "amount", "figure")
SIGNS = ("positive", "negative", "none")
ROLES = ("verbs", "weak", "alone", "nouns", "negations")
TRIGGERS = ("verbs", "weak", "alone")
_KEYS = (*ROLES, "kinds", "names", "needs", "future", "priority", "sign", "enabled", "note")
_LANGUAGES = ("en", "zh", "patterns")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """What makes an event of one type; see the head of ``rules/types.yaml`` for what each field says."""

    name: str
    needs: tuple[str, ...] = ("actor",)
    kinds: tuple[str, ...] = ()
    names: bool = False
    future: bool = False
    priority: int = 50
    sign: str = "none"
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
    """Types with all their words in one matcher."""

    def __init__(self, types: Mapping[str, EventType], words: Sequence[tuple[str, Word]]) -> None:
        self.types = {name: one for name, one in types.items() if one.enabled}
        self.words: PhraseMatcher[Word] = PhraseMatcher(words)
        self.triggers = PhraseMatcher((phrase, None) for phrase, word in words if word.role in TRIGGERS)
        self.patterns = [(one, pattern) for one in self.types.values() for pattern in one.patterns]

    def find(self, folded: str) -> TypeWords:
        """What words of the types stand in a folded text."""
        return TypeWords(self.words.find(folded), [one for one in self.patterns if one[1].search(folded)])


@cache
def default_types() -> TypeTable:
    """The types that come with newsbt."""
    return read_types()


def read_types(path: Path | str | None = None, *, extend: bool = True) -> TypeTable:
    """Types from a YAML file, beside those that come with newsbt or (`extend` false) instead of them.

    A type of the file replaces one of the same name, but a mapping with nothing except ``enabled`` switches it.

    Raises
    ------
    DataError
        The file cannot be read, has a key or value that no type has, or names a need that does not exist.
    """
    raw: dict[str, PlainValue] = {}
    if path is None or extend:
        raw |= rule_mapping("types.yaml", packaged_text("types.yaml"))
    if path is not None:
        try:
            own = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise file_error(path, f"cannot read the types of events: {error}") from None
        for name, given in rule_mapping(str(path), own).items():
            old = raw.get(name)
            if isinstance(given, dict) and isinstance(old, dict) and set(given) == {"enabled"}:
                raw[name] = {**old, "enabled": given["enabled"]}
            else:
                raw[name] = given
    types: dict[str, EventType] = {}
    words: list[tuple[str, Word]] = []
    for name, given in raw.items():
        one, own_words = _type(str(path or "types.yaml"), name, given)
        types[name] = one
        if one.enabled:
            words += own_words
    return TypeTable(types, words)


def _type(file: str, name: str, given: PlainValue) -> tuple[EventType, list[tuple[str, Word]]]:
    def wrong(key: str, message: str) -> DataError:
        return file_error(file, f"{name}.{key}: {message}" if key else f"{name}: {message}")

    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise wrong("", "a type is named by small letters, digits and _, such as fda_approval")
    if not isinstance(given, dict):
        raise wrong("", f"expected a mapping with some of {', '.join(_KEYS)}, not {given!r}")
    for key in given:
        if key not in _KEYS:
            hint = nearest(str(key), _KEYS) or f"; there are {', '.join(_KEYS)}"
            raise wrong(str(key), f"there is no such key{hint}")
    needs = _listed(given.get("needs", ["actor"]))
    if needs is None or not set(needs) <= set(NEEDS):
        raise wrong("needs", f"expected a list of some of {', '.join(NEEDS)}, not {given.get('needs')!r}")
    kinds = _listed(given.get("kinds", []))
    if kinds is None:
        raise wrong("kinds", f"expected a list of kinds of products, not {given['kinds']!r}")
    if given.get("sign", "none") not in SIGNS:
        raise wrong("sign", f"expected one of {', '.join(SIGNS)}, not {given['sign']!r}")
    for key in ("names", "future", "enabled"):
        if not isinstance(given.get(key, False), bool):
            raise wrong(key, f"expected true or false, not {given[key]!r}")
    priority = given.get("priority", 50)
    if not isinstance(priority, int) or isinstance(priority, bool):
        raise wrong("priority", f"expected a whole number, not {priority!r}")
    if not any(given.get(role) for role in ("verbs", "weak", "alone")):
        raise wrong("verbs", "a type needs words that announce it: verbs, weak or alone")
    patterns = []
    phrases: list[tuple[str, str]] = []
    for role in ROLES:
        lists = given.get(role) or {}
        if not isinstance(lists, dict) or not set(lists) <= set(_LANGUAGES):
            raise wrong(role, f"expected lists by language, such as {{en: [...], zh: [...]}}, not {lists!r}")
        for language, listed in lists.items():
            found = _listed(listed)
            if found is None or (language == "patterns" and role != "alone"):
                raise wrong(f"{role}.{language}", f"expected a list of words, not {listed!r}")
            if language == "patterns":
                try:
                    patterns += [re.compile(one) for one in found]
                except re.error as error:
                    raise wrong(f"{role}.patterns", f"expected regular expressions: {error}") from None
            else:
                phrases += [(role, one) for one in found]
    one = EventType(
        name=name, needs=needs, kinds=kinds, names=given.get("names") is True, future=given.get("future") is True,
        priority=priority, sign=str(given.get("sign", "none")), enabled=given.get("enabled") is not False,
        patterns=tuple(patterns),
    )  # fmt: skip
    return one, [word for role, phrase in phrases for word in _forms(one, role, phrase)]


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
