"""By what two headlines of one company are told to be one story: the parties, products, amounts, periods and notions
that both name, in either language, and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from newsbt.domain.folding import fold, is_han
from newsbt.events.extraction.rule_texts import rule_nodes

if TYPE_CHECKING:  # what reads names is loaded where stories may be told again
    from newsbt.events.extraction.analysis import Reader

__all__ = ["StoryMarks", "is_one_story", "marks_of", "states_a_period"]

FILE = "story_words.yaml"
LEAST_SHARED = 2.0
LEAST_ACROSS = 2.4  # languages, of which one leaves most words out of account
LEAST_SHARE = 0.4  # of the headline that says less
ALIKE = 1.05  # times: two amounts that are one, rounded

# How much it says that two headlines have it in common.
PARTY, PRODUCT, AMOUNT_WEIGHT, PERIOD, NAME = 2.0, 2.0, 2.0, 1.5, 1.5
NOTION, WORD, NUMBER, COUNTRY, HAN_PAIR = {"telling": 1.0, "apart": 1.0, "common": 0.4}, 1.0, 1.0, 0.7, 0.4

_LATIN = re.compile(r"[a-z][a-z\d'&+.-]*|\d[\d.,]*%?")
_HAN = re.compile("[\u4e00-\u9fff]+")
_ENDINGS = ("ing", "ed", "es", "s")
_COMMON_WORDS = """
a an the of to in on for and or with by from at as is are was be been its it that this after over amid says say said new
will has have had up down update more than into out not no his her their about us report reports reportedly sources
source exclusive breaking first could may would plan plans planned deal deals company inc corp ltd group market markets
shares stock stocks news year years day week wsj bloomberg reuters information media 2nd 3rd against during between
who what why how he she they we you i but if so all still just now today million billion
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_COMMON_HAN = re.compile(
    "据报道?|据悉|消息人士|消息|报道|媒体|最新|公司|集团|宣布|表示|将于|正在|近日|今日|目前|同意"
    "|[将已为的与和及或在对于其称并被把了年月日]"
)
_AMOUNT = re.compile(
    r"(?P<sign>us\$|hk\$|usd ?|hkd ?|rmb ?|cny ?|eur ?|\$|€|£|¥)?(?P<number>\d[\d,]*(?:\.\d+)?)[\s-]?"
    r"(?P<unit>billion|bn|b|million|mln|mn|m|trillion|tn|万亿|亿|万)(?![a-z])"
    r"[- ]?(?P<money>yuan|renminbi|dollars?|euros?|pounds?|yen|美元|港元|人民币|日元|欧元|元)?"
)
_UNITS = {
    "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "trillion": 1e12, "tn": 1e12,
    "万亿": 1e12, "亿": 1e8, "万": 1e4,
}  # fmt: skip
_MONEY = {
    "us$": "USD", "usd": "USD", "$": "USD", "dollar": "USD", "dollars": "USD", "美元": "USD", "hk$": "HKD",
    "hkd": "HKD", "港元": "HKD", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "renminbi": "CNY", "人民币": "CNY",
    "元": "CNY", "¥": "",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "£": "GBP", "pound": "GBP", "pounds": "GBP",
    "yen": "JPY", "日元": "JPY",
}  # fmt: skip
_QUARTERS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "一": "1", "二": "2", "三": "3", "四": "4"}
_PERIOD = re.compile(
    r"(?<![a-z\d])q(?P<q>[1-4])(?!\d)|(?<![\d])(?P<p>[1-4])q(?![a-z])|(?P<word>first|second|third|fourth)[ -]quarter"
    r"|第?(?P<han>[一二三四1-4])季度?|(?<![a-z])(?:fy|fiscal(?: year)? ?)(?P<fy>20\d\d|\d\d)(?!\d)|(?P<year>20\d\d)财年"
    r"|(?<![a-z\d])(?P<h>1h|h1)(?![a-z\d])|first half|(?P<hzh>上半年)"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)年?")


# A question, or what somebody makes of it: no version of what it is about.
_COMMENT = re.compile(
    r"^(?:how|why|what|who|is|are|can|could|will|should|does)\b|\?$|\banalysts?\b|为何|为什么|怎么|如何|解读|点评|分析师"
)
COMMENT = "comment"
LONGEST_LEAD = 60  # characters before a colon: Harbor deputy chief: ...


@dataclass(frozen=True, slots=True)
class StoryMarks:
    """What a headline says besides its company: marks of either language with their weights, words of its own language,
    amounts of money as (currency, size), the parties it names, the shares of a hundred and the quarters it states;
    `lead` is what stands before its colon, and `of_lead` the marks and words that stand nowhere else."""

    chinese: bool
    marks: Mapping[str, float]
    words: Mapping[str, float]
    amounts: tuple[tuple[str, float], ...] = ()
    parties: frozenset[str] = frozenset()
    shares: frozenset[str] = frozenset()
    quarters: frozenset[str] = frozenset()
    latin: frozenset[str] = frozenset()
    lead: str = ""
    of_lead: frozenset[str] = frozenset()


def is_one_story(one: StoryMarks, other: StoryMarks) -> bool:
    """Whether two headlines of one company and kind of news tell one story: neither names other companies, other
    shares or other quarters than the other, nor tells alone of what is to come, a delay or a reply; and they have
    enough in common, by weight and as a part of the one that says less."""
    if one.parties and other.parties and one.parties.isdisjoint(other.parties):
        return False
    if any((notion in one.marks) != (notion in other.marks) for notion in (*_notions().apart, COMMENT)):
        return False
    if one.quarters and other.quarters and one.quarters.isdisjoint(other.quarters):
        return False
    results = "results" in one.marks or "results" in other.marks or "profit" in one.marks or "profit" in other.marks
    if one.shares and other.shares and one.shares.isdisjoint(other.shares) and not results:
        return False
    mine, others = dict(one.marks), dict(other.marks)
    if one.chinese == other.chinese:
        mine |= one.words
        others |= other.words
    else:  # a name that nobody knows is written alike in both languages
        mine |= dict.fromkeys(one.latin & other.marks.keys(), NAME)
        others |= dict.fromkeys(other.latin & one.marks.keys(), NAME)
    left_out = {COMMENT} | (one.of_lead & other.of_lead if one.lead == other.lead else frozenset())
    common = [min(weight, others[name]) for name, weight in mine.items() if name in others and name not in left_out]
    alike = sum(any(_alike(given, amount) for amount in other.amounts) for given in one.amounts)
    shared = sum(common) + AMOUNT_WEIGHT * alike
    least = min(
        sum(mine.values()) + AMOUNT_WEIGHT * len(one.amounts), sum(others.values()) + AMOUNT_WEIGHT * len(other.amounts)
    )
    needed = LEAST_SHARED if one.chinese == other.chinese else LEAST_ACROSS
    return len(common) + alike > 1 and shared >= needed and shared >= LEAST_SHARE * least


def states_a_period(subject: str) -> bool:
    """Whether words name a period of results: Q4 2024, 上半年, a year.

    >>> states_a_period("Q4 results"), states_a_period("Net profit of 3.1 billion yuan")
    (True, False)
    """
    folded = fold(subject)
    return _PERIOD.search(folded) is not None or _YEAR.search(folded) is not None


def _alike(one: tuple[str, float], other: tuple[str, float]) -> bool:
    """Whether two amounts are one: of one currency, as far as both say it, and rounded alike."""
    if one[0] and other[0] and one[0] != other[0]:
        return False
    return max(one[1], other[1]) <= ALIKE * min(one[1], other[1])


def marks_of(headline: str, names: Iterable[str] = (), reader: Reader | None = None) -> StoryMarks:
    """What a headline says besides some names of its company.

    >>> found = marks_of("诺华制药同意以31亿美元收购Anthos", ["诺华制药"])
    >>> sorted(found.marks), found.amounts
    (['acquire', 'anthos'], (('USD', 3100000000.0),))
    """
    folded = fold(headline)
    marks: dict[str, float] = {COMMENT: 0.0} if _COMMENT.search(folded) else {}
    parties: set[str] = set()
    own = {fold(name) for name in names}
    if reader is not None:
        own |= {fold(one.name) for name in own for one in reader.aliases.find(name, name)}
    text = folded
    for name in sorted(own, key=len, reverse=True):
        if len(name) > 1:
            text = _without(text, name)
    if reader is not None:
        found = reader.name_headline(headline, folded, date(2000, 1, 1)).headline
        for product in found.products:
            marks[f"product {fold(product.name)}"] = PRODUCT
            text = text[: product.start] + " " * (product.end - product.start) + text[product.end :]
        for one in found.mentions:
            if fold(one.name) in own or folded[one.start : one.end] in own:
                continue
            if one.kind == "country":
                marks[f"country {one.name}"] = COUNTRY
            elif one.certain:
                marks[f"party {one.name}"] = PARTY
                if one.kind == "company":
                    parties.add(one.name)
            text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    amounts, counted, text = _amounts(text)
    marks |= dict.fromkeys(counted, NUMBER)
    for match in _PERIOD.finditer(text):
        marks[_period(match)] = PERIOD
    text = _PERIOD.sub(lambda match: " " * len(match[0]), text)
    for match in _YEAR.finditer(text):
        marks[match[1]] = NUMBER
    text = _YEAR.sub(lambda match: " " * len(match[0]), text)
    chinese = sum(map(is_han, text)) * 3 > sum(one.isascii() and one.isalpha() for one in text)
    text = _chinese_notions(text, marks)
    words: dict[str, float] = {}
    latin = set()
    for token, notion in _tokens(text):
        if notion:
            marks[notion] = _notions().weights[notion]
        elif token[0].isdigit():
            marks[token.replace(",", "")] = NUMBER
        elif chinese:
            marks[token] = NAME
        else:
            latin.add(token)
            words[_stem(token)] = WORD
    for run in _HAN.findall(text):
        words |= {run[n : n + 2]: HAN_PAIR for n in range(len(run) - 1)}
    shares = frozenset(one for one in marks if one.endswith("%"))
    quarters = frozenset(one for one in marks if one.startswith("quarter "))
    lead, of_lead = _lead(folded)
    return StoryMarks(
        chinese, marks, words, amounts, frozenset(parties), shares, quarters, frozenset(latin), lead, of_lead
    )


def _lead(folded: str) -> tuple[str, frozenset[str]]:
    """What stands before the colon of a folded headline, and the words of it that stand nowhere else."""
    lead, colon, rest = folded.partition(": ")
    if not colon or len(lead) > LONGEST_LEAD:
        return "", frozenset()
    before, behind = (_says(one) for one in (lead, rest))
    return lead, frozenset(before - behind)


def _says(text: str) -> set[str]:
    found = {notion or _stem(token) for token, notion in _tokens(text)}
    return found | {token.replace(",", "") for token, _ in _tokens(text)}


def _without(text: str, name: str) -> str:
    """A folded text without a name, where that stands as words of its own."""
    pattern = re.escape(name)
    if name[0].isascii() and name[0].isalnum():
        pattern = rf"(?<![a-z\d]){pattern}"
    if name[-1].isascii() and name[-1].isalnum():
        pattern = rf"{pattern}(?![a-z\d])"
    return re.sub(pattern, lambda match: " " * len(match[0]), text)


def _amounts(text: str) -> tuple[tuple[tuple[str, float], ...], list[str], str]:
    """The amounts of a text as (currency or nothing, size), its numbers in ten thousands (12万辆), and the text without
    both."""
    found, counted = [], []
    for match in _AMOUNT.finditer(text):
        sign, money = (match["sign"] or "").strip(), match["money"] or ""
        size = float(match["number"].replace(",", "")) * _UNITS[match["unit"]]
        if sign or money or match["unit"] not in ("b", "m", "万", "mn"):
            found.append((_MONEY.get(money) or _MONEY.get(sign, ""), size))
        elif match["unit"] == "万":
            counted.append(f"{size:.0f}")
    return tuple(found), counted, _AMOUNT.sub(lambda match: " " * len(match[0]), text)


def _period(match: re.Match[str]) -> str:
    part = match.groupdict()
    if quarter := part["q"] or part["p"] or part["word"] or part["han"]:
        return f"quarter {_QUARTERS.get(quarter, quarter)}"
    if year := part["fy"] or part["year"]:
        return f"year {year[-2:]}"
    return "first half"


def _tokens(text: str) -> list[tuple[str, str]]:
    """The Latin words of a folded text that say something, each with the notion it stands for or an empty one."""
    known = _notions()
    tokens = [one.strip("'.,-&+").removesuffix("'s") for one in _LATIN.findall(text)]
    found = []
    k = 0
    while k < len(tokens):
        pair = known.words.get(" ".join(tokens[k : k + 2]), "")
        token, k = tokens[k], k + (2 if pair else 1)
        if pair:
            found.append((token, pair))
        elif token and token not in _COMMON and (len(token) > 1 or token.isdigit()):
            ending = next((known.stems[token[:n]] for n in range(len(token), 2, -1) if token[:n] in known.stems), "")
            found.append((token, known.words.get(token) or ending))
    return found


def _chinese_notions(text: str, marks: dict[str, float]) -> str:
    """The text without the Chinese words that stand for notions, which are added to the marks, nor common ones."""
    known = _notions()
    for match in known.pattern.finditer(text):
        notion = known.chinese[match[0]]
        marks[notion] = known.weights[notion]
    return _COMMON_HAN.sub(" ", known.pattern.sub(" ", text))


@dataclass(frozen=True, slots=True)
class _Notions:
    """The notions by weight, and by their words: English ones, beginnings of such, Chinese ones, longest first."""

    weights: Mapping[str, float]
    words: Mapping[str, str]
    stems: Mapping[str, str]
    chinese: Mapping[str, str]
    pattern: re.Pattern[str]
    apart: frozenset[str]


@cache
def _notions() -> _Notions:
    weights: dict[str, float] = {}
    apart: set[str] = set()
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    chinese: dict[str, str] = {}
    text = resources.files("newsbt.events").joinpath(FILE).read_text(encoding="utf-8")
    for kind, node in rule_nodes(FILE, text).items():
        for notion, listed in node.plain().items():
            weights[notion] = NOTION[kind]
            apart |= {notion} if kind == "apart" else set()
            for word in listed:
                if is_han(word[0]):
                    chinese[word] = notion
                elif word.endswith("*"):
                    stems[word[:-1]] = notion
                else:
                    words[word] = notion
    longest = "|".join(map(re.escape, sorted(chinese, key=len, reverse=True)))
    return _Notions(weights, words, stems, chinese, re.compile(longest), frozenset(apart))


def _stem(word: str) -> str:
    return next((word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3), word)
