"""A project folder from a user's own price files and news: a table of instruments, a config, a first strategy."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from newsbt.cli.own_files import UNKNOWN, OwnFile, guessed, own_form, read_news, read_prices
from newsbt.cli.project import IGNORED, check_new, removed_on_failure
from newsbt.cli.starting import write_strategy
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError

__all__ = ["CONFIG", "FirstProject", "create_first_project"]

COLUMNS = ("ticker", "name", "exchange", "board", "currency", "lot_size")
CONFIG = "configs/first.yaml"
NO_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class FirstProject:
    """What was made: lines for people, those of what was read, asked, and not known; `stops` says whether a run would
    refuse it as it is."""

    folder: Path
    read: tuple[str, ...]
    questions: tuple[str, ...]
    unknown: tuple[str, ...]
    stops: bool


def create_first_project(
    folder: Path,
    prices: Sequence[Path],
    news: Path | None,
    columns: Mapping[str, str] = NO_NAMES,
    news_columns: Mapping[str, str] = NO_NAMES,
) -> FirstProject:
    """Write a project for these files, which stay where they are; `columns` name headings of the prices, `news_columns`
    of the news, by newsbt's own names.

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
    with _names_asked("--column", "close=Settlement"):
        found = [one for path in prices for one in read_prices(path, columns)]
    listed = _instruments([ticker for one in found for ticker in one.tickers])
    with _names_asked("--news-column", "headline=Caption"):
        universe = Universe(instruments=tuple(listed.values()))
        article = None if news is None else read_news(news, universe, news_columns)
    sources = [one.source for one in found]
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
    questions = [
        f"{one.path.name}: {question} (`{key}` in {CONFIG})"
        for one in all_sources
        for key, (question, _) in one.asked.items()
    ]
    questions += [
        f"{one.path.name}: rows that cannot be used ({one.bad_rows}); `newsbt check {CONFIG}` says why: correct them, "
        "or set `on_bad_row: skip`"
        for one in sources
        if one.bad_rows
    ]
    pairs = _pairs(listed)
    if pairs:
        questions.append(f"rates of {' and '.join(pairs)} ({_meaning(pairs[0])}): `fx` in {CONFIG}")
    return FirstProject(
        folder=folder,
        read=tuple(f"{one.path.name}: {', '.join(one.notes)}" for one in all_sources if one.notes),
        questions=tuple(questions),
        unknown=(*_unknown(listed, max(one.last_day for one in found)), *(article.unknown if article else ())),
        stops=bool(questions or _elsewhere(listed)),
    )


@contextmanager
def _names_asked(option: str, example: str) -> Iterator[None]:
    """What is said of columns that a file lacks, with how to name them where there is no config yet."""
    try:
        yield
    except DataError as error:
        if any(one.code == "missing_column" for one in error.problems):
            cure = f"newsbt init takes each by `{option} {example}`, and writes them into the config's `columns`"
            raise DataError(f"{error}\n{cure}", error.problems) from None
        raise


def _instruments(written: Sequence[str]) -> Mapping[str, Instrument]:
    """Who the tickers are, as far as they say it themselves; without names, which no ticker says."""
    nobody = Instrument(ticker="", name="", exchange=UNKNOWN, board=UNKNOWN, currency=UNKNOWN)
    return {own_form(one): replace(guessed(one) or nobody, ticker=own_form(one), name="") for one in written}


def _unknown(listed: Mapping[str, Instrument], on: date) -> Iterator[str]:
    """What is not known of the instruments, and what comes of it."""
    from newsbt.markets.dated_rules import selectors
    from newsbt.markets.rulebook import load_rulebook

    book = load_rulebook()
    if elsewhere := _elsewhere(listed):
        yield (
            f"exchange, board and currency of {', '.join(elsewhere)}: a run stops until they are filled in, such as "
            f"XTKS,main,JPY, and until a rule file has the hours of an exchange that newsbt does not know (`execution` "
            f"in {CONFIG}; the guide's chapter 2, On another exchange)"
        )
    without_lot = [
        item.ticker for item in listed.values()
        if item.exchange != UNKNOWN and not item.is_index
        and book.exchange(item.exchange).in_force("lot", on, *selectors(item)) is None
    ]  # fmt: skip
    if without_lot:
        yield (
            f"lot_size of {', '.join(without_lot)}: each company sets its own in Hong Kong; until it is filled in, "
            "orders for these are refused (unknown_lot)"
        )


def _elsewhere(listed: Mapping[str, Instrument]) -> list[str]:
    """The tickers that do not say their exchange."""
    return [item.ticker for item in listed.values() if item.exchange == UNKNOWN]


def _table(listed: Mapping[str, Instrument]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([item.ticker, item.name, item.exchange, item.board, item.currency, ""] for item in listed.values())
    return text.getvalue()


def _currencies(listed: Mapping[str, Instrument]) -> list[str]:
    return sorted({item.currency for item in listed.values()} - {UNKNOWN})


def _pairs(listed: Mapping[str, Instrument]) -> list[str]:
    """The pairs whose rates are needed: from every currency to the account's, which is the first."""
    currencies = _currencies(listed)
    return [f"{one}{currencies[0]}" for one in currencies[1:]]


def _meaning(pair: str) -> str:
    return f"{pair} is {pair[3:]} per {pair[:3]}"


def _config(folder: Path, prices: Sequence[OwnFile], news: OwnFile | None, listed: Mapping[str, Instrument]) -> str:
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
    currencies, pairs = _currencies(listed), _pairs(listed)
    if pairs:
        fixed = ", ".join(f"{pair}: ..." for pair in pairs)
        lines += [f"# The instruments have {' and '.join(currencies)}: where are the rates between them?",
                  f"# A table with the columns pair, date and rate, or one rate for all days: {_meaning(pairs[0])}.",
                  "# fx: {use: csv, path: ../data/fx.csv}",
                  f"# fx: {{use: fixed, rates: {{{fixed}}}}}",
                  f"account: {{cash: 1000000, currency: {currencies[0]}}}"]  # fmt: skip
    else:
        lines += ["account: {cash: 1000000}"]
    if _elsewhere(listed):
        lines += ["# The hours and lots of an exchange that newsbt does not know: docs/market_rules.md.",
                  "# execution: {market_rules: ../rules.yaml}"]  # fmt: skip
    lines += ["strategies:"]
    if news is None:
        lines += [
            "  - {name: What has risen, use: ../strategies/risen.py:Risen, position: {mode: target, rebalance: weekly}}"
        ]
    else:
        use = "named_tickers" if news.names_tickers else "issuer_drift"
        if not news.has_sentiment:
            lines += [
                "  # The news says nowhere whether it is good or bad: `sign: one` takes all of it for good. A column",
                "  # `sentiment` in [-1, 1] tells (`sign: sentiment`), or the type of event (`sign: type`).",
            ]
        sign = "sentiment" if news.has_sentiment else "one"
        position = "position: {weight: 0.1, hold: 5}"
        lines += [f"  - {{name: Follow the news, use: {use}, params: {{sign: {sign}}}, {position}}}"]
    return "\n".join(lines) + "\n"


def _block(base: Path, source: OwnFile) -> list[str]:
    path = os.path.abspath(source.path)
    with suppress(ValueError):  # another drive
        path = os.path.relpath(path, base)
    lines = [f"  - use: {source.use}", f"    path: {_quoted(Path(path).as_posix())}"]
    for key, (value, why) in source.options.items():
        lines += [
            *([f"    # {' '.join(why.split())}"] if why else []),
            f"    {key}: {_quoted(value) if key == 'sheet' else value}",
        ]
    for key, (question, example) in source.asked.items():
        if key in source.options:
            continue
        lines += [f"    # {' '.join(question.split())}", f"    # {key}: {example}"]
    return lines


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
