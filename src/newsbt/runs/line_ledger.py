"""Files of one JSON object a line to which several processes add: the ledgers of trials and of audits."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from newsbt._plain import JsonValue
from newsbt.domain.input_files import kind_of, read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.errors import DataError, RunFolderError
from newsbt.owners import locked

__all__ = ["add_entries", "read_entries"]

T = TypeVar("T")
logger = logging.getLogger(__name__)


def read_entries(ledger: Path, what: str, parse: Callable[[JsonValue], T]) -> Iterator[T]:
    """What `parse` makes of each line's JSON; nothing where there is no file.

    A line of which it makes nothing, such as the last one of a process that was cut off, is passed over with a warning
    that it is not `what`.

    Raises
    ------
    RunFolderError
        The ledger is there and cannot be read.
    """
    for number, line in enumerate(_content(ledger).decode(errors="replace").splitlines(), 1):
        try:
            found = parse(json.loads(line))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):  # 1 and 400 zeros is no float
            logger.warning("%s:%d: not %s; passed over", ledger, number, what)
        else:
            yield found


def add_entries(ledger: Path, wanted: Callable[[], Iterable[Mapping[str, JsonValue]]], lost: str) -> None:
    """Add the entries that are `wanted` once nobody else writes, which may read the ledger itself.

    Of several processes each waits for the others; a line that one of them left unfinished is ended.

    Raises
    ------
    RunFolderError
        The ledger cannot be read or written; the message ends in what is `lost`.
    """
    try:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        with locked(ledger):
            lines = "".join(json.dumps(dict(entry)) + "\n" for entry in wanted())
            if lines:
                _append(ledger, lines.encode())
    except OSError as error:
        raise RunFolderError(f"{ledger}: {lost}: {error.strerror or str(error)}", code="unwritable") from error


def _content(ledger: Path) -> bytes:
    try:
        return read_bytes(ledger, limit_of("run")) if kind_of(ledger) else b""
    except DataError as error:
        raise RunFolderError(str(error), error.listed) from None


def _append(ledger: Path, lines: bytes) -> None:
    """Add whole lines, or none where the disk is full."""
    with ledger.open("ab+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                lines = b"\n" + lines
        try:
            while lines:
                lines = lines[file.write(lines) :]
        except OSError:
            file.truncate(size)
            raise
