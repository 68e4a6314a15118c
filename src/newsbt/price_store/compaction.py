"""Fewer files with the same rows: the only thing that ever deletes a file of a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa

from newsbt.owners import sweep_up
from newsbt.price_store.pull_store import PriceStore, once
from newsbt.price_store.store_files import COMPACTED, FOLDERS, StoreFile, listing, read_file, write_file

__all__ = ["Compacted", "compact"]

_CLOCK_TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """How many files a store had and has, and how many of those that went were of pulls that had been cut off."""

    before: int
    after: int
    cut_off: int


def compact(store: PriceStore) -> Compacted:
    """Put all rows of an exchange and year into one file, and all records of pulls into another.

    Every row of every pull stays, so that a run as of any instant reads what it read before. A file goes only once
    another that holds its rows is there: whatever is killed in between, at worst rows stand twice, which count once.
    Rows of pulls that were cut off, which never counted, go.

    Raises
    ------
    DataError
        A file is damaged, or the folder cannot be written.
    """
    with store.writing():
        for kind in FOLDERS:
            sweep_up(store.folder / kind)
        found = listing(store.folder)
        until = store.now() + _CLOCK_TOLERANCE  # what is of days to come waits for them: some clock was wrong
        stamps = {pull.pulled_at for pull in store.pulls(max((file.stamp for file in found), default=until))}
        groups: dict[tuple[str, str], list[StoreFile]] = {}
        cut_off = []
        for file in found:
            if file.kind != "pulls" and not file.is_compacted and file.stamp not in stamps:
                cut_off.append(file)
            elif file.stamp <= until:
                groups.setdefault((file.kind, file.group), []).append(file)
        for files in groups.values():
            if len(files) > 1:
                _merge(store, files)
        for file in cut_off:
            file.path.unlink(missing_ok=True)
        return Compacted(before=len(found), after=len(listing(store.folder)), cut_off=len(cut_off))


def _merge(store: PriceStore, files: Sequence[StoreFile]) -> None:
    kind, group = files[0].kind, files[0].group
    whole = pa.concat_tables([read_file(file).replace_schema_metadata() for file in files])
    newest = max(file.stamp for file in files)
    written = write_file(store.folder, kind, group, newest, COMPACTED, once(whole, kind))
    for file in files:
        if file.path != written:
            file.path.unlink(missing_ok=True)
