"""Another time of day for whoever asks: the wall clock of this process, moved for good."""

from __future__ import annotations

import datetime as datetimes
import sys
import time
from collections.abc import Callable
from types import ModuleType

import pandas as pd

from newsbt.audit.opened_files import LIBRARIES, OWN

__all__ = ["another_time", "move_wall_clock"]

_OTHER_DAY = datetimes.timedelta(days=431)  # odd, and of another weekday, month and year
_OTHER_HOUR = datetimes.timedelta(hours=7, minutes=13, seconds=29)


def another_time(now: datetimes.datetime) -> datetimes.datetime:
    """An instant of another hour, weekday, month and year, 431 days on: also where the other hour is past midnight."""
    return datetimes.datetime.combine((now + _OTHER_DAY).date(), (now + _OTHER_HOUR).timetz())


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


def _is_users(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and not str(file).startswith((OWN, *LIBRARIES))


def _times(shift: float) -> dict[int, Callable[..., float | str | time.struct_time]]:
    """The functions of `time` that tell what it is, by the id of those that they stand for."""
    now, now_ns, local, greenwich = time.time, time.time_ns, time.localtime, time.gmtime
    text, dated, stamp = time.strftime, time.ctime, time.asctime

    def moved() -> float:
        return now() + shift

    return {
        id(now): moved,
        id(now_ns): lambda: now_ns() + round(shift * 1e9),
        id(local): lambda seconds=None: local(moved() if seconds is None else seconds),
        id(greenwich): lambda seconds=None: greenwich(moved() if seconds is None else seconds),
        id(text): lambda form, at=None: text(form, local(moved()) if at is None else at),
        id(dated): lambda seconds=None: dated(moved() if seconds is None else seconds),
        id(stamp): lambda at=None: stamp(local(moved()) if at is None else at),
    }


def _dates(shift: float) -> dict[int, type]:
    """Stand-ins of `datetime.datetime` and `datetime.date`, which make and recognise the real ones."""
    real, real_date, by = datetimes.datetime, datetimes.date, datetimes.timedelta(seconds=shift)

    class _AsReal(type):
        def __instancecheck__(cls, one: object) -> bool:
            return isinstance(one, cls.__mro__[1])

        def __subclasscheck__(cls, one: type) -> bool:
            return issubclass(one, cls.__mro__[1])

    now = {
        "__new__": lambda _cls, *args, **named: real(*args, **named),
        "now": classmethod(lambda _cls, tz=None: real.now(tz) + by),
        "utcnow": classmethod(lambda _cls: real.now(datetimes.UTC).replace(tzinfo=None) + by),
        "today": classmethod(lambda _cls: real.now() + by),
    }
    today = {
        "__new__": lambda _cls, *args, **named: real_date(*args, **named),
        "today": classmethod(lambda _cls: (real.now() + by).date()),
    }
    return {id(real): _AsReal("datetime", (real,), now), id(real_date): _AsReal("date", (real_date,), today)}


def _stamp(name: str, shift: float) -> Callable[..., pd.Timestamp]:
    real = getattr(pd.Timestamp, name)

    def moved(_cls: type[pd.Timestamp], *args: str, **named: str) -> pd.Timestamp:
        found: pd.Timestamp = real(*args, **named) + pd.Timedelta(seconds=shift)
        return found

    return moved
