"""What a reader is to the fuzzing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DATA", "KNOWN", "ROOT", "Target", "both", "head"]

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
KNOWN = {"9988.HK", "0700.HK", "^HSTECH"}


@dataclass(frozen=True)
class Target:
    """A reader: `read` is handed a folder with a file of `name`, whose valid content is `valid`; `modules` are its."""

    name: str
    valid: Callable[[], bytes]
    read: Callable[[Path], object]
    modules: tuple[str, ...]


def head(path: Path, lines: int) -> bytes:
    return b"\n".join(path.read_bytes().splitlines()[:lines]) + b"\n"


def both(make: Callable[[Path, str], object]) -> Callable[[Path], object]:
    """Reads as it stops at a bad row, and where it does, as it counts them."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError

        try:
            return make(path, "error")
        except NewsbtError:
            return make(path, "skip")

    return read
