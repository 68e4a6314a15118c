"""What every command prints with: results on stdout, errors and warnings on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import rich_click as click

from newsbt.errors import NewsbtError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "print_document", "print_error", "print_warnings"]

PIPE_WIDTH = 120
MOST_WARNINGS = 100


def console() -> Console:
    """A console on stdout that takes text as it is; 120 columns where nobody says how wide it may be."""
    from rich.console import Console

    is_measured = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
    return Console(markup=False, emoji=False, highlight=False, width=None if is_measured else PIPE_WIDTH)


def print_document(document: Any) -> None:
    """One JSON document on stdout."""
    from newsbt.reports.formats import rows_json

    click.echo(rows_json(document))


def print_error(error: NewsbtError) -> None:
    """A line ``error: ...`` for every problem, then what else the message says."""
    from newsbt.reports.text import clean

    message = str(error)
    listed = [str(problem) for problem in error.problems]
    if not listed:
        first, *rest = message.splitlines() or [type(error).__name__]
        listed = [first]
    elif message.startswith(joined := "\n".join(listed)):
        rest = message[len(joined) :].strip("\n").splitlines()
    else:
        rest = [line for line in message.splitlines() if line not in listed]
    for problem in listed:
        click.echo(f"error: {clean(problem)}", err=True)
    for line in rest:
        click.echo(clean(line), err=True)


def print_warnings(word: str, sentences: Iterable[str]) -> None:
    """A line on stderr for each sentence, ``doubt: ...``, as long as anybody reads them."""
    from newsbt.reports.text import clean

    listed = list(sentences)
    for sentence in listed[:MOST_WARNINGS]:
        click.echo(f"{word}: {clean(sentence)}", err=True)
    if len(listed) > MOST_WARNINGS:
        click.echo(f"{word}: and {len(listed) - MOST_WARNINGS:,} more; --json and run.json list them all", err=True)
