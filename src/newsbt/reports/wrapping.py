"""Text folded into lines for a terminal, never inside a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from newsbt.reports.text import clean

__all__ = ["Prose", "Where", "fold", "longest_piece"]

Where: TypeAlias = Literal["letters", "sentences", "words"]

# An instant and a number with its percent sign are one word each, though there is a blank in them.
_WORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d\S*|\S+(?: %(?!\w)\S*)?")
_FIGURE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d\S*|[+\-±]?\d[\d.,:/\-]*(?: ?%)?")


def fold(text: str, width: int, where: Where = "letters") -> list[str]:
    """Lines of at most `width` cells, folded between words.

    A word that is wider is folded between its letters, but not inside a number, a date or a time: such a line is
    wider. Letters of two cells may be folded apart anywhere, as their languages do. With `where` at ``sentences`` that
    is all that is done to a word, at ``words``, for ids and tickers, nothing is.

    >>> fold("costs of -12,345,678.90 in all", 10)
    ['costs of', '-12,345,678.90', 'in all']
    """
    lines, used = [""], 0
    for word in _WORD.findall(text):
        pieces = list(_pieces(word, where))
        gap = 1 if used else 0
        if used and used + gap + cell_len(pieces[0] if _is_wide(pieces[0][0]) else word) > width:
            lines.append("")
            used = gap = 0
        for piece in pieces:
            size = cell_len(piece)
            if used and used + gap + size > width:
                lines.append("")
                used = gap = 0
            lines[-1] += " " * gap + piece
            used += gap + size
            gap = 0
    return lines


def longest_piece(text: str, where: Where = "letters") -> int:
    """The cells of the widest part of a text that is not folded."""
    return max((cell_len(piece) for word in _WORD.findall(text) for piece in _pieces(word, where)), default=0)


def _pieces(word: str, where: Where) -> Iterator[str]:
    """A word as the parts between which it may be folded."""
    if where == "words":
        yield word
        return
    for part in _runs(word):
        if where == "sentences" or _is_wide(part[0]):
            yield part
            continue
        at = 0
        for found in _FIGURE.finditer(part):
            yield from part[at : found.start()]
            yield found.group()
            at = found.end()
        yield from part[at:]


def _runs(word: str) -> Iterator[str]:
    """Letters of two cells one by one, with the marks that belong to them; other letters together."""
    run = ""
    for letter in word:
        if _is_wide(letter) or (run and _is_wide(run[0]) and cell_len(letter)):
            if run:
                yield run
            run = ""
        run += letter
    if run:
        yield run


def _is_wide(letter: str) -> bool:
    return cell_len(letter) == 2


class Prose:
    """Sentences as wide as the terminal, folded between words, further lines indented by `indent`."""

    def __init__(self, text: str, style: str | Style = "", *, indent: int = 0) -> None:
        self._text, self._style, self._indent = clean(text), style, indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lead = len(self._text) - len(self._text.lstrip(" "))
        width = max(options.max_width - lead - self._indent, 1)
        for index, line in enumerate(fold(self._text, width, "sentences")):
            shift = lead + (self._indent if index else 0)
            yield Text(" " * shift + line, style=self._style, no_wrap=True, overflow="ignore")
