"""Who acts: the name that the subject of an English clause is, known or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.products import Product
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping

__all__ = ["Actor", "KnownName", "is_titled", "named_in", "subject_actor"]


@dataclass(frozen=True, slots=True)
class KnownName:
    """A known name at text[start:end]: `name` the organisation, or the maker of a product."""

    start: int
    end: int
    name: str
    kind: str
    product: Product | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, at text[start:end]. `known`: in the tables; else `name` is the text's own."""

    start: int
    end: int
    name: str
    kind: str
    known: bool
    product: Product | None = None


_TOKEN = re.compile(r"[A-Za-z0-9À-ɏ$€£](?:[\w&+/.-]*[\w+])?|&")
_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(str(words).split())
    for name, words in rule_mapping("grammar.yaml", packaged_text("grammar.yaml")).items()
}
_DESCRIBING, _REPORTED, _UNITS = _WORDS["describing"], _WORDS["reported"], _WORDS["units"]
_OTHERS, _PEOPLE, _STARTS = _WORDS["others"], _WORDS["people"], _WORDS["starts"]
_LEGAL = frozenset(
    ("group", "labs", "studios", "plc", "inc", "corp", "ltd", "co", "ag", "se", "sa", "nv", "holdings", "research")
)
_YEAR = re.compile("20[0-3][0-9]")
_JOINING = frozenset(("of", "and", "the", "for", "&", "de", "la", "von", "der", "at"))
_OF = re.compile(
    r"^(?:the )?(?:next|new|latest|first|second|final|third)? ?"
    r"(?:version|edition|update|generation|phase|beta|build|makers?|parent|owner|creators?|operator|developer)s?"
    r" (?:of|to) (?:the )?",
    re.IGNORECASE,
)
_HELPING = """
is are was were has have had will would may might could should to now just finally officially formally can also today
soon quietly reportedly plan plans planning set expected want wants aim aims hope hopes intend intends consider
considers considering mull mulls weigh weighs eyes seek seeks look looks agree agrees agreed be been being not n't never
won't isn't doesn't didn't don't can't so then successfully publicly further again likely about ready prepare prepares
preparing starting going begins starts continues fails failed refuses declines delays still almost nearly sharply
slightly voluntarily effectively only once more
"""
_HELPERS = frozenset((*_HELPING.split(), "-"))
_TWO_HELPERS = frozenset(("it will", "it has", "in talks"))
_AROUND = " '\"‘’“”("
_NO_SUBJECT = frozenset(
    (
        "is",
        "are",
        "of",
        "who",
        "that",
        "which",
        "says",
        "said",
        "was",
        "has",
        "from",
        "by",
        "with",
        "in",
        "on",
        "at",
        "to",
        "as",
        "for",
        "than",
        "vs",
        "like",
    )
)


def is_titled(text: str) -> bool:
    """Whether An English Headline Is Written Like This, so that capitals say nothing."""
    words = [one for one in re.findall(r"[A-Za-z][A-Za-z'’-]*", text) if len(one) > 3]
    return len(words) > 3 and sum(one[0].isupper() for one in words) > 0.62 * len(words)


def auxiliary_before(text: str, start: int, end: int) -> int:
    """Where the helping words (is, will, plans to) that end text[start:end] begin."""
    at = end
    while True:
        stop = start + len(text[start:at].rstrip(_AROUND))
        space = text.rfind(" ", start, stop)
        word = text[max(space + 1, start) : stop].lower()
        if word in _HELPERS:
            at = max(space, start)
            continue
        first = text.rfind(" ", start, max(space, start))
        if f"{text[max(first + 1, start) : max(space, start)].lower()} {word}" in _TWO_HELPERS:
            at = max(first, start)
            continue
        return at


def subject_actor(
    text: str, start: int, end: int, named: Sequence[KnownName], *, titled: bool, reported: bool = False
) -> Actor | None:
    """The name that text[start:end], the subject of an English clause, is; None where it is none.

    Known names count where the subject begins with them, described by common words only; any other must be written as
    a name and stand alone. `reported`: words such as sales and quarterly behind the name belong to what it reports.
    """
    start, end = _without_asides(text, start, end)
    if of := _OF.match(text[start:end]):
        start += of.end()
    tokens = list(_TOKEN.finditer(text, start, end))
    at = 0
    while at < len(tokens) and not _names_at(named, tokens[at].start()):
        word = tokens[at].group().lower()
        if not (word in _DESCRIBING or word.endswith(("-based", "-backed", "-owned", "-listed", "-born"))):
            break
        at += 1
    if at == len(tokens):
        return None
    first = tokens[at]
    known = _names_at(named, first.start())
    if known is not None:
        return _known(text, known, end)
    later = next((one for one in named if first.start() < one.start and one.end <= end), None)
    if later is not None and _describes(text[first.start() : later.start]):
        return _known(text, later, end)
    if at and tokens[at - 1].group().lower() in ("former", "rival", "competitor"):
        return None
    return _unknown(text, tokens[at:], end, titled, reported)


def _names_at(named: Sequence[KnownName], start: int) -> KnownName | None:
    return next((one for one in named if one.start == start), None)


def _without_asides(text: str, start: int, end: int) -> tuple[int, int]:
    """The subject without a clause before it (After ..., ) and without what stands between commas or dashes."""
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip(" '\"‘’“”([#*•·-—–"))
    start += lead
    piece = text[start:end].rstrip(" '\"‘’“”,—–-")
    end = start + len(piece)
    first = piece.split(" ", 1)[0].lower()
    if first in _STARTS and "," in piece:
        return _without_asides(text, start + piece.rindex(",") + 1, end)
    aside = re.search(r"\s*(?:,| — | – | \().*$", piece)
    if aside and not re.search(r",? (?:and|&) [A-Z][\w.]*$", piece):
        end = start + aside.start()
    return start, end


def _describes(piece: str) -> bool:
    """Whether words before a known name only describe it: Chinese AI startup DeepSeek."""
    words = piece.split()
    return len(words) <= 6 and all(
        one.lower().strip("',") in _DESCRIBING or one.endswith(("'s", "’s", "-based", "-backed", "-owned"))
        for one in words
    )


def _known(text: str, one: KnownName, end: int) -> Actor | None:
    """A known name with what follows it in the subject: its product, its unit, but not its investors."""
    rest = text[one.end : end].strip()
    if rest and not rest.startswith((",", "(", "—", "–", "+", "&", "and ", "/")):
        own = rest.startswith(("'s", "’s", "' ", "’ "))
        words = [
            word.lower()
            for word in re.findall(r"[A-Za-z0-9À-ɏ][\w'’&+.-]*", rest.removeprefix("'s").removeprefix("’s"))
        ]
        if not words:
            return None if not own else Actor(one.start, one.end, one.name, one.kind, True, one.product)
        if any(word.strip("'’s") in _OTHERS or word in _OTHERS for word in words):
            return None
        if not _NO_SUBJECT.isdisjoint(words):
            return None
        if len(words) > 6:
            return None
    return Actor(one.start, one.end, one.name, one.kind, True, one.product)


def _unknown(text: str, tokens: list[re.Match[str]], end: int, titled: bool, reported: bool) -> Actor | None:
    """A name that nobody knows: capitals up to the verb."""
    kept = list(tokens)
    possessive = next(
        (n for n, one in enumerate(kept) if re.match(r"(?:'|’)s?(?=\s)", text[one.end() : one.end() + 3])), None
    )
    if possessive is not None:
        if possessive == len(kept) - 1 and possessive == 0:
            name = text[kept[0].start() : end].strip()
            return Actor(kept[0].start(), kept[0].start() + len(name), name, "company", False)
        if any(
            one.group().lower().rstrip("s") in _OTHERS or one.group().lower() in _OTHERS
            for one in kept[possessive + 1 :]
        ):
            return None
        kept = kept[: possessive + 1]
    else:
        joint = next((n for n, one in enumerate(kept) if one.group().lower() in ("and", "&") and n), None)
        if joint is not None and (joint > 1 or titled or joint + 1 < len(kept)):
            after = kept[joint + 1] if joint + 1 < len(kept) else None
            if after is not None and kept[joint].group() == "and":
                kept = kept[:joint]
        while len(kept) > 1 and reported and _is_reported(kept[-1].group().lower().strip(".")):
            kept.pop()
        while len(kept) > 1 and kept[-1].group().lower().rstrip(".") in _UNITS - _LEGAL:
            kept.pop()
    if not kept or len(kept) > 4:
        return None
    words = [one.group() for one in kept]
    if words[0].lower().rstrip(".") in _STARTS or words[0].lower() in _PEOPLE or words[0].lower() in _OTHERS:
        return None
    if words[0][0].isdigit() and not any(one.isalpha() and one[0].isupper() for one in words):
        return None
    for one in words:
        lower = one.lower()
        if lower in _OTHERS or (lower in _STARTS and lower not in _JOINING):
            return None
        if not (one[0].isupper() or one[0].isdigit() or any(c.isupper() for c in one) or lower in _JOINING):
            return None
    if len(words) == 1 and (len(words[0]) < 3 or words[0].lower() in _REPORTED or words[0].lower() in _UNITS):
        return None
    if words[-1].lower() in _JOINING:
        return None
    first, last = kept[0].start(), kept[-1].end()
    name = text[first:last].strip()
    return Actor(first, last, name, "company", False)


def _is_reported(word: str) -> bool:
    return word in _REPORTED or _YEAR.fullmatch(word) is not None


def named_in(mentions: Sequence[Mention], products: Sequence[Product]) -> list[KnownName]:
    """Sure names of organisations and products, in the order of the text."""
    found = [KnownName(one.start, one.end, one.name, one.kind) for one in mentions if one.certain]
    found += [KnownName(one.start, one.end, one.maker, "company", one) for one in products]
    return sorted(found, key=lambda one: (one.start, -one.end))
