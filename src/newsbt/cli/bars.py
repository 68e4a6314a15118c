"""The bar of a stage, drawn; a line without one while nobody knows how far it is."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from newsbt.kernels.code_wait import is_compiling

__all__ = ["Bars"]

SPINNER, WORDS, ELAPSED = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
LONGEST_BAR = 40
BESIDES = 60  # columns of a terminal that are not for the bar


class Bars(Progress):
    """A task as a bar with the time that is left; without one in a stage of unknown length, and while kernels are
    compiled, of which it says so: no step is done then, and a bar would stand at 0 % as if something hung."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True, markup=False, emoji=False)
        bar = BarColumn(max(min(LONGEST_BAR, console.width - BESIDES), 10))
        left = TimeRemainingColumn(elapsed_when_finished=True)
        super().__init__(
            SPINNER, WORDS, bar, MofNCompleteColumn(), ELAPSED, TextColumn("left:"), left,
            console=console, transient=True,
        )  # fmt: skip

    def get_renderables(self) -> Iterable[RenderableType]:
        for task in self.tasks:
            if is_compiling():
                yield self._line(task, ": compiling kernels, once for this version")
            elif task.total is None:
                yield self._line(task)
            else:
                yield self.make_tasks_table([task])

    def _line(self, task: Task, more: str = "") -> RenderableType:
        line = Table.grid(padding=(0, 1))
        line.add_column()
        line.add_column(no_wrap=True, overflow="ellipsis")
        line.add_row(SPINNER(task), f"{task.description}{more}", ELAPSED(task))
        return line
