"""What an announcement is about, in a few words: a product's name, an amount, a rule, a deal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newsbt.events.extraction.analysis import Sentence, TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extraction_rules import ExtractionRules
from newsbt.events.extraction.finances import AMOUNT
from newsbt.events.extraction.news_item import Span
from newsbt.events.extraction.products import Product, plain_name

__all__ = ["Subject", "find_subject"]

_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_SPELT = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_HAN = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_UNITS = {"bn": "billion", "mn": "million", "tn": "trillion"}
_MONEY = {
    "$": "dollars",
    "us$": "dollars",
    "hk$": "Hong Kong dollars",
    "€": "euros",
    "£": "pounds",
    "¥": "yuan",
    "rmb": "yuan",
}
_MONEY_WORDS = {
    "元": "yuan", "人民币": "yuan", "renminbi": "yuan", "美元": "dollars", "us dollars": "dollars", "dollar": "dollars",
    "港元": "Hong Kong dollars", "日元": "yen", "欧元": "euros", "韩元": "won", "euro": "euros", "pound": "pounds",
}  # fmt: skip
_COUNT = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten"
_YEARS = re.compile(rf"\b(?:over|in|within|for|across) (?:the )?(?:(?:next|coming|following) )?(?P<n>{_COUNT}) years\b")
_YEARS_ZH = re.compile(r"(?:未来|今后|接下来)?(?<!\d)(?P<n>\d{1,2}|[一两二三四五六七八九十])年(?:内|间)?")
_IN_YEAR = re.compile(r"\b(?:in|for) (?P<year>20\d\d)\b|(?P<zh>20\d\d)年")
_GIGAWATTS = re.compile(rf"(?P<n>{_COUNT}|\d+\.\d+)[ -](?:gigawatts?|gw)\b")
_DEFINED = re.compile(
    r"\s+(?:is|are) (?:a|the|its|[\w']+'s)\s+(?:[\w' -]{0,40}?)(?:new|first|latest|newest|next)\b[\w' -]{0,40}?"
    r"(?:model|version|generation|chip|agent|assistant)"
)
_COUNTED = re.compile(
    r"\b(two|three|four|five|several|2|3|4|5)\s+(?:\w+\s+){0,3}models\b|(?:两|三|四|五|多)(?:款|个)\S{0,4}模型"
)
# A name with a figure or a capital inside, such as a family that the rules do not know yet.
_NEW_NAME = re.compile(
    r"(?<![\w$.-])(?=[\w.-]*(?:[A-Za-z][-.]?\d|[a-z][A-Z]))[A-Z][A-Za-z]*[\w.-]*[\w]"
    r"(?:[ -](?:Pro|Max|Mini|Lite|Ultra|\d[\w.]*))?"
)
_NO_NAMES = frozenset(
    ("Q1", "Q2", "Q3", "Q4", "H1", "H2", "5G", "6G", "A-share", "FY2024", "FY2025", "FY2026", "G7", "G20")
)
_TITLE = re.compile(r"《([^》]{2,60})》")


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject as announcements write it, and the words it comes from."""

    name: str
    span: Span | None


def find_subject(analysis: TextAnalysis, claims: Sequence[Claim], rules: ExtractionRules) -> Subject:
    """The subject of a story; an empty name where the text gives none."""
    event_type = claims[0].event_type
    if event_type in ("model_release", "product_launch"):
        return _products(analysis, claims)
    for claim in _ordered(claims):
        sentence = claim.sentence
        found: Subject | None = None
        if event_type == "capex_plan":
            found = _spending(analysis, sentence)
        elif event_type == "export_control":
            found = _controlled(analysis, claim)
        elif event_type == "policy":
            found = _rule(analysis, claim)
        elif event_type == "partnership":
            found = _deal(analysis, claims, rules)
        elif event_type == "earnings_guidance":
            found = _outlook(analysis, claims)
        if found is not None:
            return found
    cue = claims[0].cue
    return Subject("", Span.of(analysis.text, cue.start, cue.end))


def _ordered(claims: Sequence[Claim]) -> list[Claim]:
    """Body before headline: headlines round."""
    return sorted(claims, key=lambda one: (one.zone == 0, one.zone, -one.weight))


def _products(analysis: TextAnalysis, claims: Sequence[Claim]) -> Subject:
    issuer = claims[0].issuer
    weights: dict[str, float] = {}
    shown: dict[str, Product] = {}
    for claim in claims:
        for product in claim.objects:
            key = plain_name(product.name)
            gain = claim.weight * (1.0 if product.versioned else 0.6)
            weights[key] = weights.get(key, 0.0) + gain
            shown.setdefault(key, product)
    if not weights:
        return _unnamed(analysis, claims)
    best = max(weights, key=lambda key: weights[key])
    chosen = {best}
    for claim in claims:  # products joined to the best one in one claim
        keys = [plain_name(one.name) for one in claim.objects]
        if best in keys:
            chosen.update(keys)
    opening = analysis.folded[: max(one.end for one in analysis.sentences if one.zone <= 1)]
    if _COUNTED.search(opening) or len(chosen) > 1:
        for sentence in analysis.sentences:
            for product in sentence.products:
                if product.maker == issuer and product.versioned and _DEFINED.match(analysis.folded, product.end):
                    key = plain_name(product.name)
                    shown.setdefault(key, product)
                    chosen.add(key)
    listed = sorted((shown[key] for key in chosen), key=lambda one: one.start)
    first = shown[best]
    return Subject("; ".join(one.name for one in listed), Span.of(analysis.text, first.start, first.end))


def _unnamed(analysis: TextAnalysis, claims: Sequence[Claim]) -> Subject:
    """A release whose product the rules do not know: the name after the verb, else the issuer's product named most."""
    issuer = claims[0].issuer
    for claim in _ordered(claims):
        sentence = claim.sentence
        for match in _NEW_NAME.finditer(analysis.text, claim.cue.end, min(sentence.end, claim.cue.end + 90)):
            start, end = match.span()
            known = [(one.start, one.end) for one in sentence.mentions] + [
                (one.start, one.end) for one in sentence.products
            ]
            if match[0] not in _NO_NAMES and not any(first < end and start < last for first, last in known):
                return Subject(match[0], Span.of(analysis.text, start, end))
    counts: dict[str, tuple[float, Product]] = {}
    for sentence in analysis.sentences:
        for product in sentence.products:
            if product.maker == issuer and sentence.zone <= 2:
                key = plain_name(product.name)
                count, first = counts.get(key, (0.0, product))
                counts[key] = (count + 1 + product.versioned, first)
    if not counts:
        cue = claims[0].cue
        return Subject("", Span.of(analysis.text, cue.start, cue.end))
    best = max(counts.values(), key=lambda one: one[0])[1]
    return Subject(best.name, Span.of(analysis.text, best.start, best.end))


def amount_in_words(match: re.Match[str]) -> str:
    """An amount of money in one way of writing.

    >>> amount_in_words(AMOUNT.search("3800亿元")), amount_in_words(AMOUNT.search("$60 billion to $65 billion"))
    ('380 billion yuan', '60 to 65 billion dollars')
    """
    part = match.groupdict()
    unit = _UNITS.get(part["unit"], part["unit"])
    numbers = [part["low"].replace(",", "")] + ([part["high"].replace(",", "")] if part["high"] else [])
    if unit in ("万亿", "亿", "万"):
        scale = {"万亿": 1e12, "亿": 1e8, "万": 1e4}[unit]
        sizes = [float(one) * scale for one in numbers]
        divisor, unit = next(
            (one for one in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")) if max(sizes) >= one[0]), (1.0, "")
        )
        numbers = [f"{size / divisor:.10g}" for size in sizes]
    money = _MONEY_WORDS.get(part["money"] or "", part["money"] or _MONEY.get((part["sign"] or "").strip(), ""))
    return " ".join(one for one in (" to ".join(numbers), unit, money) if one)


def _spending(analysis: TextAnalysis, sentence: Sentence) -> Subject | None:
    folded = analysis.folded
    amount = AMOUNT.search(folded, sentence.start, sentence.end)
    if amount is None:
        for cue in sentence.cued("capex_plan.nouns"):
            if analysis.folded[cue.start : cue.end] in ("资本开支", "资本支出", "capex", "capital expenditure"):
                return Subject(analysis.text[cue.start : cue.end], Span.of(analysis.text, cue.start, sentence.end))
        return None
    name = amount_in_words(amount)
    years = _YEARS.search(folded, sentence.start, sentence.end)
    zh = _YEARS_ZH.search(folded, sentence.start, sentence.end)
    year = _IN_YEAR.search(folded, sentence.start, sentence.end)
    if years is not None:
        name += f" over {_spelt(years['n'])} years"
    elif zh is not None and "20" not in zh["n"]:
        name += f" over {_spelt(zh['n'])} years"
    elif year is not None:
        name += f" in {year['year'] or year['zh']}"
    return Subject(name, Span.of(analysis.text, amount.start(), amount.end()))


def _spelt(written: str) -> str:
    number = _WORDS.get(written) or _HAN.get(written) or int(written)
    return _SPELT[number] if number < len(_SPELT) else str(number)


def _controlled(analysis: TextAnalysis, claim: Claim) -> Subject | None:
    for product in (*claim.objects, *claim.sentence.products):
        return Subject(product.name, Span.of(analysis.text, product.start, product.end))
    for cue in claim.sentence.cued("export_control.strong"):
        if analysis.folded[cue.start : cue.end] in ("entity list", "实体清单"):
            return Subject("entity list", Span.of(analysis.text, cue.start, cue.end))
    cues = claim.sentence.cued("export_control.nouns")
    if cues:
        return Subject(
            _phrase(analysis, cues[0].start, cues[-1].end), Span.of(analysis.text, cues[0].start, cues[-1].end)
        )
    return None


def _phrase(analysis: TextAnalysis, start: int, end: int) -> str:
    return " ".join(re.split(r"[,;:.!?，。；：]", analysis.text[start:end])[0].split())[:80]


def _rule(analysis: TextAnalysis, claim: Claim) -> Subject | None:
    sentence = claim.sentence
    title = _TITLE.search(analysis.text, sentence.start, sentence.end)
    if title is not None:
        return Subject(title[1], Span.of(analysis.text, title.start(1), title.end(1)))
    for product in claim.objects:
        return Subject(product.name, Span.of(analysis.text, product.start, product.end))
    nouns = sentence.cued("policy.nouns")
    if not nouns:
        return None
    start = claim.cue.end if any(one.start >= claim.cue.end for one in nouns) else nouns[0].start
    name = _phrase(analysis, start, sentence.end)
    name = re.sub(r"^(?:(?:a|an|the|its)\b|了)\s*", "", name)
    name = re.split(r"\s+(?:with|that|which|who|to take|after|by|from|in force)\b", name)[0]
    return Subject(name, Span.of(analysis.text, start, sentence.end)) if name else None


def _deal(analysis: TextAnalysis, claims: Sequence[Claim], rules: ExtractionRules) -> Subject | None:
    parties = list(
        dict.fromkeys(one.name for claim in claims for one in claim.sentence.mentions if one.kind == "company")
    )
    supplier = parties[0] if parties else claims[0].issuer
    for sentence in analysis.sentences:
        power = _GIGAWATTS.search(analysis.folded, sentence.start, sentence.end)
        if power is None or sentence.zone > 3:
            continue
        maker = next(
            (
                one.name
                for one in sentence.mentions
                if one.kind == "company" and power.end() < one.start <= power.end() + 6
            ),
            None,
        )  # "6 gigawatts of AMD chips"
        supplier = maker or supplier
        number = str(_WORDS.get(power["n"], power["n"]))
        graphics = any(word in analysis.folded for word in rules.graphics)
        code = next(
            (one for other in analysis.sentences if other.zone <= 3 for one in other.products
             if one.kind == "chip" and one.maker == supplier), None
        )  # fmt: skip
        name = f"{number} GW of {supplier} {'GPUs' if graphics else 'systems'}"
        if code is not None and graphics:
            name += f" ({code.name.removeprefix(supplier).strip()})"
        customer = next((one for one in parties if one != supplier), "")
        if customer:
            name += f" for {customer}"
        return Subject(name, Span.of(analysis.text, power.start(), power.end()))
    for claim in claims:
        for product in claim.sentence.products:
            return Subject(product.name, Span.of(analysis.text, product.start, product.end))
    others = [one for one in parties if one != claims[0].issuer]
    cue = claims[0].cue
    name = f"cooperation with {others[0]}" if others else "cooperation"
    return Subject(name, Span.of(analysis.text, cue.start, cue.end))


def _outlook(analysis: TextAnalysis, claims: Sequence[Claim]) -> Subject | None:
    for claim in _ordered(claims):
        for cue in claim.sentence.cued("earnings_guidance.strong", "earnings_guidance.nouns"):
            amount = AMOUNT.search(analysis.folded, cue.end, min(claim.sentence.end, cue.end + 80))
            if amount is None:
                continue
            word = analysis.folded[cue.start : cue.end]
            kind = "Backlog" if word in ("remaining performance obligations", "backlog", "order book") else ""
            if not kind and cue.name == "earnings_guidance.strong":
                ahead = re.search(r"forecast|guid|outlook|sees|expects|projects|指引|预", word)
                profit = re.search(r"net (?:profit|income)|净利", word)
                kind = "Revenue outlook" if ahead else "Net profit" if profit else "Results"
            if kind:
                return Subject(f"{kind} of {amount_in_words(amount)}", Span.of(analysis.text, cue.start, amount.end()))
    cue = claims[0].cue
    return Subject(analysis.text[cue.start : cue.end], Span.of(analysis.text, cue.start, cue.end))
