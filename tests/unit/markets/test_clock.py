"""T2, T3, T5, T6, T7, T9: rows, and where an instant lands on them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from newsbt.markets.clock import AFTER, BEFORE, bar_clock, close_rows, daily_clock, place
from newsbt.markets.rulebook import Rulebook

pytestmark = pytest.mark.rule("T2", "T3", "T5", "T6", "T7", "T9")

FIVE_MINUTES = 5 * 60 * 10**9
ALL = ("XHKG", "XSHG", "XNYS")


def _at(*instants: str) -> np.ndarray:
    return np.array(instants, dtype="M8[ns]")


def _days(clock, rows) -> list[str]:
    return [str(clock.dates[row]) if row >= 0 else str(row) for row in rows]


def test_rows_are_the_union_of_sessions(rulebook: Rulebook) -> None:
    clock = daily_clock(ALL, date(2025, 9, 30), date(2025, 10, 9), rulebook)
    assert [str(day)[5:] for day in clock.dates] == [
        "09-30", "10-01", "10-02", "10-03", "10-06", "10-07", "10-08", "10-09",
    ]  # fmt: skip
    assert np.isnat(clock.open_at[1]).tolist() == [True, True, False]
    assert clock.session_of[:, 1].tolist() == [0, -1, -1, -1, -1, -1, -1, 1]
    assert clock.session_of[:, 0].tolist() == [0, -1, 1, 2, 3, -1, 4, 5]
    assert str(clock.previous_cutoff_at[1])[:16] == "2025-09-29T01:20"
    assert not clock.intraday
    assert not clock.open_at.flags.writeable


def test_hong_kong_opens_before_new_york_in_a_row(rulebook: Rulebook) -> None:
    clock = daily_clock(ALL, date(2025, 3, 3), date(2025, 3, 14), rulebook)
    assert (clock.open_at[:, 0] < clock.open_at[:, 2]).all()
    assert (clock.close_at[:, 0] < clock.open_at[:, 2]).all()


@pytest.mark.parametrize(
    ("known_at", "expected"),
    [
        ("2025-01-26T19:00", {"XHKG": "2025-01-27", "XSHG": "2025-01-27"}),
        ("2025-01-27T19:00", {"XHKG": "2025-01-28", "XSHG": "2025-02-05"}),
        ("2025-01-28T05:00", {"XHKG": "2025-02-03"}),
        ("2025-09-30T19:00", {"XHKG": "2025-10-02", "XSHG": "2025-10-09"}),
        ("2023-08-31T19:00", {"XHKG": "2023-09-04"}),
        # Exactly at the cut-off is in time, a nanosecond later is not.
        ("2025-03-06T01:15", {"XHKG": "2025-03-06", "XSHG": "2025-03-06", "XNYS": "2025-03-06"}),
        ("2025-03-06T01:15:00.000000001", {"XHKG": "2025-03-07", "XSHG": "2025-03-06"}),
        ("2025-03-06T01:20:00.000000001", {"XSHG": "2025-03-07"}),
        ("2025-03-06T14:25", {"XNYS": "2025-03-06"}),
        ("2025-03-06T14:25:00.000000001", {"XNYS": "2025-03-07"}),
        ("2025-03-10T13:25", {"XNYS": "2025-03-10"}),  # summer time since the day before
        # 14:00 Hong Kong time, the late opening of 2023-10-09, is in time for it.
        ("2023-10-09T06:00", {"XHKG": "2023-10-09"}),
        ("2023-10-09T06:00:01", {"XHKG": "2023-10-10"}),
    ],
)
def test_first_session_of_an_event(rulebook: Rulebook, known_at: str, expected: dict[str, str]) -> None:
    clock = daily_clock(ALL, date(2023, 8, 1), date(2025, 10, 31), rulebook)
    rows = place(_at(known_at), clock)[0]
    found = {mic: str(clock.dates[rows[m]]) for m, mic in enumerate(ALL)}
    assert {mic: found[mic] for mic in expected} == expected


def test_before_and_after_the_run(rulebook: Rulebook) -> None:
    clock = daily_clock(("XHKG", "XSHG"), date(2025, 3, 6), date(2025, 3, 7), rulebook)
    rows = place(_at("2025-03-05T01:15", "2025-03-05T01:15:01", "2025-03-07T01:15", "2025-03-07T01:16"), clock)
    assert rows.tolist() == [[BEFORE, BEFORE], [0, BEFORE], [1, 1], [AFTER, 1]]


def test_before_the_run_where_the_first_row_is_another_market_s(rulebook: Rulebook) -> None:
    clock = daily_clock(("XHKG", "XSHG"), date(2025, 10, 2), date(2025, 10, 9), rulebook)
    rows = place(_at("2025-09-30T01:15", "2025-09-30T01:21"), clock)
    assert rows[0].tolist() == [BEFORE, BEFORE]
    assert _days(clock, rows[1]) == ["2025-10-02", "2025-10-09"]


def test_no_session_at_all(rulebook: Rulebook) -> None:
    clock = daily_clock(("XSHG",), date(2025, 10, 1), date(2025, 10, 8), rulebook)
    assert len(clock) == 0
    assert place(_at("2025-09-01T00:00", "2025-10-02T00:00"), clock).tolist() == [[BEFORE], [AFTER]]
    assert close_rows(_at("2025-10-02T02:00"), clock, rulebook).tolist() == [[-1]]


def test_same_close_needs_an_hour_inside_the_session(rulebook: Rulebook) -> None:
    clock = daily_clock(("XHKG", "XNYS"), date(2025, 1, 24), date(2025, 2, 3), rulebook)
    cases = {
        "2025-01-27T01:29": "-1",  # before the opening
        "2025-01-27T01:30": "2025-01-27",
        "2025-01-27T04:30": "2025-01-27",  # lunch
        "2025-01-27T07:00": "2025-01-27",  # an hour before the close
        "2025-01-27T07:00:00.000000001": "-1",
        "2025-01-28T03:00": "2025-01-28",  # an hour before the half day's close
        "2025-01-28T03:01": "-1",
        "2025-01-29T03:00": "-1",  # holiday
    }
    rows = close_rows(_at(*cases), clock, rulebook)
    assert _days(clock, rows[:, 0]) == list(cases.values())
    assert _days(clock, close_rows(_at("2025-01-27T20:00", "2025-01-27T20:01"), clock, rulebook)[:, 1]) == [
        "2025-01-27", "-1",
    ]  # fmt: skip


def _session_bars(day: str, *spans: tuple[str, str]) -> np.ndarray:
    step = np.timedelta64(FIVE_MINUTES, "ns")
    return np.concatenate([np.arange(*_at(f"{day}T{low}", f"{day}T{high}"), step) for low, high in spans])


SHANGHAI = (("01:30", "03:30"), ("05:00", "07:00"))
HONG_KONG = (("01:30", "04:00"), ("05:00", "08:00"))


def test_bars_are_rows(rulebook: Rulebook) -> None:
    bars = {"XSHG": _session_bars("2025-07-11", *SHANGHAI), "XHKG": _session_bars("2025-07-11", *HONG_KONG)}
    clock = bar_clock(("XHKG", "XSHG"), bars, FIVE_MINUTES, rulebook)
    assert clock.intraday
    assert len(clock) == 66
    assert set(clock.dates.tolist()) == {date(2025, 7, 11)}
    assert (np.isnat(clock.open_at[:, 1])).sum() == 66 - 48
    lunch = np.flatnonzero(clock.open_at[:, 0] == _at("2025-07-11T03:30")[0])[0]
    assert np.isnat(clock.open_at[lunch, 1])  # Shanghai is at lunch, Hong Kong is not
    assert (clock.session_of[~np.isnat(clock.open_at)] == 0).all()
    opened = ~np.isnat(clock.open_at)
    assert (clock.close_at - clock.open_at)[opened].tolist() == [FIVE_MINUTES] * int(opened.sum())
    assert (clock.cutoff_at[opened] == clock.open_at[opened]).all()


@pytest.mark.parametrize(
    ("known_at", "start"),
    [
        ("2025-07-11T01:30", "2025-07-11T01:30"),
        ("2025-07-11T01:30:01", "2025-07-11T01:35"),
        ("2025-07-11T03:26", "2025-07-11T05:00"),  # lunch
        ("2025-07-11T06:55:01", "2025-07-14T01:30"),  # over a weekend
    ],
)
def test_first_bar_of_an_event(rulebook: Rulebook, known_at: str, start: str) -> None:
    bars = {"XSHG": np.concatenate([_session_bars(day, *SHANGHAI) for day in ("2025-07-11", "2025-07-14")])}
    clock = bar_clock(("XSHG",), bars, FIVE_MINUTES, rulebook)
    row = place(_at(known_at), clock)[0, 0]
    assert clock.open_at[row, 0] == _at(start)[0]


def test_before_the_first_bar(rulebook: Rulebook) -> None:
    clock = bar_clock(("XSHG",), {"XSHG": _session_bars("2025-07-14", *SHANGHAI)}, FIVE_MINUTES, rulebook)
    known = _at("2025-07-11T06:55", "2025-07-11T06:55:01", "2025-07-14T06:55", "2025-07-14T06:56")
    assert place(known, clock)[:, 0].tolist() == [BEFORE, 0, 47, AFTER]


def test_a_bar_that_no_ticker_has_is_still_the_event_s_bar(rulebook: Rulebook) -> None:
    """T3: the bar is found by the calendar."""
    bars = _session_bars("2025-07-11", *SHANGHAI)
    missing = bars[bars != _at("2025-07-11T02:00")[0]]
    clock = bar_clock(("XSHG",), {"XSHG": missing}, FIVE_MINUTES, rulebook)
    assert clock.open_at[place(_at("2025-07-11T01:58"), clock)[0, 0], 0] == _at("2025-07-11T02:00")[0]
    assert len(clock) == 48


def test_a_suspended_day_keeps_its_rows(rulebook: Rulebook) -> None:
    bars = np.concatenate([_session_bars(day, *SHANGHAI) for day in ("2025-07-11", "2025-07-15")])
    clock = bar_clock(("XSHG",), {"XSHG": bars}, FIVE_MINUTES, rulebook)
    row = place(_at("2025-07-14T02:00"), clock)[0, 0]
    assert str(clock.dates[row]) == "2025-07-14"
    assert np.unique(clock.session_of).tolist() == [0, 1, 2]


def test_bars_off_the_grid_are_rows_of_their_own(rulebook: Rulebook) -> None:
    hours = _at(*(f"2025-07-11T{hour}:00" for hour in (14, 15, 16, 17, 18, 19)))  # on the hour, not on the half
    clock = bar_clock(("XNYS",), {"XNYS": hours}, 3600 * 10**9, rulebook)
    assert (clock.open_at[:, 0] == hours).all()
    half = bar_clock(("XNYS",), {"XNYS": hours - np.timedelta64(30, "m")}, 3600 * 10**9, rulebook)
    assert len(half) == 6
    last = bar_clock(("XNYS",), {"XNYS": _at("2025-07-11T19:30")}, 3600 * 10**9, rulebook)
    assert str(last.close_at[0, 0])[11:16] == "20:00"  # the session ends first


def test_bars_outside_trading_hours_get_no_row(rulebook: Rulebook) -> None:
    bars = _at("2025-07-11T12:00", "2025-07-11T13:30", "2025-07-11T20:00", "2025-07-12T14:00")
    clock = bar_clock(("XNYS",), {"XNYS": bars}, FIVE_MINUTES, rulebook)
    assert (clock.dates == np.datetime64("2025-07-11")).all()
    assert str(clock.open_at[0, 0])[:16] == "2025-07-11T13:30"
    assert str(clock.open_at[-1, 0])[:16] == "2025-07-11T19:55"
    nothing = bar_clock(("XNYS",), {"XNYS": bars[:1]}, FIVE_MINUTES, rulebook)
    assert len(nothing) == 0
    assert len(bar_clock(("XNYS",), {}, FIVE_MINUTES, rulebook)) == 0


def test_same_close_intraday_is_the_last_bar(rulebook: Rulebook) -> None:
    clock = bar_clock(("XHKG",), {"XHKG": _session_bars("2025-07-11", *HONG_KONG)}, FIVE_MINUTES, rulebook)
    rows = close_rows(_at("2025-07-11T04:30", "2025-07-11T07:00", "2025-07-11T07:01"), clock, rulebook)
    assert rows[:, 0].tolist() == [65, 65, -1]
    cut = bar_clock(("XHKG",), {"XHKG": _session_bars("2025-07-11", ("01:30", "04:00"))}, FIVE_MINUTES, rulebook)
    assert close_rows(_at("2025-07-11T02:00"), cut, rulebook)[0, 0] == -1  # data end before the close


def test_a_bar_that_starts_before_lunch_ends_at_lunch(rulebook: Rulebook) -> None:
    starts = np.array(["2025-03-06T03:30", "2025-03-06T05:00"], dtype="datetime64[ns]")  # 11:30 and 13:00 in Hong Kong
    clock = bar_clock(["XHKG"], {"XHKG": starts}, 3_600_000_000_000, rulebook)
    row = int(np.flatnonzero(clock.open_at[:, 0] == starts[0])[0])
    assert clock.close_at[row, 0] == np.datetime64("2025-03-06T04:00", "ns")
    row = int(np.flatnonzero(clock.open_at[:, 0] == starts[1])[0])
    assert clock.close_at[row, 0] == np.datetime64("2025-03-06T06:00", "ns")
