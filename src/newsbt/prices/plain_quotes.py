"""Quotes that a CSV file could do without, as of a program that puts all fields between quotes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["without_plain_quotes"]

QUOTE, COMMA, LINE_FEED, RETURN = b'",\n\r'
MARKS = np.isin(np.arange(256), (QUOTE, COMMA, LINE_FEED, RETURN))
AT_ONCE = 1 << 24  # bytes, cut at a line


def without_plain_quotes(data: bytes) -> bytes:
    """The same table without quotes, where each pair of them stands around a whole field without a comma, quote or line
    break in it; else the bytes as they are."""
    if b'"' not in data:
        return data
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin + AT_ONCE) + 1 or len(data)
        if not _are_plain(np.frombuffer(data, dtype=np.uint8, count=end - begin, offset=begin)):
            return data
        begin = end
    return data.replace(b'"', b"")


def _are_plain(text: npt.NDArray[np.uint8]) -> bool:
    at = np.flatnonzero(MARKS[text])
    quotes = np.flatnonzero(text[at] == QUOTE)
    if len(quotes) % 2:
        return False
    opens, closes = quotes[::2], quotes[1::2]
    padded = np.concatenate(([-1], at, [len(text)]))  # the ends of the text are ends of fields
    return bool(
        (closes == opens + 1).all()
        and (opens[1:] > closes[:-1] + 1).all()
        and (padded[opens] == at[opens] - 1).all()
        and (padded[closes + 2] == at[closes] + 1).all()
    )
