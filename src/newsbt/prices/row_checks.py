"""Raw columns to a table of good rows: the checks of T8 that need no calendar, on whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Days, Floats, Instants, Ints
from newsbt.domain.bad_rows import BadRows
from newsbt.domain.price_table import (
    OPTIONAL_VALUES,
    PRICES,
    STATED_SPLIT,
    VALUES,
    PriceTable,
    add_bad_rows,
    concatenated,
    repeated,
)
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError
from newsbt.prices.empty_rows import without_empty_rows
from newsbt.prices.known_tickers import as_known
from newsbt.prices.price_columns import NO_OFFSET, Faults, days, instants, numbers, texts
from newsbt.prices.raw_prices import RawPrices
from newsbt.prices.repeats import beside_earlier, disagreements

__all__ = ["ReadOptions", "checked"]

# Prices computed in floating point may miss each other by rounding; a real fault is a thousand times larger.
ROUNDING = 1e-9
NO_TICKER = "a row without ticker"
BLOCK = 65_536  # rows that are compared at a time, so that what is between stays in the cache


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the reader was told about its source."""

    volume_unit: float
    ends: bool
    adjusted: bool
    splits: str
    timezone: ZoneInfo | None
    on_bad_row: str


class _Parsed(NamedTuple):
    table: PriceTable
    faults: Faults


def checked(raws: Sequence[RawPrices], terms: ReadOptions, known_tickers: Container[str] | None) -> PriceTable:
    """All sources of one reader as one table of good rows.

    Raises
    ------
    DataError
        Daily beside intraday sources, no usable row at all, or a bad row and the policy is ``error``.
    """
    table, faults = _without_strangers(_joined([_parse(raw, terms, known_tickers) for raw in raws]), known_tickers)
    sieve = _Sieve(table, terms.on_bad_row)
    if faults:
        naive = [row for row, message in faults.items() if message.endswith(NO_OFFSET)]
        by_reason: dict[ErrorCode, list[int]] = {"naive_time": naive, "bad_value": list(faults)}
        for reason, rows in by_reason.items():
            faulty = np.zeros(len(table), dtype=np.bool_)
            faulty[rows] = True
            sieve.refuse(reason, faulty, faults.__getitem__)
    for rule in _RULES:
        for name in rule.names:
            column = table.values.get(name)
            if column is not None:
                sieve.refuse(rule.reason, rule.wrong(column), partial(_describe_value, name, column, rule.expected))
    sieve.refuse("ohlc_order", _disordered(table), partial(_describe_order, table))
    table = table if sieve.good.all() else table.take(np.flatnonzero(sieve.good))
    table = _without_repeats(table, sieve.bad)
    return _finished(table, terms, {**sieve.bad.finish(), **table.bad_rows})


def _parse(raw: RawPrices, terms: ReadOptions, known: Container[str] | None) -> _Parsed:
    faults: Faults = {}

    def note(name: str, found: Faults) -> None:
        for row, message in found.items():
            faults.setdefault(row, f"{name}: {message}")

    codes, written, wrong = texts(raw.columns["ticker"])
    tickers, codes = as_known(written, codes, known, raw.source.name)
    note("ticker", wrong)
    intraday = "bar_start" in raw.columns
    when: Instants | Days
    if intraday:
        when, wrong = instants(raw.columns["bar_start"], terms.timezone)
    else:
        when, wrong = days(raw.columns["date"])
    note("bar_start" if intraday else "date", wrong)
    values: dict[str, Floats] = {}
    for name in (*VALUES, *OPTIONAL_VALUES):
        if name in raw.columns:
            values[name], wrong = numbers(raw.columns[name])
            note(name, wrong)
    if "split" in values:
        values["split"] = np.where(values["split"] == 0.0, np.nan, values["split"])
    for row in np.flatnonzero(np.isnat(when)).tolist():
        faults.setdefault(row, f"the row has no {'bar_start' if intraday else 'date'}")
    for row in np.flatnonzero(codes < 0).tolist():
        faults.setdefault(row, "the row has no ticker")
    faults.update(raw.faults)
    rows = raw.rows
    if (codes < 0).any():
        codes, tickers = np.where(codes < 0, len(tickers), codes), (*tickers, NO_TICKER)
    if terms.volume_unit != 1 and not raw.is_scaled:
        values["volume"] = values["volume"] * terms.volume_unit
    table = PriceTable(
        tickers=tickers,
        ticker_code=codes,
        day=None if intraday else when,
        bar_start=when if intraday else None,
        values=MappingProxyType(values),
        source_code=np.broadcast_to(np.int64(0), rows),
        source_row=np.arange(rows, dtype=np.int64),
        sources=(raw.source,),
        rows_read=rows,
        files=() if raw.file is None else (raw.file,),
        adjusted=terms.adjusted,
        on_bad_row=terms.on_bad_row,
        readings=((raw.source.name, raw.notes),) if raw.notes else (),
    )
    return _Parsed(table, faults)


def _joined(parsed: Sequence[_Parsed]) -> _Parsed:
    starts = np.cumsum([0, *(len(part.table) for part in parsed)]).tolist()
    faults = {
        start + row: message
        for start, part in zip(starts, parsed, strict=False)
        for row, message in part.faults.items()
    }
    return _Parsed(concatenated([part.table for part in parsed]), faults)


def _without_strangers(parsed: _Parsed, known_tickers: Container[str] | None) -> _Parsed:
    table = parsed.table
    if known_tickers is None:
        return parsed
    strange = np.array([name != NO_TICKER and name not in known_tickers for name in table.tickers], dtype=np.bool_)
    if not strange.any():
        return parsed
    counts = np.bincount(table.ticker_code, minlength=len(strange))
    ignored = {name: int(counts[code]) for code, name in enumerate(table.tickers) if strange[code]}
    rows = np.flatnonzero(~strange[table.ticker_code])
    faults = {}
    if parsed.faults:
        faults = {new: parsed.faults[old] for new, old in enumerate(rows.tolist()) if old in parsed.faults}
    return _Parsed(table.take(rows, ignored_tickers=MappingProxyType(ignored)), faults)


class _Rule(NamedTuple):
    names: tuple[str, ...]
    reason: ErrorCode
    wrong: Callable[[Floats], Bools]
    expected: str


# NaN compares false, so a blank breaks no rule. Quotients and sums of larger and smaller numbers than these overflow.
_RULES = (
    _Rule(
        (*PRICES, "prev_close", "dividend", "split", "adj_factor"),
        "bad_value",
        lambda column: column > 1e15,
        "expected at most 1e+15",
    ),
    _Rule(
        (*PRICES, "prev_close", "split", "adj_factor"),
        "bad_value",
        lambda column: (column > 0) & (column < 1e-15),
        "expected at least 1e-15",
    ),
    _Rule(("volume",), "bad_value", lambda column: column > 1e19, "expected at most 1e+19"),
    _Rule(("volume", "dividend"), "bad_value", lambda column: column < 0, "expected 0 or more"),
    _Rule(("split",), "bad_value", lambda column: column < 0, "expected new shares for one old; blank or 0 where none"),
    _Rule(("adj_factor",), "bad_value", lambda column: column <= 0, "expected more than 0"),
    _Rule((*PRICES, "prev_close"), "not_positive", lambda column: column <= 0, "expected more than 0; blank if none"),
)


class _Sieve:
    """A table, which of its rows are still good, and the bad ones so far."""

    def __init__(self, table: PriceTable, on_bad_row: str) -> None:
        self.table = table
        self.good: Bools = np.ones(len(table), dtype=np.bool_)
        self.bad = BadRows(on_bad_row)

    def refuse(self, reason: ErrorCode, wrong: Bools, describe: Callable[[int], str]) -> None:
        """Take out the rows that are wrong and were good so far."""
        rows = np.flatnonzero(wrong & self.good)
        if len(rows):
            add_bad_rows(self.bad, self.table, reason, rows, describe)
            self.good[rows] = False


def _describe_value(name: str, column: Floats, expected: str, row: int) -> str:
    return f"{name} is {float(column[row])!r}; {expected}"


def _without_repeats(table: PriceTable, bad: BadRows) -> PriceTable:
    """The table without rows that repeat an earlier one's ticker and time: empty ones are silent, others bad."""
    again, first = repeated(table)
    if len(again):
        table = without_empty_rows(table, again, first)
        again, first = repeated(table)
    if not len(again):
        return table
    listed = slice(bad.listable)
    rows, firsts = again[listed].tolist(), first[listed].tolist()
    first_at = dict(zip(rows, zip(firsts, table.where(firsts), strict=True), strict=True))

    def describe(row: int) -> str:
        earlier, (file, line) = first_at[row]
        ticker = table.tickers[table.ticker_code[row]]
        is_hidden = 2 * len(again) >= len(table) and Path(file).name.startswith(f"{ticker}.")
        cure = ", as all rows are of what the file is named; name a column of tickers with `columns: {ticker: ...}`"
        return (
            f"the row stands already at {file}:{line}{beside_earlier(table, row, earlier)}{cure if is_hidden else ''}"
        )

    add_bad_rows(bad, table, "duplicate", again, describe)
    good = np.ones(len(table), dtype=np.bool_)
    good[again] = False
    return table.take(np.flatnonzero(good), warnings=(*table.warnings, *disagreements(table, again, first)))


def _disordered(table: PriceTable) -> Bools:
    wrong = np.empty(len(table), dtype=np.bool_)
    for start in range(0, len(table), BLOCK):
        block = slice(start, start + BLOCK)
        opened, high, low, close = (table.values[name][block] for name in PRICES)
        top, bottom = high * (1 + ROUNDING), low * (1 - ROUNDING)
        wrong[block] = (top < low) | (opened > top) | (opened < bottom) | (close > top) | (close < bottom)
    return wrong


def _describe_order(table: PriceTable, row: int) -> str:
    opened, high, low, close = (float(table.values[name][row]) for name in PRICES)
    if high < low:
        return f"high {high!r} is below low {low!r}"
    name, value = ("open", opened) if opened < low or opened > high else ("close", close)
    return f"{name} {value!r} lies outside low {low!r} to high {high!r}"


def _finished(table: PriceTable, terms: ReadOptions, counts: Mapping[str, int]) -> PriceTable:
    """The table with its counts, its bars stamped by their start, and without what `adjusted` rules out."""
    interval_ns = _interval(table) if table.intraday else 0
    bar_start = table.bar_start
    if bar_start is not None and terms.ends and len(table):
        if interval_ns == 0:
            raise DataError(
                f"{table.sources[0].name}: `stamp: end` needs two bars of a ticker to tell how long a bar is",
                code="no_data",
            )
        bar_start = bar_start - np.timedelta64(interval_ns, "ns")
    values = table.values
    held = ("dividend", "split") if terms.adjusted else ("split",) if terms.splits == "in_prices" else ()
    adjusted = terms.adjusted
    if held:
        stated = values.get("split", np.full(len(table), np.nan))
        adjusted = adjusted or bool((np.isfinite(stated) & (stated != 1.0)).any())
        values = MappingProxyType({name: values[name] for name in values if name not in held} | {STATED_SPLIT: stated})
    word = "adjusted" if terms.adjusted else terms.splits
    return replace(
        table, bad_rows=counts, interval_ns=interval_ns, bar_start=bar_start, values=values, adjusted=adjusted,
        splits=(word,) * len(table.sources),
    )  # fmt: skip


def _interval(table: PriceTable) -> int:
    """The most frequent step between two bars of one ticker, in nanoseconds; 0 where no ticker has two."""
    start, code = table.when.view(np.int64), table.ticker_code
    ordered, counts = True, dict[int, int]()
    for begin in range(0, len(table), BLOCK):
        ordered = ordered and _count_steps(start[begin : begin + BLOCK + 1], code[begin : begin + BLOCK + 1], counts)
    if not ordered:
        order = np.lexsort((start, code))
        counts.clear()
        _count_steps(start[order], code[order], counts)
    return min((step for step, count in counts.items() if count == max(counts.values())), default=0)


def _count_steps(start: Ints, code: Ints, counts: dict[int, int]) -> bool:
    """Add the steps between neighbours of one ticker to the counts; whether rows are in order of ticker and time."""
    steps, same = np.diff(start), code[1:] == code[:-1]
    found = pd.Series(steps[same]).value_counts(sort=False)
    for step, count in zip(found.index.tolist(), found.tolist(), strict=True):
        counts[step] = counts.get(step, 0) + count
    return bool(((code[1:] > code[:-1]) | (same & (steps >= 0))).all())
