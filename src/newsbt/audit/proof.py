"""What the look-ahead proof has to say of a strategy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt.audit.decisions import Decisions, DecisionValue, Key
from newsbt.domain.command_documents import DifferenceJson, FileJson, ProofJson

__all__ = ["AGAIN", "WALL_CLOCK", "Difference", "OpenedFile", "Proof", "difference"]

AGAIN = "that it was asked again"
WALL_CLOCK = "the clock on the wall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first thing of the past that a change of the future moved.

    `kind` is ``signal``, ``weight``, ``order``, ``fill``, ``equity`` or ``error``; `before` and `after` are its
    values, None where there is none; `what` says what of the future differed, `cut_date` and `cut_at` from when on; of
    the wall clock, the instant that it was set to.
    """

    what: str
    cut_date: str
    cut_at: str
    kind: str
    row: int
    date: str
    ticker: str | None
    event_id: str | None
    before: DecisionValue
    after: DecisionValue

    def __str__(self) -> str:
        about = " of ".join(part for part in (self.ticker, self.event_id and f"event {self.event_id}") if part)
        was = " ".join(part for part in (f"the {self.kind}", about and f"for {about}") if part)
        since = {AGAIN: "", WALL_CLOCK: f", set to {self.cut_at}"}.get(self.what, f" after {self.cut_at}")
        return (
            f"{was} on {self.date} (row {self.row}) was {_text(self.before)} and is {_text(self.after)} when all that "
            f"differs is {self.what}{since}"
        )

    def as_dict(self) -> DifferenceJson:
        """The entry of the audit document (docs/files.md)."""
        return {
            "what": self.what, "cut_date": self.cut_date, "cut_at": self.cut_at, "kind": self.kind, "row": self.row,
            "date": self.date, "ticker": self.ticker, "event_id": self.event_id, "before": self.before,
            "after": self.after, "text": str(self),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """What a strategy opened while it was asked, or a file of the run that it opened when it was made: `path` (or an
    address) and the line `where`; `of_run` where the run itself reads that file."""

    path: str
    where: str
    of_run: bool
    when: str = "asked"

    def __str__(self) -> str:
        which = "a file of this run, which holds what comes later" if self.of_run else "no file of this run"
        return f"{self.path} ({which}), opened in {self.where} when it was {self.when}"

    def as_dict(self) -> FileJson:
        """The entry of the audit document (docs/files.md)."""
        return {
            "path": self.path, "where": self.where, "of_run": self.of_run, "when": self.when, "text": str(self),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was shown about one strategy: None or the first difference, over how many cuts, futures and decisions.

    `by_row` tells those that decide at the end of a row, for the next; `unsteady` is what differed when nothing did but
    that it was asked again, so that nothing can be proved; `files` are what it opened.
    """

    difference: Difference | None
    cuts: int
    futures: int
    decisions: int
    by_row: bool = False
    unsteady: Difference | None = None
    files: tuple[OpenedFile, ...] = ()

    @property
    def looks_ahead(self) -> bool:
        return self.difference is not None or any(file.of_run for file in self.files)

    def as_dict(self) -> ProofJson:
        """The entry of the audit document (docs/files.md)."""
        return {
            "cuts": self.cuts,
            "futures": self.futures,
            "decisions": self.decisions,
            "unsteady": None if self.unsteady is None else str(self.unsteady),
            "files": [file.as_dict() for file in self.files],
        }


def difference(
    decided: Decisions, what: str, at: np.datetime64, key: Key, row: int, before: DecisionValue, after: DecisionValue,
    *, cut_row: int | None = None,
) -> Difference:  # fmt: skip
    dates = decided.clock.dates
    kind, ticker, event, _ = key
    return Difference(
        what=what,
        cut_date=str(at.astype("M8[D]") if cut_row is None else dates[cut_row].astype("M8[D]")),
        cut_at=f"{at.astype('M8[m]')}Z",
        kind=kind,
        row=row,
        date=str(dates[row].astype("M8[D]")),
        ticker=ticker,
        event_id=event,
        before=before,
        after=after,
    )


def _text(value: DecisionValue) -> str:
    return "nothing" if value is None else str(value)
