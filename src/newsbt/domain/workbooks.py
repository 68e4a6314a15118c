"""Excel workbooks (.xlsx and .xls) as records of cells, sheet by sheet.

Calamine reads them, which expands no XML entity and runs no formula: a cell is the value that was last computed. It
takes memory for every place between the first and the last cell of a sheet, written or not, so that what the archive
unfolds to, and how far its cells reach, is measured here before.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from newsbt._plain import PlainValue
from newsbt.domain.input_files import file_error, read_chunks
from newsbt.domain.memory import MemoryGuard, fits
from newsbt.domain.other_formats import other_format, refuse_answers
from newsbt.domain.size_limits import HARMLESS_BYTES, MB, MOST_RATIO, TABLE, DamagedPackError, TooLargeError, inflated
from newsbt.errors import nearest

__all__ = ["Sheet", "Workbook", "choose_sheet", "open_workbook"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Of a row, or of a cell: its beginning says enough of one that reaches further than any, which calamine would count.
_ADDRESSES = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)0*(\d{1,9})""")
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["']""")
_TEXT = re.compile(rb"</(?:\w+:)?si>")
_MOST_COLUMNS, _MOST_ROWS = 1 << 14, 1 << 20
_CELL_BYTES = 48  # what calamine and Python take for a place of a sheet, about
_LONGEST = 32_767  # characters that Excel has in a cell
_CARRY = 1024  # bytes that one match may be long


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows that hold something: cells in `records` (texts, numbers, days, instants; None where blank), and
    the row of the sheet of each in `lines`, the topmost being 1."""

    name: str
    records: list[list[PlainValue]]
    lines: list[int]


@dataclass(frozen=True)
class Workbook:
    """An open workbook; its sheets are read when they are asked for."""

    path: Path
    opened: Any

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of its sheets, in their order."""
        return tuple(self.opened.sheet_names)

    @cached_property
    def _read(self) -> dict[str, Sheet]:
        return {}

    def sheet(self, name: str) -> Sheet:
        """One sheet.

        Raises
        ------
        DataError
            It is damaged, or does not fit into memory.
        """
        if name not in self._read:
            self._read[name] = self._sheet(name)
        return self._read[name]

    def _sheet(self, name: str) -> Sheet:
        records: list[list[PlainValue]] = []
        lines: list[int] = []
        guard = MemoryGuard()
        try:
            # Charts have a name and no cells.
            opened = self.opened.get_sheet_by_name(name)
            if opened.total_width > _MOST_COLUMNS:
                message = f"its sheet {name!r} says that it has {opened.total_width:,} columns"
                known = f"Excel knows no more than {_MOST_COLUMNS:,}"
                raise file_error(self.path, f"{message}; {known}", code="wrong_format")
            rows = opened.to_python(skip_empty_area=False)
            _fill_down(rows, opened.merged_cell_ranges or ())
        except _errors() as error:
            raise file_error(self.path, f"its sheet {name!r} cannot be read: {error}", code="wrong_format") from None
        for line, row in enumerate(rows, start=1):
            record = [_cell(cell) for cell in row]
            if any(cell is not None for cell in record):
                if not guard.has_memory(_CELL_BYTES * len(record)):
                    raise file_error(self.path, guard.complaint, code="too_large")
                records.append(record)
                lines.append(line)
        return Sheet(name, records, lines)


def _fill_down(rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """Write the value of cells that were merged below one another into each of them, as of the days of an index."""
    for (first, left), (last, right) in merged:
        if left == right and rows and left < len(rows[0]):
            for row in rows[first + 1 : last + 1]:
                row[left] = rows[first][left]


def _cell(cell: Any) -> PlainValue:
    """A cell as Python has it: whole numbers as integers (a ticker is 700, not 700.0), times of day as text."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, datetime):
        nearest_second = (cell + timedelta(milliseconds=500)).replace(microsecond=0)  # parts of days are rounded
        return nearest_second if abs(nearest_second - cell) <= timedelta(milliseconds=2) else cell
    if isinstance(cell, time):
        return cell.isoformat()
    return cell if isinstance(cell, int | date) else str(cell)


def _errors() -> tuple[type[BaseException], ...]:
    import python_calamine as calamine

    # What Rust gives up on arrives as a panic, which is no Exception.
    panics = [one for one in BaseException.__subclasses__() if one.__name__ == "PanicException"]
    return (calamine.CalamineError, OSError, ValueError, OverflowError, *panics)


def open_workbook(path: Path) -> Workbook:
    """An Excel workbook, told by its bytes.

    Raises
    ------
    DataError
        It is none, damaged, encrypted, or unfolds over 200 to 1 or beyond the memory that is left.
    """
    content = io.BytesIO()
    for chunk in read_chunks(path):
        if not content.tell() and not chunk.startswith((_ZIP, _OLE)):
            refuse_answers(path, chunk, "an Excel workbook", "open it in a spreadsheet and save it as .xlsx")
            message = "expected an Excel workbook (.xlsx or .xls), this is none"
            if what := other_format(chunk):
                raise file_error(path, f"expected an Excel workbook, this is {what}", code="wrong_format")
            raise file_error(path, f"{message}; a table of text is read with `use: csv`", code="wrong_format")
        content.write(chunk)
    data = content.getvalue()
    if not data:
        raise file_error(path, "the file is empty", code="empty_file")
    if data.startswith(_ZIP):
        _measure(path, data)
    elif _ENCRYPTED in data:
        raise _encrypted(path)
    import python_calamine as calamine

    try:
        return Workbook(path, calamine.load_workbook(io.BytesIO(data)))
    except calamine.PasswordError:
        raise _encrypted(path) from None
    except _errors() as error:
        raise _damaged(path, error) from None


def _encrypted(path: Path) -> Exception:
    return file_error(path, "the workbook is encrypted; save it without a password", code="wrong_format")


def _damaged(path: Path, why: object) -> Exception:
    message = f"expected an Excel workbook (.xlsx or .xls), this is none, or damaged: {why}"
    return file_error(path, message, code="wrong_format")


def _measure(path: Path, data: bytes) -> None:
    """Refuse an archive that unfolds too far, as its directory says or as it really does, or whose sheets would."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            stated = sum(one.file_size for one in members)
            if stated > HARMLESS_BYTES and stated > MOST_RATIO * len(data):
                message = f"{stated / MB:,.0f} MB of it are packed into {len(data) / 1024:,.0f} kB"
                raise file_error(path, f"{message}: over {MOST_RATIO} to 1, as no table of data is", code="too_large")
            if not fits(stated):
                raise file_error(path, MemoryGuard.complaint, code="too_large")
            names = {one.filename for one in members}
            if "xl/workbook.xml" not in names or "content.xml" in names:
                what = "a zip archive" if "content.xml" not in names else "an OpenDocument table"
                message = f"expected an Excel workbook, this is {what}; save it as .xlsx"
                raise file_error(path, message, code="wrong_format")
            texts = [one for one in members if "sharedstrings" in one.filename.lower()]
            longest = max((_longest(_unfolded(data, one)) for one in texts), default=0)
            for one in members:
                if one in texts:
                    continue
                rows, columns, shared = _extent(_unfolded(data, one))
                if rows > _MOST_ROWS:
                    message = f"{one.filename} reaches to row {rows:,}; Excel knows no more than {_MOST_ROWS:,}"
                    raise file_error(path, message, code="wrong_format")
                if not fits(rows * columns * _CELL_BYTES + shared * longest):
                    message = f"{one.filename} reaches to row {rows:,} and column {columns:,}: {MemoryGuard.complaint}"
                    raise file_error(path, message, code="too_large")
    except (zipfile.BadZipFile, DamagedPackError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise _damaged(path, error) from None
    except TooLargeError as error:
        raise file_error(path, str(error), code="too_large") from None


def _unfolded(data: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a member really holds; more or less than its directory says is a fault."""
    head = data[member.header_offset : member.header_offset + 30]
    begins = member.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[begins : begins + member.compress_size]
    if member.flag_bits & 1:
        raise DamagedPackError("a part of it is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DamagedPackError(f"{member.filename} is packed in a way that no workbook is")
    size = 0
    for piece in [packed] if member.compress_type == zipfile.ZIP_STORED else inflated([packed], TABLE):
        size += len(piece)
        if size > member.file_size:
            raise DamagedPackError(f"{member.filename} is larger than the archive says")
        yield piece


def _extent(pieces: Iterator[bytes]) -> tuple[int, int, int]:
    """How many rows and columns a part of a workbook reaches over, and how many of its cells are shared texts."""
    rows = columns = shared = 0
    before = b""
    for piece in pieces:
        text = before + piece
        for letters, number in set(_ADDRESSES.findall(text)):
            rows = max(rows, int(number))
            columns = max(columns, _column(letters))
        shared += len(_SHARED.findall(text))
        before = text[-_CARRY:]
    return rows, columns, shared


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters[:9].upper():
        column = 26 * column + letter - ord("A") + 1
    return column


def _longest(pieces: Iterator[bytes]) -> int:
    """Bytes of the longest shared text, its marks included."""
    longest, begun = 0, 0
    for piece in pieces:
        parts = _TEXT.split(piece)
        longest = max(longest, begun + len(parts[0]), *map(len, parts[1:]), 0)
        begun = len(parts[-1]) + (begun if len(parts) == 1 else 0)
    return min(longest, 4 * _LONGEST)


def choose_sheet(
    book: Workbook, stated: str | None, is_table: Callable[[list[list[PlainValue]]], bool], what: str
) -> tuple[Sheet, tuple[str, ...]]:
    """The sheet that the config states, or the only one whose records are a table, and what to say of that.

    Raises
    ------
    DataError
        There is no such sheet, or several or none are such tables.
    """
    listed = ", ".join(map(repr, book.names))
    if stated is not None:
        if stated not in book.names:
            message = f"there is no sheet {stated!r}; there are {listed}{nearest(stated, book.names)}"
            raise file_error(book.path, message, code="which_sheet")
        return book.sheet(stated), ()
    sheets: Mapping[str, Sheet] = {name: book.sheet(name) for name in book.names}
    filled = {name: sheet for name, sheet in sheets.items() if sheet.records}
    if not filled:
        raise file_error(book.path, f"the workbook has no cells; its sheets are {listed}", code="empty_file")
    if len(filled) == 1:
        return next(iter(filled.values())), ()
    tables = [sheet for sheet in filled.values() if is_table(sheet.records)]
    if len(tables) == 1:
        return tables[0], (f"sheet {tables[0].name!r} of {len(book.names)}",)
    found = f"several ({', '.join(repr(one.name) for one in tables)})" if tables else "none"
    message = f"expected one sheet with the head of {what}, got {found}; its sheets are {listed}"
    raise file_error(book.path, f"{message}: say which with `sheet: ...`", code="which_sheet")
