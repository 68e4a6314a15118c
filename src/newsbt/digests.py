"""SHA-256 of what decides a result: plain values, files, and the code of this package."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

__all__ = ["PACKAGE", "digest_of", "file_digest", "source_digest"]

PACKAGE = Path(__file__).parent


def digest_of(content: Any) -> str:
    """A hash of plain JSON values; dates and paths count as their text."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """A hash of a file's bytes; OSError where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def source_digest(folders: Iterable[Path] = (PACKAGE,)) -> str:
    """A hash of this package's version and of the Python code in some folders: what other code made is not what this
    code would make."""
    digest = hashlib.sha256(version("newsbt").encode())
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()
