"""What pages are made of: text, tables and charts as values, which templates/blocks.html turns into HTML.

No text in a block is HTML: the templates escape all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from newsbt.domain.showing import brief
from newsbt.reports.charts.chart import Chart
from newsbt.reports.theme import Look

if TYPE_CHECKING:
    from newsbt.reports.page.cards import CardData

__all__ = [
    "Absent",
    "Bar",
    "Block",
    "Cards",
    "Details",
    "Facts",
    "FigureTiles", "Filtered",
    "Grid",
    "Legend",
    "Lines",
    "Note",
    "Plotted", "PriceCharts",
    "Questions",
    "Section",
    "Subheading",
    "Table",
    "Td",
    "Under",
    "Who",
    "sentences",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in a cell, from a start to an end on a track of length 1, in the colour of a CSS class."""

    start: float
    end: float
    css: str

    __repr__ = brief

    @property
    def left(self) -> float:
        return 100 * min(max(min(self.start, self.end), 0.0), 1.0)

    @property
    def width(self) -> float:
        return max(100 * min(max(self.start, self.end, 0.0), 1.0) - self.left, 0.5)


@dataclass(frozen=True, slots=True)
class Td:
    """A cell: what it shows, what it is sorted by, its CSS class, a tip, the strategy whose look it carries, where it
    leads to, and bars in place of text, with where their zero is."""

    text: str
    value: float | str | None = None
    css: str = ""
    tip: str = ""
    look: Look | None = None
    href: str = ""
    bars: Sequence[Bar] = ()
    zero: float | None = None

    __repr__ = brief

    @property
    def sorted_by(self) -> str | None:
        return f"{self.value:.10g}" if isinstance(self.value, float | int) else self.value

    @property
    def zero_at(self) -> float | None:
        return None if self.zero is None else 100 * min(max(self.zero, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a page; what of it is `folded` is opened by its title."""

    kind: ClassVar[str] = "section"
    name: str
    title: str
    blocks: Sequence[Block]
    folded: bool = False

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Absent:
    """Says in a sentence why something is not here."""

    kind: ClassVar[str] = "absent"
    text: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Under:
    """Small print."""

    kind: ClassVar[str] = "under"
    text: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Subheading:
    kind: ClassVar[str] = "heading"
    text: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Lines:
    """Sentences below each other: a ``notice`` that stands out, or ``notes``."""

    kind: ClassVar[str] = "lines"
    texts: Sequence[str]
    css: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what there is to say of each."""

    kind: ClassVar[str] = "facts"
    pairs: Sequence[tuple[str, str]]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Details:
    """Folded away below its summary."""

    kind: ClassVar[str] = "details"
    summary: str
    blocks: Sequence[Block]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Note:
    """A note of its own, named for those who do not see it."""

    kind: ClassVar[str] = "note"
    label: str
    blocks: Sequence[Block]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Grid:
    """Side by side where there is room."""

    kind: ClassVar[str] = "grid"
    blocks: Sequence[Block]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column heads the rows. `header` has a title and a kind each: ``text``, ``number`` or ``bar``;
    a sortable one sorts by the cells' values when its script runs."""

    kind: ClassVar[str] = "table"
    header: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Td]]
    caption: str
    sortable: bool = False
    css: str = ""

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Filtered:
    """A table below a field that a script filters its rows by; `words` say what for."""

    kind: ClassVar[str] = "filtered"
    table: Table
    words: str

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Plotted:
    """A chart below its caption, with small print under it; what it shows stands there in words until it is drawn."""

    kind: ClassVar[str] = "plotted"
    chart: Chart
    under: str = ""

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Legend:
    """Names and looks of the lines of all charts of a group, each a switch when the script runs."""

    kind: ClassVar[str] = "legend"
    group: str
    looks: Mapping[str, Look]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Who:
    """A strategy's name over what is to be told of it."""

    kind: ClassVar[str] = "who"
    name: str
    look: Look

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class FigureTiles:
    """A few figures with a title each, and what stands under them: title, value, sentence, CSS class."""

    kind: ClassVar[str] = "tiles"
    tiles: Sequence[tuple[str, str, str, str]]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions and their answers."""

    kind: ClassVar[str] = "questions"
    pairs: Sequence[tuple[str, str]]

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class Cards:
    """The event cards, which a script draws from `data`."""

    kind: ClassVar[str] = "cards"
    data: CardData
    number: int

    __repr__ = brief


@dataclass(frozen=True, slots=True)
class PriceCharts:
    """Prices of one ticker at a time, which a script draws from the data of the event cards."""

    kind: ClassVar[str] = "prices"

    __repr__ = brief


Block: TypeAlias = (
    Absent | Cards | Details | Facts | FigureTiles | Filtered | Grid | Legend | Lines | Note | Plotted | PriceCharts
    | Questions | Section | Subheading | Table | Under | Who
)  # fmt: skip


def sentences(texts: Iterable[str], css: str) -> Sequence[Block]:
    """The texts below each other, nothing where there are none."""
    listed = list(texts)
    return [Lines(listed, css)] if listed else []
