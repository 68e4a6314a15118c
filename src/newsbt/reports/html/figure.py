"""A figure for notebooks: charts and tables as a page of its own, in a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from newsbt.reports.charts.chart import Chart
from newsbt.reports.html.page_blocks import Block, Plotted, Table
from newsbt.reports.html.templating import fragment_of, page_of

__all__ = ["Figure"]

ROW = 31  # height of a row of a table


@dataclass(frozen=True, slots=True, repr=False)
class Figure:
    """What `plot` returns: shows itself in a notebook, also in one that was exported to HTML, and fetches nothing.

    Parameters
    ----------
    title : str
    blocks : sequence of Block
        What it is made of; :attr:`charts` are its charts as values.
    """

    title: str
    blocks: Sequence[Block]

    @property
    def charts(self) -> Sequence[Chart]:
        """The charts, each with its series."""
        return list(_charts(self.blocks))

    def to_html(self) -> str:
        """A whole HTML document."""
        return page_of(self.title, self.blocks, css="figure")

    def save(self, path: str | Path) -> Path:
        """Write it as an HTML file, and return the path.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        target = Path(path)
        target.write_text(self.to_html(), encoding="utf-8")
        return target

    def __repr__(self) -> str:
        return f"<Figure {self.title!r}; it shows itself in a notebook, .save(path) writes it as HTML>"

    def _repr_html_(self) -> str:
        return fragment_of("frame.html", document=escape(self.to_html()), title=self.title, height=self._height())

    def _height(self) -> int:
        height = 90
        for block in self.blocks:
            height += block.chart.height + 130 if isinstance(block, Plotted) else 0
            height += ROW * (len(block.rows) + 3) if isinstance(block, Table) else 0
        return height


def _charts(blocks: Sequence[Block]) -> Iterator[Chart]:
    for block in blocks:
        if isinstance(block, Plotted):
            yield block.chart
