"""The sessions of each exchange: exchange_calendars, corrected by the rulebook."""

from __future__ import annotations

import logging
import warnings
import zoneinfo
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from newsbt import cache
from newsbt._typing import Days, Instants, Ints
from newsbt.digests import digest_of, file_digest
from newsbt.domain.market_panel import NO_INSTANT, frozen_array
from newsbt.domain.showing import plain_line
from newsbt.errors import ConfigError, Problem, nearest
from newsbt.markets.dated_rules import Exchange, Rulebook
from newsbt.markets.rule_schema import clock_time

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

__all__ = ["Sessions", "horizon", "sessions", "zone_digest"]

log = logging.getLogger(__name__)

KIND = "calendars"  # of what is kept on disk
VERSION = 1
STANDS_ON = ("exchange_calendars", "pandas")
COLUMNS = ("dates", "open_at", "close_at", "lunch_start_at", "lunch_end_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """S sessions of one exchange in ascending order; instants are datetime64[ns] in UTC, all arrays (S,).

    `cutoff_at` is the latest instant that is in time for the session's opening (T2). `lunch_start_at` and
    `lunch_end_at` are NaT where the session has no lunch break, such as on half days.
    """

    mic: str
    dates: Days
    open_at: Instants
    close_at: Instants
    cutoff_at: Instants
    lunch_start_at: Instants
    lunch_end_at: Instants

    def __len__(self) -> int:
        return len(self.dates)

    def containing(self, instants: Instants) -> Ints:
        """The index of the session in whose trading hours each instant lies, lunch left out; -1 where in none.

        A session holds its opening instant and not its closing one.
        """
        if not len(self):
            return np.full(np.shape(instants), -1, dtype=np.int64)
        index = np.searchsorted(self.open_at, instants, side="right") - 1
        inside = (index >= 0) & (instants < self.close_at[index])
        inside &= ~((instants >= self.lunch_start_at[index]) & (instants < self.lunch_end_at[index]))
        return np.where(inside, index, -1).astype(np.int64)


def horizon(mic: str, rulebook: Rulebook) -> date | None:
    """The last day whose sessions are known for an exchange; None where its calendar goes on by rule.

    Raises
    ------
    DataError
        The exchange is unknown.
    """
    return _bounds(rulebook.exchange(mic).calendar)[1]


@lru_cache(maxsize=64)
def zone_digest(zone: str) -> str:
    """A hash of what is known of a time zone here: of the system's file, else of the one that tzdata brings."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder) / zone
        if file.is_file():
            return file_digest(file)
    return f"tzdata {version('tzdata')}"


@lru_cache(maxsize=64)
def sessions(mic: str, start: date, end: date, rulebook: Rulebook) -> Sessions:
    """The sessions of an exchange from one day to another, both included, cut at the calendar's horizon.

    Raises
    ------
    DataError
        The exchange is unknown; the message names those that are known.
    ConfigError
        A rule file names a calendar that exchange_calendars does not have.
    """
    market = rulebook.exchange(mic)
    last_known = _bounds(market.calendar)[1]
    if last_known is not None and end > last_known:
        log.info("%s: sessions after %s are not known yet", mic, last_known)
    table = _table(market, start, end)
    order = sorted(table)
    columns = list(zip(*(table[on] for on in order), strict=True)) if order else [()] * 5
    opened, closed, cutoff, lunch_start, lunch_end = (frozen_array(column, "datetime64[ns]") for column in columns)
    return Sessions(
        mic=mic,
        dates=frozen_array(order, "datetime64[D]"),
        open_at=opened,
        close_at=closed,
        cutoff_at=cutoff,
        lunch_start_at=lunch_start,
        lunch_end_at=lunch_end,
    )


Row = list[np.datetime64]  # open, close, cut-off, lunch start, lunch end


def _table(market: Exchange, start: date, end: date) -> dict[date, Row]:
    """Session date to its instants, corrections made."""
    zone = ZoneInfo(market.time_zone)
    listed = _listed(market, start, end)
    cutoff_at = _cutoffs(market, listed[0], listed[1], zone)
    found: dict[date, Row] = {
        on: row for on, *row in zip(listed[0].tolist(), *listed[1:3], cutoff_at, *listed[3:], strict=True)
    }
    for on, correction in market.corrections.items():
        if not start <= on <= end:
            continue
        if correction.closed:
            found.pop(on, None)
            continue
        if on not in found:
            if correction.open is None and correction.close is None:
                found[on] = _regular(market, on, zone)
            else:
                continue  # a late open of a day that is closed anyway
        opened, closed, cutoff, lunch_start, lunch_end = found[on]
        if correction.open is not None:
            opened = cutoff = _utc(on, correction.open, zone)
        if correction.close is not None:
            closed = _utc(on, correction.close, zone)
        if not (lunch_start > opened and lunch_end < closed):
            lunch_start = lunch_end = NO_INSTANT
        found[on] = [opened, closed, cutoff, lunch_start, lunch_end]
    return found


def _regular(market: Exchange, on: date, zone: ZoneInfo) -> Row:
    """A session by the rulebook's hours alone."""
    hours = market.in_force("hours", on)
    if hours is None:
        raise ConfigError.of([Problem(code="missing_value", message=f"{market.mic} has no hours in force on {on}")])
    cutoff = market.in_force("auction_cutoff", on)
    opened = _utc(on, clock_time(hours["open"]), zone)
    lunch = [_utc(on, clock_time(at), zone) for at in hours.get("lunch", ())] or [NO_INSTANT, NO_INSTANT]
    closed = _utc(on, clock_time(hours["close"]), zone)
    cutoff_at = _utc(on, clock_time(cutoff["at"]), zone) if cutoff is not None else opened
    return [opened, closed, cutoff_at, *lunch]


def _cutoffs(market: Exchange, dates: Days, open_at: Instants, zone: ZoneInfo) -> Instants:
    """T2: the auction's cut-off of each session; its opening where it opens late or the rulebook names no cut-off."""
    cutoff_at = open_at.copy()
    hours, hours_of = market.timeline("hours", dates)
    cutoffs, cutoff_of = market.timeline("auction_cutoff", dates)
    for h, c in {*zip(hours_of.tolist(), cutoff_of.tolist(), strict=True)}:
        if h < 0 or c < 0:
            continue
        rows = np.flatnonzero((hours_of == h) & (cutoff_of == c))
        regular = _utc_each(dates[rows], clock_time(hours[h]["open"]), zone)
        cutoff = _utc_each(dates[rows], clock_time(cutoffs[c]["at"]), zone)
        cutoff_at[rows] = np.where(open_at[rows] > regular, open_at[rows], cutoff)
    return cutoff_at


def _utc_each(dates: Days, at: time, zone: ZoneInfo) -> Instants:
    local = dates.astype("datetime64[ns]") + np.timedelta64(at.hour * 60 + at.minute, "m")
    instants: Instants = pd.DatetimeIndex(local).tz_localize(zone).tz_convert(None).to_numpy()
    return instants.astype("datetime64[ns]")


def _utc(on: date, at: time, zone: ZoneInfo) -> np.datetime64:
    found: np.datetime64 = _utc_each(np.array([on], dtype="datetime64[D]"), at, zone)[0]
    return found


def _listed(market: Exchange, start: date, end: date) -> tuple[Instants, ...]:
    """Sessions as exchange_calendars lists them: dates, opens, closes, lunch starts, lunch ends."""
    earliest, latest = _bounds(market.calendar)
    start = max(start, earliest) if earliest is not None else start
    end = min(end, latest) if latest is not None else end
    parts = (
        [_decade(market.calendar, market.time_zone, decade) for decade in range(start.year // 10, end.year // 10 + 1)]
        if start <= end
        else []
    )
    if not parts:
        return (np.empty(0, "datetime64[D]"), *(np.empty(0, "datetime64[ns]") for _ in range(4)))
    whole = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    inside = (whole[0] >= np.datetime64(start)) & (whole[0] <= np.datetime64(end))
    return tuple(column[inside] for column in whole)


@lru_cache(maxsize=64)
def _decade(calendar: str, zone: str, decade: int) -> tuple[Instants, ...]:
    """Ten years of a calendar, as kept on disk or as exchange_calendars makes them: that takes 0.1 s each."""
    key = digest_of([VERSION, *map(version, STANDS_ON), zone_digest(zone), calendar, decade])
    entry = cache.load_entry(KIND, key)
    if entry is None:
        schedule = _calendar(calendar, decade).schedule
        opens_and_ends = (
            schedule[name].dt.tz_convert(None).to_numpy() for name in ("open", "close", "break_start", "break_end")
        )
        made = (
            schedule.index.to_numpy().astype("datetime64[D]"),
            *(column.astype("datetime64[ns]") for column in opens_and_ends),
        )
        cache.save_entry(KIND, key, dict(zip(COLUMNS, made, strict=True)), {})
        return made
    return tuple(entry.arrays[name] for name in COLUMNS)


@lru_cache(maxsize=32)
def _calendar(calendar: str, decade: int) -> ExchangeCalendar:
    """One calendar, ten years: its cost hardly grows with the years, so runs of all spans share what is built."""
    start, end = date(decade * 10, 1, 1), date(decade * 10 + 9, 12, 31)
    try:
        return _build(calendar, start, end)
    except NOT_MADE:  # it does not know all ten, or none
        built = _class_of(calendar)
        first, last = built.bound_min(), built.bound_max()
        start = max(start, first.date()) if first is not None else start
        end = min(end, last.date()) if last is not None else end
        return _build(calendar, start, end)


_KNOWN = (date(2024, 1, 2), date(2024, 1, 31))  # days that every calendar knows
NOT_MADE = (ValueError, NotImplementedError)  # by exchange_calendars, of days or calendars that it cannot make


def _class_of(calendar: str) -> type[ExchangeCalendar]:
    try:
        return type(_build(calendar, *_KNOWN))
    except NOT_MADE as error:
        message = (
            f"exchange_calendars {version('exchange_calendars')} cannot make its calendar {calendar!r} "
            f"({type(error).__name__}: {plain_line(str(error))}); name another with the same hours, and "
            "the days on which it differs by `corrections`"
        )
        raise ConfigError.of([Problem(code="unsupported", key="calendar", message=message)]) from error


@lru_cache(maxsize=32)
def _bounds(calendar: str) -> tuple[date | None, date | None]:
    """The first and the last day that a calendar knows; None where it has no such end."""
    key = digest_of([VERSION, *map(version, STANDS_ON), calendar, "bounds"])
    entry = cache.load_entry(KIND, key)
    if entry is None:
        built = type(_calendar(calendar, _KNOWN[0].year // 10))
        found = [None if one is None else one.date().isoformat() for one in (built.bound_min(), built.bound_max())]
        cache.save_entry(KIND, key, {}, {"bounds": found})
    else:
        found = entry.document["bounds"]
    first, last = (None if one is None else date.fromisoformat(one) for one in found)
    return first, last


def _build(calendar: str, start: date, end: date) -> ExchangeCalendar:
    import exchange_calendars

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of pandas, none of ours
        try:
            return exchange_calendars.get_calendar(calendar, start=start.isoformat(), end=end.isoformat())
        except exchange_calendars.errors.InvalidCalendarName:
            known = exchange_calendars.get_calendar_names(include_aliases=False)
            message = f"exchange_calendars has no calendar {calendar!r}{nearest(calendar, known)}"
            raise ConfigError.of([Problem(code="unknown_exchange", key="calendar", message=message)]) from None


def previous(mic: str, before: date, rulebook: Rulebook, margin: timedelta = timedelta(days=40)) -> Sessions:
    """The sessions of the weeks before a day, the last of them last; longer than any holiday."""
    return sessions(mic, before - margin, before - timedelta(days=1), rulebook)
