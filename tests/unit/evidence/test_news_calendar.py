"""When announcements came by the clocks of their own market, and the weeks in which they can lie instead."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.domain.progress import SilentProgress
from newsbt.evidence.news_calendar import NewsCalendar, _last_day, news_calendar, whole_weeks
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.from_objects import components_of
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import load_rulebook
from newsbt.simulation.account_terms import Hold
from newsbt.steps.prepare import prepare
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.named_tickers import NamedTickers

ONE_CIRCLE = np.array([0, 20])
NEWS = {
    "hongkong": ("2025-01-07T08:45:00+08:00", "0700.HK"),
    "newyork": ("2025-01-07T08:45:00-05:00", "AAPL"),
    "both": ("2025-02-11T20:30:00-05:00", "0700.HK;AAPL"),
}


def tickers(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """A table of instruments."""
    blank = dict.fromkeys(("themes", "sector_index", "aliases"), "")
    return pd.DataFrame(
        [
            {"ticker": name, "name": name, "exchange": mic, "board": "main", "currency": currency, "lot_size": 1,
             "sector": "it", **blank}
            for name, mic, currency in rows
        ]
    )  # fmt: skip


def signals_of(volume: dict[str, float], end: date = date(2025, 7, 31)) -> RetimableSignals:
    """Two tickers, in Hong Kong and New York, with so many shares a day at a price of 10."""
    frames = []
    for (name, shares), mic in zip(volume.items(), ("XHKG", "XNYS"), strict=True):
        days = sessions(mic, date(2025, 1, 2), end, load_rulebook()).dates
        prices = dict.fromkeys(("open", "high", "low", "close"), 10.0)
        frames.append(pd.DataFrame({"ticker": name, "date": days, **prices, "volume": shares}))
    instruments = tickers(("0700.HK", "XHKG", "HKD"), ("AAPL", "XNYS", "USD"))
    news = [
        {"event_id": name, "published_at": at, "event_type": "news", "issuer": "H", "headline": name, "tickers": named}
        for name, (at, named) in NEWS.items()
    ]
    components = components_of(
        prices=pd.concat(frames), announcements=pd.DataFrame(news), instruments=instruments, currency="HKD",
        strategies={"S": NamedTickers(sign="one")}, position={"weight": 0.1, "hold": 2}, fx={"USDHKD": 7.8},
        execution={"latency": "0min", "engine": "compiled"},
    )  # fmt: skip
    prepared = prepare(components, SilentProgress())
    return movable(prepared.market, prepared.news, strategy_books(prepared, prepared.components.strategies[0]))


@pytest.fixture(scope="module")
def calendar() -> NewsCalendar:
    return news_calendar(signals_of({"0700.HK": 1e6, "AAPL": 1e6}))


def moved(calendar: NewsCalendar, weeks: int) -> dict[str, Any]:
    (found,) = calendar.instants(ONE_CIRCLE, np.array([[weeks]]))
    return {name: pd.Timestamp(at, tz="UTC") for name, at in zip(sorted(NEWS), found, strict=True)}


def test_the_time_of_day_is_that_of_the_market_over_the_change_of_its_clocks(calendar: NewsCalendar) -> None:
    found = moved(calendar, 13)
    assert found["hongkong"] == pd.Timestamp("2025-04-08T08:45", tz="Asia/Hong_Kong")
    assert found["newyork"] == pd.Timestamp("2025-04-08T08:45", tz="America/New_York")
    assert found["newyork"] == pd.Timestamp("2025-04-08T12:45", tz="UTC")  # in January it was 13:45


def test_an_announcement_on_two_markets_keeps_the_clock_of_the_more_heavily_traded_one() -> None:
    # One share of AAPL is worth 7.8 of Hong Kong's dollars: with as many shares it is traded more heavily.
    for volume, zone in (
        ({"0700.HK": 1e6, "AAPL": 1e6}, "America/New_York"),
        ({"0700.HK": 1e7, "AAPL": 1e6}, "Asia/Hong_Kong"),
    ):
        before = pd.Timestamp(NEWS["both"][0]).tz_convert(zone)
        after = moved(news_calendar(signals_of(volume)), 6)["both"].tz_convert(zone)
        assert (after.day_of_week, after.time()) == (before.day_of_week, before.time())
        assert after.date() - before.date() == pd.Timedelta(weeks=6).to_pytimedelta()


def test_what_passes_the_end_comes_in_at_the_start(calendar: NewsCalendar) -> None:
    # The first session is Thursday, January 2; 20 weeks later the circle ends, on May 22.
    assert moved(calendar, 15)["both"] == pd.Timestamp("2025-01-07T20:30", tz="America/New_York")


def test_the_run_s_own_instants_are_kept(calendar: NewsCalendar) -> None:
    own = [pd.Timestamp(NEWS[name][0]).tz_convert("UTC") for name in sorted(NEWS)]
    assert [pd.Timestamp(at, tz="UTC") for at in calendar.known_at] == own
    assert calendar.days_of(np.array([1, 2])) == 1 and calendar.days_of(calendar.event) == 2


@pytest.mark.parametrize(
    ("hold", "weeks"),
    [
        (None, 30),  # the last entry is on July 31, 210 days after January 2
        (Hold("bars", 2), 29),  # on July 29
        (Hold("sessions", 5), 29),  # on July 24, 203 days
        (Hold("sessions", 6), 28),
        (Hold("duration", 7 * 24 * 3600 * 10**9), 29),
    ],
)
def test_every_hold_ends_inside_the_run(hold: Hold | None, weeks: int) -> None:
    found = signals_of({"0700.HK": 1e6, "AAPL": 1e6})
    assert whole_weeks(found, hold) == weeks


@pytest.mark.parametrize(
    ("delay", "hold", "days"),
    [
        (0, None, ("2025-06-30", "2025-07-01")),
        (1, None, ("2025-06-27", "2025-06-30")),
        (0, Hold("bars", 1), ("2025-06-27", "2025-06-30")),
        (2, Hold("bars", 1), ("2025-06-25", "2025-06-26")),
        (0, Hold("sessions", 2), ("2025-06-26", "2025-06-27")),
        (0, Hold("duration", 3 * 24 * 3600 * 10**9), ("2025-06-27", "2025-06-27")),
        (0, Hold("bars", 500), ("2025-01-01", "2025-01-01")),
        (500, None, ("2025-01-01", "2025-01-01")),
    ],
)
def test_the_last_session_that_holds_an_entry_to_its_end_is_the_market_s_own(
    delay: int, hold: Hold | None, days: tuple[str, str]
) -> None:
    """The last row is July 1, a holiday of Hong Kong; where there is none, it is the day before the first row."""
    panel = signals_of({"0700.HK": 1e6, "AAPL": 1e6}, date(2025, 7, 1)).market.panel
    found = [str(_last_day(panel, panel.clock.markets.index(mic), delay, hold)) for mic in ("XHKG", "XNYS")]
    assert found == list(days)


def test_a_hold_longer_than_the_run_leaves_no_week() -> None:
    assert whole_weeks(signals_of({"0700.HK": 1e6, "AAPL": 1e6}), Hold("bars", 500)) == 0


def test_a_placebo_of_half_hour_bars_moves_by_weeks_as_well() -> None:
    """Half a year of bars, and events whose next hour rises: found, with the days of bars as its profits."""
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2025-01-13", "2025-07-02").difference(
        pd.to_datetime(["2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19"])
    )
    starts = pd.DatetimeIndex(
        [day + pd.Timedelta(minutes=570 + 30 * k) for day in days for k in range(13)]
    ).tz_localize("America/New_York")
    chosen = np.sort(rng.choice(np.arange(5, len(days) - 10), 15, replace=False))
    moves = {name: rng.normal(0.0, 0.003, len(starts)) for name in ("AAA", "BBB", "CCC")}
    for day in chosen:
        moves["AAA"][13 * day + 3 : 13 * day + 5] += 0.006
    frames = []
    for name, change in moves.items():
        close = 50.0 * np.exp(np.cumsum(change))
        opened = close / np.exp(change)
        frames.append(
            pd.DataFrame(
                {"ticker": name, "bar_start": starts, "open": opened, "high": np.maximum(opened, close),
                 "low": np.minimum(opened, close), "close": close, "volume": 1e6}
            )
        )  # fmt: skip
    summer = [day >= pd.Timestamp("2025-03-09") for day in days[chosen]]
    news = [
        {
            "event_id": f"e{k}",
            "published_at": f"{days[day].date()}T10:50:00{'-04:00' if is_summer else '-05:00'}",
            "event_type": "news", "issuer": "AAA", "headline": "x", "tickers": "AAA",
        }
        for k, (day, is_summer) in enumerate(zip(chosen, summer, strict=True))
    ]  # fmt: skip
    instruments = tickers(*((name, "XNYS", "USD") for name in moves))
    row = newsbt.run(
        prices=pd.concat(frames), announcements=pd.DataFrame(news), instruments=instruments, currency="USD",
        strategies={"S": NamedTickers(sign="one")}, position={"weight": 0.2, "hold": 2}, baselines=[],
        execution={"latency": "0min", "engine": "compiled", "costs": {"use": "zero"}, "slippage": {"use": "zero"}},
        evaluation={"bootstrap": 0, "placebo": {"use": "weeks"}},
    )["S"]  # fmt: skip
    section = row.evidence["placebo"]
    assert section["weeks"] == 24 and section["m"] == 23
    assert row.metrics["placebo_p"] == row.metrics["placebo_least"] == pytest.approx(1 / 24)
