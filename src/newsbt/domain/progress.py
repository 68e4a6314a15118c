"""How a long run tells whoever waits how far it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "SilentProgress"]


class Progress(Protocol):
    """Told of each stage as it begins, then of every step done. A new stage ends the one before."""

    def stage(self, name: str, total: int | None) -> None:
        """Begin a stage of `total` steps; None where nobody knows how many there will be."""

    def advance(self, n: int = 1) -> None:
        """Count `n` further steps of the current stage as done."""


class SilentProgress:
    """Tells nobody: what a run from Python uses."""

    def stage(self, name: str, total: int | None) -> None:
        pass

    def advance(self, n: int = 1) -> None:
        pass
