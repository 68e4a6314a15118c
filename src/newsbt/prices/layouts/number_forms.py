"""Numbers as people's exports write them: ``$235.74``, ``1,234.5``, ``32.1M``, ``1.2万``, ``--`` for none."""

from __future__ import annotations

import re

from newsbt._plain import PlainValue

__all__ = ["plain_number"]

_NONE = frozenset({"-", "--", "—", "－", "n/a", "n.a.", "#n/a", "none", "停牌"})
_FORM = re.compile(r"(?:[$¥€£]|hk\$|us\$)?\s*([+-]?)(?:[$¥€£])?(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?\s*([kmbt万萬亿億]?)")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?!\d)")
_TIMES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def plain_number(cell: PlainValue, *, comma_is_point: bool = False) -> PlainValue:
    """The number that a text writes, as `cells.number` reads it; anything else as it is.

    `comma_is_point`: of a file in which the comma is the decimal mark, and a dot stands between thousands.

    >>> plain_number("$1,235.74"), plain_number("32.1M"), plain_number("--"), plain_number("abc")
    ('1235.74', '32100000.0', '', 'abc')
    """
    if not isinstance(cell, str):
        return cell
    text = cell.strip().casefold()
    if text in _NONE:
        return ""
    if comma_is_point and ("," in text or _DOTTED.search(text)):
        text = text.replace(".", "").replace(",", ".")
    form = _FORM.fullmatch(text)
    if form is None or not (form[2] or (form[3] and form[3] != ".")):
        return cell
    number = f"{form[1]}{(form[2] or '0').replace(',', '')}{form[3] or ''}"
    return number if not form[4] else repr(round(float(number) * _TIMES[form[4]], 6))
