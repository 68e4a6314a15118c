"""Which files a strategy opens while it is asked: what they hold stays as it is in every other future."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import ParamSpec, TypeAlias, TypeVar
from zoneinfo import TZPATH

import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

import newsbt

__all__ = ["Noticed", "noticing"]

T = TypeVar("T")
P = ParamSpec("P")
Argument: TypeAlias = str | bytes | os.PathLike[str] | Sequence["Argument"] | int | None  # of such an event

# Events of the interpreter (PEP 578), and which of their arguments names what is opened.
EVENTS = {"open": 0, "sqlite3.connect": 0, "subprocess.Popen": 0, "socket.connect": 1}
OWN = str(Path(newsbt.__file__).parent)
LIBRARIES = tuple({str(Path(sysconfig.get_path(name))) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
MACHINERY = ("importlib", "linecache", "tokenize", "inspect", "zoneinfo", "zipimport", "traceback")
NO_DATA = ("/dev/", "/proc/", "/sys/", *TZPATH)
# What opens files in C++, of which the interpreter hears nothing.
READERS = (
    (pyarrow.parquet.ParquetFile, "__init__", 1), (pyarrow.parquet.ParquetDataset, "__init__", 1),
    (pyarrow.csv, "read_csv", 0), (pyarrow.csv, "open_csv", 0), (pyarrow.feather, "read_table", 0),
)  # fmt: skip
SOURCES = ("source", "path_or_paths", "input_file")


class Noticed(list[tuple[str, str]]):
    """What was opened, each once, in order: an absolute path or address, and the user's line that did it.

    `own` is a file whose code is a user's wherever it lies.
    """

    own = ""


_noticed: list[Noticed] = []  # of those who ask now; the hook can be set once for a process, and never be taken away
_set: list[bool] = []


def noticing(call: Callable[[], T], own: str = "") -> tuple[T, Noticed]:
    """What a call returns, and what the code of a user's own opened meanwhile.

    Parameters
    ----------
    own : str
        A file whose code is a user's though it may lie among installed packages.

    Notes
    -----

    Files of the interpreter and its packages, and those that an import reads, do not count. What is opened by code
    that is not Python's goes unnoticed, but for pyarrow's usual readers.
    """
    if not _set:
        sys.addaudithook(_hear)
        for owner, name, index in READERS:
            setattr(owner, name, _heard(getattr(owner, name), index))
        _set.append(True)
    found = Noticed()
    found.own = own
    _noticed.append(found)
    try:
        return call(), found
    finally:
        _noticed.pop()


def _heard(reader: Callable[P, T], index: int) -> Callable[P, T]:
    def read(*args: P.args, **named: P.kwargs) -> T:
        given = args[index] if len(args) > index else next((named[one] for one in SOURCES if one in named), None)
        if isinstance(given, str | bytes | os.PathLike):
            _hear("open", (given,))
        return reader(*args, **named)

    return read


def _hear(event: str, args: tuple[Argument, ...]) -> None:
    if not _noticed or event not in EVENTS:
        return
    named = args[EVENTS[event]]
    where = _user_line(sys._getframe(1), _noticed[-1].own)
    if not where:
        return
    if isinstance(named, str | bytes | os.PathLike):
        text = os.fsdecode(named)
        if event in ("open", "sqlite3.connect") and text != ":memory:":
            text = os.path.abspath(text)
            if text.startswith((*NO_DATA, *LIBRARIES, OWN)):
                return
    elif isinstance(named, list | tuple) and event != "open":
        text = " ".join(map(str, named))
    else:  # a file that is open already
        return
    found = _noticed[-1]
    if text not in {one for one, _ in found}:
        found.append((text, where))


def _user_line(frame: FrameType | None, own: str) -> str:
    """The line of a user's file that is being executed; empty where there is none, or where an import is at work."""
    if frame is not None and _is_machinery(frame):
        return ""
    while frame is not None and frame.f_code is not noticing.__code__:
        file = frame.f_code.co_filename
        if file == own or not file.startswith((OWN, *LIBRARIES, "<frozen")):
            return f"{file}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def _is_machinery(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in (*MACHINERY, "_frozen_importlib_external")
