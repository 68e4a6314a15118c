"""Whether a folder is this user's alone: what a cache holds is taken as one's own, machine code among it.

Owners and permission bits are looked at, of the folder and of all above it; lists of access rights are not, and
Windows has none of these. Where each user has a group of their own, as on most Linux systems, what it may write nobody
else may: there a umask of 002 is usual.
"""

from __future__ import annotations

import contextlib
import os
import stat
from functools import cache
from pathlib import Path

__all__ = ["is_mine", "is_mine_alone", "make_folder", "user_caches"]


def user_caches() -> Path:
    """The user's folder for caches: XDG_CACHE_HOME, which counts for nothing where it is relative, else ``~/.cache``.

    RuntimeError where the user has no home.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".cache"


def is_mine(path: Path) -> bool:
    """Whether a file or folder is this user's, and nobody else may write it."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        there = path.stat()
    except OSError:
        return False
    return there.st_uid == os.geteuid() and not _others_write(there)


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
    return stat.S_ISLNK(there.st_mode) or not _others_write(there) or bool(there.st_mode & stat.S_ISVTX)


def _others_write(there: os.stat_result) -> bool:
    by_group = there.st_mode & stat.S_IWGRP and not _is_nobody_elses(there.st_gid, os.geteuid())
    return bool(there.st_mode & stat.S_IWOTH or by_group)


@cache
def _is_nobody_elses(group: int, user: int) -> bool:
    """Whether a group is a user's own, bears the user's name, and has nobody else in it."""
    import grp  # which Windows has not
    import pwd

    try:
        me, mine = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    members = {*mine.gr_mem, *(one.pw_name for one in pwd.getpwall() if one.pw_gid == group)}
    return me.pw_gid == group and mine.gr_name == me.pw_name and members <= {me.pw_name}


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, which others may read and not write; OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o755, exist_ok=True)
