"""Products in a text: models, chips, apps, their versions, and who makes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsbt.domain.aliases import AliasContext, Mention
from newsbt.domain.folding import fold, is_word
from newsbt.domain.phrases import Found, PhraseMatcher
from newsbt.events.extraction.extraction_rules import ExtractionRules, Family

__all__ = ["Product", "ProductFinder", "plain_name"]

_VERB_BEFORE = re.compile(
    r"(?:\b(?:unveil|launch|releas|introduc|open-sourc|debut|preview|present|announc)\w*\s+(?:the |its )?"
    r"|(?:发布|推出|开源|上线|公布)(?:了|其)?[“'\"]?)$"
)
_MODEL_AFTER = re.compile(r"(?:'s)? (?:[a-z]+ ){0,2}models?\b|系列?(?:大)?模型|大模型")


@dataclass(frozen=True, slots=True)
class Product:
    """A product at text[start:end]. `name` is written in the family's way, with the version as the text has it."""

    start: int
    end: int
    name: str
    maker: str
    kind: str
    versioned: bool


def plain_name(name: str) -> str:
    """A name without case, blanks and signs, for comparing.

    >>> plain_name("DeepSeek-R1") == plain_name("DeepSeek R1"), plain_name("GPT-4.5")
    (True, 'gpt4.5')
    """
    kept = "".join(one for one in fold(name) if one.isalnum() or one == ".")
    return kept.rstrip(".")


Names = list[Found[tuple[tuple[Family, str], ...]]]


class ProductFinder:
    """Finds products by family, by version, and by a version alone where its family or maker stands in the text."""

    def __init__(self, rules: ExtractionRules) -> None:
        words = "|".join(sorted(map(re.escape, rules.suffixes), key=len, reverse=True))
        apps = "|".join(map(re.escape, rules.apps))
        lower = "|".join(re.escape(word.lower()) for word in rules.suffixes if len(word) > 2)
        more = (
            rf"(?:[- ]?(?:{words})(?![A-Za-z])|-(?:{lower})(?![A-Za-z])|-\d{{1,4}}(?![A-Za-z\d.%])"
            rf"|[- ]\d+(?:\.\d+)?[BbMm](?![A-Za-z])|-A\d+B|-[A-Za-z]\d(?:\.\d)?(?![A-Za-z\d]))*"
        )
        number = (
            r"[- ]?[VvKkMRrXTtO]?(?:\d{1,2}x)?\d{1,3}(?:\.\d{1,2}){0,2}[A-Za-z]?(?![\dA-Za-z%]|\.\d)"
            r"(?![ ]?(?:billion|million|trillion|yuan|[亿万年月日%％个款大倍家]))"
        )
        sorts = "|".join(map(re.escape, rules.sorts))
        sorted_as = rf"(?:(?:{sorts}){{1,2}}(?:大?模型)?)?"
        self._version = re.compile(
            rf"(?:{sorted_as}{number}{more}|(?:[- ]?(?:{words})(?![A-Za-z]))+(?:{number})?{more})"
        )
        self._app = re.compile(rf"['\"”’]?[ ]?(?:{apps})(?![A-Za-z])")
        self._b = re.compile(rf"[- ]\d+(?:\.\d+)?[BbMm](?![A-Za-z]){more}")
        self._families: PhraseMatcher[tuple[Family, str]] = PhraseMatcher(
            (alias, (family, alias)) for family in rules.families for alias in family.aliases
        )
        self._shorts: dict[str, list[Family]] = {}
        for family in rules.families:
            for short in family.shorts:
                self._shorts.setdefault(short, []).append(family)
        letters = "".join(short for short in self._shorts if len(short) == 1)
        longer = "|".join(short for short in self._shorts if len(short) > 1)
        self._short = re.compile(
            rf"(?<![A-Za-z\d.\-/])(?:(?P<letter>[{letters}])\d{{1,2}}(?:\.\d{{1,2}})?{more}"
            rf"|(?P<word>{longer})[ -]\d(?:\.\d)?)(?![A-Za-z\d])"
        )
        self._contexts: dict[str, AliasContext] = {fold(one.alias): one for one in rules.contexts}
        self._ambiguous = {one.alias for one in rules.contexts}

    def find(self, text: str, folded: str, mentions: Iterable[Mention], names: Names) -> list[Product]:
        """Products in their order. `mentions` say which makers the text names."""
        found: list[Product] = []
        makers = {mention.name for mention in mentions if mention.certain}
        for start, end, values in names:
            family, alias = values[0]
            if alias.isascii() and not self._written_so(text[start:end], alias):
                continue
            product = self._product(text, folded, start, end, family, alias, makers)
            if product is not None and (not found or product.start >= found[-1].end):
                found.append(product)
                makers.add(family.maker)
        found += self._by_version(text, folded, found, makers)
        found.sort(key=lambda one: one.start)
        return found

    @property
    def phrases(self) -> tuple[str, ...]:
        """All names of families, folded."""
        return self._families.phrases

    def names(self, folded: str) -> Names:
        """Where names of families stand in a text, to be handed to the other two methods."""
        return self._families.find(folded, loose_end=True)

    def makers(self, text: str, folded: str, names: Names) -> Iterator[tuple[int, int, str]]:
        """Names of families that stand alone and then mean their maker."""
        for start, end, values in names:
            family, alias = values[0]
            if alias.isascii() and end < len(folded) and is_word(folded[end]):
                continue
            if family.bare == "family" and alias not in self._ambiguous and self._written_so(text[start:end], alias):
                yield start, end, family.maker

    def _product(
        self, text: str, folded: str, start: int, end: int, family: Family, alias: str, makers: set[str]
    ) -> Product | None:
        app = self._app.match(text, end)
        version = self._version.match(text, end)
        if version is None and family.bare == "no":
            version = self._b.match(text, end)
        if version is not None and version.end() > end:
            stop, name = version.end(), family.name + text[end : version.end()]
        elif app is not None and family.kind in ("model", "chat"):
            stop, name = app.end(), f"{family.name} app"
        else:
            stop, name = end, family.name
        if end == stop and end < len(text) and is_word(folded[end]) and is_word(folded[end - 1]):
            return None  # the family's name is only the beginning of another word
        if stop == end and (
            family.bare == "no" or (family.bare == "family" and not self._is_object(folded, start, end))
        ):
            return None
        if not self._in_context(alias, folded, start, stop, family, makers):
            return None
        kind = "app" if app is not None and version is None else family.kind
        if kind == "chat" and (version is not None or _MODEL_AFTER.match(folded, stop)):
            kind = "model"
        if family.prefixed:
            name = f"{family.prefixed} {name}"
        return Product(start, stop, " ".join(name.split()), family.maker, kind, stop > end)

    def _in_context(self, alias: str, folded: str, start: int, end: int, family: Family, makers: set[str]) -> bool:
        context = self._contexts.get(fold(alias))
        if context is None:
            return True
        near = folded[max(0, start - 24) : end + 24]
        if any(fold(phrase) in near for phrase in context.forbids):
            return False
        if not context.needs or family.maker in makers or end - start > len(alias):
            return True
        outside = folded[:start] + "\n" + folded[end:]
        return any(
            re.search(rf"(?<![a-z]){re.escape(fold(word))}(?![a-z])", outside) is not None for word in context.needs
        )

    @staticmethod
    def _is_object(folded: str, start: int, end: int) -> bool:
        """Whether a family's bare name is what is released: right after such a verb, or called a model."""
        return _VERB_BEFORE.search(folded[max(0, start - 28) : start]) is not None or (
            _MODEL_AFTER.match(folded, end) is not None
        )

    @staticmethod
    def _written_so(written: str, alias: str) -> bool:
        """Short or common English names need their case; others may be written in any."""
        return written == alias or written.isupper() or (len(alias) > 5 and not alias.islower())

    def _code_in_context(self, code: str, folded: str) -> bool:
        context = self._contexts.get(fold(code)[:2])
        return context is not None and any(fold(word) in folded for word in context.needs)

    def _by_version(self, text: str, folded: str, found: list[Product], makers: set[str]) -> list[Product]:
        """Versions without a family's name: R1 where DeepSeek is named, o1 where OpenAI is."""
        more = []
        for match in self._short.finditer(text):
            start, end = match.span()
            if any(one.start < end and start < one.end for one in found):
                continue
            known = self._shorts[match["letter"] or match["word"]]
            families = [one for one in known if one.maker in makers]
            if not families and len(known) == 1 and self._code_in_context(match.group(), folded):
                families = known
            if not families:
                continue
            if len(families) > 1:
                # The maker named last before it is meant.
                before = [one for one in found if one.end <= start]
                families.sort(key=lambda one: max((p.start for p in before if p.maker == one.maker), default=-1))
            family = families[-1]
            space = "" if family.name.endswith(" o") else "-" if family.name == "DeepSeek" else " "
            name = f"{family.name}{space}{match.group()}" if space else f"{family.name[:-1]}{match.group()}"
            kind = "model" if family.kind == "chat" else family.kind
            more.append(Product(start, end, name, family.maker, kind, True))
        return more
