"""A strategy's entries once more: on other terms, or without what one event asks for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from newsbt.domain.entries import Entries
from newsbt.simulation.account_terms import AccountTerms

__all__ = ["NO_EVENT", "Rerun"]

NO_EVENT = -2  # an entry of no event has -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """`entries` on `terms`: all of them, or all but those of the event `without`."""

    terms: AccountTerms
    entries: Entries
    without: int = NO_EVENT

    @property
    def left(self) -> Entries:
        """The entries that are not left out."""
        if self.without == NO_EVENT:
            return self.entries
        keep = np.flatnonzero(self.entries.event != self.without)
        return Entries(**{one.name: getattr(self.entries, one.name)[keep] for one in dataclasses.fields(Entries)})

    @property
    def first_row(self) -> int:
        """The row before which nothing of it differs from the run of all entries."""
        entries = self.entries
        return 0 if self.without == NO_EVENT else int(entries.row[(entries.event == self.without).argmax()])
