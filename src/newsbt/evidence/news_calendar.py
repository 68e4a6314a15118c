"""The calendar of a strategy's announcements, and the weeks in which it can lie instead (docs/methods.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats, Instants, Ints
from newsbt.analysis.timing.week_shifts import DAYS, moved_days
from newsbt.domain.market_panel import MarketPanel
from newsbt.evidence.retimed_signals import RetimableSignals
from newsbt.markets.local_time import local_instants, utc_instants
from newsbt.simulation.account_terms import Hold

__all__ = ["NewsCalendar", "news_calendar", "whole_weeks"]

TimesOfDay: TypeAlias = npt.NDArray[np.timedelta64]
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, kw_only=True)
class NewsCalendar:
    """When the U events that a strategy signalled came, by the clocks of the market of each one's most heavily traded
    ticker.

    `event` (U,) are indices of the run's events, `day` (U,) days since the run's first session, `time` (U,) the times
    of day, `zone` (U,) indices into `zones`; `known_at` (E,) has the instants of all events.
    """

    event: Ints
    day: Ints
    time: TimesOfDay
    zone: Ints
    zones: tuple[str, ...]
    first: np.datetime64
    known_at: Instants

    def days_of(self, event: Ints) -> int:
        """On how many days some of the events (K,) came."""
        return len(np.unique(self.day[np.isin(self.event, event)]))

    def instants(self, bounds: Ints, by: Ints) -> Instants:
        """(A, E): every event's instant on each of A other calendars, as :func:`moved_days` moves them; events without
        signals keep theirs."""
        local: Instants = self.first + (moved_days(self.day, bounds, by) * ONE_DAY + self.time)
        found = np.repeat(self.known_at[np.newaxis], len(by), axis=0)
        for index, zone in enumerate(self.zones):
            mine = np.flatnonzero(self.zone == index)
            found[:, self.event[mine]] = utc_instants(local[:, mine], zone)
        return found


def news_calendar(signals: RetimableSignals) -> NewsCalendar:
    """The calendar of the events of a strategy's signals."""
    market, panel = signals.market, signals.market.panel
    turnover = _turnover(panel, market.fx.mark_rate[:, market.fx.currency_of])
    order = np.lexsort((-turnover[signals.ticker], signals.event))
    event, at = np.unique(signals.event[order], return_index=True)
    traded_in = panel.market_of[signals.ticker[order][at]]
    zone_of = [market.rulebook.exchange(mic).time_zone for mic in panel.clock.markets]
    zones = tuple(dict.fromkeys(zone_of))
    zone = np.array([zones.index(zone_of[m]) for m in traded_in.tolist()], dtype=np.int64)
    known_at = signals.news.events.known_at.astype("M8[ns]")
    local = known_at[event].copy()
    for index, name in enumerate(zones):
        local[zone == index] = local_instants(local[zone == index], name)
    day = local.astype("M8[D]")
    first = panel.dates[0].astype("M8[D]")
    return NewsCalendar(
        event=event, day=(day - first).astype(np.int64), time=local - day, zone=zone, zones=zones,
        first=first.astype("M8[ns]"), known_at=known_at,
    )  # fmt: skip


def whole_weeks(signals: RetimableSignals, hold: Hold | None) -> int:
    """How many whole weeks from the first session on an event may come in, so that its hold ends inside the run."""
    panel = signals.market.panel
    first = panel.dates[0].astype("M8[D]")
    delay = int(signals.delay.max(initial=0))
    ends = [_last_day(panel, m, delay, hold) for m in np.unique(panel.market_of[signals.ticker]).tolist()]
    # What comes after a close is traded in the next session: only what comes a day before the last entry is safe.
    days = int((min(ends) - first).astype(np.int64)) if ends else 0
    return max(days // DAYS, 0)


def _last_day(panel: MarketPanel, m: int, delay: int, hold: Hold | None) -> np.datetime64:
    """The last session of a market in which an entry, so many bars late, is held to its end; the day before the first
    row where there is none."""
    clock = panel.clock
    rows = np.flatnonzero(clock.session_of[:, m] >= 0)
    if hold is None:
        reached = np.arange(len(rows)) < len(rows) - delay
    else:
        progress = {
            "bars": np.arange(len(rows)),
            "sessions": clock.session_of[rows, m],
            "duration": clock.open_at[rows, m].astype("M8[ns]").view("i8"),
        }[hold.unit]
        late = np.minimum(np.arange(len(rows)) + delay, max(len(rows) - 1, 0))
        reached = progress[-1:] - progress[late] >= hold.count
    inside = rows[reached]
    days = clock.dates.astype("M8[D]")
    last: np.datetime64 = days[inside[-1]] if len(inside) else days[0] - ONE_DAY
    return last


def _turnover(panel: MarketPanel, rate: Floats) -> Floats:
    """(N,): what was traded of each ticker in the run, account currency."""
    amounts = panel.close * panel.volume * rate
    return np.asarray(np.where(np.isfinite(amounts), amounts, 0.0).sum(axis=0), dtype=np.float64)
