"""CSV or JSON of any kind of news, by a column map that its user writes in YAML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from newsbt._plain import JsonValue, PlainValue
from newsbt.domain import cells, yaml_text
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import SEPARATORS, file_error, read_text
from newsbt.errors import ConfigError, DataError, Problem, nearest
from newsbt.events.extraction.markup import plain_text
from newsbt.events.extraction.news_item import RefusedItem, refuse
from newsbt.events.extraction.published import Stated, named_zone, refused_in
from newsbt.events.feeds.documents import decoded, record, records
from newsbt.events.feeds.feed_item import FIELDS, FeedItem, Parsed, stated_time
from newsbt.events.feeds.formatted_times import check_format, read_formatted

__all__ = ["TARGETS", "ColumnMap", "load_map", "map_of", "parse_mapped"]

TARGETS = (
    "item_id", "headline", "body", "published_at", "updated_at", "received_at", "time_precision", "source", "url",
    "tickers", *FIELDS,
)  # fmt: skip
LONGEST_FIELD = 2**31 - 1  # an item that is too long is refused by itself
NUMBERS = {"sentiment": -1.0, "relevance": 0.0}  # with their lower bound


@dataclass(frozen=True, kw_only=True)
class ColumnMap:
    """How to read a vendor's file.

    Attributes
    ----------
    columns : mapping
        newsbt's name (:data:`TARGETS`) to the file's; dotted for keys inside of objects. `headline` and
        `published_at` are needed.
    constants : mapping
        newsbt's name to one value for all items.
    records : str
        Where in a JSON document its list stands, dotted; by default the document is the list, or has an item a line.
    zone : str
        The zone of times without offset.
    time_format : str
        As `datetime.strptime` has it, or ``epoch_s``, ``epoch_ms``; by default ISO 8601 and the usual ways of writing.
    separator : str
        Between the items of a list written as text.
    delimiter : str
        Between the fields of a CSV file; by default the one of ``, ; |`` and a tab by which its head has the columns.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, JsonValue] = field(default_factory=dict)
    records: str = ""
    zone: str | None = None
    time_format: str = ""
    separator: str = ";"
    delimiter: str = ""

    def __post_init__(self) -> None:
        for name in (*self.columns, *self.constants):
            if name not in TARGETS:
                raise ConfigError(
                    f"{name!r} is none of newsbt's names: {', '.join(TARGETS)}{nearest(name, TARGETS)}",
                    code="unknown_key",
                )
        missing = [name for name in ("headline", "published_at") if name not in self.columns]
        if missing:
            raise ConfigError(
                f"the column map says nothing of {' and '.join(missing)}; every item needs both", code="missing_key"
            )
        if self.delimiter and (len(self.delimiter) != 1 or self.delimiter in '\r\n"'):
            raise ConfigError(
                f"delimiter is one character, such as ';' or a tab, not {self.delimiter!r}", code="bad_value"
            )
        if not self.separator:
            raise ConfigError("separator is text, such as ';' or ', ', and not empty", code="bad_value")
        check_format(self.time_format)
        named_zone(self.zone)


def load_map(path: Path, max_mb: float | None = None) -> ColumnMap:
    """A column map from a YAML file, by the same reader as a config.

    `max_mb` are the megabytes that are read of it, instead of the usual ones.

    Raises
    ------
    ConfigError
        It cannot be read, has unknown or repeated keys, or lacks a needed one; the error names file and line.
    """
    try:
        node, faults = yaml_text.read(read_text(path, limit_of("map", max_mb)))
    except DataError as error:
        raise ConfigError(str(error), error.listed) from None
    except yaml_text.YamlFault as error:
        node, faults = None, [error.fault]
    if faults:
        raise ConfigError.of([_map_problem(path, fault.message, fault.line) for fault in faults])
    if node is None or not isinstance(node.value, dict):
        message = "expected a mapping with `columns`, such as columns: {headline: title, published_at: time}"
        raise ConfigError.of([_map_problem(path, message, None if node is None else node.line)])
    found: dict[str, JsonValue] = node.plain()
    problems = [_map_problem(path, message, _line(node, key)) for key, message in _map_faults(found)]
    if problems:
        raise ConfigError.of(problems)
    try:
        return _made(found)
    except ConfigError as error:
        raise ConfigError.of([_map_problem(path, str(error), None)]) from None


def map_of(written: Mapping[str, JsonValue]) -> ColumnMap:
    """A column map that stands in the config itself.

    Raises
    ------
    ConfigError
        As of a file; its problems name the keys below ``map``.
    """
    problems = [
        Problem(code="bad_value", message=message, key=".".join(("map", *key))) for key, message in _map_faults(written)
    ]
    if problems:
        raise ConfigError.of(problems)
    try:
        return _made(written)
    except ConfigError as error:
        raise ConfigError.of([Problem(code="bad_value", message=str(error), key="map")]) from None


def _map_faults(written: Mapping[str, JsonValue]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key and message of what no column map says."""
    known = [item.name for item in fields(ColumnMap)]
    for name, value in written.items():
        if name not in known:
            yield (name,), f"unknown key {name!r}{nearest(name, known)}; there are {', '.join(sorted(known))}"
        elif name in ("columns", "constants"):
            if not isinstance(value, Mapping):
                yield (name,), f"{name}: expected a mapping, got {value!r:.60}"
            elif name == "columns":
                for key, column in value.items():
                    if not isinstance(column, str):
                        message = f"columns.{key}: expected the name of a column, as text, got {column!r:.60}"
                        yield (name, key), message
        elif not isinstance(value, str):
            yield (name,), f"{name}: expected text, got {value!r:.60}"


def _made(written: Mapping[str, JsonValue]) -> ColumnMap:
    """A column map of keys without faults."""

    def text(name: str, otherwise: str = "") -> str:
        return str(written.get(name, otherwise))

    def mapping(name: str) -> Mapping[str, JsonValue]:
        found = written.get(name)
        return found if isinstance(found, Mapping) else {}

    return ColumnMap(
        columns={name: str(column) for name, column in mapping("columns").items()}, constants=mapping("constants"),
        records=text("records"), zone=text("zone") if "zone" in written else None, time_format=text("time_format"),
        separator=text("separator", ";"), delimiter=text("delimiter"),
    )  # fmt: skip


def _line(node: yaml_text.Node, key: Sequence[str]) -> int | None:
    """The line of a key below a node."""
    line = None
    for name in key:
        assert isinstance(node.value, dict)
        node, line = node.value[name], node.key_lines[name]
    return line


def _map_problem(path: Path, message: str, line: int | None) -> Problem:
    return Problem(code="bad_value", message=message, file=str(path), line=line)


def parse_mapped(data: bytes, origin: str, columns: ColumnMap) -> Parsed:
    """The items of a CSV file, or of JSON, told by the first character.

    Raises
    ------
    DataError
        The file cannot be read, or has none of the mapped columns.
    """
    items: list[FeedItem] = []
    refused: list[Problem] = []
    for number, row in _rows(data, origin, columns):
        try:
            items.append(_item(row, origin, number, columns))
        except RefusedItem as error:
            refused.append(error.problem)
    return Parsed(items=tuple(items), refused=tuple(refused))


def _rows(data: bytes, origin: str, columns: ColumnMap) -> Iterator[tuple[int, PlainValue]]:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        yield from enumerate(records(data, origin, (), columns.records)[1], 1)
        return
    text = decoded(data, origin, is_table=True)
    delimiter = columns.delimiter or _delimiter(text, columns)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        for name, column in columns.columns.items():
            if column not in header:
                message = f"expected a column {column!r} for {name}, got {', '.join(map(repr, header[:30]))}"
                raise file_error(origin, message + nearest(column, header), code="missing_column", line=1)
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise file_error(origin, f"the file is no CSV ({error})", code="wrong_format", line=reader.line_num) from None
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str, columns: ColumnMap) -> str:
    """The mark by which the first line has all columns, a comma where none has."""
    head = next((line for line in text[: 1 << 16].splitlines() if line.strip()), "")
    wanted = set(columns.columns.values())
    return next((mark for mark in SEPARATORS if wanted <= {name.strip(' "') for name in head.split(mark)}), ",")


def _item(row: PlainValue, origin: str, number: int, columns: ColumnMap) -> FeedItem:
    where = f"{origin}:{number}"
    row = record(row, origin, number)

    def value(name: str) -> PlainValue:
        return _inside(row, columns.columns[name]) if name in columns.columns else columns.constants.get(name)

    def text(name: str) -> str:
        try:
            return cells.text(value(name))
        except ValueError as error:
            raise refuse("bad_value", f"{name}: {error}", file=origin, line=number) from None

    def at(name: str) -> Stated | None:
        written = text(name)
        return _time(written, columns, origin, number) if written else None

    def many(name: str) -> tuple[str, ...]:
        found = value(name)
        try:
            return cells.items(found.split(columns.separator) if isinstance(found, str) else found)
        except ValueError as error:
            raise refuse("bad_value", f"{name}: {error}", file=origin, line=number) from None

    headline = " ".join(plain_text(text("headline")).split())
    published = at("published_at")
    if published is None:
        raise refuse("missing_value", "the row has no published_at", file=origin, line=number)
    updated, received = at("updated_at"), at("received_at")
    values: dict[str, JsonValue] = {}
    for name in FIELDS:
        found = many(name) if name == "rivals" else text(name)
        if not found:
            continue
        values[name] = _number(name, found, origin, number) if name in NUMBERS else found
    taken = {name.split(".")[0] for name in columns.columns.values()}
    url = text("url")
    return FeedItem(
        item_id=text("item_id") or url or f"{published.at.isoformat()} {headline}",
        headline=headline,
        body=plain_text(text("body")),
        published_at=published.at,
        time_precision=text("time_precision") or published.precision,
        updated_at=updated.at if updated else None,
        received_at=received.at if received else None,
        source=text("source"),
        url=url,
        tickers=many("tickers"),
        fields=values,
        attributes={str(name): found for name, found in row.items() if name is not None and name not in taken},
        origin=where,
    )


def _inside(row: Mapping[str, JsonValue], key: str) -> PlainValue:
    if key in row:
        return row[key]
    found: PlainValue = row
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _time(written: str, columns: ColumnMap, origin: str, number: int) -> Stated:
    zone = named_zone(columns.zone)
    if not columns.time_format:
        return stated_time(written, zone, origin, number)
    try:
        return read_formatted(written, columns.time_format, zone)
    except RefusedItem as error:
        raise refused_in(error, origin, number) from None


def _number(name: str, written: PlainValue, origin: str, number: int) -> float:
    try:
        found = cells.number(written)
    except ValueError as error:
        raise refuse("bad_value", f"{name}: {error}", file=origin, line=number) from None
    if not NUMBERS[name] <= found <= 1.0:
        raise refuse(
            "bad_value",
            f"{name}: expected a number from {NUMBERS[name]:g} to 1, got {found:g}",
            file=origin,
            line=number,
        )
    return found
