"""The hashes of the bytes that were used of each file.

A run says what it was made of by the hashes of its files. Hashing a file beside reading it would say what lay there at
another moment; so whoever reads notes the bytes that it read, and :func:`recording` collects what was noted inside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from newsbt.digests import file_digest
from newsbt.errors import DataError, Problem

__all__ = [
    "changed_error", "check_same", "digest_read", "digests_of", "note_digest", "note_read", "recording", "unrecorded",
]  # fmt: skip

_RECORD: ContextVar[dict[Path, str] | None] = ContextVar("files read", default=None)


@contextmanager
def recording(expected: Mapping[Path, str] | None = None) -> Iterator[dict[Path, str]]:
    """Collect SHA-256 of the bytes of every file read inside, by absolute path; for a recording around this one too.

    Raises
    ------
    DataError
        A file is read again with other bytes, or with others than `expected`.
    """
    outer = _RECORD.get()
    record = {path.absolute(): digest for path, digest in (expected or {}).items()}
    token = _RECORD.set(record)
    try:
        yield record
    finally:
        _RECORD.reset(token)
    if outer is not None:
        check_same(outer, record)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Collect nothing of what is read inside: it may yet be replaced, or is no input of a run."""
    token = _RECORD.set(None)
    try:
        yield
    finally:
        _RECORD.reset(token)


def note_read(path: Path, raw: bytes) -> None:
    """Say that these bytes of a file are used; DataError where others were used before."""
    note_digest(path, hashlib.sha256(raw).hexdigest())


def note_digest(path: Path, digest: str) -> None:
    """Say that the bytes of a file with this SHA-256 are used; DataError where others were used before."""
    record = _RECORD.get()
    if record is not None:
        check_same(record, {path.absolute(): digest})


def digest_read(path: Path) -> str:
    """The hash of what was read of a file, empty where nothing was or nobody is recording."""
    return (_RECORD.get() or {}).get(path.absolute(), "")


def digests_of(files: Sequence[Path], record: Mapping[Path, str]) -> dict[Path, str]:
    """The hash of each file: of the bytes recorded, else, where its reader notes nothing, of those that are there.

    Raises
    ------
    DataError
        A file that its reader did not note is gone.
    """
    try:
        return {file: record.get(file.absolute()) or file_digest(file) for file in files}
    except OSError as error:
        raise changed_error([Path(str(error.filename))]) from None


def check_same(record: dict[Path, str], digests: Mapping[Path, str]) -> None:
    """Add hashes to a record; DataError where it has others of the same files."""
    changed = [path for path, digest in digests.items() if record.setdefault(path, digest) != digest]
    if changed:
        raise changed_error(changed)


def changed_error(files: Sequence[Path]) -> DataError:
    """A DataError about files that changed while they were used."""
    message = "the file changed while it was used; run it again, once nobody writes to it"
    problems = [Problem(code="changed_file", message=message, file=str(file)) for file in files]
    return DataError("\n".join(map(str, problems)), problems)
