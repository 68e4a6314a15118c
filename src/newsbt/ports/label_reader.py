"""The contract of labels made elsewhere: ``announcements: [..., {use: ...}]``."""

from __future__ import annotations

from collections.abc import Container
from typing import Protocol, runtime_checkable

from newsbt.domain.label_batch import LabelBatch

__all__ = ["LabelReader"]


@runtime_checkable
class LabelReader(Protocol):
    """A frozen dataclass that stands among the readers of announcements, and labels what those read.

    `newsbt.testing.check_labels` proves one fit.
    """

    def read_labels(self, known_tickers: Container[str] | None = None) -> LabelBatch:
        """All labels by event, with who made them and up to when their maker could have read.

        Parameters
        ----------
        known_tickers : container of str or None
            The universe's tickers, against which `tickers` are checked; None checks nothing.
        """
        ...
