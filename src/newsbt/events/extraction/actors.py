"""Who acts: the name that the subject of an English clause is, known or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsbt.domain.aliases import Mention
from newsbt.events.extraction.products import Product
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping

__all__ = [
    "GOVERNING",
    "Actor",
    "KnownName",
    "auxiliary_before",
    "is_reported",
    "is_titled",
    "named_in",
    "subject_actor",
]


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
_LEGAL = frozenset(
    ("group", "labs", "studios", "plc", "inc", "corp", "ltd", "co", "ag", "se", "sa", "nv", "holdings", "research",
     "asa", "ab", "as", "oyj", "spa", "kgaa", "gmbh", "bhd", "llc")
)  # fmt: skip
_SORTS = frozenset(
    ("startup", "start-up", "firm", "maker", "giant", "developer", "provider", "unicorn", "fintech", "chipmaker",
     "automaker", "carmaker", "drugmaker", "retailer", "lender", "insurer", "operator", "brokerage", "manufacturer")
)  # fmt: skip
_PERIOD = re.compile("(?:fy)?(?:20)?[0-3][0-9](?:-[0-9]{2})?|[1-4]q|q[1-4](?:fy[0-9]+)?|[12]h|h[12]")
_JOINING = frozenset(("of", "and", "the", "for", "&", "de", "la", "von", "der", "at"))
_OF = re.compile(
    r"^(?:the )?(?:next|new|latest|first|second|final|third)? ?"
    r"(?:version|edition|update|generation|phase|beta|build|makers?|parent|owner|creators?|operator|developer)s?"
    r" (?:of|to) (?:the )?",
    re.IGNORECASE,
)
# Between a subject and its verb, as news has it: Harbor on Tuesday announced.
_DAY = re.compile(
    r",?\s(?:on |late |early )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:morning|afternoon|evening|night))?,?$"
    r"|,?\s(?:today|yesterday|this (?:week|morning|month)|last week),?$",
    re.IGNORECASE,
)
_ASKING = """
why how what when where which whose if whether after before because although until since this these those here there not
now then just last next many most some such every his her their our your my its it he she they we you i says say say
monday tuesday wednesday thursday friday saturday sunday
"""
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
_NO_NAMES = _NO_SUBJECT | frozenset(_ASKING.split())  # stand in no name


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
            word in _DESCRIBING
            or word[0] in "$€£"
            or word.endswith(("-based", "-backed", "-owned", "-listed", "-born"))
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
    return _unknown(text, tokens[at:], end, titled, reported)


def _described(text: str, tokens: Sequence[re.Match[str]], named: Sequence[KnownName]) -> int:
    """Which token begins the name that small words describe (Embattled hedge fund Brightvale); 0 where none does."""
    small = 1
    while small < len(tokens) and text[tokens[small].start()].islower():
        word = tokens[small].group().lower()
        if word not in _APPOSING and (
            word in _STARTS or word in _OTHERS or word in _NO_SUBJECT or word in _JOINING or word in _REPORTED
        ):
            return 0
        small += 1
    if small in (1, len(tokens)) or small > _DESCRIPTION or _names_at(named, tokens[0].start()):
        return 0
    if tokens[small].group().lower().rstrip(".") in _LEGAL:
        return 0  # the form of a company whose name stands before it
    first = text[tokens[0].end() : tokens[0].end() + 1]
    between = text[tokens[0].end() : tokens[small].start()]
    return small if first != "'" and not re.search(r"[,:;'’(]", between) else 0


def _describing_country(text: str, start: int, end: int, *, titled: bool) -> bool:
    """Whether a country's name that ends at `start` only describes another name behind it: UK startup Brightvale."""
    rest = re.match(r"(?:'s|’s)?\s+(?P<words>.*)", text[start:end])
    if rest is None or not rest["words"] or GOVERNING.match(rest["words"].lower()):
        return False
    return not titled or len(rest["words"].split()) > 1


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
    if titled and possessive is None:  # Digital Identity Startup Brightvale: what it is stands before the name
        kind = max((n for n, one in enumerate(kept[:-1]) if one.group().lower() in _SORTS), default=-1)
        kept = kept[kind + 1 :]
    if not kept or len(kept) > 4:
        return None
    words = [one.group() for one in kept]
    if words[0][0] in "$€£":
        return None
    starts = words[0].lower().rstrip(".")
    if (starts in _STARTS and not (starts == "may" and len(words) > 1)) or starts in _PEOPLE or starts in _OTHERS:
        return None
    is_company = words[-1].lower().rstrip(".") in _LEGAL and words[-1].isupper()  # Harbor bank ASA
    if words[0][0].isdigit() and not any(one.isalpha() and one[0].isupper() for one in words):
        return None
    for one in words:
        lower = one.lower()
        if lower in _OTHERS or (lower in _NO_NAMES and lower not in _JOINING):
            return None
        capital = one[0].isupper() or one[0].isdigit() or any(c.isupper() for c in one) or lower in _JOINING
        if not (capital or is_company):
            return None
    if len(words) == 1 and (len(words[0]) < 3 or words[0].lower() in _REPORTED or words[0].lower() in _UNITS):
        return None
    if words[-1].lower() in _JOINING:
        return None
    first, last = kept[0].start(), kept[-1].end()
    name = text[first:last].strip()
    return Actor(first, last, name, "company", False)


def is_reported(words: str) -> bool:
    """Whether words are nothing but those of a report's figures: profit and revenue."""
    listed = re.findall(r"[\w'-]+", words.lower())
    return bool(listed) and all(_is_reported(one) or one in ("and", "its", "of") for one in listed)


def _is_reported(word: str) -> bool:
    return word in _REPORTED or _PERIOD.fullmatch(word) is not None


def named_in(mentions: Sequence[Mention], products: Sequence[Product]) -> list[KnownName]:
    """Sure names of organisations and products, in the order of the text."""
    found = [KnownName(one.start, one.end, one.name, one.kind) for one in mentions if one.certain]
    found += [KnownName(one.start, one.end, one.maker, "company", one) for one in products]
    return sorted(found, key=lambda one: (one.start, -one.end))
