"""What a provider has changed from one pull to the next, in a price store: splits that came since, told apart from
values that it gives otherwise now, and rows that it no longer gives."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date

import numpy as np

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.findings import Finding, rows_text
from newsbt.domain.price_table import PRICES
from newsbt.ports.price_reader import PriceReader, with_bad_rows
from newsbt.price_store import StoredRows, TickerPull
from newsbt.price_store.pull_store import pulls_of
from newsbt.price_store.pulled import PRICE_VALUES
from newsbt.price_store.traded_prices import GivenPrices, as_given, later_splits, off_by_rounding, put_back
from newsbt.prices.stored_prices import StoredPrices, of_known

__all__ = ["provider_changes"]


@dataclass(frozen=True, slots=True, eq=False)
class _RowPairs:
    """K rows that a provider gave twice, one after the other: `before` and `after` (K,) are rows of the store."""

    before: Ints
    after: Ints


def provider_changes(reader: PriceReader, known: Container[str] | None) -> Iterator[Finding]:
    """Of a reader of a store, one finding for each ticker, provider and kind; nothing of any other reader.

    Rows of one ticker, day and provider are compared with those of its pull before. They are ``restated`` where they
    differ as traded, ``split_since`` where they differ as given only, by splits that the later pull knows and the
    earlier did not. A ``removed_row`` lies in days for which a later pull asked, which gives other rows but not this.
    """
    if not isinstance(reader, StoredPrices):
        return
    lenient = with_bad_rows(reader, "skip")
    assert isinstance(lenient, StoredPrices)
    stored = lenient.rows()
    table, _ = of_known(stored.table, known)
    if not table.num_rows:
        return
    given = as_given(table)
    file, row = table.column("file").to_numpy(), table.column("row").to_numpy()
    factor = later_splits(given)
    pairs = _pairs(given)
    traded = {name: put_back(name, given.values[name], factor, given.holds_splits) for name in PRICE_VALUES}
    as_it_was = np.ones(len(pairs.before), dtype=np.bool_)
    changed: dict[str, Bools] = {}
    for name in PRICE_VALUES:
        one, other = (given.values[name][rows] for rows in (pairs.before, pairs.after))
        as_it_was &= (one == other) | (np.isnan(one) & np.isnan(other))
        changed[name] = _differ(name, given, factor, traded[name], pairs)
    restated = np.logical_or.reduce(list(changed.values()))
    since = ~restated & ~as_it_was & (factor[pairs.before] != factor[pairs.after])
    for rows in _of_each(given, pairs, np.flatnonzero(restated)):
        yield _located(_restated(given, pairs, rows, changed, traded), stored, file, row, int(pairs.after[rows[0]]))
    for rows in _of_each(given, pairs, np.flatnonzero(since)):
        yield _located(_split_since(given, pairs, rows, factor), stored, file, row, int(pairs.after[rows[0]]))
    for finding, at in _removed(given, stored):
        yield _located(finding, stored, file, row, at)


def _pairs(given: GivenPrices) -> _RowPairs:
    order = np.lexsort((given.pulled_at, given.day, given.ticker, given.provider_code))
    keys = (given.provider_code[order], given.ticker[order], given.day[order].astype(np.int64))
    same = np.logical_and.reduce([key[1:] == key[:-1] for key in keys])
    return _RowPairs(order[:-1][same], order[1:][same])


def _differ(name: str, given: GivenPrices, factor: Floats, traded: Floats, pairs: _RowPairs) -> Bools:
    """(K,): whether a column differs as traded, by more than rounding; prices that one pull lacks differ too."""
    one, other = traded[pairs.before], traded[pairs.after]
    most = np.zeros(len(one))
    for rows in (pairs.before, pairs.after):
        rounding = off_by_rounding(name, traded[rows], factor[rows])
        most += np.where(given.holds_splits[rows], rounding, 0.0)
    with np.errstate(invalid="ignore"):
        differ: Bools = np.abs(one - other) > most
    return differ | (np.isnan(one) != np.isnan(other)) if name in PRICES else differ


def _of_each(given: GivenPrices, pairs: _RowPairs, found: Ints) -> Iterator[Ints]:
    """Pairs by provider and ticker, those of each in order of days and pulls."""
    provider, ticker = (codes[pairs.after[found]] for codes in (given.provider_code, given.ticker))
    ends = np.flatnonzero((provider[1:] != provider[:-1]) | (ticker[1:] != ticker[:-1])) + 1
    yield from (rows for rows in np.split(found, ends) if len(rows))


def _restated(
    given: GivenPrices, pairs: _RowPairs, rows: Ints, changed: dict[str, Bools], traded: dict[str, Floats]
) -> Finding:
    first = int(rows[0])
    before, after = int(pairs.before[first]), int(pairs.after[first])
    ticker, provider = _names(given, after)
    names = [name for name in PRICE_VALUES if changed[name][rows].any()]
    shown = ", ".join(
        f"{name} {_number(traded[name][before])} to {_number(traded[name][after])}"
        for name in PRICE_VALUES if changed[name][first]
    )  # fmt: skip
    close = changed["close"][rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.abs(traded["close"][pairs.after[rows]] / traded["close"][pairs.before[rows]] - 1.0)
    most = f"; closes by up to {float(np.nanmax(moved)):.2%}" if close.any() and np.isfinite(moved).any() else ""
    return Finding(
        kind="restated", ticker=ticker, date=str(given.day[after]), count=len(np.unique(given.day[pairs.after[rows]])),
        message=f"{ticker}: {provider} has changed {', '.join(names)}, first of {given.day[after]}: {shown} "
        f"({_pulls(given, before, after)}){most}",
    )  # fmt: skip


def _split_since(given: GivenPrices, pairs: _RowPairs, rows: Ints, factor: Floats) -> Finding:
    first = int(rows[0])
    before, after = int(pairs.before[first]), int(pairs.after[first])
    ticker, provider = _names(given, after)
    ratio = float(factor[after] / factor[before])
    days = np.unique(given.day[pairs.after[rows]])
    split = f"{ratio:g} for 1" if ratio > 1 else f"1 for {1 / ratio:g}"
    return Finding(
        kind="split_since", ticker=ticker, date=str(given.day[after]), count=len(days),
        message=f"{ticker}: {provider} gives rows up to {days[-1]} in shares of after a split of {split} that came "
        f"since ({_pulls(given, before, after)}); as traded they are the same",
    )  # fmt: skip


def _removed(given: GivenPrices, stored: StoredRows) -> Iterator[tuple[Finding, int]]:
    """Rows with a price that the next pull of their provider, which asked for their day and gave others, left out."""
    asked: dict[tuple[str, str], list[TickerPull]] = {}
    for pull in pulls_of(stored.records):
        if pull.kind == "prices" and pull.first is not None:
            asked.setdefault((pull.provider, pull.ticker), []).append(pull)
    priced = np.logical_or.reduce([np.isfinite(given.values[name]) for name in PRICES])
    for (provider, ticker), pulls in sorted(asked.items()):
        if len(pulls) < 2 or ticker not in given.tickers or provider not in given.provider:
            continue
        of_ticker = given.ticker == given.tickers.index(ticker)
        mine = np.flatnonzero(of_ticker & (given.provider_code == given.provider.index(provider)) & priced)
        newest: dict[date, int] = dict(zip(given.day[mine].tolist(), mine.tolist(), strict=True))
        gone: list[tuple[date, int, TickerPull]] = []
        for day, at in newest.items():
            instant = given.pulled_at[at].item().replace(tzinfo=UTC)
            later = (
                pull for pull in pulls if pull.pulled_at > instant and pull.asked_from <= day <= pull.asked_through
            )
            if (without := next(later, None)) is not None:
                gone.append((day, at, without))
        if gone:
            day, at, pull = gone[0]
            answered = np.datetime64(pull.pulled_at.replace(tzinfo=None))
            message = (
                f"{ticker}: {provider} no longer gives {rows_text(len(gone), 'day')} that it gave, first {day}: pulled "
                f"{given.pulled_at[at]}Z, and not in the answer of {answered}Z"
            )
            yield Finding(kind="removed_row", ticker=ticker, date=str(day), count=len(gone), message=message), at


def _names(given: GivenPrices, row: int) -> tuple[str, str]:
    return given.tickers[int(given.ticker[row])], given.provider[int(given.provider_code[row])]


def _pulls(given: GivenPrices, before: int, after: int) -> str:
    return f"pulled {given.pulled_at[before]}Z and {given.pulled_at[after]}Z"


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.10g}"


def _located(finding: Finding, stored: StoredRows, file: Ints, row: Ints, at: int) -> Finding:
    return replace(finding, file=str(stored.files[int(file[at])]), line=int(row[at]))
