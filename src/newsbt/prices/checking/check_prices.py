"""The check of sources of prices: bad rows first, then each ticker against its exchange's calendar and rules, then
tickers and sources against each other."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from newsbt._typing import Bools, Days, Instants, Ints
from newsbt.digests import file_digest
from newsbt.domain.entity import Instrument, StatusSpan, Universe
from newsbt.domain.findings import Finding
from newsbt.domain.price_table import PriceTable
from newsbt.markets.calendars import Sessions, sessions
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.ticks import price_steps
from newsbt.ports.price_reader import PriceReader
from newsbt.prices.checking.across import disagreements, same_series
from newsbt.prices.checking.coverage import among, gaps, missing_bars, sessions_between, stray_days
from newsbt.prices.checking.lenient_reading import read_with_bad_rows
from newsbt.prices.checking.lifetime import Ends, ends_of, late_and_early, outside_life, stale_tail
from newsbt.prices.checking.price_rules import limits_of
from newsbt.prices.checking.provider_changes import provider_changes
from newsbt.prices.checking.series import Series, grouped_rows, series_of
from newsbt.prices.checking.series_findings import half_days_of, odd_bars, odd_days
from newsbt.prices.checking.stamps import odd_stamps
from newsbt.prices.splits import SplitDoubt, split_doubts

__all__ = ["Checked", "check_source", "check_sources", "same_files"]

InstrumentOf = Callable[[str], Instrument | None]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What sources hold (without those that cannot be read) and what is odd about them."""

    tables: tuple[PriceTable, ...]
    findings: tuple[Finding, ...]

    @property
    def table(self) -> PriceTable | None:
        """What the only source holds."""
        return self.tables[0] if self.tables else None


def check_sources(
    readers: Sequence[PriceReader],
    instrument_of: InstrumentOf,
    rulebook: Rulebook,
    known: Container[str] | None = None,
    universe: Universe | None = None,
    files: Iterable[Path] = (),
) -> Checked:
    """Read sources, and look at each of them and at all together.

    Parameters
    ----------
    readers : sequence of price readers
        Asked with ``on_bad_row: error`` for what stops a run, then with ``skip`` for the rest.
    instrument_of : callable
        Exchange and board of a ticker; None leaves its calendar and rules unchecked.
    known : container of str, optional
        Tickers to look at; None: all.
    universe : Universe, optional
        Gives the statuses that decide price limits.
    files : iterable of Path
        Files to compare byte by byte.
    """
    findings: list[Finding] = [*same_files(files)]
    twice = {finding.file for finding in findings}
    tables = []
    for reader in readers:
        table, bad = read_with_bad_rows(reader, known)
        findings += bad
        if table is None or (table.files and {str(file) for file in table.files} <= twice):
            continue
        statuses = () if universe is None else universe.statuses
        found = list(_SourceCheck(table, instrument_of, rulebook, statuses).findings(_days_of(bad)))
        findings += _located(table, found)
        tables.append(table)
        findings += provider_changes(reader, known)
    findings += [*same_series(tables), *disagreements(tables)] if tables else []
    return Checked(tables=tuple(tables), findings=tuple(findings))


def check_source(
    reader: PriceReader,
    instrument_of: InstrumentOf,
    rulebook: Rulebook,
    known: Container[str] | None = None,
    universe: Universe | None = None,
) -> Checked:
    """Read one source and look at it: as :func:`check_sources`."""
    return check_sources([reader], instrument_of, rulebook, known, universe)


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


def _days_of(bad: Iterable[Finding]) -> dict[str, Days]:
    """The days of bad rows by ticker: they are no gaps as well."""
    found: dict[str, list[str]] = {}
    for finding in bad:
        if finding.ticker and finding.date:
            found.setdefault(finding.ticker, []).append(finding.date[:10])
    return {ticker: np.array(days, dtype="datetime64[D]") for ticker, days in found.items()}


def _located(table: PriceTable, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings with file and line of the first row each one is about."""
    about = [finding.row for finding in findings if finding.row is not None]
    indices = iter(table.where(about))
    for finding in findings:
        if finding.row is None:
            yield finding
        else:
            file, line = next(indices)
            yield replace(finding, file=file, line=line)


@dataclass(frozen=True, slots=True)
class _SourceCheck:
    """Looks at one table, ticker by ticker; what an exchange's tickers share is made once."""

    table: PriceTable
    instrument_of: InstrumentOf
    rulebook: Rulebook
    statuses: Sequence[StatusSpan]
    _local: dict[str, tuple[Days, Ints]] = field(default_factory=dict)
    _listed: dict[str, tuple[Sessions, np.timedelta64]] = field(default_factory=dict)

    def findings(self, bad: dict[str, Days]) -> Iterator[Finding]:
        table = self.table
        splits: dict[str, tuple[SplitDoubt, ...]] = {}
        for doubt in split_doubts(table):
            splits[doubt.ticker] = (*splits.get(doubt.ticker, ()), doubt)
        ends: dict[str, list[Ends]] = {}
        for code, rows in grouped_rows(table):
            ticker = table.tickers[code]
            item = self.instrument_of(ticker)
            known = item is not None and item.exchange in self.rulebook.exchanges
            if item is None or not known:
                what = "has no known exchange" if item is None else f"is of an unknown exchange {item.exchange!r}"
                yield Finding(
                    kind="unknown_exchange",
                    ticker=ticker,
                    message=f"{ticker} {what}: sessions and rules are not checked; name its exchange",
                )
                item = item or Instrument(ticker=ticker, name=ticker, exchange="", board="main", currency="")
            day, minute = self.local(self.rulebook.exchange(item.exchange).time_zone if known else "UTC")
            series = series_of(table, rows, item, day, minute, splits.get(ticker, ()))
            if known:
                ends.setdefault(item.exchange, []).append(ends_of(series))
                yield from self.by_the_rules(series, bad.get(ticker, np.empty(0, dtype="datetime64[D]")))
            else:
                yield from odd_bars(series, np.zeros(len(rows), dtype=np.bool_), None, table.adjusted)
                yield from odd_days(series, None)
        for mic, of_exchange in ends.items():
            yield from late_and_early(of_exchange, self.listed(mic)[0].dates)

    def local(self, zone: str) -> tuple[Days, Ints]:
        """(R,) session day and minute of the day of each row, by the clocks of a zone; no minutes of daily rows."""
        if self.table.day is not None:
            return self.table.day, np.empty(0, dtype=np.int64)
        if zone not in self._local:
            local = _local_instants(self.table.when, ZoneInfo(zone))
            day = local.astype("datetime64[D]")
            self._local[zone] = day, (local - day).astype("m8[m]").astype(np.int64)
        return self._local[zone]

    def listed(self, mic: str) -> tuple[Sessions, np.timedelta64]:
        """The sessions of an exchange over the whole table, and how long one usually is."""
        if mic not in self._listed:
            day, _ = self.local(self.rulebook.exchange(mic).time_zone)
            found = sessions(mic, day.min().item(), day.max().item(), self.rulebook)
            length = np.sort(found.close_at - found.open_at)
            self._listed[mic] = found, length[len(length) // 2] if len(length) else np.timedelta64(0, "ns")
        return self._listed[mic]

    def by_the_rules(self, series: Series, bad: Days) -> Iterator[Finding]:
        table, item = self.table, series.item
        whole, usual = self.listed(item.exchange)
        listed = sessions_between(whole, series.day[0], series.day[-1])
        stray = ~among(series.day, listed.dates)
        yield from stray_days(series, stray, listed)
        yield from gaps(series, listed, bad)
        if table.intraday:
            yield from missing_bars(series, listed, table.interval_ns)
            yield from odd_stamps(series, listed)
            yield from odd_bars(series, np.zeros(len(stray), dtype=np.bool_), None, table.adjusted)
            return
        half = half_days_of(series, listed, usual)
        outside, findings = outside_life(series, half)
        yield from findings
        tail, findings = stale_tail(series)
        yield from findings
        known: Bools = outside | tail | stray
        if stray.all():
            yield from odd_bars(series, half, None, table.adjusted, known)
            return
        steps = price_steps(self.rulebook.exchange(item.exchange), item, series.day, series.prices)
        yield from odd_bars(series, half, steps, table.adjusted, known)
        yield from odd_days(
            series, limits_of(series, ~stray, listed, self.rulebook, self.statuses, table.adjusted), known
        )


def _local_instants(when: Instants | Days, zone: ZoneInfo) -> Instants:
    import pandas as pd

    local = pd.DatetimeIndex(when.astype("M8[ns]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return np.asarray(local.to_numpy())
