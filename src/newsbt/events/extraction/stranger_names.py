"""Who acts, and the names that nobody knows: what stands before a verb, written as a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsbt.events.extraction.products import Product
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping

__all__ = [
    "DESCRIBING", "JOINING", "LEGAL", "NO_SUBJECT", "OTHERS", "REPORTED", "STARTS", "Actor", "KnownName", "is_reported",
    "unknown_name",
]  # fmt: skip


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


_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(str(words).split())
    for name, words in rule_mapping("grammar.yaml", packaged_text("grammar.yaml")).items()
}
DESCRIBING, REPORTED, _UNITS = _WORDS["describing"], _WORDS["reported"], _WORDS["units"]
OTHERS, _PEOPLE, STARTS, _OWNERS = _WORDS["others"], _WORDS["people"], _WORDS["starts"], _WORDS["owners"]
LEGAL = frozenset(
    ("group", "labs", "studios", "plc", "inc", "corp", "ltd", "co", "ag", "se", "sa", "nv", "holdings", "research",
     "asa", "ab", "as", "oyj", "spa", "kgaa", "gmbh", "bhd", "llc")
)  # fmt: skip
_SORTS = frozenset(
    ("startup", "start-up", "firm", "maker", "giant", "developer", "provider", "unicorn", "fintech", "chipmaker",
     "automaker", "carmaker", "drugmaker", "retailer", "lender", "insurer", "operator", "brokerage", "manufacturer")
)  # fmt: skip
_PUBLIC = frozenset(  # ends the name of a body that is no company
    ("department", "ministry", "agency", "commission", "authority", "council", "committee", "parliament", "university",
     "police", "army", "navy", "court", "senate", "association")
)  # fmt: skip
_PERIOD = re.compile("(?:fy)?(?:20)?[0-3][0-9](?:-[0-9]{2})?|[1-4]q|q[1-4](?:fy[0-9]+)?|[12]h|h[12]")
_QUARTER = re.compile("[1-4]q|q[1-4]")
JOINING = frozenset(("of", "and", "the", "for", "&", "de", "la", "von", "der", "at"))
_ASKING = """
why how what when where which whose if whether after before because although until since this these those here there not
now then just last next many most some such every his her their our your my its it he she they we you i says say say
monday tuesday wednesday thursday friday saturday sunday
"""
_LINKING = "is are of who that which says said was has from by with in on at to as for than vs like"
NO_SUBJECT = frozenset(_LINKING.split())
_NO_NAMES = NO_SUBJECT | frozenset(_ASKING.split())  # stand in no name


def is_reported(words: str) -> bool:
    """Whether words are nothing but those of a report's figures: profit and revenue."""
    listed = re.findall(r"[\w'-]+", words.lower())
    return bool(listed) and all(_is_reported(one) or one in ("and", "its", "of") for one in listed)


def _is_reported(word: str) -> bool:
    return word in REPORTED or _PERIOD.fullmatch(word) is not None


def unknown_name(text: str, tokens: list[re.Match[str]], end: int, titled: bool, reported: bool) -> Actor | None:
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
            one.group().lower().rstrip("s") in OTHERS or one.group().lower() in OTHERS for one in kept[possessive + 1 :]
        ):
            return None
        kept = kept[: possessive + 1]
        if possessive == 0 and kept[0].group().lower() in _OWNERS:  # Wendy's is its whole name
            first, last = kept[0].start(), kept[0].end() + 2
            return Actor(first, last, text[first:last], "company", False)
    else:
        joint = next((n for n, one in enumerate(kept) if one.group().lower() in ("and", "&") and n), None)
        if joint is not None and (joint > 1 or titled or joint + 1 < len(kept)):
            after = kept[joint + 1] if joint + 1 < len(kept) else None
            if after is not None and kept[joint].group() == "and":
                kept = kept[:joint]
        while len(kept) > 1 and (reported or _QUARTER.fullmatch(kept[-1].group().lower())):
            if not _is_reported(kept[-1].group().lower().strip(".")):
                break
            kept.pop()
        while len(kept) > 1 and kept[-1].group().lower().rstrip(".") in _UNITS - LEGAL:
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
    if (starts in STARTS and not (starts == "may" and len(words) > 1)) or starts in _PEOPLE or starts in OTHERS:
        return None
    is_company = words[-1].lower().rstrip(".") in LEGAL and words[-1].isupper()  # Harbor bank ASA
    if words[0][0].isdigit() and not any(one.isalpha() and one[0].isupper() for one in words):
        return None
    for one in words:
        lower = one.lower()
        if lower in OTHERS or (lower in _NO_NAMES and lower not in JOINING):
            return None
        capital = one[0].isupper() or one[0].isdigit() or any(c.isupper() for c in one) or lower in JOINING
        if not (capital or is_company):
            return None
    if len(words) == 1 and (len(words[0]) < 3 or words[0].lower() in REPORTED or words[0].lower() in _UNITS):
        return None
    if words[-1].lower() in JOINING or words[-1].lower() in _SORTS | _PUBLIC or is_reported(" ".join(words)):
        return None
    first, last = kept[0].start(), kept[-1].end()
    name = text[first:last].strip()
    return Actor(first, last, name, "company", False)
