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
        self._natural = [self._widest(place) for place in range(len(heads))]
        self._hardest = [self._longest(place) for place in range(len(heads))]

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
        """The places of the columns for which there is room, in the table's order."""
        order = sorted(range(len(self._heads)), key=lambda place: self._heads[place].rank)
        if not self._has_head:
            return sorted(order)
        chosen = order[:1]
        for place in order[1:]:
            if self._need([order[0], place], NARROW) > width:
                continue  # it alone would be too wide, so that it does not keep others out
            if self._need([*chosen, place], NARROW if self._heads[place].rank <= VITAL else ROOMY) > width:
                break
            chosen.append(place)
        return sorted(chosen)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        places = self.shown(width)
        widths = self._widths(places, width)
        if self._has_head:
            yield from self._titles(places, widths)
            rule = ("-" if options.ascii_only else "─") * (sum(widths) + GAP * (len(widths) - 1))
            yield Text(rule, no_wrap=True, overflow="ignore")
        for row in range(len(self._columns[0]) if self._columns else 0):
            yield from self._lines(row, places, widths, ascii_only=options.ascii_only)
            if row in self._breaks:
                yield Text("")
        left_out = [head.title.replace("\n", " ") for n, head in enumerate(self._heads) if n not in places]
        if left_out:
            yield Prose(
                f"Not shown for want of room: {', '.join(left_out)}. A terminal of {self.full_width} columns, a pipe "
                f"(| less -S) or {self._more} has all.",
                "dim",
            )

    def _titles(self, places: Sequence[int], widths: Sequence[int]) -> Iterator[Text]:
        titles = [self._heads[place].title.split("\n") for place in places]
        height = max(map(len, titles))
        padded = [[""] * (height - len(lines)) + lines for lines in titles]
        yield from self._joined([[(line, "bold") for line in lines] for lines in padded], places, widths)

    def _lines(self, row: int, places: Sequence[int], widths: Sequence[int], *, ascii_only: bool) -> Iterator[Text]:
        cells = []
        for place, width in zip(places, widths, strict=True):
            cell, head = self._columns[place][row], self._heads[place]
            found = Text(cell) if isinstance(cell, str) else cell
            text = found if isinstance(found, Text) else found.text(ascii_only=ascii_only)
            folded = [text.plain] if head.folds == "nowhere" else fold(text.plain, width, head.folds)
            cells.append([(line, str(text.style) or head.style) for line in folded])
        yield from self._joined(cells, places, widths)

    def _joined(
        self, cells: Sequence[Sequence[tuple[str, str]]], places: Sequence[int], widths: Sequence[int]
    ) -> Iterator[Text]:
        """The lines of cells side by side."""
        for k in range(max(map(len, cells))):
            line = Text(no_wrap=True, overflow="ignore")
            blanks = 0  # are written before what follows them, so that no line ends in them
            for lines, place, width in zip(cells, places, widths, strict=True):
                text, style = lines[k] if k < len(lines) else ("", "")
                room = max(width - cell_len(text), 0)
                if text:
                    line.append(" " * (blanks + (room if self._heads[place].is_right else 0)))
                    line.append(text, style)
                    blanks = GAP + (0 if self._heads[place].is_right else room)
                else:
                    blanks += width + GAP
            yield line

    def _widths(self, places: Sequence[int], width: int) -> list[int]:
        """What each column gets: text as much of its width as the others leave, shared evenly."""
        left = width - GAP * (len(places) - 1)
        level = max((self._natural[place] for place in places), default=0)
        while True:
            found = [self._folded(place, level) for place in places]
            if sum(found) <= left or level <= 0:
                return found
            level -= 1

    def _need(self, places: Sequence[int], level: int) -> int:
        """Cells that columns take at least, text folded down to `level`."""
        return sum(self._folded(place, self._least(place, level)) for place in places) + GAP * (len(places) - 1)

    def _least(self, place: int, level: int) -> int:
        head = self._heads[place]
        return head.least if head.is_right and level == NARROW else max(level, head.least)

    def _folded(self, place: int, level: int) -> int:
        head, natural = self._heads[place], self._natural[place]
        if head.folds == "nowhere":
            return natural
        return min(natural, max(self._hardest[place], min(level, head.most or level)))

    def _widest(self, place: int) -> int:
        cells = (_width(cell) for cell in self._columns[place])
        return max([*(cells), self._title_width(place)])

    def _longest(self, place: int) -> int:
        head = self._heads[place]
        if head.folds == "nowhere":
            return 0
        plain = {str(cell) for cell in self._columns[place]}
        found = max((longest_piece(text, head.folds) for text in plain), default=0)
        return max(found, self._title_width(place))

    def _title_width(self, place: int) -> int:
        return max(map(cell_len, self._heads[place].title.split("\n"))) if self._has_head else 0


def _width(cell: Cell) -> int:
    if isinstance(cell, str | Text):
        return cell_len(str(cell))
    return cell_len(cell.text(ascii_only=True).plain)


def grid(pairs: Iterable[tuple[str, str]], *, label: int = 28) -> TerminalTable:
    """Labels and what there is to say of each, without a head."""
    heads = (prose("", 0, least=8, most=label, style="bold"), prose("", 1))
    return TerminalTable(heads, pairs, has_head=False)
