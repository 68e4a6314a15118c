"""Arrays kept on disk under a hash of all they come from, for processes that would make the same ones again.

An entry is a folder: numpy's own files, and a `meta.json` that names the digest of each. It is written to the side and
renamed into place, and read only if every digest agrees: what is cut short, damaged or of another version is made anew.
Nothing is read or kept where another user could have put it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from newsbt._plain import JsonValue
from newsbt._typing import Array
from newsbt.own_folders import is_mine, is_mine_alone, make_folder, user_caches
from newsbt.owners import partial_path, sweep_up

__all__ = ["Entry", "is_safe", "load_entry", "save_entry", "user_folders"]

log = logging.getLogger(__name__)

FOLDER_VARIABLE = "NEWSBT_CACHE"
MOST_BYTES = 6 << 30  # of one kind of entries; those used longest ago go first
_META = "meta.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """Read-only arrays by name, mapped from their files, and a document of plain JSON values."""

    arrays: Mapping[str, np.ndarray]
    document: Mapping[str, Any]


def user_folders() -> Iterator[Path]:
    """Where this user's caches may lie, the first that can be written being the place.

    NEWSBT_CACHE, which when empty switches caching off; else the user's folder for caches.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    if named is not None:
        if named:
            with contextlib.suppress(RuntimeError):  # a user whom nobody knows has no cache
                yield Path(named).expanduser()
        return
    if os.name == "nt" and os.environ.get("LOCALAPPDATA"):
        yield Path(os.environ["LOCALAPPDATA"]) / "newsbt"
    with contextlib.suppress(RuntimeError):
        yield user_caches() / "newsbt"


def is_safe(folder: Path) -> bool:
    """Whether a cache's folder is this user's alone; where it is not, a warning says so once."""
    if is_mine_alone(folder):
        return True
    if not _was_deleted(folder):
        _warn_of(folder)
    return False


def _was_deleted(folder: Path) -> bool:
    try:
        folder.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False


@cache
def _warn_of(folder: Path) -> None:
    log.warning(
        "the cache in %s is not used: it, or a folder above it, is another user's or may be written by others; make it "
        "yours alone (chown, chmod go-w), or name another folder in %s",
        folder, FOLDER_VARIABLE,
    )  # fmt: skip


def load_entry(kind: str, key: str) -> Entry | None:
    """What was kept under a key, None where nothing sound is there."""
    for root in user_folders():
        folder = root / kind / key
        try:
            if not folder.is_dir() or not (is_safe(root) and is_safe(folder) and is_mine(folder / _META)):
                continue
            head, _, text = (folder / _META).read_bytes().partition(b"\n")
            if hashlib.sha256(text).hexdigest().encode() != head:
                continue
            meta = json.loads(text)
            arrays = {name: _mapped(folder / f"{name}.npy", digest) for name, digest in meta["arrays"].items()}
            entry = Entry(arrays, meta["document"])
        except (OSError, ValueError, EOFError, tokenize.TokenError, SyntaxError):  # an array's head is read as Python
            continue
        except (KeyError, TypeError, AttributeError, RecursionError):  # whole, and of another version
            continue
        _touch(folder / _META)
        return entry
    return None


def _mapped(path: Path, digest: str) -> Array:
    if not is_mine(path):
        raise ValueError(f"{path} may be written by others")
    try:
        array: Array = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError):  # an empty array, or a file system that maps no files
        with path.open("rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    plain: Array = np.asarray(array)  # the base class's view, as kernels know no other
    plain.setflags(write=False)
    if _digest(plain) != digest:
        raise ValueError(f"{path} is damaged")
    return plain


def _digest(array: Array) -> str:
    content = np.ascontiguousarray(array)
    digest = hashlib.sha256(f"{content.dtype.str} {content.shape} ".encode())
    digest.update(content.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def save_entry(kind: str, key: str, arrays: Mapping[str, Array], document: Mapping[str, JsonValue]) -> None:
    """Keep arrays and a document of plain JSON values under a key.

    Where that cannot be, or it is too large to keep, nothing is raised: the caller has what it needs.
    """
    if sum(array.nbytes for array in arrays.values()) > MOST_BYTES:
        return
    meta = {"arrays": {name: _digest(array) for name, array in arrays.items()}, "document": document}
    text = json.dumps(meta).encode()
    for root in user_folders():
        directory = root / kind
        try:
            make_folder(directory)
            if not (is_safe(root) and is_safe(directory)):
                continue
            part = partial_path(directory, "part")
            part.mkdir(mode=0o700)
        except OSError:
            continue
        try:
            for name, array in arrays.items():
                np.save(part / f"{name}.npy", array, allow_pickle=False)
            (part / _META).write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
            for file in part.iterdir():
                file.chmod(0o644)  # whatever the user lets others do elsewhere
            part.chmod(directory.stat().st_mode)  # others who see this folder may read what is in it
            _put(part, directory / key)
        except OSError:
            continue
        finally:
            shutil.rmtree(part, ignore_errors=True)
        with contextlib.suppress(OSError):  # somebody deletes the whole cache
            sweep_up(directory)
            _prune(directory)
        return


def _put(part: Path, target: Path) -> None:
    """Rename a folder into place; what lies there already was not sound, or another process was faster."""
    old = partial_path(part.parent, "old")
    with contextlib.suppress(FileNotFoundError):
        target.rename(old)
    shutil.rmtree(old, ignore_errors=True)
    part.rename(target)


def _touch(path: Path) -> None:
    """Note that an entry was used; one of another user keeps its time."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _prune(directory: Path) -> None:
    """Delete the entries used longest ago, beyond the most that are kept."""
    entries = []
    for folder in directory.iterdir():
        with contextlib.suppress(OSError):  # another's, or deleted meanwhile
            files = [item.stat() for item in folder.iterdir()]
            used = max((item.st_mtime for item in files), default=0.0)
            entries.append((used, sum(item.st_size for item in files), folder))
    total = 0
    for _, size, folder in sorted(entries, key=lambda entry: entry[:2], reverse=True):
        total += size
        if total > MOST_BYTES:
            shutil.rmtree(folder, ignore_errors=True)
