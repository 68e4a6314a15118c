"""Announcements from a file of JSON objects, one a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain.memory import MemoryGuard
from newsbt.domain.other_formats import refuse_answers
from newsbt.domain.table_files import encoded_bytes, file_error
from newsbt.domain.text_encoding import UTF8
from newsbt.events.table_reader import SourceTable, TextAnnouncements

__all__ = ["JsonlAnnouncements"]

_OBJECT_BYTES = 1000  # what an object takes in Python beyond its text, about


@dataclass(frozen=True, kw_only=True)
class JsonlAnnouncements(TextAnnouncements):
    """A file of JSON objects, one a line (UTF-8; plain, gz or zst), with the keys of docs/files.md.

    Lists are JSON arrays or text separated by ``;``. `columns` maps newsbt's names to the file's keys; further
    keys become attributes, as JSON gives them.
    """

    def _table(self) -> SourceTable:
        path = Path(self.path)
        rows: list[tuple[int, Mapping[str, JsonValue] | str]] = []
        guard = MemoryGuard()
        data, encoding = encoded_bytes(path, encoding=self.encoding)
        for line, written in enumerate(data.decode().split("\n"), start=1):
            if not guard.has_memory(_OBJECT_BYTES + len(written)):
                raise file_error(path, guard.complaint, code="too_large")
            if written.strip():
                rows.append((line, _parse(written)))
        objects = [values for _, values in rows if not isinstance(values, str)]
        if not objects:
            refuse_answers(path, data, "JSON in lines", "save it so")
            message = 'expected a JSON object in each line, such as {"event_id": ...}; found none'
            raise file_error(path, message, code="wrong_format")
        keys = list(dict.fromkeys(key for values in objects for key in values))
        return SourceTable(path, keys, rows, () if encoding == UTF8 else (encoding.upper(),))


def _parse(written: str) -> Mapping[str, JsonValue] | str:
    try:
        values = json.loads(written, object_pairs_hook=_unrepeated)
    except RecursionError:
        return "expected a JSON object, this one is nested too deeply"
    except ValueError as error:
        return f"expected a JSON object, this is not JSON: {error}"
    if not isinstance(values, dict):
        return f"expected a JSON object, got {written.strip()[:60]}"
    return values


def _unrepeated(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return values
