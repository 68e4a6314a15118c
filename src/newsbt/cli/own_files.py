"""A user's own files as `newsbt init --from` finds them: how they are read, what they leave open, whose they are."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.references import named_references, unresolved_of
from newsbt.domain.ticker_forms import KnownTickers, forms_of, ticker_words
from newsbt.errors import DataError

if TYPE_CHECKING:
    from newsbt.ports.price_reader import PriceReader
    from newsbt.prices.price_readers import ExcelPrices

__all__ = ["UNKNOWN", "OwnFile", "OwnPrices", "guessed", "own_form", "read_news", "read_prices"]

UNKNOWN = "?"

# What a reader asks for: the code of its question, the key that answers, what is assumed to look at the tickers only.
ASKED: Mapping[str, tuple[str, str, object]] = {
    "adjusted_prices": ("adjusted", "true or false", False),
    "unclear_unit": ("volume_unit", "1 (shares) or 100 (lots)", 1.0),
    "unclear_time": ("time_format", '"%m/%d/%Y" or "%d/%m/%Y"', "%m/%d/%Y"),
    "naive_time": ("timezone", "Asia/Shanghai", "UTC"),
    "not_utf8": ("encoding", "gb18030, big5, utf-16 or cp1252", "cp1252"),
}
NEWS_ASKED: Mapping[str, tuple[str, str, object]] = {
    "unclear_time": ("time_format", '"%m/%d/%Y %I:%M %p"', "%m/%d/%Y %I:%M %p"),
    "naive_time": ("zone", "Asia/Hong_Kong", "UTC"),
    "not_utf8": ("encoding", "gb18030, big5, utf-16 or cp1252", "cp1252"),
}
# The exchange of a Chinese code by its first digits, where it is a share's: 000 is an index in Shanghai too.
A_SHARES = {
    **dict.fromkeys(("600", "601", "603", "605", "688", "689", "510", "512", "513", "515", "588"), "SH"),
    **dict.fromkeys(("001", "002", "003", "300", "301", "302", "159", "399"), "SZ"),
    **dict.fromkeys(("430", "830", "831", "832", "833", "835", "836", "837", "838", "839", "870", "871", "920"), "BJ"),
}
WIDTHS = {"HK": 4}
# A ticker of a market that newsbt does not know, as vendors write it: 7203.T, SAP.DE, SHOP.TO.
_ELSEWHERE = re.compile(r"[0-9A-Z]{1,6}\.[A-Z]{1,3}")
MOST_NAMES = 5
NO_TABLE = ("missing_column", "empty_file")  # why a sheet holds no prices


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One file or folder as the config reads it: `options` are keys with their value and why, `asked` are keys with
    their question and an example of the answer; `notes` say what was read, `unknown` what of it nothing tells.
    `names_tickers` says of news whether all of them name tickers, not only their issuers, `has_sentiment` whether any
    has a sentiment; `bad_rows` counts by reason those of prices that a run would refuse."""

    path: Path
    use: str
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    options: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    names_tickers: bool = True
    has_sentiment: bool = True
    bad_rows: str = ""


@dataclass(frozen=True, slots=True)
class OwnPrices:
    """A source of prices, its tickers as they are written, and its last day."""

    source: OwnFile
    tickers: tuple[str, ...]
    last_day: date


def read_prices(path: Path, columns: Mapping[str, str]) -> list[OwnPrices]:
    """How the prices of a file or folder are read, sheet by sheet where a workbook has a sheet for each ticker;
    `columns` are newsbt's names to the file's.

    Raises
    ------
    DataError
        It cannot be read, whatever one would say of it.
    """
    from newsbt.cli.price_sources import price_reader
    from newsbt.ports.price_reader import with_bad_rows
    from newsbt.prices.price_readers import ExcelPrices

    use, found = price_reader(path, columns, {})
    reader = with_bad_rows(found, "skip")
    try:
        return [_named(_read(path, use, reader), columns)]
    except DataError as error:
        if not isinstance(reader, ExcelPrices) or not any(one.code == "which_sheet" for one in error.problems):
            raise
        sheets = _sheets(path, use, reader)
        tickers = [ticker for sheet in sheets for ticker in sheet.tickers]
        if not sheets or len(set(tickers)) < len(tickers):
            raise
        return [_named(one, columns) for one in sheets]


def _named(found: OwnPrices, columns: Mapping[str, str]) -> OwnPrices:
    return replace(found, source=replace(found.source, options={**found.source.options, **_stated(columns)}))


def _stated(columns: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The option of a config that names headings."""
    named = ", ".join(f"{name}: {json.dumps(source, ensure_ascii=False)}" for name, source in columns.items())
    return {"columns": (f"{{{named}}}", "")} if columns else {}


def _read(path: Path, use: str, reader: PriceReader, known: KnownTickers | None = None) -> OwnPrices:
    """They are read twice: to see the tickers, and knowing what markets these are of."""
    from newsbt.domain.input_files import file_error
    from newsbt.ports.price_reader import with_bad_rows

    asked, table = _answered(reader, ASKED, known)
    tickers = [one if known is not None else _named_by_file(one) for one in table.tickers]
    items = [item for one in tickers if (item := guessed(one)) is not None]
    if items and known is None:
        asked, table = _answered(reader, ASKED, _known(items))
    if table.warnings:  # files that are left out, or disagree: a first run would stop there
        advice = "a project is made of files that can all be used: take these away or mend them, or name the others"
        raise DataError(
            "\n".join((*(one.partition("; the file is left out")[0] for one in table.warnings), advice)),
            code="wrong_format",
        )
    if not len(table.when):
        _answered(with_bad_rows(reader, "error"), ASKED, known)  # says what is wrong with them
        raise file_error(path, "no row of it has a price that can be used", code="no_data")
    readings = [lines for _, lines in table.readings]
    notes = [one for one in readings[0] if all(one in lines for lines in readings)] if readings and not asked else []
    bad_rows = ", ".join(f"{reason} {count:,}" for reason, count in table.bad_rows.items())
    source = OwnFile(path, use, asked, notes=tuple(notes) or (f"{table.rows_read:,} rows",), bad_rows=bad_rows)
    return OwnPrices(source, tuple(tickers), table.when.max().astype("datetime64[D]").item())


def _known(items: Sequence[Instrument]) -> KnownTickers:
    return KnownTickers({item.ticker: item.exchange for item in items}, [one.ticker for one in items if one.is_index])


def _sheets(path: Path, use: str, reader: ExcelPrices) -> list[OwnPrices]:
    """The sheets of a workbook that are named for a ticker; none where another has prices too."""
    from newsbt.domain.workbooks import open_workbook

    names = open_workbook(path).names
    items = {name: item for name in names if _is_code(name) and (item := guessed(name)) is not None}
    found = []
    for name in names:
        try:
            one = _read(path, use, replace(reader, sheet=name), _known(list(items.values())) if name in items else None)
        except DataError as error:
            if not all(one.code in NO_TABLE for one in error.problems):
                raise
            continue
        if name not in items:
            return []
        notes = (f"sheet {name!r}", *one.source.notes)
        source = replace(one.source, options={"sheet": (name, "")}, notes=notes)
        found.append(replace(one, source=source))
    return found


def _is_code(word: str) -> bool:
    """Whether a word looks like a code, not like one of a language: digits, or nothing but capitals."""
    return word.isupper() or any(map(str.isdigit, word))


def _named_by_file(written: str) -> str:
    """A ticker, or what a file without tickers is named: then the one word of it that is a ticker of some market, or
    has the form of one."""
    if guessed(written) is not None:
        return written
    words = ticker_words(written, lambda word: guessed(word) is not None)
    words = [word for word in words if any(map(str.isdigit, word))] or list(filter(_is_code, words))
    words = words or ticker_words(written, lambda word: _ELSEWHERE.fullmatch(word) is not None)
    return words[0] if len(words) == 1 else written


def guessed(written: str) -> Instrument | None:
    """The instrument that a ticker says by itself, None where it does not say its market."""
    from newsbt.markets.guessed_market import guessed_instrument

    item = guessed_instrument(own_form(written))
    return None if item is None or item.currency == UNKNOWN else item


def own_form(written: str) -> str:
    """A ticker as the tables of newsbt write it, where its form says its market; else as it is written."""
    if written.startswith("^"):
        return written
    forms = forms_of(written)
    markets = {form.market for form in forms if form.market}
    if len(markets) > 1 and forms[0].code.isdigit():
        markets = {A_SHARES[forms[0].code[:3]]} if forms[0].code[:3] in A_SHARES else set()
    if len(markets) != 1:
        return written
    market = markets.pop()
    code = next(form.code for form in forms if form.market == market)
    return code if market == "US" else f"{code.zfill(WIDTHS.get(market, 0))}.{market}"


def read_news(path: Path, universe: Universe, columns: Mapping[str, str]) -> OwnFile:
    """How announcements are read, and how many are of the instruments; `columns` are newsbt's names to the file's.

    Raises
    ------
    DataError
        As of prices.
    """
    from newsbt.events.from_csv import CsvAnnouncements
    from newsbt.events.from_excel import ExcelAnnouncements
    from newsbt.events.from_jsonl import JsonlAnnouncements
    from newsbt.events.from_parquet import ParquetAnnouncements

    ending = path.name.lower().removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    kinds = {**dict.fromkeys(("jsonl", "ndjson"), "jsonl"), **dict.fromkeys(("parquet", "pq"), "parquet"),
             **dict.fromkeys(("xlsx", "xls", "xlsm"), "excel")}  # fmt: skip
    use = kinds.get(ending, "csv")
    readers = {"csv": CsvAnnouncements, "jsonl": JsonlAnnouncements, "parquet": ParquetAnnouncements,
               "excel": ExcelAnnouncements}  # fmt: skip
    try:
        asked, batch = _answered(readers[use](path=path, columns=columns), NEWS_ASKED)
    except DataError as error:
        headlines = use in ("csv", "jsonl") and any(one.key == "issuer" for one in error.problems)
        if found := _headline_columns(path, columns) if headlines else {}:
            return _read_headlines(path, found, universe)
        raise
    notes = [one for _, lines in batch.readings[:1] for one in lines if not asked]
    answers = {key: NEWS_ASKED[code][2] for code, (key, _, _) in NEWS_ASKED.items() if key in asked}
    met = readers[use](path=path, columns=columns, on_bad_row="skip", **answers).read(universe.known_tickers)
    lost = [*met.lost, *(one for item in met.announcements for one in unresolved_of(item, universe))]
    options = _stated(columns)
    if met.lost and set(met.bad_rows) == {"unknown_ticker"}:
        count = met.bad_rows["unknown_ticker"]
        why = f"{count:,} of {batch.rows_read:,} rows name tickers without prices here: left out and counted"
        if "zone" in asked:  # without one all rows would be bad, and left out
            question, example = asked["zone"]
            options["zone"] = (f'"?"  # such as {example}', question)
        options["on_bad_row"] = ("skip", f"{why} ({_some([one.name for one in met.lost])})")
        notes.insert(0, options["on_bad_row"][1])
    issuers = [one.name for one in named_references(lost, universe) if one.reason == "unknown_issuer"]
    unknown = (f"`name` or `aliases` of the companies that news call {_some(issuers)}",) if issuers else ()
    linked = batch.rows_read - len({one.event_id for one in lost})
    counted = f"{batch.rows_read:,} announcement{'s' if batch.rows_read != 1 else ''}, {linked:,} of these instruments"
    names_tickers = all(item.tickers for item in batch.announcements)
    has_sentiment = not all(math.isnan(item.sentiment) for item in batch.announcements)
    return OwnFile(path, use, asked, options, (counted, *notes), unknown, names_tickers, has_sentiment)


def _headline_columns(path: Path, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns of a table of headlines that say nothing of whose news they are; empty for any other table."""
    from newsbt.domain.table_files import read_table, read_text
    from newsbt.events.announcement_heads import text_columns

    text = read_text(path)
    if not text.lstrip().startswith("{"):
        return text_columns(read_table(path).columns, columns)
    try:
        first = json.loads(text.lstrip().partition("\n")[0])
    except ValueError:
        return {}
    return text_columns(list(map(str, first)), columns)


def _read_headlines(path: Path, columns: Mapping[str, str], universe: Universe) -> OwnFile:
    """Headlines alone, which the rules of extraction read: who announces what, and whether it is good."""
    from newsbt.events.from_feeds import MappedAnnouncements

    reader = MappedAnnouncements(path=path, map={"columns": dict(columns)}).with_universe(universe)
    asked, batch = _answered(reader, {code: NEWS_ASKED[code] for code in ("naive_time",)})
    lost = [one for item in batch.announcements for one in unresolved_of(item, universe)]
    linked = len(batch.announcements) - len({one.event_id for one in lost})
    counted = (
        f"{batch.rows_read:,} headlines without an issuer, read by the rules of extraction: "
        f"{len(batch.announcements):,} announce something, {linked:,} of them of these instruments"
    )
    issuers = [one.name for one in named_references(lost, universe) if one.reason == "unknown_issuer"]
    unknown = (f"`name` or `aliases` of the companies that news call {_some(issuers)}",) if issuers else ()
    named = ", ".join(f"{name}: {json.dumps(column, ensure_ascii=False)}" for name, column in columns.items())
    why = "No column says whose news these are: the rules of extraction read it from the headlines."
    options = {"map": (f"{{columns: {{{named}}}}}", why)}
    has_sentiment = not all(math.isnan(item.sentiment) for item in batch.announcements)
    return OwnFile(path, "mapped", asked, options, (counted,), unknown, False, has_sentiment)


def _some(names: Sequence[str]) -> str:
    some = list(dict.fromkeys(names))
    return ", ".join(some[:MOST_NAMES]) + (f" and {len(some) - MOST_NAMES:,} more" if len(some) > MOST_NAMES else "")


def _answered(
    reader: Any, asked: Mapping[str, tuple[str, str, object]], known: KnownTickers | None = None
) -> tuple[dict[str, tuple[str, str]], Any]:
    """What a reader asks for, by key, with the question and an example; and what it reads under any answer."""
    questions: dict[str, tuple[str, str]] = {}
    while True:
        try:
            return questions, reader.read(known)
        except DataError as error:
            problem = next((one for one in error.problems if one.code in asked), None)
            if problem is None or asked[problem.code][0] in questions:
                raise
            key, example, assumed = asked[problem.code]
            questions[key] = (problem.message.partition(" (read as ")[0], example)
            reader = replace(reader, **{key: assumed})
