"""What a forked command may be short of, as a function that it calls before it begins."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

__all__ = ["forty_handles", "no_home", "no_rights", "small_files"]


def forty_handles() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


def no_home() -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "NEWSBT_CACHE"):
        os.environ.pop(name, None)


def no_rights() -> None:
    """The superuser without the superuser's rights: what is another user's it may read where others may."""
    version_of_three, words = 0x20080522, ctypes.c_uint32 * 6
    done = ctypes.CDLL(None, use_errno=True).capset((ctypes.c_uint32 * 2)(version_of_three, 0), words(*[0] * 6))
    assert not done, os.strerror(ctypes.get_errno())


def small_files() -> None:
    """No file may become larger than 2 KiB: of a larger one the write fails, as Python leaves the signal unheard."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
