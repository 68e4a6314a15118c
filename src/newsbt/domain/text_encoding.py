"""In which encoding a file of text is: told by its bytes, or stated.

UTF-8 is what newsbt writes. Chinese files also come in GB18030 (GBK and GB2312 are parts of it) and Big5, spreadsheets'
exports in UTF-16. GB18030 and Big5 give most bytes a meaning, so that either can decode a file of the other: what tells
them apart is that both list their common characters first, and a text is made of common characters. On a file of two
Chinese characters that decides where charset-normalizer's statistics find both equally likely.
"""

from __future__ import annotations

import codecs

from newsbt.errors import ConfigError, nearest

__all__ = ["ENCODINGS", "UTF8", "UnknownEncodingError", "check_encoding", "decode"]

UTF8 = "utf-8"
# What `encoding:` may say, and the codec that reads it: each the largest of its family.
ENCODINGS = {
    "utf-8": "utf-8-sig", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "big5": "big5hkscs",
    "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be", "latin-1": "cp1252", "cp1252": "cp1252",
}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAMPLE = 65_536
_SURE = 0.75  # share of common characters from which on a text is taken for one of an encoding
# First bytes of common characters and of punctuation: level 1 of GB 2312 and of Big5.
_COMMON = {"gb18030": ((0xB0, 0xD7), (0xA1, 0xA3)), "big5": ((0xA4, 0xC6), (0xA1, 0xA3))}


class UnknownEncodingError(ValueError):
    """The bytes tell no encoding, or are not in the one that is stated; `at` is the first that is not."""

    def __init__(self, message: str, at: int) -> None:
        self.at = at
        super().__init__(message)


def check_encoding(stated: str | None) -> None:
    """Raise ConfigError unless an encoding is one of :data:`ENCODINGS`, or None: told by the bytes."""
    if stated is not None and str(stated).lower() not in ENCODINGS:
        raise ConfigError(
            f"encoding is one of {', '.join(ENCODINGS)}, not {stated!r}{nearest(str(stated), ENCODINGS)}",
            code="bad_value",
        )


def decode(data: bytes, stated: str | None = None) -> tuple[str, str]:
    """A file's text, without a byte order mark, and its encoding by its name in :data:`ENCODINGS`.

    Raises
    ------
    UnknownEncodingError
    """
    name = stated.lower() if stated else _detected(data)
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError as error:
        bad = f"the byte 0x{data[error.start]:02x} is not {name.upper()}" if data else ""
        raise UnknownEncodingError(bad, error.start) from None
    return text.removeprefix("\ufeff"), name


def _detected(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if data.isascii() and b"\0" not in data[:_SAMPLE]:
        return UTF8
    if wide := _wide(data):
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        likely = {name: share for name in _COMMON if (share := _common_share(data, name)) >= _SURE}
        best = max(likely, key=lambda name: likely[name], default="")
        if best and list(likely.values()).count(likely[best]) == 1:
            return best
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8, and nothing tells what it is"
        raise UnknownEncodingError(message, error.start) from None
    return UTF8


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: text of mostly ASCII, whose every other byte is 0."""
    sample = data[: _SAMPLE & ~1]
    half = len(sample) // 2
    if not half or len(data) % 2:
        return ""
    for name, zeros, others in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if zeros.count(0) > half / 2 and others.count(0) < half / 20:
            return name
    return ""


def _common_share(data: bytes, name: str) -> float:
    """Which share of the characters beyond ASCII is common, where a text is in an encoding; 0 where it is not."""
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError:
        return 0.0
    beyond = [one for one in text[:_SAMPLE] if not one.isascii()]
    firsts = [one.encode(ENCODINGS[name])[0] for one in beyond]
    common = sum(any(low <= first <= high for low, high in _COMMON[name]) for first in firsts)
    return common / len(beyond) if beyond else 0.0
