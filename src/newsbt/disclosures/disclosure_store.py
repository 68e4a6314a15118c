"""The local store of announcements: a folder for each source, of parts that never change and a manifest.

A part is written aside, renamed, and counts from the moment that the manifest which names it replaces the one before:
a pull that is killed leaves a store that is whole, and the next one goes on. Two pulls into one store take turns.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsbt.disclosures.disclosure import SCHEMA, Disclosure, StoredDisclosure, fault_of, stored_of, table_of
from newsbt.disclosures.store_manifest import MANIFEST, Manifest, Span, StoredPart, asked_as, merged
from newsbt.domain.input_files import file_error, kind_of, read_bytes
from newsbt.domain.output_files import unwritable, write_whole
from newsbt.domain.parquet_files import ARROW_ERRORS, open_parquet, read_parquet
from newsbt.domain.size_limits import TABLE
from newsbt.errors import DataError
from newsbt.owners import locked

__all__ = ["Committed", "DisclosureStore", "SourceStore"]

SMALL_ROWS = 8_192  # a part below that is one day joined with others
MOST_SMALL = 32
ROW_GROUP = 16_384
LINES, COLUMNS = ".jsonl", ".parquet"


@dataclass(frozen=True, slots=True)
class Committed:
    """How many items a commit added, how many as a new version of one that was there, and how many were there."""

    added: int = 0
    revised: int = 0
    unchanged: int = 0

    def __add__(self, other: Committed) -> Committed:
        return Committed(self.added + other.added, self.revised + other.revised, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class DisclosureStore:
    """A store at a path; nothing is made before something is written."""

    path: Path

    def source(self, name: str) -> SourceStore:
        """The part of one source."""
        return SourceStore(self.path / name)

    def sources(self) -> tuple[str, ...]:
        """The sources that have something in it."""
        if not kind_of(self.path):
            return ()
        return tuple(sorted(one.parent.name for one in self.path.glob(f"*/{MANIFEST}")))


@dataclass(frozen=True, slots=True)
class SourceStore:
    """The items of one source, in a folder."""

    folder: Path

    def manifest(self) -> Manifest:
        """What is there now."""
        return Manifest.read(self.folder)

    def commit(
        self, company: str, items: Iterable[Disclosure], *, now: datetime, settled: Sequence[Span] = (),
        asked: bool = True, scope: str = "",
    ) -> Committed:  # fmt: skip
        """Add what was found of a company, all of it or, where the process ends before, nothing.

        An item that is there with the same words is left as it is. One with other words becomes the next version,
        known from its own `known_from`, or where it states none from `now` on. One of which the instant is now known
        better is that version once more: what is read is the row that was pulled last.

        Parameters
        ----------
        now : datetime
            When it was asked, aware.
        settled
            Spans of days that need not be asked about again.
        asked
            Whether all that there is to ask about the company was asked.
        scope
            What of the source was asked for; empty for all.

        Raises
        ------
        DataError
            The store cannot be written, or is none.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(Path(os.path.realpath(self.folder)) / MANIFEST):
                return self._commit(company, items, now, settled, asked=asked, scope=scope)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def _commit(
        self, company: str, items: Iterable[Disclosure], now: datetime, settled: Sequence[Span], *, asked: bool,
        scope: str,
    ) -> Committed:  # fmt: skip
        manifest = self.manifest()
        self._sweep(manifest)
        rows, done = _new_rows(company, items, self._versions(manifest, company), now)
        parts = manifest.parts
        if rows:
            parts = (*parts, self._part(table_of(rows)))
            parts = self._joined(parts)
        key = asked_as(company, scope)
        spans = manifest.settled.get(key, ())
        for span in settled:
            spans = merged(spans, span)
        after = replace(
            manifest, parts=parts, settled={**manifest.settled, key: spans} if spans else manifest.settled,
            asked_at={**manifest.asked_at, key: now} if asked else manifest.asked_at,
        )  # fmt: skip
        if after != manifest:
            after.write(self.folder)
            self._sweep(after)
        return done

    def _versions(self, manifest: Manifest, company: str) -> dict[str, list[StoredDisclosure]]:
        """The rows of a company, by event and in the order of their versions."""
        found: dict[str, list[StoredDisclosure]] = {}
        for part in manifest.parts:
            if company not in part.companies:
                continue
            table = self._table(part.file)
            for row in stored_of(table.filter(pc.equal(table.column("company"), company))):
                found.setdefault(row.event_id, []).append(row)
        for versions in found.values():
            versions.sort(key=lambda row: (row.version, row.pulled_at))
        return found

    def _table(self, file: str) -> pa.Table:
        """The rows of a part. Its name is that of its content: one that was cut or changed is an error."""
        path = self.folder / file
        data = read_bytes(path, TABLE)
        if _name_of(data) != path.stem:
            raise file_error(path, "it is damaged, or no part that `newsbt events pull` writes", code="damaged_store")
        try:
            if path.suffix == LINES:
                table = pa.Table.from_pylist([json.loads(line) for line in data.splitlines()], schema=SCHEMA)
            else:
                table = read_parquet(path, open_parquet(path, data), may_be_empty=True)
            table.validate(full=True)
        except (*ARROW_ERRORS, RecursionError) as error:
            raise file_error(path, f"its rows cannot be read: {error}", code="damaged_store") from None
        if not table.schema.equals(SCHEMA):
            raise file_error(
                path, "it is no part that this newsbt writes; pull into another `path`", code="damaged_store"
            )
        if fault := fault_of(table):
            raise file_error(path, f"it is no part that this newsbt writes: {fault}", code="damaged_store")
        return table

    def _part(self, table: pa.Table) -> StoredPart:
        """A new part, named by what it holds: JSON lines where there are few rows, else Parquet."""
        if table.num_rows < SMALL_ROWS:
            lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in table.to_pylist())
            data, suffix = "".join(lines).encode(), LINES
        else:
            buffer = io.BytesIO()
            pq.write_table(table, buffer, compression="zstd", row_group_size=ROW_GROUP)
            data, suffix = buffer.getvalue(), COLUMNS
        file = f"{_name_of(data)}{suffix}"
        write_whole(self.folder / file, [data], "part")
        counts = table.column("company").value_counts().to_pylist()
        return StoredPart(file=file, companies={one["values"]: one["counts"] for one in counts})

    def _joined(self, parts: tuple[StoredPart, ...]) -> tuple[StoredPart, ...]:
        """Parts without many small ones: those become one. Which, is alike by the parts alone."""
        small = [part for part in parts if part.rows < SMALL_ROWS]
        if len(small) < MOST_SMALL:
            return parts
        joined = pa.concat_tables([self._table(part.file) for part in small])
        order = [("company", "ascending"), ("event_id", "ascending"), ("version", "ascending"),
                 ("pulled_at", "ascending")]  # fmt: skip
        return (*(part for part in parts if part.rows >= SMALL_ROWS), self._part(joined.sort_by(order)))

    def _sweep(self, manifest: Manifest) -> None:
        """Delete parts that no manifest names: of pulls that were killed, and of joined ones."""
        named = {part.file for part in manifest.parts}
        for suffix in (LINES, COLUMNS):
            for path in self.folder.glob(f"*{suffix}"):
                if path.name not in named:
                    path.unlink(missing_ok=True)

    def tables(self) -> list[pa.Table]:
        """The rows of all parts, a table for each, as they are together at one moment."""
        while True:
            manifest = self.manifest()
            try:
                return [self._table(part.file) for part in manifest.parts]
            except DataError:
                if manifest == self.manifest():  # else a pull has joined its parts meanwhile
                    raise


def _new_rows(
    company: str, items: Iterable[Disclosure], known: Mapping[str, list[StoredDisclosure]], now: datetime
) -> tuple[list[StoredDisclosure], Committed]:
    """The rows that a store does not have yet."""
    rows: list[StoredDisclosure] = []
    versions = dict(known)
    added = revised = unchanged = 0
    for item in sorted(items, key=lambda one: (one.published_at, one.ids)):
        event_id = next((one for one in item.ids if one in versions), item.ids[0])
        before = versions.get(event_id, [])
        alike = [row for row in before if row.says(item)]
        if any(not row.is_retimed_by(item) for row in alike):
            unchanged += 1
            continue
        last = {row.version: row for row in before}
        late = next((row for row in alike if row is last[row.version]), None)
        if late is not None:
            version, received = late.version, item.known_from or late.received
            revised += 1
        elif before:
            version, received = before[-1].version + 1, max(item.known_from or now, before[-1].known)
            revised += 1
        else:
            version, received = 1, item.known_from
            added += 1
        row = StoredDisclosure.of(item, event_id, version, company, received, now)
        versions[event_id] = [*before, row]
        rows.append(row)
    return rows, Committed(added, revised, unchanged)


def _name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
