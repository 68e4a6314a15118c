"""Splits that a source states, against what its prices do: in the prices already, really a split, or on another day.

Under X19 prices are as traded: on the row of a split of 4 for 1 the close falls to a quarter, and four shares are made
of each one. Vendors also give prices that hold their splits, beside the same column. Nothing is repaired by guess: what
looks otherwise than it is read is a doubt, which the reader's key `splits` settles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.domain.price_table import PRICES, STATED_SPLIT, PriceTable

__all__ = ["STORED", "SplitDoubt", "split_doubts"]

SMALLEST = math.log(1.25)  # a smaller split, as a bonus issue of 1 for 10, is what a price may move in a day
NEAR = 0.25  # by how much of its own logarithm a move may miss a split
PLAIN = 4.0  # usual moves from which on a split stands out
USUAL = 0.02  # a usual move, where a ticker has too few to tell
FEWEST_MOVES = 5
IMPLAUSIBLE = 0.45  # a move of a day, as a logarithm, that takes a split to explain it
APPLIED_BY_NONE = {"adjusted": "adjusted: true", "in_prices": "splits: in_prices"}
STORED = "stored"  # of rows out of a store, which knows by their pull which splits they hold
ADVICE = "`prices: {splits: in_prices}` says that they do, `prices: {splits: as_traded}` that they do not"
STORED_ADVICE = "Their provider has the day or the ratio wrong, or another one's split was filled in; pull them again"
NEIGHBOURS = 5  # bars on either side on which a split may have been instead


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitDoubt:
    """A doubt about the split in `row` of a table; `rows` are all whose moves it explains.

    Kinds: ``split_in_prices`` (applied, and in the prices already), ``split_not_in_prices`` (not applied, and not in
    the prices), ``split_day`` (the prices move by it on another day).
    """

    kind: str
    ticker: str
    day: str
    row: int
    rows: tuple[int, ...]
    message: str


def split_doubts(table: PriceTable, code: int | None = None) -> list[SplitDoubt]:
    """Doubts about the splits of a table, or of one of its tickers, in order of ticker and time.

    The move of a split is that between the last close before its row and the first bar at or after it; a row without a
    close, or without volume and at the close before it, as vendors fill suspended days, is no bar. It is looked at
    where the split is larger than 5 for 4, or 4 for 5, and than four of the ticker's usual moves: a price may move as
    much as a smaller one by itself. A move that is neither near 0 nor near the split is no doubt.
    """
    stated = table.values.get("split", np.full(len(table), np.nan))
    if STATED_SPLIT in table.values:
        stated = np.where(np.isnan(stated), table.values[STATED_SPLIT], stated)
    stated = np.where(np.isnan(stated), 1.0, stated)
    found: list[_Found] = []
    for one in np.unique(table.ticker_code[stated != 1.0]).tolist():
        if code is None or one == code:
            rows = np.flatnonzero(table.ticker_code == one)
            found += _of_ticker(table, rows[np.argsort(table.when[rows], kind="stable")], stated)
    doubts = []
    for one, (name, line) in zip(found, table.where([one.row for one in found]), strict=True):
        ticker, day = table.tickers[int(table.ticker_code[one.row])], _day(table, one.row)
        where = f"{ticker} on {day} ({Path(name).name}:{line})"
        message = f"{where} states a split of {_ratio(float(stated[one.row]))}{one.text}"
        rows_of = tuple(dict.fromkeys(one.rows))
        doubts.append(SplitDoubt(kind=one.kind, ticker=ticker, day=day, row=one.row, rows=rows_of, message=message))
    return doubts


class _Found(NamedTuple):
    """A doubt about the split in a row, without its place."""

    kind: str
    row: int
    rows: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class _Bars:
    """The K rows of one ticker that are bars, in order of time: `row` (K,) of the table, `close` (K,); `split` (K,) is
    what is stated since the bar before, `move` (K,) the logarithm of the close over that bar's, less dividends."""

    row: Ints
    close: Floats
    split: Floats
    move: Floats


def _of_ticker(table: PriceTable, rows: Ints, stated: Floats) -> Iterator[_Found]:
    bars = _bars(table, rows, stated[rows])
    quiet = np.abs(bars.move[(bars.split == 1.0) & np.isfinite(bars.move)])
    usual = float(np.median(quiet)) * 1.5 if len(quiet) >= FEWEST_MOVES else USUAL
    for row in rows[stated[rows] != 1.0].tolist():
        k = int(np.searchsorted(table.when[bars.row], table.when[row]))
        if not 0 < k < len(bars.row):
            continue  # no bar before it, or none since
        size, move = math.log(bars.split[k]), float(bars.move[k])
        if abs(size) <= max(SMALLEST, PLAIN * usual):
            continue
        word = table.splits[int(table.source_code[row])] if table.splits else ""
        if abs(move) < max(NEAR * abs(size), min(abs(size) / 3, abs(size) - IMPLAUSIBLE)):
            other = _moved_instead(bars, k, size)
            if other >= 0:
                yield _on_another_day(table, bars, row, k, other, word)
            elif word in ("", STORED):
                yield _in_prices(bars, row, k, STORED_ADVICE if word else ADVICE)
        elif abs(move + size) < NEAR * abs(size) and word in APPLIED_BY_NONE:
            yield _not_in_prices(bars, row, k, APPLIED_BY_NONE[word])


def _bars(table: PriceTable, rows: Ints, stated: Floats) -> _Bars:
    close, volume = table.values["close"][rows], table.values["volume"][rows]
    flat = np.logical_and.reduce([table.values[name][rows] == close for name in PRICES])
    last = np.full(len(rows), np.nan)
    seen = np.flatnonzero(np.isfinite(close))
    last[seen[1:]] = close[seen[:-1]]
    is_bar = np.isfinite(close) & ~(flat & (volume == 0.0) & (close == last))
    held = np.flatnonzero(is_bar)
    dividend = np.nan_to_num(table.values["dividend"][rows]) if "dividend" in table.values else np.zeros(len(rows))
    splits, paid = np.cumsum(np.log(stated)), np.cumsum(dividend)
    before = np.concatenate([[np.nan], close[held][:-1]])
    since = np.diff(paid[held], prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        move = np.log(close[held] / (before - since))
    return _Bars(rows[held], close[held], np.exp(np.diff(splits[held], prepend=0.0)), move)


def _moved_instead(bars: _Bars, k: int, size: float) -> int:
    """The bar nearby, without a split of its own, whose move is that of the split; -1: none."""
    near = np.arange(max(1, k - NEIGHBOURS), min(len(bars.row), k + NEIGHBOURS + 1))
    like = near[(bars.split[near] == 1.0) & (np.abs(bars.move[near] + size) < NEAR * abs(size))]
    return int(like[np.argmin(np.abs(like - k))]) if len(like) else -1


def _in_prices(bars: _Bars, row: int, k: int, advice: str) -> _Found:
    what = "it looks as if the prices hold the split already, and it is applied once more"
    text = f", yet {_went(bars, k)}: {what}. {advice}"
    return _Found("split_in_prices", row, (row, int(bars.row[k])), text)


def _not_in_prices(bars: _Bars, row: int, k: int, key: str) -> _Found:
    text = (
        f", and {_went(bars, k)}: it looks like a real split, which the prices do not hold, and it is not applied; "
        f"leave `{key}` out"
    )
    return _Found("split_not_in_prices", row, (row, int(bars.row[k])), text)


def _on_another_day(table: PriceTable, bars: _Bars, row: int, k: int, other: int, word: str) -> _Found:
    day = _day(table, int(bars.row[other]))
    bars_off = f"{abs(other - k)} bar{'s' if abs(other - k) > 1 else ''} {'earlier' if other < k else 'later'}"
    text = (
        f", and the prices move by it {bars_off}: {_went(bars, other)} on {day}. It looks like a real split that is "
        f"stated on another day; move it to the row of {day}"
        + (f", and leave `{APPLIED_BY_NONE[word]}` out" if word in APPLIED_BY_NONE else "")
    )
    return _Found("split_day", row, (row, int(bars.row[k]), int(bars.row[other])), text)


def _went(bars: _Bars, k: int) -> str:
    return f"the close goes from {bars.close[k - 1]:g} to {bars.close[k]:g}"


def _ratio(split: float) -> str:
    return f"{split:g} for 1" if split > 1 else f"1 for {1 / split:g}"


def _day(table: PriceTable, row: int) -> str:
    return str(table.when[row].astype("datetime64[D]"))
