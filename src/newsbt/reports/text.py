"""Text from data, made safe for the place where it is shown."""

from __future__ import annotations

import unicodedata

from newsbt._plain import PlainValue

__all__ = ["clean", "csv_cell"]

# Characters that turn the writing direction of what follows: a headline must not rearrange its neighbours.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REPLACEMENT = "\ufffd"


def clean(value: PlainValue) -> str:
    """Text without control characters; line ends and tabs become blanks, lone surrogates a replacement sign.

    >>> clean("\\x1b[31mred\\x07\\nnext")
    '[31mred next'
    """
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for letter in text:
        category = unicodedata.category(letter)
        if letter in "\t\n\r\v\f\x85" or category in ("Zl", "Zp"):
            kept.append(" ")
        elif category == "Cs":
            kept.append(_REPLACEMENT)
        elif category != "Cc" and letter not in _TURNING:
            kept.append(letter)
    return "".join(kept)


def csv_cell(value: PlainValue) -> PlainValue:
    """A cell that no spreadsheet takes for a formula: text starting with = + - @ gets a ' before it.

    >>> csv_cell("=1+1"), csv_cell("-12.5"), csv_cell("+x"), csv_cell(-3)
    ("'=1+1", '-12.5', "'+x", -3)
    """
    if not isinstance(value, str):
        return value
    text = clean(value)
    if text.lstrip()[:1] in ("=", "+", "-", "@") and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
