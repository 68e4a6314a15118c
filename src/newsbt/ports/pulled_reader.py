"""The contract of readers of a store, which hold what was pulled and ask nobody: ``use: store``."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from newsbt.errors import Problem

__all__ = ["ANY_CONFIG", "STORE_FOLDER", "PulledPriceReader", "PulledReader", "not_pulled", "pull_command"]

ANY_CONFIG = "CONFIG"  # where nobody knows which
STORE_FOLDER = "data/store"  # of a config's project, where no `path` names another


@runtime_checkable
class PulledReader(Protocol):
    """A reader of prices or of exchange rates that says who was asked for what, so that a run knows what it lacks."""

    @property
    def config(self) -> str:
        """The config whose needs are pulled into the store, or ANY_CONFIG."""
        ...

    @property
    def instant(self) -> datetime:
        """Until when what was pulled counts."""
        ...

    def asked(self) -> Mapping[str, tuple[tuple[date, date], ...]]:
        """The days that were asked for until then, as first and last of each stretch, by ticker or pair."""
        ...


@runtime_checkable
class PulledPriceReader(PulledReader, Protocol):
    """One of prices."""

    def currencies(self) -> tuple[tuple[str, str, str], ...]:
        """Ticker, provider and currency, where a provider said it."""
        ...


def pull_command(config: str | Path) -> str:
    """What pulls the data that a config needs, to be typed as it is."""
    return f"newsbt data pull {shlex.quote(str(config))}"


def not_pulled(message: str, config: str, key: str | None = None) -> Problem:
    """The problem with data that nobody has pulled yet."""
    return Problem(code="not_pulled", message=f"{message}; get it with `{pull_command(config)}`", key=key)
