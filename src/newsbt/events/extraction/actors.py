"""Who acts: the name that the subject of an English clause is, known or not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.products import Product
from newsbt.events.extraction.stranger_names import (
    DESCRIBING,
    JOINING,
    LEGAL,
    NO_SUBJECT,
    OTHERS,
    REPORTED,
    STARTS,
    Actor,
    KnownName,
    unknown_name,
)

__all__ = [
    "GOVERNING",
    "auxiliary_before",
    "is_titled",
    "named_in",
    "subject_actor",
]


_TOKEN = re.compile(r"[A-Za-z0-9À-ɏ$€£](?:[\w&+/.-]*[\w+])?|&")
_DESCRIPTION = 6  # tokens that may describe a name before it
# Behind a known name: another one that the first describes (iPhone maker Apple, Apple supplier Foxconn).
_NEIGHBOURS = """
maker owner parent supplier developer creator operator backer assembler partner rival competitor spinoff unit subsidiary
challenger
"""
_APPOSING = frozenset(_NEIGHBOURS.split())
_APPOSED = re.compile(
    rf"\s(?:\w+\s)?(?:{'|'.join(sorted(_APPOSING))})(?:\scompany)?\s(?P<name>(?-i:[A-Z])[\w.&'-]*)", re.IGNORECASE
)
_OF = re.compile(
    r"^(?:the )?(?:next|new|latest|first|second|final|third)? ?"
    r"(?:version|edition|update|generation|phase|beta|build|makers?|parent|owner|creators?|operator|developer)s?"
    r" (?:of|to) (?:the )?",
    re.IGNORECASE,
)
_TICKER = re.compile(r"\s*\([A-Z][A-Z.]{0,5}\)\s+")  # before the name, as wires have it: (HBR) Harbor expects
# Between a subject and its verb, as news has it: Harbor on Tuesday announced.
_DAY = re.compile(
    r",?\s(?:on |late |early )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night))?,?$"
    r"|,?\s(?:today|yesterday|this (?:week|morning|month)|last week),?$",
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
_PLURAL = re.compile("[^s]s$")
_AROUND = " '\"‘’“”("
# Behind a country's name: it stands for its government.
GOVERNING = re.compile(
    r"(?:'s )?(?:government|regulator|lawmaker|senat|house|congress|president|official|authorit|commerce|treasury"
    r"|administration|trade|justice|cabinet|top|antitrust|to|will|is|has|have|plans?"
    r"|政府|官方|当局|总统|国会|商务|司法|财政|正式|宣布|拟|将|已|正|计划|再|对|监管|$)|[^\w\s]"
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
    if day := _DAY.search(text[start:end]):
        end = start + day.start()
    if of := _OF.match(text[start:end]):
        start += of.end()
    tokens = list(_TOKEN.finditer(text, start, end))
    at = 0 if titled else _described(text, tokens, named)
    while at < len(tokens):
        name = _names_at(named, tokens[at].start())
        if name is not None:
            if name.kind != "country" or not _describing_country(text, name.end, end, titled=titled):
                break
            after = name.end + (2 if text.startswith(("'s", "’s"), name.end) else 0)
            at = next((n for n, one in enumerate(tokens) if one.start() >= after), len(tokens))
            continue
        word = tokens[at].group().lower()
        if not (
            word in DESCRIBING or word[0] in "$€£" or word.endswith(("-based", "-backed", "-owned", "-listed", "-born"))
        ):
            break
        at += 1
    if at == len(tokens):
        return None
    first = tokens[at]
    known = _names_at(named, first.start())
    if known is not None:
        other = _APPOSED.match(text, known.end, end)
        if other is not None and other["name"][:1].isupper():
            return subject_actor(text, other.start("name"), end, named, titled=titled, reported=reported)
        return _known(text, known, end)
    later = next((one for one in named if first.start() < one.start and one.end <= end), None)
    if later is not None and _describes(text[first.start() : later.start]):
        return _known(text, later, end)
    if at and tokens[at - 1].group().lower() in ("former", "rival", "competitor"):
        return None
    return unknown_name(text, tokens[at:], end, titled, reported)


def _described(text: str, tokens: Sequence[re.Match[str]], named: Sequence[KnownName]) -> int:
    """Which token begins the name that small words describe (Embattled hedge fund Brightvale); 0 where none does."""
    small = 1
    while small < len(tokens) and text[tokens[small].start()].islower():
        word = tokens[small].group().lower()
        if word not in _APPOSING and (
            word in STARTS or word in OTHERS or word in NO_SUBJECT or word in JOINING or word in REPORTED
        ):
            return 0
        small += 1
    leading, last = (tokens[one].group().lower() for one in (0, small - 1)) if tokens else ("", "")
    if leading in OTHERS or (_PLURAL.search(leading) and last not in _APPOSING and last not in DESCRIBING):
        return 0  # Shareholders push Harbor
    if small in (1, len(tokens)) or small > _DESCRIPTION or _names_at(named, tokens[0].start()):
        return 0
    if tokens[small].group().lower().rstrip(".") in LEGAL:
        return 0  # the form of a company whose name stands before it
    first = text[tokens[0].end() : tokens[0].end() + 1]
    between = text[tokens[0].end() : tokens[small].start()]
    return small if first != "'" and not re.search(r"[,:;'’(]", between) else 0


def _describing_country(text: str, start: int, end: int, *, titled: bool) -> bool:
    """Whether a country's name that ends at `start` only describes another name behind it: UK startup Brightvale."""
    rest = re.match(r"(?:'s|’s)?\s+(?P<words>.*)", text[start:end])
    if rest is None or not rest["words"] or GOVERNING.match(rest["words"].lower()):
        return False
    return not titled or rest.start("words") > 1 or len(rest["words"].split()) > 1


def _names_at(named: Sequence[KnownName], start: int) -> KnownName | None:
    return next((one for one in named if one.start == start), None)


def _without_asides(text: str, start: int, end: int) -> tuple[int, int]:
    """The subject without a clause before it (After ..., ) and without what stands between commas or dashes."""
    piece = text[start:end]
    if ticker := _TICKER.match(piece):
        start, piece = start + ticker.end(), piece[ticker.end() :]
    lead = len(piece) - len(piece.lstrip(" '\"‘’“”([#*•·-—–"))
    start += lead
    piece = text[start:end].rstrip(" '\"‘’“”,—–-")
    end = start + len(piece)
    first = piece.split(" ", 1)[0].lower()
    if first in STARTS and "," in piece:
        return _without_asides(text, start + piece.rindex(",") + 1, end)
    aside = re.search(r"\s*(?:,| — | – | \().*$", piece)
    if aside and not re.search(r",? (?:and|&) [A-Z][\w.]*$", piece):
        end = start + aside.start()
    return start, end


def _describes(piece: str) -> bool:
    """Whether words before a known name only describe it: Chinese AI startup DeepSeek."""
    words = piece.split()
    return len(words) <= 6 and all(
        one.lower().strip("',") in DESCRIBING or one.endswith(("'s", "’s", "-based", "-backed", "-owned"))
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
        if any(word.strip("'’s") in OTHERS or word in OTHERS for word in words):
            return None
        if not NO_SUBJECT.isdisjoint(words):
            return None
        if len(words) > 6:
            return None
    return Actor(one.start, one.end, one.name, one.kind, True, one.product)


def named_in(mentions: Sequence[Mention], products: Sequence[Product]) -> list[KnownName]:
    """Sure names of organisations and products, in the order of the text."""
    found = [KnownName(one.start, one.end, one.name, one.kind) for one in mentions if one.certain]
    found += [KnownName(one.start, one.end, one.maker, "company", one) for one in products]
    return sorted(found, key=lambda one: (one.start, -one.end))
