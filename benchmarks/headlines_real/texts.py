"""Texts that labels belong to, read from folders outside the repository."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

__all__ = ["FOLDER", "Headline", "read_headlines", "read_unlabelled", "texts_folder"]

FOLDER = "NEWSBT_LABELS"
_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "news" / "labels"


@dataclass(frozen=True, slots=True)
class Headline:
    """A real headline: `language` is ``en`` or ``zh``, `source` a short name or empty, `published_at` has an offset."""

    id: str
    source: str
    language: str
    published_at: datetime
    text: str


def texts_folder(given: str | Path | None = None) -> Path:
    """The folder with ``headlines.csv`` and ``unlabelled.csv.gz``: as given, of NEWSBT_LABELS, or beside the project.

    Raises
    ------
    FileNotFoundError
        It is not there.
    """
    folder = Path(given or os.environ.get(FOLDER) or _BESIDE)
    if not (folder / "headlines.csv").is_file():
        raise FileNotFoundError(f"no headlines.csv in {folder}; name its folder in {FOLDER}")
    return folder


def _read(path: Path) -> Iterator[Headline]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            at = datetime.fromisoformat(row["published_at"])
            yield Headline(row["id"], row.get("source", ""), row["language"], at, row["headline"])


def read_unlabelled(folder: Path) -> Iterator[Headline]:
    return _read(folder / "unlabelled.csv.gz")


def read_headlines(folder: Path) -> dict[str, Headline]:
    """All headlines by id, those of both files."""
    both = (one for name in ("headlines.csv", "unlabelled.csv.gz") for one in _read(folder / name))
    return {one.id: one for one in both}
