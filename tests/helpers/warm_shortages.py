"""What a forked command may be short of, as a function that it calls before it begins."""

from __future__ import annotations

import os
import resource

__all__ = ["forty_handles", "no_home"]


def forty_handles() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


def no_home() -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "NEWSBT_CACHE"):
        os.environ.pop(name, None)
