"""The exceptions that newsbt raises for what a user can cause.

Everything derives from :class:`NewsbtError`, which is the only exception the command line catches. Each error
carries its exit code and, where there are several faults, one :class:`Problem` for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsbt.error_codes import ErrorCode

__all__ = [
    "ConfigError",
    "DataError",
    "EngineError",
    "NewsbtError",
    "Problem",
    "RunFolderError",
    "StrategyError",
    "UnsupportedError",
    "component_errors",
    "missing_extra",
    "nearest",
    "nearest_name",
    "nearest_ticker",
    "user_traceback",
]


MOST_FRAMES = 6  # that a traceback into a user's files shows
_SIGNS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault: where it is, what kind it is, and what to do about it.

    `line` counts from 1 and includes a file's header; `key` is a dotted path into a config or a column name;
    `code` is one of :data:`newsbt.error_codes.ERRORS`, for programs and to read more under (``unknown_key``),
    `message` a sentence for people.
    """

    code: ErrorCode
    message: str
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where += f":{self.line}"
        head = ": ".join(part for part in (where, self.key) if part)
        return f"{head}: {self.message}" if head else self.message

    def as_dict(self) -> dict[str, str | int | None]:
        """The fields as `newsbt check --json` prints them."""
        return asdict(self)


class NewsbtError(Exception):
    """Anything a user can cause. `exit_code` is what the command line exits with.

    `code` is that of an error which names no `problems`; all of newsbt's own say one. An error that a component of a
    user's raises need not.
    """

    exit_code = 1
    _code: ErrorCode = "component_failed"

    def __init__(self, message: str, problems: Sequence[Problem] = (), *, code: ErrorCode | None = None) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)
        if code is not None:
            self._code = code

    @property
    def code(self) -> ErrorCode:
        """What to read more under: that of the first problem, where there are several."""
        return self.problems[0].code if self.problems else self._code

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The problems; the message as one where it names none."""
        return self.problems or (Problem(code=self.code, message=str(self)),)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> NewsbtError:
        """One error for many problems, its message a line each."""
        listed = tuple(problems)
        return cls("\n".join(str(problem) for problem in listed), listed)


class ConfigError(NewsbtError):
    """A config that cannot be used: syntax, keys, types, values, names."""

    exit_code = 2


class DataError(NewsbtError):
    """Input data that cannot be used: files, columns, rows, currencies."""

    exit_code = 2


class UnsupportedError(NewsbtError):
    """Something the contract knows but this build or this engine cannot do."""

    exit_code = 2


class StrategyError(NewsbtError):
    """A strategy that raised or answered something unusable."""

    _code = "strategy_failed"


class EngineError(NewsbtError):
    """The engines did not keep the same books."""


class RunFolderError(NewsbtError):
    """A run folder that cannot be written or read."""


def missing_extra(error: ImportError, need: str, package: str, extra: str) -> UnsupportedError:
    """The error for a package of an extra that cannot be imported: it is missing, or what it needs itself is.

    >>> print(missing_extra(ModuleNotFoundError(name="datasketch"), "`dedupe` needs", "datasketch", "news"))
    `dedupe` needs datasketch, which is not installed: pip install 'newsbt[news]'
    >>> print(missing_extra(ModuleNotFoundError(name="sgmllib"), "feeds are read by", "feedparser", "news"))
    feeds are read by feedparser, which is there, but not the module sgmllib that it needs: pip install 'newsbt[news]'
    """
    missing = (error.name or package).partition(".")[0]
    if missing == package and isinstance(error, ModuleNotFoundError):
        why = "which is not installed"
    elif isinstance(error, ModuleNotFoundError):
        why = f"which is there, but not the module {missing} that it needs"
    else:
        why = f"which is there and cannot be imported ({error})"
    return UnsupportedError(f"{need} {package}, {why}: pip install 'newsbt[{extra}]'", code="missing_extra")


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint like ``; did you mean 'hold'?``, or the empty string when nothing is near.

    >>> nearest("half_live", ["half_life", "hops"])
    "; did you mean 'half_life'?"
    >>> nearest("zzz", ["hold"])
    ''
    >>> nearest("a.hk", ["C.HK", "A.HK"])
    "; did you mean 'A.HK'?"
    """
    found = nearest_name(name, known)
    return f"; did you mean '{found}'?" if found else ""


def nearest_name(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The most alike of some names, whatever their case and width; the empty string when none is near.

    `likeness` is the least ratio of difflib. Names of companies need more of it than keys and tickers: any two share
    letters, and another company is no misspelling.

    >>> nearest_name("baba", ["NVDA", "BABA"])
    'BABA'
    >>> nearest_name("OpenAI", ["HopeRun"]), nearest_name("OpenAI", ["HopeRun"], 0.7)
    ('HopeRun', '')
    """
    import difflib

    by_folded: dict[str, str] = {}
    for one in known:
        by_folded.setdefault(_folded(str(one)), str(one))
    found = difflib.get_close_matches(_folded(name), by_folded, n=1, cutoff=likeness)
    return by_folded[found[0]] if found else ""


def nearest_ticker(name: str, known: Iterable[str]) -> str:
    """The ticker that somebody else may write so: a market's code before or after it, or leading zeros, are no
    difference. Otherwise as :func:`nearest_name`.

    >>> nearest_ticker("HKEX:9988", ["0998.HK", "9988.HK"]), nearest_ticker("BABA.N", ["BABA", "N"])
    ('9988.HK', 'BABA')
    """
    listed = [str(one) for one in known]
    parts = set(_parts(name))
    same = [(len(core), one) for one in listed if (core := max(_parts(one), key=_weight, default="")) in parts]
    return max(same, key=lambda pair: pair[0])[1] if same else nearest_name(name, listed)


def _folded(name: str) -> str:
    """Without case, in half-width signs, with single blanks."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _parts(ticker: str) -> list[str]:
    return [part.lstrip("0") or "0" for part in _SIGNS.split(_folded(ticker)) if part]


def _weight(part: str) -> tuple[bool, int]:
    return part.isdigit(), len(part)


@contextmanager
def component_errors() -> Iterator[None]:
    """What a user's own reader, linker, labeller or model raises becomes an error that shows the user's own lines.

    That counts for `sys.exit()` too, at which a command would end as if it had done its work. Faults of newsbt go on as
    they are, and so do errors of the computer (OSError, MemoryError) and Ctrl-C.
    """
    try:
        yield
    except (NewsbtError, OSError, MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:
        import sysconfig

        ours, library = str(Path(__file__).resolve().parent), sysconfig.get_path("stdlib")
        trace = error.__traceback__
        while trace is not None and not trace.tb_frame.f_code.co_filename.startswith(ours):
            trace = trace.tb_next
        inner, users = trace, False
        while inner is not None:
            file = inner.tb_frame.f_code.co_filename
            users |= not file.startswith((ours, library, "<")) and "site-packages" not in file
            inner = inner.tb_next
        if not users:
            raise
        message = f"a component of your own raised {user_traceback(error.with_traceback(trace))}"
        raise NewsbtError(message, code="component_failed") from error


def user_traceback(error: BaseException) -> str:
    """An exception that a user's code raised, with the lines of the user's own files that led to it.

    Frames of newsbt and of installed packages are left out, and all but the first and the last few of many; where
    nothing is left, the last frame stands.
    """
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    here = str(Path(__file__).resolve().parent)
    own = [frame for frame in frames if not frame.filename.startswith(here) and "site-packages" not in frame.filename]
    lines = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}" + (f"\n    {frame.line}" if frame.line else "")
        for frame in own or frames[-1:]
    ]
    if len(lines) > MOST_FRAMES:
        left_out = len(lines) - MOST_FRAMES
        lines = [lines[0], f"  ... {left_out} more", *lines[1 - MOST_FRAMES :]]
    return "\n".join([f"{type(error).__name__}: {error}", *lines])
