"""Which files a reader of prices reads, and what their names say."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from newsbt.domain.input_files import files_in, is_pattern, kind_of
from newsbt.domain.table_files import file_error

__all__ = ["find_files", "stem_of"]

_PACKED = (".gz", ".zst")
_TEXTS = (".txt", ".asc", ".dat")


def find_files(path: Path, suffixes: Sequence[str]) -> tuple[Path, ...]:
    """The file itself, a folder's files of these suffixes (packed or not), or what a pattern matches, sorted."""
    if kind_of(path) == "folder":
        found = [entry for entry in files_in(path) if entry.is_file() and not entry.name.startswith(".")]
        found = [entry for entry in found if entry.name.lower().endswith(_endings(suffixes))]
    elif is_pattern(path):
        try:
            found = [Path(name) for name in glob.glob(str(path), recursive=True) if Path(name).is_file()]
        except (OSError, ValueError) as error:
            raise file_error(path, f"there can be no such files: {error}", code="missing_file") from None
    elif kind_of(path) in ("FIFO", "socket", "device"):
        raise file_error(path, f"expected a file or folder, this is a {kind_of(path)}", code="not_a_file")
    else:
        return (path,)
    if not found:
        raise file_error(path, f"there is no file ending in {', '.join(suffixes)} here", code="missing_file")
    return tuple(sorted(found))


def _endings(suffixes: Sequence[str]) -> tuple[str, ...]:
    return (*suffixes, *(suffix + packed for suffix in suffixes for packed in _PACKED))


def stem_of(path: Path, suffixes: Sequence[str]) -> str:
    """A file's name without its ending: one of these, or one of any text."""
    for ending in sorted(_endings([*suffixes, *_TEXTS]), key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return path.name[: -len(ending)]
    return path.name
