"""What a reader is to the fuzzing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsbt.domain.entity import Universe

__all__ = ["DATA", "KNOWN", "ROOT", "Target", "both", "head", "instruments"]

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
KNOWN = {"9988.HK", "0700.HK", "^HSTECH"}


@dataclass(frozen=True)
class Target:
    """A reader: `read` is handed a folder with a file of `name`, whose valid content is `valid`, or any of those;
    `modules` are its, and `ending` the form of the content where the name does not say it."""

    name: str
    valid: Callable[[], bytes | Sequence[bytes]]
    read: Callable[[Path], object]
    modules: tuple[str, ...]
    ending: str = ""

    def samples(self) -> Sequence[bytes]:
        """Valid content in every form that the reader knows."""
        found = self.valid()
        return (found,) if isinstance(found, bytes) else found


def head(path: Path, lines: int) -> bytes:
    return b"\n".join(path.read_bytes().splitlines()[:lines]) + b"\n"


@cache
def instruments() -> Universe:
    """The sample's."""
    from newsbt.linking.universe_tables import read_universe

    return read_universe(DATA / "universe" / "instruments.csv")


def both(make: Callable[[Path, str], object]) -> Callable[[Path], object]:
    """Reads as it stops at a bad row, and where it does, as it counts them."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError

        try:
            return make(path, "error")
        except NewsbtError:
            return make(path, "skip")

    return read
