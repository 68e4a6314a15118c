"""The layouts of news that the placebo is calibrated on, and those by which its power is measured.

A setting is a function that lays announcements into a market, and may shape the market before it has prices. Each is
(instant, tickers, sentiment); a world has two independent sets of them, each traded by a strategy of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from benchmarks.calibration.null_market import NullMarket, Shape

__all__ = ["COSTS", "POWER", "SETTINGS", "Item", "Setting"]

Item = tuple[np.datetime64, tuple[int, ...], float]  # of the news: when, on which tickers, in which direction
Layout = Callable[[np.random.Generator, NullMarket], Iterable[Item]]
ONE_DAY = np.timedelta64(1, "D")
EDGE = 12  # sessions at either end of the period without news


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One layout, and what trades it.

    `prepare` shapes the market once a world, before its sets are laid out. `effect` is what an announcement adds from
    the open to the close of the entry session, `noise` what it adds there in either direction; `testable` is False
    where p must be withheld.
    """

    name: str
    lay: Layout
    position: Mapping[str, Any]
    shape: Shape = field(default_factory=Shape)
    prepare: Callable[[np.random.Generator, NullMarket], None] | None = None
    execution: Mapping[str, Any] = field(default_factory=dict)
    effect: float = 0.0
    noise: float = 0.0
    testable: bool = True


SETTINGS: dict[str, Setting] = {}
POWER: dict[str, Setting] = {}
COSTS: Mapping[str, Any] = {
    "market_rules": True, "costs": {"use": "market_schedule"}, "slippage": {"use": "bps", "bps": 5},
    "participation": 0.1,
}  # fmt: skip


def setting(weight: float, hold: Any, shape: Shape | None = None, **more: Any) -> Callable[[Layout], Layout]:
    def keep(lay: Layout) -> Layout:
        position = {"weight": weight, "hold": hold, **more.pop("position", {})}
        name = getattr(lay, "__name__", "")
        SETTINGS[name] = Setting(name=name, lay=lay, position=position, shape=shape or Shape(), **more)
        return lay

    return keep


def any_minute(random: np.random.Generator, day: np.datetime64) -> np.datetime64:
    return day.astype("M8[m]") + np.timedelta64(int(random.integers(1440)), "m")


def some(random: np.random.Generator, market: NullMarket, count: int) -> tuple[int, ...]:
    return tuple(random.choice(market.shape.tickers, count, replace=False).tolist())


def days_of(random: np.random.Generator, days: Any, count: int) -> Any:
    return np.sort(random.choice(days, count, replace=False))


def inner(market: NullMarket) -> Any:
    """Days on which a market is open, but those at either end."""
    return market.sessions[EDGE // 2 : -EDGE]


def scattered(
    random: np.random.Generator, market: NullMarket, count: int, tickers: int, days: Any = None
) -> Iterable[Item]:
    for day in days_of(random, inner(market) if days is None else days, count):
        yield any_minute(random, day), some(random, market, tickers), 1.0


def stretch(market: NullMarket, low: float, high: float) -> slice:
    return slice(int(low * len(market.days)), int(high * len(market.days)))


def within(market: NullMarket, part: slice) -> Any:
    """Open days inside a part of the period, those at its edges left out."""
    days = market.days[part]
    return market.sessions[(market.sessions > days[3]) & (market.sessions < days[-10])]


# As ../docs/evidence.md lists them: what 0.1.0 was measured on.


@setting(0.03, 5)
def base(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """30 announcements on random days."""
    return scattered(random, market, 30, 1)


@setting(0.02, 3, Shape(tickers=60, exchanges=("XHKG", "XSHG", "XNYS")))
def three_markets(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """60 announcements on random days, three tickers each, in Hong Kong, Shanghai and New York."""
    return scattered(random, market, 60, 3)


@setting(0.03, 3)
def signs(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Longs and shorts."""
    for at, tickers, _ in scattered(random, market, 40, 2):
        yield at, tickers, float(random.choice([-1.0, 1.0]))


@setting(0.03, 5, Shape(drift=0.002))
def bull(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """A market that rises by 0.2 % a day."""
    return scattered(random, market, 30, 3)


@setting(0.04, 5, Shape(drift=0.0006, volatility=0.015), testable=False)
def weekly_bull(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """All tickers every fifth session, held five: evenly spaced in a rising market."""
    for day in market.sessions[int(random.integers(5, 10)) : -EDGE - 1 : 5]:
        yield day.astype("M8[m]") + np.timedelta64(16, "h"), tuple(range(market.shape.tickers)), 1.0


@setting(0.04, 5, Shape(drift=-0.0006, volatility=0.015))
def bursts_bear(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """12 bursts of four consecutive days on all tickers, in a falling market."""
    for burst in np.sort(random.choice(np.arange(1, 45), 12, replace=False)):
        for k in range(4):
            day = market.sessions[10 * burst + k]
            yield day.astype("M8[m]") + np.timedelta64(16, "h"), tuple(range(market.shape.tickers)), 1.0


@setting(0.03, 3)
def same_instant(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """60 announcements at ten instants."""
    for day in days_of(random, inner(market), 10):
        at = any_minute(random, day)
        for ticker in some(random, market, 6):
            yield at, (ticker,), 1.0


@setting(0.03, 3)
def same_night(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """60 announcements in ten nights, minutes to hours apart."""
    for day in days_of(random, inner(market), 10):
        for minute, ticker in zip(np.sort(random.choice(600, 6, replace=False)), some(random, market, 6), strict=True):
            yield day.astype("M8[m]") + np.timedelta64(600 + int(minute), "m"), (ticker,), 1.0


def _volatile(_: np.random.Generator, market: NullMarket) -> None:
    market.scale[stretch(market, 0.40, 0.55)] = 2.5


@setting(0.03, 3, Shape(volatility=0.015), prepare=_volatile)
def volatile_regime(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """All news falls into the sixth of the period that is 2.5 times as volatile."""
    return scattered(random, market, 20, 3, within(market, stretch(market, 0.40, 0.55)))


@setting(0.04, 1)
def many_days(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """All tickers on 200 of 490 days."""
    for day in days_of(random, inner(market), 200):
        yield any_minute(random, day), tuple(range(market.shape.tickers)), 1.0


def _mondays(_: np.random.Generator, market: NullMarket) -> None:
    market.drift[_weekday(market.days) == 0] += 0.004


def _weekday(days: Any) -> Any:
    return (days.astype("M8[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday


@setting(0.03, 1, prepare=_mondays)
def saturdays(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Mondays rise by 0.4 %, and all news comes on Saturdays."""
    mondays = inner(market)
    mondays = mondays[_weekday(mondays) == 0]
    return scattered(random, market, 30, 3, mondays - 2 * ONE_DAY)


# What was thought of when the present placebo was chosen.


@setting(0.03, 1, noise=0.04)
def event_variance(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """News moves its stock by 4 %, up or down alike."""
    return scattered(random, market, 30, 1)


def _boom(random: np.random.Generator, market: NullMarket) -> None:
    weeks = random.choice(np.arange(3, len(market.days) // 7 - 4), 16, replace=False)
    week = np.arange(len(market.days)) // 7
    market.drift[np.isin(week, weeks)] += 0.004


@setting(0.03, 3, prepare=_boom)
def boom(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """The whole market rises, by 0.4 % a day, in the weeks of the news alone."""
    rising = market.days[market.drift > 0]
    open_days = market.sessions[np.isin(market.sessions, rising)]
    return scattered(random, market, 25, 2, open_days)


def _calm(_: np.random.Generator, market: NullMarket) -> None:
    market.scale[stretch(market, 0.40, 0.60)] = 0.4
    market.drift[stretch(market, 0.40, 0.60)] += 0.0015


@setting(0.03, 3, prepare=_calm)
def calm_bull(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """All news falls into a calm stretch in which the market rises."""
    return scattered(random, market, 20, 3, within(market, stretch(market, 0.40, 0.60)))


def _listed_late(_: np.random.Generator, market: NullMarket) -> None:
    market.first[10:] = market.days[int(0.55 * len(market.days))]


@setting(0.03, 5, prepare=_listed_late)
def late_members(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """News names only the half of the tickers that is listed after the middle of the period."""
    days = inner(market)
    for day in days_of(random, days[days > market.first[10] + 10 * ONE_DAY], 25):
        yield any_minute(random, day), (int(random.integers(10, market.shape.tickers)),), 1.0


@setting(0.03, 3)
def same_week(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """60 announcements in ten weeks."""
    for monday in days_of(random, np.arange(market.days[14], market.days[-28], 7), 10):
        for day in np.sort(random.integers(0, 5, 6)):
            yield any_minute(random, monday + int(day) * ONE_DAY), some(random, market, 1), 1.0


@setting(0.03, 3)
def after_big_moves(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """News follows the market's largest moves, in either direction."""
    days = inner(market)
    moved = np.abs(market.returns[np.searchsorted(market.days, days)].mean(axis=1))
    largest = days[np.argsort(-moved)[:60]]
    return scattered(random, market, 30, 2, np.unique(largest + ONE_DAY))


@setting(0.02, 20)
def overlapping_holds(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """40 announcements, each held for 20 sessions."""
    return scattered(random, market, 40, 3, market.sessions[6:-30])


@setting(0.03, 5, Shape(end=date(2022, 12, 30)))
def one_year(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """A year only."""
    return scattered(random, market, 20, 1)


# With rules and costs, and on bars.


@setting(0.06, 3, Shape(tickers=30, exchanges=("XHKG", "XSHG", "XNYS")), execution=COSTS)
def costs_and_rules(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Costs, slippage, lots, price limits, T+1 and participation in three markets."""
    return scattered(random, market, 40, 3)


@setting(0.10, 12, Shape(tickers=5, exchanges=("XNYS",), end=date(2022, 10, 14), bar_minutes=5))
def five_minute_bars(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """5-minute bars over 40 weeks, held an hour."""
    return scattered(random, market, 30, 2)


# Invented against it.


def _seasons(_: np.random.Generator, market: NullMarket) -> None:
    market.scale[np.isin((np.arange(len(market.days)) // 7) % 13, (3, 4, 5))] = 1.7


@setting(0.03, 3, prepare=_seasons)
def earnings_seasons(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Every ticker reports once a quarter, in three weeks that are 1.7 times as volatile as the others."""
    week = (market.sessions - market.days[0]).astype(np.int64) // 7
    for quarter in range(8):
        days = market.sessions[(week // 13 == quarter) & np.isin(week % 13, (3, 4, 5))]
        for ticker in some(random, market, 8):
            yield any_minute(random, random.choice(days)), (ticker,), 1.0


def _lottery(random: np.random.Generator, market: NullMarket) -> None:
    jumps = random.random(market.returns.shape) < 0.01
    size = random.exponential(0.12, market.returns.shape)
    market.returns += np.where(jumps, size, 0.0) - 0.01 * 0.12


@setting(0.05, 2, prepare=_lottery)
def lottery_tickets(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Names that lose a little on most days and jump on few: the skewness that t-values do not like."""
    return scattered(random, market, 25, 1)


@setting(0.04, 10, position={"stop_loss": 0.03, "take_profit": 0.12})
def stops(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Losses are cut at 3 % and gains run to 12 %."""
    return scattered(random, market, 40, 2)


@setting(0.35, 8)
def short_of_cash(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Each announcement wants more than half of the cash: what is filled depends on what came before."""
    return scattered(random, market, 50, 2)


@setting(0.03, 3, Shape(tickers=30, exchanges=("XSHG", "XNYS")))
def holidays(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """News comes on Shanghai's holidays and the days before them, on tickers in Shanghai and New York."""
    shanghai = market.calendars["XSHG"].dates
    weekdays = market.days[_weekday(market.days) < 5]
    closed = weekdays[~np.isin(weekdays, shanghai)]
    days = np.unique(np.concatenate([closed, closed - ONE_DAY]))
    days = days[(days > market.days[14]) & (days < market.days[-21])]
    return scattered(random, market, min(25, len(days)), 3, days)


def _trending(_: np.random.Generator, market: NullMarket) -> None:
    common = market.returns.mean(axis=1, keepdims=True)
    market.returns[1:] += 0.25 * common[:-1] + 0.1 * (market.returns[:-1] - common[:-1])


@setting(0.03, 5, prepare=_trending)
def trending(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Yesterday's return goes on, the market's by a quarter and each ticker's own by a tenth; news in bursts."""
    for day in days_of(random, market.sessions[6:-20], 12):
        for k in range(4):
            yield any_minute(random, day + k * ONE_DAY), some(random, market, 2), 1.0


def _delisted(random: np.random.Generator, market: NullMarket) -> None:
    gone = random.choice(market.shape.tickers, 8, replace=False)
    market.last[gone] = market.days[random.integers(int(0.3 * len(market.days)), int(0.9 * len(market.days)), 8)]


@setting(0.03, 5, prepare=_delisted)
def delisted(random: np.random.Generator, market: NullMarket) -> Iterable[Item]:
    """Eight of twenty tickers leave the exchange at some time, and news names what is listed."""
    for day in days_of(random, inner(market), 40):
        listed = np.flatnonzero(market.last > day + 14 * ONE_DAY)
        yield any_minute(random, day), tuple(random.choice(listed, 2, replace=False).tolist()), 1.0


def _power(name: str, hold: int, effect: float) -> None:
    found = SETTINGS["base"]
    POWER[name] = Setting(
        name=name, lay=found.lay, position={"weight": 0.03, "hold": hold}, shape=found.shape, effect=effect
    )


_power("power_hold_1_one_percent", 1, 0.010)
_power("power_hold_1_half_percent", 1, 0.005)
_power("power_hold_5_one_percent", 5, 0.010)
_power("power_hold_5_half_percent", 5, 0.005)
