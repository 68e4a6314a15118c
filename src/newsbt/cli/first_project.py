"""A project folder from a user's own price files and news: a table of instruments, a config, a first strategy."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from newsbt.cli.project import IGNORED, check_new, removed_on_failure
from newsbt.cli.starting import write_strategy
from newsbt.domain.entity import Instrument
from newsbt.domain.ticker_forms import KnownTickers, forms_of, words_of
from newsbt.errors import DataError

__all__ = ["FirstProject", "create_first_project"]

UNKNOWN = "?"
COLUMNS = ("ticker", "name", "exchange", "board", "currency", "lot_size")
CONFIG = "configs/first.yaml"

# What a reader asks for: the code of its question, the key that answers, what is assumed to look at the tickers only.
ASKED: Mapping[str, tuple[str, str, object]] = {
    "unclear_adjustment": ("adjusted", "true or false", False),
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
    **dict.fromkeys(("600", "601", "603", "605", "688", "689"), "SH"),
    **dict.fromkeys(("001", "002", "003", "300", "301", "302"), "SZ"),
    **dict.fromkeys(("430", "830", "831", "832", "833", "835", "836", "837", "838", "839", "870", "871", "920"), "BJ"),
}
WIDTHS = {"HK": 4}


@dataclass(frozen=True, slots=True)
class _OwnFile:
    """One file or folder as the config reads it: `options` are sure, `asked` are keys with their question."""

    path: Path
    use: str
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstProject:
    """What was made: lines for people, those of what was read, asked, and not known."""

    folder: Path
    read: tuple[str, ...]
    questions: tuple[str, ...]
    unknown: tuple[str, ...]


def create_first_project(folder: Path, prices: Sequence[Path], news: Path | None) -> FirstProject:
    """Write a project for these files, which stay where they are.

    Raises
    ------
    ConfigError
        The folder is not empty.
    DataError
        A file cannot be read, whatever one would say of it.
    NewsbtError
        The folder cannot be written.
    """
    check_new(folder)
    sources: list[_OwnFile] = []
    tickers: dict[str, None] = {}
    for path in prices:
        source, found = _prices(path)
        sources.append(source)
        tickers |= dict.fromkeys(found)
    listed, unknown = _instruments(tuple(tickers))
    article = None if news is None else _news(news)
    config = _config(folder, sources, article, listed)
    with removed_on_failure(folder):
        (folder / "configs").mkdir(parents=True, exist_ok=True)
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / "instruments.csv").write_text(_table(listed), encoding="utf-8", newline="\n")
        (folder / CONFIG).write_text(config, encoding="utf-8", newline="\n")
        (folder / ".gitignore").write_text(IGNORED, encoding="utf-8", newline="\n")
        if article is None:
            write_strategy(folder, "risen", "step")
    all_sources = [*sources, *([] if article is None else [article])]
    return FirstProject(
        folder=folder,
        read=tuple(f"{one.path.name}: {', '.join(one.notes)}" for one in all_sources if one.notes),
        questions=tuple(
            f"{one.path.name}: {question} (`{key}` in {CONFIG})"
            for one in all_sources
            for key, (question, _) in one.asked.items()
        ),
        unknown=tuple(unknown),
    )


def _prices(path: Path) -> tuple[_OwnFile, tuple[str, ...]]:
    """How prices are read, and their tickers.

    They are read twice: to see the tickers, and knowing what markets these are of.
    """
    from newsbt.cli.price_sources import price_reader
    from newsbt.ports.price_reader import with_bad_rows

    use, found = price_reader(path, {}, {})
    reader = with_bad_rows(found, "skip")
    asked, table = _answered(reader, ASKED)
    tickers = [_named_by_file(one) for one in table.tickers]
    items = [item for one in tickers if (item := _guessed(one)) is not None]
    if items:
        exchanges = {item.ticker: item.exchange for item in items}
        known = KnownTickers(exchanges, [item.ticker for item in items if item.is_index])
        asked, table = _answered(reader, ASKED, known)
    notes = [one for _, lines in table.readings[:1] for one in lines if not asked]
    return _OwnFile(path, use, asked, tuple(notes) or (f"{table.rows_read:,} rows",)), tuple(tickers)


def _named_by_file(written: str) -> str:
    """A ticker, or what a file without tickers is named: then the one word of it that is a ticker of some market."""
    if _guessed(written) is not None:
        return written
    words = [word for word in words_of(written) if _guessed(word) is not None]
    words = [word for word in words if any(map(str.isdigit, word))] or [word for word in words if word.isupper()]
    return words[0] if len(words) == 1 else written


def _guessed(written: str) -> Instrument | None:
    from newsbt.markets.guessed_market import guessed_instrument

    item = guessed_instrument(_own_form(written))
    return None if item is None or item.currency == UNKNOWN else item


def _news(path: Path) -> _OwnFile:
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
    asked, batch = _answered(readers[use](path=path), NEWS_ASKED)
    notes = [one for _, lines in batch.readings[:1] for one in lines if not asked]
    return _OwnFile(path, use, asked, (f"{batch.rows_read:,} announcements", *notes))


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


def _instruments(written: Sequence[str]) -> tuple[list[Instrument], list[str]]:
    """Who the tickers are, as far as they say it themselves; and what is not known."""
    found: dict[str, Instrument] = {}
    unknown = []
    for one in written:
        ticker, item = _own_form(one), _guessed(one)
        if item is None:
            item = Instrument(ticker=ticker, name="", exchange=UNKNOWN, board=UNKNOWN, currency=UNKNOWN)
            unknown.append(f"exchange, board and currency of {ticker}")
        found[ticker] = replace(item, name="")
    hong_kong = [ticker for ticker, item in found.items() if item.exchange == "XHKG" and not item.is_index]
    if hong_kong:
        unknown.append(f"lot_size of {', '.join(hong_kong)}: each company sets its own in Hong Kong")
    return list(found.values()), unknown


def _own_form(written: str) -> str:
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


def _table(listed: Sequence[Instrument]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([item.ticker, item.name, item.exchange, item.board, item.currency, ""] for item in listed)
    return text.getvalue()


def _config(folder: Path, prices: Sequence[_OwnFile], news: _OwnFile | None, listed: Sequence[Instrument]) -> str:
    base = folder.absolute() / "configs"
    lines = [
        "# A first run on files of one's own; `newsbt schema` describes every key, docs/config.md too.",
        "name: first",
        "# These names are those of today's files: what was delisted meanwhile is not among them, so that results look",
        "# better than they were (survivors).",
        "universe: {instruments: ../data/instruments.csv}",
    ]
    if news is None:
        lines += ["# Without news nothing can be asked of announcements: no events, no placebo, no event study.",
                  "announcements: []"]  # fmt: skip
    else:
        lines += ["announcements:", *_block(base, news)]
    lines += ["prices:", *(line for one in prices for line in _block(base, one))]
    currencies = sorted({item.currency for item in listed} - {UNKNOWN})
    if len(currencies) > 1:
        lines += [f"# The instruments have {' and '.join(currencies)}: where are the rates between them?",
                  "# fx: {use: csv, path: ../data/fx.csv}",
                  f"account: {{cash: 1000000, currency: {currencies[0]}}}"]  # fmt: skip
    else:
        lines += ["account: {cash: 1000000}"]
    lines += ["strategies:"]
    if news is None:
        lines += [
            "  - {name: What has risen, use: ../strategies/risen.py:Risen, position: {mode: target, rebalance: weekly}}"
        ]
    else:
        lines += ["  - {name: Follow the news, use: named_tickers, position: {weight: 0.1, hold: 5}}"]
    return "\n".join(lines) + "\n"


def _block(base: Path, source: _OwnFile) -> list[str]:
    path = os.path.abspath(source.path)
    with suppress(ValueError):  # another drive
        path = os.path.relpath(path, base)
    lines = [f"  - use: {source.use}", f"    path: {json.dumps(Path(path).as_posix(), ensure_ascii=False)}"]
    for key, (question, example) in source.asked.items():
        lines += [f"    # {' '.join(question.split())}", f"    # {key}: {example}"]
    return lines
