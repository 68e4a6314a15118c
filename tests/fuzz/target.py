"""What a reader is to the fuzzing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsbt.domain.entity import Universe

__all__ = ["DATA", "KNOWN", "ROOT", "Target", "both", "head", "instruments", "small_prices", "small_universe"]

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
KNOWN = {"9988.HK", "0700.HK", "^HSTECH"}


@dataclass(frozen=True)
class Target:
    """A reader: `read` is handed a folder with a file of `name`, whose valid content is `valid`, or any of those;
    `modules` are its, those of `core` say whether it was read past the head (otherwise all), and `ending` is the form
    of the content where the name does not say it."""

    name: str
    valid: Callable[[], bytes | Sequence[bytes]]
    read: Callable[[Path], object]
    modules: tuple[str, ...]
    ending: str = ""
    core: tuple[str, ...] = ()

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


@cache
def _small_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="newsbt-fuzz-")


@cache
def small_universe() -> Path:
    """The beginning of the sample's tables, with the instruments that stand in it: small ones are read sooner."""
    folder = Path(_small_folder().name)
    texts = {name: head(DATA / "universe" / f"{name}.csv", 16) for name in ("relations", "memberships")}
    first, *rows = (DATA / "universe" / "instruments.csv").read_bytes().splitlines(keepends=True)
    first_rows = [one for one in rows if one.startswith((b"0700.HK", b"9988.HK", b"^HSTECH", b"3033.HK"))]
    named = [one for one in rows if one not in first_rows and one.split(b",")[0] in b"".join(texts.values())]
    (folder / "instruments.csv").write_bytes(b"".join([first, *first_rows, *named]))
    for name, text in texts.items():
        (folder / f"{name}.csv").write_bytes(text)
    return folder


@cache
def small_prices() -> Path:
    """A month of prices of one instrument."""
    path = Path(_small_folder().name) / "0700.HK.csv"
    path.write_bytes(head(DATA / "prices" / "0700.HK.csv", 25))
    return path


def both(make: Callable[[Path, str], object]) -> Callable[[Path], object]:
    """Reads as it stops at a bad row, and where it does, as it counts them."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError

        try:
            return make(path, "error")
        except NewsbtError:
            return make(path, "skip")

    return read
