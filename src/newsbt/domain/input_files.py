"""Opening what a user names: a regular file and nothing else, of which no more is read than its limit says.

A device, a socket or a FIFO may never end, or never begin; none of them is opened. One item of news may come by a FIFO
or stdin where a command line names it: :func:`read_piped`.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import select
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from newsbt.domain.memory import MemoryGuard
from newsbt.domain.read_files import changed_error, note_digest
from newsbt.domain.size_limits import MB, TABLE, DamagedPackError, SizeLimit, TooLargeError, unpacked
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, DataError, Problem, nearest

__all__ = [
    "absolute", "expanded", "file_error", "files_in", "is_pattern", "kind_of", "read_bytes", "read_chunks",
    "read_piped",
]  # fmt: skip

CHUNK = MB
PATIENCE_SECONDS = 10.0  # without a byte, after which a pipe is given up
_KINDS = (
    (stat.S_ISREG, "file"),
    (stat.S_ISDIR, "folder"),
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode), "device"),
)


def file_error(path: Path | str, message: str, *, code: ErrorCode, line: int | None = None) -> DataError:
    """A DataError about a whole file."""
    problem = Problem(code=code, message=message, file=_short(path), line=line)
    return DataError(str(problem), [problem])


def _short(path: Path | str) -> str:
    """A path as messages show it: of one that no file can have, the beginning."""
    text = str(path)
    return text if len(text) <= 400 else f"{text[:100]}... ({len(text)} characters)"


def expanded(text: str) -> Path:
    """A path as written, ``~`` and ``~user`` filled in.

    Raises
    ------
    ConfigError
        Nobody knows that user's home.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        user = text.partition("/")[0]
        raise ConfigError(
            f"{_short(text)!r}: nobody here knows the home folder that {user!r} stands for", code="missing_file"
        ) from None


def absolute(path: Path) -> Path:
    """A path from the root on, links followed as far as they lead; never an error but for a NUL in the name.

    Raises
    ------
    ConfigError
    """
    try:
        return Path(os.path.realpath(path))
    except ValueError as error:
        raise ConfigError(f"{_short(path)!r}: there can be no such path: {error}", code="missing_file") from None


def is_pattern(path: Path) -> bool:
    """Whether a path holds a mark of a pattern such as ``*.csv`` and no file of that very name is there."""
    return any(mark in str(path) for mark in "*?[") and not os.path.lexists(path)


def kind_of(path: Path) -> str:
    """``file``, ``folder``, ``FIFO``, ``socket`` or ``device``, links followed; empty where there is nothing.

    Raises
    ------
    DataError
        Nobody can tell: the name is too long or holds a NUL, or a folder on the way may not be entered.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError) as error:
        raise file_error(path, f"there can be no such file: {_reason(error)}", code="missing_file") from None
    return next((name for is_kind, name in _KINDS if is_kind(mode)), "device")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return "the name is longer than a file's can be"
    return getattr(error, "strerror", None) or str(error)


def files_in(folder: Path) -> list[Path]:
    """What lies in a folder, sorted; DataError where it cannot be listed."""
    try:
        return sorted(folder.iterdir())
    except (OSError, ValueError) as error:
        raise file_error(folder, f"the folder cannot be listed: {_reason(error)}", code="unreadable_file") from None


def _opened(path: Path) -> BinaryIO:
    kind = kind_of(path)
    if kind == "":
        hint = ""
        with suppress(OSError):
            hint = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
        raise file_error(path, f"there is no such file{hint}", code="missing_file")
    if kind != "file":
        raise file_error(path, f"expected a file, this is a {kind}", code="not_a_file")
    try:
        # What stands in for a file meanwhile must not hold us either, nor a file of /proc that has nothing to say.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise file_error(path, f"the file cannot be read: {_reason(error)}", code="unreadable_file") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise file_error(path, "expected a file, this is none any more", code="not_a_file")
    return os.fdopen(descriptor, "rb", buffering=0)


def _raw(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """A file's bytes as they are, piece by piece; at its end their hash is noted as that of what was used."""
    before, digest = os.fstat(file.fileno()), hashlib.sha256()
    while True:
        try:
            chunk = file.read(CHUNK)
        except OSError as error:
            raise file_error(path, f"the file cannot be read: {_reason(error)}", code="unreadable_file") from None
        if chunk is None:
            raise file_error(path, "the file has nothing to say now, as a file on disk always has", code="not_a_file")
        if not chunk:
            break
        digest.update(chunk)
        yield chunk
    after = os.fstat(file.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise changed_error([path])
    note_digest(path, digest.hexdigest())


def read_chunks(path: Path, limit: SizeLimit = TABLE) -> Iterator[bytes]:
    """A file's content piece by piece, unpacked if it is gzip or Zstandard (told by its first bytes, not by its name).

    Raises
    ------
    DataError
        It is no file that can be read, is damaged, or holds more than the limit or the memory allow.
    """
    guard = MemoryGuard()
    with _opened(path) as file:
        try:
            for chunk in unpacked(_raw(path, file), limit):
                if not guard.has_memory(len(chunk)):
                    raise TooLargeError(guard.complaint)
                yield chunk
        except TooLargeError as error:
            raise file_error(path, str(error), code="too_large") from None
        except DamagedPackError as error:
            message = f"the packed file is damaged ({error}); fetch or pack it again"
            raise file_error(path, message, code="unreadable_file") from None


def read_bytes(path: Path, limit: SizeLimit = TABLE) -> bytes:
    """A file's content whole; see :func:`read_chunks`."""
    return _joined(path, read_chunks(path, limit))


def _joined(path: Path, chunks: Iterator[bytes]) -> bytes:
    try:
        content = io.BytesIO()
        for chunk in chunks:
            content.write(chunk)
        return content.getvalue()
    except MemoryError:
        raise file_error(path, MemoryGuard.complaint, code="too_large") from None


def read_piped(source: Path | int, name: str, limit: SizeLimit) -> bytes:
    """What comes through a FIFO, or an open descriptor such as stdin's, up to its end; unpacked as a file's is.

    Raises
    ------
    DataError
        More comes than the limit allows, or no byte for ten seconds (from a terminal one may take one's time).
    """
    try:
        descriptor = source if isinstance(source, int) else os.open(source, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return b"".join(unpacked(_patiently(descriptor, name), limit))
        finally:
            if descriptor is not source:
                os.close(descriptor)
    except TooLargeError as error:
        raise file_error(name, str(error), code="too_large") from None
    except DamagedPackError as error:
        raise file_error(name, f"what came is packed and damaged ({error})", code="unreadable_file") from None
    except (OSError, ValueError) as error:
        raise file_error(name, f"it cannot be read: {_reason(error)}", code="unreadable_file") from None


def _patiently(descriptor: int, name: str) -> Iterator[bytes]:
    is_person = os.isatty(descriptor)
    waits = not stat.S_ISREG(os.fstat(descriptor).st_mode) and not is_person
    while True:
        if waits:
            until = time.monotonic() + PATIENCE_SECONDS
            while not select.select([descriptor], [], [], max(0.0, until - time.monotonic()))[0]:
                if time.monotonic() >= until:
                    message = f"no byte came for {PATIENCE_SECONDS:g} seconds; does anything write into it?"
                    raise file_error(name, message, code="unreadable_file")
        try:
            chunk = os.read(descriptor, CHUNK)
        except BlockingIOError:
            continue
        if not chunk:
            return
        yield chunk
