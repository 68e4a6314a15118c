"""When the bars of a table with a known head are: days, or instants of their starts, and what was assumed of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from newsbt._plain import PlainValue
from newsbt._typing import Ints
from newsbt.domain.time_forms import UnclearTimesError, read_times
from newsbt.prices.layouts.providers import Provider
from newsbt.prices.price_columns import encode, python_values

__all__ = ["BarTimes", "MissingZoneError", "bar_times"]

Column: TypeAlias = "list[PlainValue] | pa.ChunkedArray"


class MissingZoneError(UnclearTimesError):
    """Times have no offset, and nothing says of which zone they are."""


@dataclass(frozen=True, slots=True)
class _Hours:
    """A market's clock: its session, and when anything is traded at all, auctions and extended hours included."""

    zone: str
    opens: time
    closes: time
    earliest: time
    latest: time


_CHINA = _Hours("Asia/Shanghai", time(9, 30), time(15), time(9, 10), time(15, 35))
HOURS = {
    "SH": _CHINA, "SZ": _CHINA, "BJ": _CHINA,
    "HK": _Hours("Asia/Hong_Kong", time(9, 30), time(16), time(9), time(16, 35)),
    "US": _Hours("America/New_York", time(9, 30), time(16), time(4), time(20)),
}  # fmt: skip
_PAIRS = re.compile(r"..")  # of digits
FEW = 0.05  # share of bars that may stand outside the hours of trading
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarTimes:
    """A column of newsbt's name `kind` (``date`` or ``bar_start``), what was assumed, and rows that cannot be read."""

    kind: str
    column: Column
    assumed: tuple[str, ...]
    faults: Mapping[int, str]


def bar_times(
    when: Column,
    clocks: Column | None,
    markets: Sequence[str],
    provider: Provider,
    *,
    zone: str | None,
    stamp: str | None,
    time_format: str | None,
) -> BarTimes:
    """The times of a table's R rows.

    Parameters
    ----------
    when, clocks
        Days or instants as they are written, and the times of day where they have a column of their own.
    markets
        The markets of the tickers.
    zone, stamp, time_format
        What the config says, None where it says nothing.

    Raises
    ------
    UnclearTimesError
        The times can be read in several ways, or, as an :class:`MissingZoneError`, their zone is not known.
    """
    column = when if clocks is None else _joined(when, clocks)
    codes, written = encode(column)
    zones = dict.fromkeys([HOURS[one].zone for one in markets] or [one.zone for one in HOURS.values()])
    times = read_times(written, tuple(zones), time_format)
    assumed = [f"days as {times.form}"] if times.form and not time_format else []
    if times.zone:
        assumed.append(f"days are midnights of {times.zone}")
    values = [times.values.get(one) for one in written]
    strange = np.flatnonzero(np.isin(codes, [k for k, one in enumerate(values) if one is None])).tolist()
    faults = {row: f"date: expected a day or time as in the other rows, got {written[codes[row]]!r}" for row in strange}
    if not times.intraday:
        return BarTimes(kind="date", column=_by_code(codes, values), assumed=tuple(assumed), faults=faults)
    stated = zone or provider.zone
    instants = _moved(values, stated) if stated else values
    if of := next((one for one in zones if _one_a_day(instants, one)), ""):
        days, at = _local_days(instants, of)
        assumed.append(f"days are midnights of {of}" if at == time(0) else f"one bar a day, stamped {at:%H:%M}")
        return BarTimes(kind="date", column=_by_code(codes, days), assumed=tuple(assumed), faults=faults)
    if not zone and any(isinstance(one, datetime) and one.tzinfo is None for one in values):
        instants, of = _in_zone(values, markets, provider)
        assumed.append(f"times of {of}")
    values = instants
    if stamp is None and markets:
        values, why = _started(values, HOURS[markets[0]], provider)
        if why:
            assumed.append(f"bars stamped by their end{why}")
    return BarTimes(kind="bar_start", column=_by_code(codes, values), assumed=tuple(assumed), faults=faults)


def _in_zone(values: list[PlainValue], markets: Sequence[str], provider: Provider) -> tuple[list[PlainValue], str]:
    """Instants with the zone of their vendor, or of the only market, whose hours they must be in."""
    zones = {HOURS[one].zone for one in markets}
    if not provider.zone and len(zones) != 1:
        raise MissingZoneError("times have no offset; say their zone with `timezone`, an IANA name")
    zone = provider.zone or zones.pop()
    found = _moved(values, zone)
    if markets and (better := _better_zones(values, zone, HOURS[markets[0]])) is not None:
        stamps = sorted(one for one in values if isinstance(one, datetime) and one.tzinfo is None)
        raise MissingZoneError(
            f"times have no offset, and read as times of {zone} the bars ({stamps[0]} to {stamps[-1]}) are not those "
            f"of a session; say their zone with `timezone`: {' or '.join(better) or 'an IANA name'}"
        )
    return found, zone


def _better_zones(values: Sequence[PlainValue], zone: str, hours: _Hours) -> list[str] | None:
    """The zones that would put more bars into the session than one does, none of them where it puts bars where nothing
    is traded all the same; None where it is as good as any."""
    allowed = FEW * len(values)
    at = _in_session(values, zone, hours)
    if at.inside == len(values):
        return None
    others = [one for one in dict.fromkeys(["UTC", *(one.zone for one in HOURS.values())]) if one != zone]
    found = {zone: at, **{one: _in_session(values, one, hours) for one in others}}
    most = max(one.inside for one in found.values())
    if at.inside == most and at.outside <= allowed:
        return None
    return [one for one in others if found[one].begins and found[one].inside == most and found[one].outside <= allowed]


class _Session(NamedTuple):
    """How many bars are in the session, how many where nothing is traded, and whether some are among the first."""

    inside: int
    outside: int
    begins: bool


def _in_session(values: Sequence[PlainValue], zone: str, hours: _Hours) -> _Session:
    """Where times of a zone are in a market's day."""
    clocks = _clocks(_moved(values, zone), hours)
    first_bars = time(hours.opens.hour + 1, hours.opens.minute)
    return _Session(
        sum(hours.opens <= clock <= hours.closes for clock in clocks),
        sum(not hours.earliest <= clock <= hours.latest for clock in clocks),
        any(hours.opens <= clock < first_bars for clock in clocks),
    )


def _clocks(values: Sequence[PlainValue], hours: _Hours) -> list[time]:
    info = ZoneInfo(hours.zone)
    return [one.astimezone(info).time() for one in values if isinstance(one, datetime)]


def _moved(values: Sequence[PlainValue], zone: str) -> list[PlainValue]:
    """Times without an offset as times of a zone."""
    info = ZoneInfo(zone)
    return [one.replace(tzinfo=info) if isinstance(one, datetime) and one.tzinfo is None else one for one in values]


def _one_a_day(values: Sequence[PlainValue], zone: str) -> bool:
    """Whether several instants are of one time of day, as days are written with their close."""
    found = {one.astimezone(ZoneInfo(zone)) if one.tzinfo else one for one in values if isinstance(one, datetime)}
    return len(found) > 1 and len({one.time() for one in found}) == 1


def _local_days(values: Sequence[PlainValue], zone: str) -> tuple[list[PlainValue], time]:
    """The days of instants in a zone, of those without an offset as written, and the one time of day of them."""
    local = [one.astimezone(ZoneInfo(zone)) if isinstance(one, datetime) and one.tzinfo else one for one in values]
    at = next(one.time() for one in local if isinstance(one, datetime))
    return [one.date() if isinstance(one, datetime) else one for one in local], at


def _started(values: list[PlainValue], hours: _Hours, provider: Provider) -> tuple[list[PlainValue], str]:
    """Bars stamped by their start, and why those that are written are taken for ends: their vendor has ends, or one
    stands at the very end of the session. Empty where they are starts.

    No bar ends when the session begins, but for the minute of the auction. A print at the end beside bars that begin
    with the session is the closing auction's.
    """
    zone = ZoneInfo(hours.zone)
    stamps = sorted({one.astimezone(zone) for one in values if isinstance(one, datetime)})
    if len(stamps) < 2:
        return values, ""
    steps = [after - before for before, after in pairwise(stamps)]
    step = max(set(steps), key=lambda one: (steps.count(one), -one))
    half = len({one.date() for one in stamps}) / 2
    opening = sum(one.time() == hours.opens for one in stamps)
    at_end = sum(one.time() == hours.closes for one in stamps)
    if (step > MINUTE and opening >= half) or not (at_end or provider.stamps_ends):
        return values, ""
    if step <= MINUTE and at_end < half and not provider.stamps_ends:
        return values, ""
    moved = [one - step if isinstance(one, datetime) else one for one in values]
    return moved, ", as one stands at the session's end" if at_end else f", as {provider.name}'s are"


def _joined(days: Column, clocks: Column) -> Column:
    """Days and times of day in columns of their own, as one; clocks that are all 0 say nothing."""
    texts = [str(one).strip() for one in _cells(clocks)]
    if not any(text.strip("0:") for text in texts):
        return days
    digits = 4 if max(map(len, texts)) <= len("0935") else 6
    packed = [text.zfill(digits) if text.isdigit() and len(text) <= digits else text for text in texts]
    return [_instant_text(str(day).strip(), text) for day, text in zip(_cells(days), packed, strict=True)]


def _instant_text(day: str, clock: str) -> str:
    if len(clock) > len("09:30:00"):
        return clock  # it says the day as well
    return f"{day} {':'.join(_PAIRS.findall(clock))}" if clock.isdigit() else f"{day} {clock}"


def _cells(column: Column) -> Sequence[PlainValue]:
    return column if isinstance(column, list) else python_values(column)


def _by_code(codes: Ints, values: Sequence[PlainValue]) -> Column:
    return [values[code] if code >= 0 else None for code in codes.tolist()]
