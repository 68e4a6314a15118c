"""Names of companies without what only their law adds: ``Nvidia Corp.`` is ``nvidia``, ``腾讯控股有限公司`` is 腾讯."""

from __future__ import annotations

import re

from newsbt.domain.folding import fold

__all__ = ["acronyms", "in_brackets", "plain_company", "spoken_names"]

_WORDS = frozenset({
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "plc", "llc", "llp", "lp", "nv",
    "sa", "ag", "se", "spa", "ab", "asa", "oyj", "abp", "gmbh", "kgaa", "kk", "bhd", "berhad", "tbk", "pte", "pty",
    "pvt", "private", "pjsc", "jsc", "sab", "cv", "de", "publ", "adr", "ads", "gdr", "sponsored", "unsponsored",
    "depositary", "receipt", "receipts", "common", "ordinary", "stock", "shares", "share", "holding", "holdings",
    "hldg", "hldgs", "group", "grp", "companies",
})  # fmt: skip
_FIRMS = frozenset({"corp", "corporation", "co", "company", "companies"})
_CHINESE = ("股份有限公司", "有限责任公司", "有限公司", "控股", "集团", "集團", "股份", "公司")
# 阿里巴巴-SW, 万科A, Alphabet Class A, Baidu, Inc. - American Depositary Shares
_CLASSES = re.compile(
    r"-\s*(?:s?w|b|s|p|r|h)$|(?<=[\u4e00-\u9fff])\s*[abh]$|,?\s+(?:class|cl|series)\.?\s+[a-z]$"
    r"|\s+-\s+.*\b(?:stock|shares?|depositary|units?|warrants?|ad[rs])\b.*$"
    r"|(?:,?\s+(?:class|cl|series)\.?\s+[a-z])?,?\s+(?:common|ordinary)\s+(?:stock|shares?)$|,?\s*\(the\)$|,\s+the$"
)
_MARKS = re.compile(r"^(?:\*?st|s\*?st|x[dr]|dr)\s*(?=[\u4e00-\u9fff])")  # an exchange's before a name: *ST康美
_BLANKS = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fffab])")  # 万 科A
_DOTTED = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")  # N.V.
_IN_BRACKETS = re.compile(r"(.*\S)\s*[(\[（【]\s*([^()\[\]（）【】]+?)\s*[)\]）】]\s*")
_SIGNS = re.compile(r"[^\w]+")
# Another name in brackets, and what stands there besides: China Unicom (Hong Kong).
_SHORT = re.compile(r"[A-Z][A-Z&]{1,7}|[\u4e00-\u9fff]{2,6}")
_PARTS = frozenset({
    "香港", "中国", "中國", "集团", "集團", "控股", "国际", "上海", "北京", "深圳",
    "USA", "US", "UK", "HK", "PLC", "ADR", "ADS", "GDR", "REIT", "ETF", "NEW",
})  # fmt: skip
_SMALL = frozenset({"and", "of", "the", "for", "in", "to"})
_FEWEST, _MOST = 3, 6  # letters of an acronym


def plain_company(name: str) -> str:
    """A company's name to compare: folded, without signs, legal forms, `group` and `holding`, nor a class of shares.

    >>> plain_company("Alibaba Group Holding Limited"), plain_company("Nvidia Corp."), plain_company("騰訊控股有限公司")
    ('alibaba', 'nvidia', '腾讯')
    """
    words, begins = _stripped(name)
    return " ".join(words[begins:])


def spoken_names(*names: str) -> tuple[str, ...]:
    """What news call a company whose full names these are: each without its legal form, and what stands before and in
    brackets; as they are written, but words of a name all in capitals with a capital.

    >>> spoken_names("Alibaba Group Holding Limited", "阿里巴巴-W"), spoken_names("FOCUS TECHNOLOGY CO., LTD. (FOCUS)")
    (('Alibaba', '阿里巴巴'), ('Focus Technology', 'FOCUS'))
    """
    found: dict[str, str] = {}
    for name in names:
        before, within = in_brackets(name)
        parts = [name] if not before or fold(within) == "the" else [before]
        if before and _SHORT.fullmatch(within) and within not in _PARTS:
            parts.append(within)
        for part in parts:
            spoken = part if part is within else _as_spoken(part)
            if len(spoken) > 1 and not spoken.isdigit():
                found.setdefault(fold(spoken), spoken)
    return tuple(found.values())


def acronyms(name: str) -> tuple[str, ...]:
    """What the initials of a company's name spell, with and without that of its form and of small words between.

    >>> acronyms("Semiconductor Manufacturing International Corp"), acronyms("Industrial and Commercial Bank of China")
    (('SMI', 'SMIC'), ('IACBOC', 'ICBC'))
    """
    name = in_brackets(name)[0] or name
    words = _SIGNS.sub(" ", _DOTTED.sub("", _plainly(name))).split()
    kept, begins = _stripped(name)
    own = [word for word in kept[begins:] if word.isascii() and word[0].isalpha()]
    large = [word for word in own if word not in _SMALL]
    if len(large) < _FEWEST or len(own) < len(kept) - begins or any(len(word) < 2 for word in own):
        return ()
    form = words[len(kept) : len(kept) + 1]
    spelt = ["".join(word[0] for word in chosen).upper() for chosen in (own, large)]
    if form and form[0] in _FIRMS:
        spelt.append(spelt[-1] + "C")
    return tuple(dict.fromkeys(one for one in spelt if _FEWEST <= len(one) <= _MOST))


def _plainly(name: str) -> str:
    """Folded, without marks of an exchange and classes of shares."""
    text = _BLANKS.sub("", _MARKS.sub("", fold(name).strip()))
    while (shorter := _CLASSES.sub("", text).strip()) != text and shorter:
        text = shorter
    return text


def _stripped(name: str) -> tuple[list[str], int]:
    """The folded words of a name up to its legal form, and how many of them stand before it begins (`the`)."""
    words = _SIGNS.sub(" ", _DOTTED.sub("", _plainly(name))).split()
    while len(words) > 1 and words[-1] in _WORDS:
        words.pop()
    plain = " ".join(words)
    while end := next((one for one in _CHINESE if plain.endswith(one) and len(plain) > len(one)), ""):
        plain = plain.removesuffix(end).strip()
    words = plain.split()
    return words, int(len(words) > 1 and words[0] == "the")


def _as_spoken(name: str) -> str:
    """A name as it is written, as far as it is none of its legal form."""
    kept, begins = _stripped(name)
    if not kept:
        return ""
    folded = fold(name)
    at = 0
    starts = []
    for word in kept:
        start = folded.find(word, at)
        if start < 0:  # dots and blanks inside it are gone
            return _capital(" ".join(kept[begins:])) if name.isascii() else "".join(kept)
        starts.append(start)
        at = start + len(word)
    spoken = name[starts[begins] : at].strip()
    return _capital(spoken) if name.isascii() and name.isupper() else spoken


def _capital(name: str) -> str:
    return " ".join(word if len(word) < 4 else word.capitalize() for word in name.split())


def in_brackets(name: str) -> tuple[str, str]:
    """What stands before brackets at a name's end, such as a company, and in them, such as its ticker; both empty where
    there are none.

    >>> in_brackets("Tencent Holdings Limited (0700.HK)"), in_brackets("Tencent")
    (('Tencent Holdings Limited', '0700.HK'), ('', ''))
    """
    found = _IN_BRACKETS.fullmatch(name)
    return (found[1], found[2]) if found else ("", "")
