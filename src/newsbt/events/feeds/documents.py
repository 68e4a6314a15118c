"""JSON documents of vendors: the list of records in them, and single texts out of a record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from newsbt._plain import JsonValue
from newsbt.domain.other_formats import other_format, server_answer
from newsbt.domain.table_files import file_error
from newsbt.domain.text_encoding import UTF8, UnknownEncodingError, decode
from newsbt.events.extraction.news_item import refuse
from newsbt.events.feeds.broken_json import Broken, element, mended

__all__ = ["decoded", "record", "records", "text_of"]


def decoded(data: bytes, origin: str, *, is_table: bool = False) -> str:
    """UTF-8 text, with or without a byte order mark; of a table in the encoding that its bytes tell.

    Raises
    ------
    DataError
        Another encoding, or nothing.
    """
    if what := other_format(data):
        raise file_error(origin, f"expected a text, this is {what}", code="wrong_format")
    try:
        text = decode(data, None if is_table else UTF8)[0]
    except UnknownEncodingError as error:
        message = f"{error}; save the file as UTF-8"
        raise file_error(origin, message, code="not_utf8", line=data.count(b"\n", 0, error.at) + 1) from None
    if not text.strip():
        raise file_error(origin, "the file is empty", code="empty_file")
    return text


def records(data: bytes, origin: str, keys: Sequence[str], path: str = "") -> tuple[Any, list[JsonValue]]:
    """A document and its records: under `path` (dotted), under one of `keys`, the document's own list, or one a line.

    A record that is not JSON is a :class:`~newsbt.events.feeds.broken_json.Broken` in its place.

    Raises
    ------
    DataError
        No JSON, or no list where one is expected.
    """
    text = decoded(data, origin)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) > 1 and all(line.lstrip()[:1] == "{" for line in lines):
            return None, [element(line) for line in lines]
        document = mended(text, path.split(".") if path else keys, is_path=bool(path))
        if document is None:
            reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            if (what := server_answer(data)) not in ("", "JSON"):
                reason = f"this is {what}; fetch it anew"  # its words may repeat the address, and with it a key
            raise file_error(origin, f"expected JSON: {reason}", code="wrong_format") from None
    found = document
    if path:
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        found = [] if found is None and _holds(document, path) else found
    elif isinstance(document, Mapping):
        named = [document[key] for key in keys if key in document]
        found = next((one for one in named if isinstance(one, list)), [] if None in named else None)
        if not named and ("headline" in document or "title" in document):
            found = [document]
    if not isinstance(found, list):
        where = f"under {path!r}" if path else f"under {' or '.join(map(repr, keys))}" if keys else "in the document"
        raise file_error(origin, f"expected a list of items {where}", code="bad_value")
    return document, found


def _holds(document: JsonValue, path: str) -> bool:
    """Whether a document says null under a path, which is how some say that there is nothing."""
    *outer, last = path.split(".")
    for key in outer:
        document = document.get(key) if isinstance(document, Mapping) else None
    return isinstance(document, Mapping) and last in document


def record(row: Any, file: str, line: int | None = None) -> Mapping[str, JsonValue]:
    """One of the records, which is an object.

    Raises
    ------
    RefusedItem
        It is none, or is not JSON.
    """
    if isinstance(row, Mapping):
        return row
    message = row.message if isinstance(row, Broken) else f"expected a JSON object, got {str(row)[:60]!r}"
    raise refuse("bad_value", message, file=file, line=line)


def text_of(row: Mapping[str, JsonValue], key: str, where: str) -> str:
    """A text of a record, empty where it has none.

    Raises
    ------
    RefusedItem
        The value is a list or an object.
    """
    value = row.get(key)
    if value is None or value != value:  # noqa: PLR0124 - NaN, which pandas writes where there is nothing
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise refuse("bad_value", f"expected text under {key!r}, got {str(value)[:60]}", file=where)
