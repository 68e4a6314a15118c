"""Who is writing: files in the making carry their process's name, and what several processes change is locked.

A file or folder in the making is hidden and named after the machine, the boot, the process and its start, so that
:func:`sweep_up` can tell what a dead process left from what a living one still writes. A lock is the kernel's own
(flock), which goes with the process that holds it, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["locked", "partial_path", "sweep_up"]

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 600.0  # for a lock that another process holds
_PAUSE_SECONDS = 0.02
_NAME = re.compile(
    r"\..+\.(?P<place>[0-9a-f]{8})-(?P<boot>[0-9a-f]{8})-(?P<pid>\d+)-(?P<start>\d+)-[0-9a-f]{8}\.partial"
)
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def partial_path(folder: Path, what: str) -> Path:
    """A new hidden name in a folder for what this process is making; `what` is a word or two of a file's name."""
    pid = os.getpid()
    owner = f"{_machine()}-{_boot()}-{pid}-{_start(pid)}"
    return folder / f".{what[:60]}.{owner}-{secrets.token_hex(4)}.partial"


def sweep_up(folder: Path, pattern: str = ".*.partial") -> None:
    """Delete what dead processes of this machine were making in a folder.

    What carries no owner's name, or one of another machine or container, is left: nobody here can tell.
    """
    with contextlib.suppress(OSError):
        for path in folder.glob(pattern):
            found = _NAME.fullmatch(path.name)
            if found is None or not _is_dead(found):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()


def _is_dead(owner: re.Match[str]) -> bool:
    if owner["place"] != _machine():
        return False
    if owner["boot"] != _boot():
        return True
    pid = int(owner["pid"])
    if pid == os.getpid():
        return int(owner["start"]) != _start(pid)
    return not _is_alive(pid, int(owner["start"]))


def _is_alive(pid: int, start: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # another user's
        pass
    now = _start(pid)
    return now == start or 0 in (now, start)


def _start(pid: int) -> int:
    """When a process began, in ticks since the boot; 0 where nobody says so, -1 for one that has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return -1 if Path("/proc/self/stat").exists() else 0
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return -1 if fields[0] in ("Z", "X") else int(fields[19])


@lru_cache(maxsize=1)
def _machine() -> str:
    """This machine and, where there are several on it, the container."""
    try:
        inside = os.readlink("/proc/self/ns/pid")
    except OSError:
        inside = ""
    return _digest(f"{socket.gethostname()} {inside}")


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        return _digest(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
    except OSError:
        return "0" * 8


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold a file for oneself, among processes that ask for it in this way; the lock lies beside it.

    Where the file system has no locks, a warning says so and nothing is held.

    Raises
    ------
    TimeoutError
        Another process has held it for ten minutes.
    OSError
        The lock cannot be made: the folder cannot be written, or the target is a folder.
    """
    if not target.name:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    name = target.name if len(os.fsencode(target.name)) <= 200 else _digest(target.name)
    path = target.with_name(f".{name}.lock")
    descriptor = _acquired(path)
    try:
        yield
    finally:
        if descriptor is not None:
            # Deleted while it is held: who waits for it finds that it is no longer the file of this name.
            with contextlib.suppress(OSError):
                path.unlink()
            os.close(descriptor)


def _acquired(path: Path) -> int | None:
    """The open lock; None where there are no locks."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        kept = False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            kept = _is_named(path, descriptor)
            if kept:
                return descriptor
        except BlockingIOError:
            if time.monotonic() > until:
                message = "another process has been changing the file for ten minutes"
                raise TimeoutError(errno.ETIMEDOUT, message, str(path)) from None
            time.sleep(_PAUSE_SECONDS)
        except (OSError, AttributeError) as error:
            if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
                raise
            log.warning("%s: there are no locks here; let no two processes change the file at once", path)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        finally:
            if not kept:
                os.close(descriptor)


def _is_named(path: Path, descriptor: int) -> bool:
    """Whether an open file is the one of that name: its last holder may have deleted it meanwhile."""
    try:
        there, mine = os.stat(path), os.fstat(descriptor)
    except FileNotFoundError:
        return False
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)
