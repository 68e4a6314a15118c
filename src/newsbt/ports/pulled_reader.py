"""The contract of readers of a store, which hold what was pulled and ask nobody: ``use: store``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from newsbt.errors import Problem

if TYPE_CHECKING:
    from newsbt.price_store import TickerPull

__all__ = ["PULL_COMMAND", "STORE_FOLDER", "PulledReader", "not_pulled"]

PULL_COMMAND = "newsbt data pull CONFIG"
STORE_FOLDER = "data/store"  # of a config's project, where no `path` names another


@runtime_checkable
class PulledReader(Protocol):
    """A reader of prices or of exchange rates that says who was asked for what, so that a run knows what it lacks."""

    @property
    def instant(self) -> datetime:
        """Until when what was pulled counts."""
        ...

    def pulls(self) -> tuple[TickerPull, ...]:
        """Who was asked for what until then, oldest first."""
        ...


def not_pulled(message: str, key: str | None = None) -> Problem:
    """The problem with data that nobody has pulled yet."""
    return Problem(code="not_pulled", message=f"{message}; get it with `{PULL_COMMAND}`", key=key)
