"""Whether a folder is this user's alone: what a cache holds is taken as one's own, machine code among it.

Owners and permission bits are looked at, of the folder and of all above it; lists of access rights are not, and
Windows has none of these.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

__all__ = ["is_mine", "is_mine_alone", "make_folder"]

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def is_mine(path: Path) -> bool:
    """Whether a file or folder is this user's, and neither its group nor others may write it."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        there = path.stat()
    except OSError:
        return False
    return there.st_uid == os.geteuid() and not there.st_mode & _OTHERS_WRITE


def is_mine_alone(folder: Path) -> bool:
    """Whether nobody else, the superuser aside, can put anything into a folder, or another in its place.

    That is so where it :func:`is_mine`, and each folder above it, and above where links lead, is this user's or the
    superuser's and not to be written by others, unless they may exchange there nothing but what is theirs, as in /tmp.
    """
    if not hasattr(os, "geteuid"):
        return True
    if not is_mine(folder):
        return False
    with contextlib.suppress(OSError, RuntimeError):
        named = folder.absolute()
        real = folder.resolve()
        return all(_is_safe_above(path) for path in {named, *named.parents, *real.parents})
    return False


def _is_safe_above(path: Path) -> bool:
    there = path.lstat()
    if there.st_uid not in (0, os.geteuid()):
        return False
    return stat.S_ISLNK(there.st_mode) or not there.st_mode & _OTHERS_WRITE or bool(there.st_mode & stat.S_ISVTX)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, which others may read and not write; OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o755, exist_ok=True)
