"""The check of one source of prices: bad rows first, then each ticker against its exchange's calendar and rules."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from newsbt._typing import Bools, Days, Floats
from newsbt.digests import file_digest
from newsbt.domain.entity import Instrument, StatusSpan, Universe
from newsbt.domain.findings import Finding
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.domain.price_table import PriceTable
from newsbt.errors import DataError
from newsbt.markets.calendars import Sessions, sessions
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.rules import TradingRules, trading_rules
from newsbt.markets.ticks import price_steps
from newsbt.ports.price_reader import PriceReader, with_bad_rows
from newsbt.prices.checking.coverage import bar_counts, gaps, stray_days
from newsbt.prices.checking.series_findings import Series, half_days_of, odd_bars, odd_days, series_of

__all__ = ["Checked", "check_source", "same_files"]

InstrumentOf = Callable[[str], Instrument | None]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a source holds (`table`, None where it cannot be read) and what is odd about it."""

    table: PriceTable | None
    findings: tuple[Finding, ...]


def check_source(
    reader: PriceReader,
    instrument_of: InstrumentOf,
    rulebook: Rulebook,
    known: Container[str] | None = None,
    universe: Universe | None = None,
) -> Checked:
    """Read a source and look at it.

    Parameters
    ----------
    reader : a price reader
        Asked with ``on_bad_row: error`` for what stops a run, then with ``skip`` for the rest.
    instrument_of : callable
        Exchange and board of a ticker; None leaves its calendar and rules unchecked.
    known : container of str, optional
        Tickers to look at; None: all.
    universe : Universe, optional
        Gives the statuses that decide price limits.
    """
    findings: list[Finding] = []
    try:
        table = reader.read(known)
    except DataError as error:
        findings += _bad_rows(error)
        lenient = with_bad_rows(reader, "skip")
        try:
            table = lenient.read(known)
        except DataError:
            return Checked(table=None, findings=tuple(findings))
    statuses = () if universe is None else universe.statuses
    findings += _strays_and_series(table, instrument_of, rulebook, statuses)
    return Checked(table=table, findings=tuple(findings))


def same_files(files: Iterable[Path]) -> Iterator[Finding]:
    """Files that hold the same bytes as an earlier one: the same download under two names."""
    seen: dict[str, Path] = {}
    for file in files:
        try:
            digest = file_digest(file)
        except OSError:
            continue  # reading it as prices will say why
        other = seen.setdefault(digest, file)
        if other != file:
            yield Finding(
                kind="same_file",
                file=str(file),
                message=f"holds the same bytes as {other}: one download under two names?",
            )


def _bad_rows(error: DataError) -> Iterator[Finding]:
    """Faults that stop a run, in the words of the reader."""
    for problem in error.problems:
        kind = problem.code if problem.code in _BAD else "unreadable"
        if problem.code == "more_bad_rows":
            kind = "bad_value"
        yield Finding(kind=kind, message=problem.message, file=problem.file, line=problem.line)
    if not error.problems:
        yield Finding(kind="unreadable", message=str(error))


_BAD = ("duplicate", "ohlc_order", "not_positive", "bad_value", "not_a_session")


def _strays_and_series(
    table: PriceTable, instrument_of: InstrumentOf, rulebook: Rulebook, statuses: Sequence[StatusSpan]
) -> Iterator[Finding]:
    seen: dict[bytes, str] = {}
    counts = np.bincount(table.ticker_code, minlength=len(table.tickers))
    for code, ticker in enumerate(table.tickers):
        if not counts[code]:
            continue
        item = instrument_of(ticker)
        known = item is not None and item.exchange in rulebook.exchanges
        if item is None or not known:
            what = "has no known exchange" if item is None else f"is of an unknown exchange {item.exchange!r}"
            yield Finding(
                kind="unknown_exchange",
                ticker=ticker,
                message=f"{ticker} {what}: sessions and rules are not checked; name its exchange",
            )
        zone = ZoneInfo(rulebook.exchange(item.exchange).time_zone) if item is not None and known else ZoneInfo("UTC")
        item = item or Instrument(ticker=ticker, name=ticker, exchange="", board="main", currency="")
        series = series_of(table, code, item, _local_days(table, zone))
        yield from _same_series(series, seen)
        if known:
            yield from _by_the_rules(series, table, rulebook, statuses)
        else:
            yield from odd_bars(series, np.zeros(len(series.day), dtype=bool), None, table.adjusted)
            yield from odd_days(series, None)


def _local_days(table: PriceTable, zone: ZoneInfo) -> Days:
    """(R,): the session day of each row; of intraday bars the local one."""
    if table.day is not None:
        return table.day
    import pandas as pd

    local = pd.DatetimeIndex(table.when.astype("M8[ns]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(local.to_numpy().astype("datetime64[D]"))


def _same_series(series: Series, seen: dict[bytes, str]) -> Iterator[Finding]:
    """Two tickers with the same numbers: a download that went wrong."""
    if len(series.day) < 5:
        return
    ticker = series.item.ticker
    other = seen.setdefault(series.prices.tobytes() + series.volume.tobytes(), ticker)
    if other != ticker:
        yield Finding(
            kind="same_series",
            ticker=ticker,
            date=str(series.day[0]),
            count=len(series.day),
            message=f"{ticker} has the same prices and volumes as {other} in all of its {len(series.day)} rows",
        )


def _by_the_rules(
    series: Series, table: PriceTable, rulebook: Rulebook, statuses: Sequence[StatusSpan]
) -> Iterator[Finding]:
    first: date = series.day[0].item()
    last: date = series.day[-1].item()
    listed = sessions(series.item.exchange, first, last, rulebook)
    stray = ~np.isin(series.day, listed.dates)
    yield from stray_days(series, stray)
    kept = ~stray
    if table.intraday:
        yield from bar_counts(series, listed, table.interval_ns)
        yield from odd_bars(series, np.zeros(len(series.day), dtype=bool), None, table.adjusted)
        return
    yield from gaps(series, listed)
    half = half_days_of(series, listed)
    if not kept.any():
        yield from odd_bars(series, half, None, table.adjusted)
        return
    rules = _rules(series, kept, listed, rulebook, statuses)
    steps = price_steps(rulebook.exchange(series.item.exchange), series.item, series.day, series.prices)
    yield from odd_bars(series, half, steps, table.adjusted)
    lower, upper = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    # Half a tick is rounding; adjusted prices are rounded a second time, on another scale.
    slack = rules.tick[:, 0] / 2 + (0.01 * series.reference[kept] if table.adjusted else 0.0)
    lower[kept], upper[kept] = rules.limit_down[:, 0] - slack, rules.limit_up[:, 0] + slack
    yield from odd_days(series, (lower, upper))


def _rules(
    series: Series, kept: Bools, listed: Sessions, rulebook: Rulebook, statuses: Sequence[StatusSpan]
) -> TradingRules:
    """The exchange's rules at each kept row, as a run would have them."""
    dates = series.day[kept]
    rows = len(dates)
    index = np.searchsorted(listed.dates, dates)

    def column(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> np.ndarray:
        found: np.ndarray = frozen_array(np.asarray(values).reshape(rows, 1), dtype)
        return found

    clock = Clock(
        markets=(series.item.exchange,),
        dates=frozen_array(dates, "datetime64[D]"),
        open_at=column(listed.open_at[index], "datetime64[ns]"),
        close_at=column(listed.close_at[index], "datetime64[ns]"),
        cutoff_at=column(listed.cutoff_at[index], "datetime64[ns]"),
        session_of=column(index, np.int64),
        previous_cutoff_at=frozen_array([np.datetime64("NaT", "ns")], "datetime64[ns]"),
    )
    blank: Floats = np.full(rows, np.nan)
    prices = series.prices[kept]
    panel = MarketPanel(
        tickers=(series.item.ticker,),
        market_of=frozen_array([0], np.int64),
        clock=clock,
        open=column(prices[:, 0]),
        high=column(prices[:, 1]),
        low=column(prices[:, 2]),
        close=column(prices[:, 3]),
        volume=column(series.volume[kept]),
        tradable=column(np.zeros(rows), np.bool_),
        close_before=frozen_array([np.nan], np.float64),
        dividend=column(np.zeros(rows)),
        split=column(np.ones(rows)),
        prev_close=column(np.where(np.isfinite(series.reference[kept]), series.reference[kept], blank)),
        adj_factor=column(np.ones(rows)),
        has_prices=frozen_array([True], np.bool_),
    )
    mine = tuple(span for span in statuses if span.ticker == series.item.ticker)
    return trading_rules(panel, Universe(instruments=(series.item,), statuses=mine), rulebook)
