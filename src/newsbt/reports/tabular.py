"""Tables in a terminal: a column is shown whole, or left out and named under the table.

Figures, ids, dates and tickers are neither cut nor folded; text is folded between words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from newsbt.reports.text import clean
from newsbt.reports.wrapping import Prose, fold, longest_piece

__all__ = ["GAP", "Cell", "Head", "TerminalTable", "figure", "figures", "grid", "ids", "prose", "token"]

GAP = 2  # blanks between columns
NARROW = 16  # a column of text is folded down to this where that makes room for a vital column
ROOMY = 40  # and to this for any other
VITAL = 5  # the highest rank of a vital column


class Drawn(Protocol):
    """A cell that depends on the letters that the terminal has."""

    def text(self, *, ascii_only: bool) -> Text: ...


Cell: TypeAlias = str | Text | Drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A column: its title (lines of it apart by newlines), and its rank; the columns of the highest ranks are left out
    first, the one of the lowest never. `folds` says where its text may be folded, if at all, down to `least` cells;
    it takes `most` cells at most where that is possible."""

    title: str
    rank: int = 0
    is_right: bool = False
    folds: Literal["nowhere", "words", "letters"] = "nowhere"
    least: int = NARROW
    most: int | None = None
    style: str = ""


def figure(title: str, rank: int = 0) -> Head:
    """Numbers: to the right, whole."""
    return Head(title=title, rank=rank, is_right=True)


def figures(title: str, rank: int = 0) -> Head:
    """Several numbers in one cell: to the right, each whole, folded between them where that makes room for a vital
    column."""
    return Head(title=title, rank=rank, is_right=True, folds="words", least=0)


def token(title: str, rank: int = 0) -> Head:
    """Ids, tickers, dates and other words that mean something only as a whole."""
    return Head(title=title, rank=rank)


def ids(title: str, rank: int = 0) -> Head:
    """Several such words in one cell, folded between them."""
    return Head(title=title, rank=rank, folds="words")


def prose(title: str, rank: int = 0, *, least: int = NARROW, most: int | None = None, style: str = "") -> Head:
    """Text, folded between words; a word that is too wide between its letters."""
    return Head(title=title, rank=rank, folds="letters", least=least, most=most, style=style)


class TerminalTable:
    """A rich renderable of `rows` below their `heads`.

    Parameters
    ----------
    heads : sequence of Head
    rows : iterable of sequences of str, Text or Drawn
        A cell for each head.
    more : str
        What has the columns that were left out, beside a wider terminal and a pipe.
    breaks : collection of int
        Rows below which there is a blank line.
    has_head : bool
        Whether there are titles and a rule; without them no column is left out.
    """

    def __init__(
        self,
        heads: Sequence[Head],
        rows: Iterable[Sequence[Cell]],
        *,
        more: str = "--json",
        breaks: Collection[int] = (),
        has_head: bool = True,
    ) -> None:
        self._heads, self._more, self._breaks, self._has_head = heads, more, breaks, has_head
        self._columns: list[list[Cell]] = [[] for _ in heads]
        for row in rows:
            for column, cell in zip(self._columns, row, strict=True):
                column.append(clean(cell) if isinstance(cell, str) else cell)
        self._natural = [self._widest(k) for k in range(len(heads))]
        self._hardest = [self._longest(k) for k in range(len(heads))]

    @property
    def titles(self) -> list[str]:
        """The titles of all columns."""
        return [head.title for head in self._heads]

    @property
    def full_width(self) -> int:
        """Cells from which on all columns are shown."""
        is_vital = all(head.rank <= VITAL for head in self._heads)
        return self._need(range(len(self._heads)), NARROW if is_vital else ROOMY)

    def shown(self, width: int) -> list[int]:
        """The indices of the columns for which there is room, in the table's order."""
        order = sorted(range(len(self._heads)), key=lambda column: self._heads[column].rank)
        if not self._has_head:
            return sorted(order)
        chosen = order[:1]
        for column in order[1:]:
            if self._need([order[0], column], NARROW) > width:
                continue  # it alone would be too wide, so that it does not keep others out
            if self._need([*chosen, column], NARROW if self._heads[column].rank <= VITAL else ROOMY) > width:
                break
            chosen.append(column)
        return sorted(chosen)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        columns = self.shown(width)
        widths = self._widths(columns, width)
        if self._has_head:
            yield from self._titles(columns, widths)
            rule = ("-" if options.ascii_only else "─") * (sum(widths) + GAP * (len(widths) - 1))
            yield Text(rule, no_wrap=True, overflow="ignore")
        for row in range(len(self._columns[0]) if self._columns else 0):
            yield from self._lines(row, columns, widths, ascii_only=options.ascii_only)
            if row in self._breaks:
                yield Text("")
        left_out = [head.title.replace("\n", " ") for n, head in enumerate(self._heads) if n not in columns]
        if left_out:
            yield Prose(
                f"Not shown for want of room: {', '.join(left_out)}. A terminal of {self.full_width} columns, a pipe "
                f"(| less -S) or {self._more} has all.",
                "dim",
            )

    def _titles(self, columns: Sequence[int], widths: Sequence[int]) -> Iterator[Text]:
        titles = [self._heads[column].title.split("\n") for column in columns]
        height = max(map(len, titles))
        padded = [[""] * (height - len(lines)) + lines for lines in titles]
        yield from self._joined([[(line, "bold") for line in lines] for lines in padded], columns, widths)

    def _lines(self, row: int, columns: Sequence[int], widths: Sequence[int], *, ascii_only: bool) -> Iterator[Text]:
        cells = []
        for column, width in zip(columns, widths, strict=True):
            cell, head = self._columns[column][row], self._heads[column]
            found = Text(cell) if isinstance(cell, str) else cell
            text = found if isinstance(found, Text) else found.text(ascii_only=ascii_only)
            folded = [text.plain] if head.folds == "nowhere" else fold(text.plain, width, head.folds)
            cells.append([(line, str(text.style) or head.style) for line in folded])
        yield from self._joined(cells, columns, widths)

    def _joined(
        self, cells: Sequence[Sequence[tuple[str, str]]], columns: Sequence[int], widths: Sequence[int]
    ) -> Iterator[Text]:
        """The lines of cells side by side."""
        for k in range(max(map(len, cells))):
            line = Text(no_wrap=True, overflow="ignore")
            blanks = 0  # are written before what follows them, so that no line ends in them
            for lines, column, width in zip(cells, columns, widths, strict=True):
                text, style = lines[k] if k < len(lines) else ("", "")
                padding = max(width - cell_len(text), 0)
                if text:
                    line.append(" " * (blanks + (padding if self._heads[column].is_right else 0)))
                    line.append(text, style)
                    blanks = GAP + (0 if self._heads[column].is_right else padding)
                else:
                    blanks += width + GAP
            yield line

    def _widths(self, columns: Sequence[int], width: int) -> list[int]:
        """What each column gets: text as much of its width as the others leave, shared evenly."""
        left = width - GAP * (len(columns) - 1)
        level = max((self._natural[column] for column in columns), default=0)
        while True:
            found = [self._folded(column, level) for column in columns]
            if sum(found) <= left or level <= 0:
                return found
            level -= 1

    def _need(self, columns: Sequence[int], level: int) -> int:
        """Cells that columns take at least, text folded down to `level`."""
        return sum(self._folded(column, self._least(column, level)) for column in columns) + GAP * (len(columns) - 1)

    def _least(self, column: int, level: int) -> int:
        head = self._heads[column]
        return head.least if head.is_right and level == NARROW else max(level, head.least)

    def _folded(self, column: int, level: int) -> int:
        head, natural = self._heads[column], self._natural[column]
        if head.folds == "nowhere":
            return natural
        return min(natural, max(self._hardest[column], min(level, head.most or level)))

    def _widest(self, column: int) -> int:
        cells = (_width(cell) for cell in self._columns[column])
        return max([*(cells), self._title_width(column)])

    def _longest(self, column: int) -> int:
        head = self._heads[column]
        if head.folds == "nowhere":
            return 0
        plain = {str(cell) for cell in self._columns[column]}
        found = max((longest_piece(text, head.folds) for text in plain), default=0)
        return max(found, self._title_width(column))

    def _title_width(self, column: int) -> int:
        return max(map(cell_len, self._heads[column].title.split("\n"))) if self._has_head else 0


def _width(cell: Cell) -> int:
    if isinstance(cell, str | Text):
        return cell_len(str(cell))
    return cell_len(cell.text(ascii_only=True).plain)


def grid(pairs: Iterable[tuple[str, str]], *, label: int = 28) -> TerminalTable:
    """Labels and what there is to say of each, without a head."""
    heads = (prose("", 0, least=8, most=label, style="bold"), prose("", 1))
    return TerminalTable(heads, pairs, has_head=False)
