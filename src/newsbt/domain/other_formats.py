"""What a file holds that is not what its reader expects, told by its first bytes: a download gone wrong, most often."""

from __future__ import annotations

import re
from pathlib import Path

from newsbt.domain.input_files import file_error

__all__ = ["other_format", "refuse_answers", "server_answer"]

_BY_FIRST_BYTES = (
    (b"\x1f\x8b", "packed twice; unpack it once"),
    (b"\x28\xb5\x2f\xfd", "packed twice; unpack it once"),
    (b"\xfd7zXZ", "packed by xz; unpack it, or pack it with gzip or zstd"),
    (b"BZh", "packed by bzip2; unpack it, or pack it with gzip or zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it, or pack it with gzip or zstd"),
    (b"Rar!", "a RAR archive; unpack it, or pack it with gzip or zstd"),
    (b"\x04\x22\x4d\x18", "packed by lz4; unpack it, or pack it with gzip or zstd"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook; read a workbook with `use: excel`"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Office; read a workbook (.xls) with `use: excel`"),
    (b"PAR1", "a Parquet file; read it with `use: parquet`"),
    (b"ARROW1", "an Arrow (Feather) file; save it as Parquet or CSV"),
    (b"%PDF", "a PDF document; no table is read from one: export it as CSV"),
    (b"{\\rtf", "a text with formatting (RTF); save it as plain text"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"\x89HDF", "an HDF5 file; save it as Parquet or CSV"),
    (b"\x80\x04\x95", "a pickle, which newsbt never opens; save it as Parquet or CSV"),
    (b"\x80\x05\x95", "a pickle, which newsbt never opens; save it as Parquet or CSV"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)  # fmt: skip
_TAG = re.compile(rb"<(?:[a-z!?/][^>]*>?)", re.IGNORECASE)
_HEADING = re.compile(rb"<\w+>[ ]*[,;\t|]")  # of a table as some vendors write it: <TICKER>,<DATE>
_HTML = re.compile(
    rb"<(?:!doctype html|html|head|body|meta|script|style|div|p|h\d|title|table|center|br)\b", re.IGNORECASE
)
_JSON = re.compile(rb"""\{\s*["'}]|\[\s*(?:\{|\])""")


def other_format(data: bytes) -> str:
    """What bytes are that are no text, and what to do about it; empty where that cannot be told."""
    return next((what for magic, what in _BY_FIRST_BYTES if data.startswith(magic)), "")


def server_answer(data: bytes) -> str:
    """What a text is that a server answers in place of a table: a page of HTML, XML or JSON; empty where it is none."""
    begins = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip()
    if _JSON.match(begins):
        return "JSON"
    if not _TAG.match(begins) or _HEADING.match(begins):
        return ""
    return "a page of HTML" if _HTML.search(begins) else "a document of XML"


def refuse_answers(path: Path | str, data: bytes, expected: str, cure: str = "save it as CSV") -> None:
    """Refuse what a server answered in place of what is `expected`.

    Raises
    ------
    DataError
    """
    what = server_answer(data)
    if what:
        shown = data[:400].removeprefix(b"\xef\xbb\xbf").lstrip()[:60].decode(errors="replace").split("\n")[0].strip()
        message = f"expected {expected}, this is {what}: {shown!r}; a vendor's refusal, or a page to log in? "
        raise file_error(path, f"{message}Download it again, or {cure}", code="wrong_format")
