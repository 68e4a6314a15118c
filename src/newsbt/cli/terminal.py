"""What every command prints with: results on stdout, errors and warnings on stderr."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.errors import NewsbtError, Problem

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = [
    "console", "print_codes", "print_document", "print_doubts", "print_error", "print_failure", "print_notes",
    "print_problems", "print_view",
]  # fmt: skip

UNLIMITED = 1_000_000  # columns
MOST_NAMED = 5  # of what one doubt is about


def console() -> Console:
    """A console on stdout that takes text as it is; as wide as it takes where stdout is no terminal and COLUMNS does
    not say otherwise."""
    from rich.console import Console

    class Honest(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))  # rich would end the program

    is_measured = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Honest(markup=False, emoji=False, highlight=False, width=None if is_measured else UNLIMITED)


def print_view(*views: RenderableType) -> None:
    """Views on stdout. What is wider than the terminal is left to it to fold: nothing is cut."""
    out = console()
    for view in views:
        out.print(view, crop=False)


def print_document(document: object) -> None:
    """One strict JSON document on stdout, in ASCII: no control character of the data reaches a terminal."""
    from newsbt.runs.json_values import as_json

    click.echo(as_json(document))


def print_error(error: NewsbtError) -> None:
    """A line ``error: ...`` for every problem, then what else the message says, and where to read on."""
    message = str(error)
    if not error.problems:
        first, *rest = message.splitlines() or [type(error).__name__]
        _print_line(f"error: {first}")
    else:
        listed = [str(problem) for problem in error.problems]
        joined = "\n".join(listed)
        lines = message.removeprefix(joined).splitlines()
        rest = [line for line in lines if line and line not in listed]
        _print_each(error.problems)
    for line in rest:
        _print_line(line)
    print_codes(error.listed)


def print_problems(problems: Sequence[Problem]) -> None:
    """A line on stderr for each, and where to read on."""
    _print_each(problems)
    print_codes(problems)


def print_codes(problems: Iterable[Problem]) -> None:
    """The codes of problems, each once, and where each is explained."""
    from newsbt.error_codes import PAGE

    codes = list(dict.fromkeys(problem.code for problem in problems))
    if codes:
        anchor = f"#{codes[0]}" if len(codes) == 1 else ""
        _print_line(f"{' '.join(f'[{code}]' for code in codes)} {PAGE}{anchor}")


def print_failure(problems: Sequence[Problem]) -> None:
    """The document of a command that ended in an error, where one was asked for with ``--json``."""
    print_document({"errors": [problem.as_dict() for problem in problems]})


def _print_each(problems: Iterable[Problem]) -> None:
    for problem in problems:
        for line in f"error: {problem}".splitlines():
            _print_line(line)


def print_doubts(sentences: Iterable[str]) -> None:
    """A line on stderr for each kind of doubt, with how many there are and the first few."""
    from newsbt.reports.run_text import grouped

    for sentence in grouped(sentences, MOST_NAMED):
        _print_sentence(f"doubt: {sentence}")


def print_notes(sentences: Iterable[str]) -> None:
    """A line on stderr for each."""
    for sentence in sentences:
        _print_sentence(f"note: {sentence}")


def _print_sentence(text: str) -> None:
    """One line, folded between words where a terminal shows it."""
    from newsbt.reports.text import clean
    from newsbt.reports.wrapping import fold

    text = clean(text)
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        text = "\n  ".join(fold(text, width - 2, "sentences"))
    click.echo(text, err=True)


def _print_line(text: str) -> None:
    from newsbt.reports.text import clean

    click.echo(clean(text), err=True)
