"""Another time of day for whoever asks: the wall clock of this process, moved for good."""

from __future__ import annotations

import datetime as datetimes
import sys
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from newsbt.audit.opened_files import LIBRARIES, OWN

__all__ = ["move_wall_clock"]


def move_wall_clock(to: datetimes.datetime) -> None:
    """Let the clock go on from another instant, in what asks Python's `time`, `datetime` or `pandas.Timestamp`.

    It is not moved back: only for a process that ends afterwards. numpy's and other compiled code's clocks stay.
    """
    shift = to.timestamp() - time.time()
    replaced = {**_times(shift), **_dates(shift)}
    for module in list(sys.modules.values()):
        named = getattr(module, "__dict__", None)
        if named is None or (module not in (time, datetimes) and not _is_users(module)):
            continue
        for name, value in list(named.items()):
            other = replaced.get(id(value))
            if other is not None:
                setattr(module, name, other)
    for name in ("now", "today", "utcnow"):
        setattr(pd.Timestamp, name, classmethod(_stamp(name, shift)))


def _is_users(module: Any) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and not str(file).startswith((OWN, *LIBRARIES))


def _times(shift: float) -> dict[int, Callable[..., Any]]:
    """The functions of `time` that tell what it is, by the id of those that they stand for."""
    now, now_ns, local, greenwich = time.time, time.time_ns, time.localtime, time.gmtime
    text, told, stamp = time.strftime, time.ctime, time.asctime

    def moved() -> float:
        return now() + shift

    return {
        id(now): moved,
        id(now_ns): lambda: now_ns() + round(shift * 1e9),
        id(local): lambda seconds=None: local(moved() if seconds is None else seconds),
        id(greenwich): lambda seconds=None: greenwich(moved() if seconds is None else seconds),
        id(text): lambda form, at=None: text(form, local(moved()) if at is None else at),
        id(told): lambda seconds=None: told(moved() if seconds is None else seconds),
        id(stamp): lambda at=None: stamp(local(moved()) if at is None else at),
    }


def _dates(shift: float) -> dict[int, type]:
    """Stand-ins of `datetime.datetime` and `datetime.date`, which make and recognise the real ones."""
    real, real_date, by = datetimes.datetime, datetimes.date, datetimes.timedelta(seconds=shift)

    class _AsReal(type):
        def __instancecheck__(cls, one: Any) -> bool:
            return isinstance(one, cls.__mro__[1])

        def __subclasscheck__(cls, one: type) -> bool:
            return issubclass(one, cls.__mro__[1])

    class _Now(datetimes.datetime, metaclass=_AsReal):
        def __new__(cls, *args: Any, **named: Any) -> Any:
            return real(*args, **named)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.now(tz) + by

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(datetimes.UTC).replace(tzinfo=None) + by

        @classmethod
        def today(cls) -> Any:
            return real.now() + by

    class _Today(datetimes.date, metaclass=_AsReal):
        def __new__(cls, *args: Any, **named: Any) -> Any:
            return real_date(*args, **named)

        @classmethod
        def today(cls) -> Any:
            return (real.now() + by).date()

    return {id(real): _Now, id(real_date): _Today}


def _stamp(name: str, shift: float) -> Callable[..., Any]:
    real = getattr(pd.Timestamp, name)

    def moved(_cls: Any, *args: Any, **named: Any) -> Any:
        return real(*args, **named) + pd.Timedelta(seconds=shift)

    return moved
