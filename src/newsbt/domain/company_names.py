"""Names of companies without what only their law adds: ``Nvidia Corp.`` is ``nvidia``, ``腾讯控股有限公司`` is 腾讯."""

from __future__ import annotations

import re

from newsbt.domain.folding import fold

__all__ = ["in_brackets", "plain_company"]

_WORDS = frozenset({
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "plc", "llc", "llp", "lp", "nv",
    "sa", "ag", "se", "spa", "ab", "asa", "oyj", "gmbh", "kgaa", "kk", "bhd", "tbk", "pte", "pty", "adr", "ads",
    "holding", "holdings", "hldg", "hldgs", "group", "grp",
})  # fmt: skip
_CHINESE = ("股份有限公司", "有限责任公司", "有限公司", "控股", "集团", "集團", "股份", "公司")
_CLASSES = re.compile(r"-\s*(?:s?w|b|s|p|r|h)$|\s+(?:class|cl|series)\.?\s+[a-z]$")  # 阿里巴巴-SW, Alphabet Class A
_DOTTED = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")  # N.V.
_IN_BRACKETS = re.compile(r"(.*\S)\s*[(\[（【]\s*([^()\[\]（）【】]+?)\s*[)\]）】]\s*")
_SIGNS = re.compile(r"[^\w]+")


def plain_company(name: str) -> str:
    """A company's name to compare: folded, without signs, legal forms, `group` and `holding`, nor a class of shares.

    >>> plain_company("Alibaba Group Holding Limited"), plain_company("Nvidia Corp."), plain_company("騰訊控股有限公司")
    ('alibaba', 'nvidia', '腾讯')
    """
    text = _DOTTED.sub("", _CLASSES.sub("", fold(name).strip()))
    words = _SIGNS.sub(" ", text).split()
    while len(words) > 1 and words[-1] in _WORDS:
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    plain = " ".join(words)
    while end := next((one for one in _CHINESE if plain.endswith(one) and len(plain) > len(one)), ""):
        plain = plain.removesuffix(end).strip()
    return plain


def in_brackets(name: str) -> tuple[str, str]:
    """What stands before brackets at a name's end, such as a company, and in them, such as its ticker; both empty where
    there are none.

    >>> in_brackets("Tencent Holdings Limited (0700.HK)"), in_brackets("Tencent")
    (('Tencent Holdings Limited', '0700.HK'), ('', ''))
    """
    found = _IN_BRACKETS.fullmatch(name)
    return (found[1], found[2]) if found else ("", "")
