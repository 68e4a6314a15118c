"""Files of text as tables: bytes, encoding, records with their line numbers, and the columns that were asked for.

Readers of several packages stand on this. Everything that makes a whole file unusable is a DataError that names the
file and what to do; what is wrong with single rows is left to the reader.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from newsbt.domain.input_files import file_error, read_bytes, read_chunks
from newsbt.domain.memory import MemoryGuard
from newsbt.domain.other_formats import other_format, refuse_answers
from newsbt.domain.size_limits import TABLE, SizeLimit
from newsbt.domain.text_encoding import ENCODINGS, UTF8, UnknownEncodingError, decode
from newsbt.errors import ConfigError, DataError, Problem, nearest

__all__ = [
    "HEAD_RECORDS",
    "SEPARATORS",
    "TextTable",
    "check_column_names",
    "checked_bytes",
    "choose_columns",
    "encoded_bytes",
    "file_error",
    "no_rows",
    "open_table",
    "read_bytes",
    "read_header",
    "read_table",
    "read_text",
]

SEPARATORS = ",\t;|"
"""Marks that separate the fields of a table of text, the usual one first."""

HEAD_RECORDS = 6  # records of a table among which its head is looked for: titles stand above it

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FIELD_LIMIT = 2**31 - 1
_ROW_BYTES, _CELL_BYTES = 100, 60  # what a record takes as Python's lists and texts, about


def read_text(path: Path, limit: SizeLimit = TABLE) -> str:
    """The file's text: UTF-8, with or without a byte order mark, and not empty."""
    return _decoded(path, _text_bytes(path, limit), UTF8)[0]


def checked_bytes(path: Path, limit: SizeLimit = TABLE, encoding: str | None = UTF8) -> bytes:
    """The file's text as UTF-8 bytes without a byte order mark, not empty. Its `encoding` is one of
    :data:`newsbt.domain.text_encoding.ENCODINGS`; None: told by its bytes."""
    return encoded_bytes(path, limit, encoding)[0]


def encoded_bytes(path: Path, limit: SizeLimit = TABLE, encoding: str | None = UTF8) -> tuple[bytes, str]:
    """The same, and the encoding that the file is in."""
    data = _text_bytes(path, limit, may_be_wide=encoding != UTF8)
    text, found = _decoded(path, data, encoding)
    return (data.removeprefix(_BOM) if found == UTF8 else text.encode()), found


def _text_bytes(path: Path, limit: SizeLimit, *, may_be_wide: bool = False) -> bytes:
    """The content of a file that is no other format; what is none ends the reading where that shows."""
    content = io.BytesIO()
    lines = 1
    try:
        for chunk in read_chunks(path, limit):
            if not content.tell():
                _refuse_other_formats(path, chunk, may_be_wide)
            zero = -1 if may_be_wide else chunk.find(b"\0")
            if zero >= 0:
                line = lines + chunk.count(b"\n", 0, zero)
                raise file_error(path, "expected a text file, this one holds NUL bytes", code="wrong_format", line=line)
            lines += chunk.count(b"\n")
            content.write(chunk)
        return content.getvalue()
    except MemoryError:
        raise file_error(path, MemoryGuard.complaint, code="too_large") from None


def _refuse_other_formats(path: Path, data: bytes, may_be_wide: bool) -> None:
    if data.startswith(_UTF16) and not may_be_wide:
        raise file_error(path, "the file is UTF-16; save it as UTF-8", code="not_utf8")
    if what := other_format(data):
        raise file_error(path, f"expected a text file, this is {what}", code="wrong_format")


def _decoded(path: Path, data: bytes, encoding: str | None) -> tuple[str, str]:
    try:
        decoded, found = decode(data, encoding)
    except UnknownEncodingError as error:
        _refuse_nul(path, data)
        line = data.count(b"\n", 0, error.at) + 1
        if encoding == UTF8:
            cure = "; save the file as UTF-8 (Chinese files are often GB18030: iconv -f GB18030 -t UTF-8)"
        elif encoding is None:
            cure = f"; save it as UTF-8, or state its encoding with `encoding:`, one of {', '.join(ENCODINGS)}"
        else:
            cure = "; leave `encoding` out, or state the file's own"
        raise file_error(path, f"{error}{cure}", code="not_utf8", line=line) from None
    except MemoryError:
        raise file_error(path, MemoryGuard.complaint, code="too_large") from None
    if not decoded or decoded.isspace():
        raise file_error(path, "the file is empty", code="empty_file")
    if "\0" in decoded:
        _refuse_nul(path, decoded.encode())
    return decoded, found


def _refuse_nul(path: Path, data: bytes) -> None:
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise file_error(path, "expected a text file, this one holds NUL bytes", code="wrong_format", line=line)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A CSV file's column names and records. `lines[i]` is the line where `rows[i]` begins, the first being 1; `above`
    counts the records above the header.

    A record may have more or fewer fields than there are columns: see :meth:`ragged`.
    """

    path: Path
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    separator: str = ","
    above: int = 0

    def ragged(self, row: Sequence[str]) -> str | None:
        """What is wrong with a record that does not fit the header; None where it does."""
        if len(row) == len(self.columns):
            return None
        marks = "commas" if self.separator == "," else repr(self.separator)
        return (
            f"expected {len(self.columns)} fields as in the header, got {len(row)}; quote fields that contain {marks}"
        )


def read_table(
    path: Path,
    data: bytes | None = None,
    limit: SizeLimit = TABLE,
    is_head: Callable[[Sequence[str]], bool] | None = None,
) -> TextTable:
    """Read a CSV file whole, or its bytes where they are at hand. Blank lines are passed over; quoted fields may hold
    line breaks.

    `is_head` says whether a record can be the header: the separator and the record, of the first few, by which one is;
    without it, or where none is, the header is the first record, and commas separate fields.

    Raises
    ------
    DataError
        No such file, not UTF-8, not text, empty, header only, a repeated column or a quote that never closes; or more
        than the limit or the memory allow.
    """
    table, records = open_table(path, data, limit, is_head)
    guard = MemoryGuard()
    for line, record in records:
        if not guard.has_memory(_ROW_BYTES + _CELL_BYTES * len(record)):
            raise file_error(path, guard.complaint, code="too_large")
        table.rows.append(record)
        table.lines.append(line)
    if not table.rows:
        raise no_rows(path)
    return table


def open_table(
    path: Path,
    data: bytes | None = None,
    limit: SizeLimit = TABLE,
    is_head: Callable[[Sequence[str]], bool] | None = None,
) -> tuple[TextTable, Iterator[tuple[int, list[str]]]]:
    """The head of a CSV file, as a table without rows, and the records below it with the lines where they begin; see
    :func:`read_table`."""
    text = read_text(path, limit) if data is None else _decoded(path, data, UTF8)[0]
    refuse_answers(path, text[:400].encode("utf-8", "replace"), "a table of text")
    separator, above = (",", 0) if is_head is None else _head_of(path, text, is_head)
    records = _records(path, text, separator)
    _, header = next(islice(records, above, None))
    return TextTable(path, _check_header(path, header), [], [], separator, above), records


def no_rows(path: Path) -> DataError:
    """The error of a file with a header alone."""
    return file_error(path, "the file has a header and no rows", code="empty_file")


def _head_of(path: Path, text: str, is_head: Callable[[Sequence[str]], bool]) -> tuple[str, int]:
    """The separator, and the record of the first few, by which a table has a head."""
    for separator in SEPARATORS:
        try:
            first = list(islice(_records(path, text, separator), HEAD_RECORDS))
        except DataError:  # quotes that do not pair up: told where the whole is read
            continue
        above = next((k for k, (_, record) in enumerate(first) if is_head([cell.strip() for cell in record])), None)
        if above is not None:
            return separator, above
    return ",", 0


def read_header(path: Path, data: bytes) -> tuple[str, ...]:
    """The column names of a CSV file whose bytes are at hand."""
    first = data.lstrip()
    if b'"' not in data:
        first = re.split(rb"[\r\n]", first, maxsplit=1)[0]
    _, header = next(_records(path, first.decode("utf-8")))
    return _check_header(path, header)


def _records(path: Path, content: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    before = csv.field_size_limit(_FIELD_LIMIT)
    try:
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
        begins = 1
        for record in reader:
            if len(record) > 1 or (record and record[0].strip()):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"the quotes do not pair up in the record that begins here ({error})"
        raise file_error(path, message, code="wrong_format", line=begins) from None
    finally:
        csv.field_size_limit(before)


def _check_header(path: Path, header: Sequence[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in header)
    _refuse_repeated(path, columns)
    return columns


def _refuse_repeated(file: Path | str, columns: Sequence[str]) -> None:
    twice = sorted(name for name, count in Counter(columns).items() if name and count > 1)
    if twice:
        raise file_error(file, f"the header names {', '.join(map(repr, twice))} twice", code="duplicate", line=1)


def check_column_names(columns: Mapping[str, str], contract: Iterable[str]) -> None:
    """Raise ConfigError unless every key of a `columns:` mapping is a name of the contract."""
    contract = tuple(contract)
    for name in columns:
        if name not in contract:
            known = ", ".join(contract)
            raise ConfigError(
                f"columns maps newsbt's names to the file's: {name!r} is none of {known}{nearest(name, contract)}",
                code="unknown_key",
            )


def choose_columns(
    file: Path | str,
    arrived: Sequence[str],
    columns: Mapping[str, str],
    required: Iterable[str],
    optional: Iterable[str],
    *,
    renamable: bool = True,
) -> dict[str, str]:
    """Contract name to file column, for the contract's columns that the file has.

    `renamable` says whether the config can map names with `columns:`, which messages then suggest.

    Raises
    ------
    DataError
        One problem for each required column, or column named in `columns`, that the file lacks.
    """
    required = tuple(required)
    _refuse_repeated(file, arrived)
    chosen: dict[str, str] = {}
    problems: list[Problem] = []
    for name in (*required, *optional):
        column = columns.get(name, name)
        if column in arrived:
            chosen[name] = column
        elif name in required or name in columns:
            shown = ", ".join(repr(found) for found in arrived[:30])
            message = f"expected a column {column!r}, got {shown}{nearest(column, arrived)}"
            if len(arrived) == 1 and any(mark in arrived[0] for mark in SEPARATORS[1:]):
                named = f"name each heading with `columns: {{{name}: ...}}`, or " if renamable else ""
                message += f"; {named}separate the fields by commas"
            elif column == name and renamable:
                message += f"; name another with `columns: {{{name}: ...}}`, or add it"
            elif column == name:
                message += "; add it"
            problems.append(Problem(code="missing_column", message=message, file=str(file), line=1, key=name))
    if problems:
        raise DataError("\n".join(map(str, problems)), problems)
    return chosen
