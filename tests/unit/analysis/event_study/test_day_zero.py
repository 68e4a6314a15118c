"""Day 0 by each exchange's own clock and calendar."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.analysis.event_study import event_day
from newsbt.analysis.event_study.day_zero import event_days
from newsbt.errors import ConfigError, DataError
from newsbt.markets.guessed_market import guessed_instrument
from newsbt.markets.rulebook import load_rulebook
from newsbt.testing import small_market


@pytest.mark.parametrize(
    ("instant", "mic", "expected"),
    [
        # Hong Kong closes at 16:08 or 16:10 with its auction, or at 16:00 by the calendar: well before and after.
        ("2025-03-06T11:00:00+08:00", "XHKG", "2025-03-06"),
        ("2025-03-06T12:30:00+08:00", "XHKG", "2025-03-06"),  # lunch
        ("2025-03-06T17:00:00+08:00", "XHKG", "2025-03-07"),
        ("2025-03-07T17:00:00+08:00", "XHKG", "2025-03-10"),  # over the weekend
        ("2025-03-06T02:00:00+08:00", "XHKG", "2025-03-06"),  # at night, before the session
        ("2025-03-05T18:00:00+00:00", "XHKG", "2025-03-06"),  # the same instant
        ("2025-03-06T14:59:59+08:00", "XSHG", "2025-03-06"),
        ("2025-03-06T15:00:00+08:00", "XSHG", "2025-03-07"),  # at the close is after it
        ("2025-03-06T15:59:59-05:00", "XNYS", "2025-03-06"),
        ("2025-03-06T16:00:00-05:00", "XNYS", "2025-03-07"),
        ("2024-11-29T12:59:00-05:00", "XNYS", "2024-11-29"),  # the half day after Thanksgiving
        ("2024-11-29T13:00:00-05:00", "XNYS", "2024-12-02"),
        ("2025-01-28T20:00:00+08:00", "XSHG", "2025-02-05"),  # New Year
    ],
)
def test_the_first_close_strictly_after_the_instant(instant, mic, expected):
    assert event_day(instant, mic) == date.fromisoformat(expected)
    assert event_day(datetime.fromisoformat(instant), mic) == date.fromisoformat(expected)
    assert event_day(pd.Timestamp(instant).tz_convert("UTC"), mic) == date.fromisoformat(expected)


def test_a_zone_is_as_good_as_an_offset():
    assert event_day(datetime(2025, 3, 6, 15, 59, tzinfo=ZoneInfo("America/New_York")), "XNYS") == date(2025, 3, 6)


@pytest.mark.parametrize("given", [date(2025, 3, 7), "2025-03-07"])
def test_a_date_alone_goes_by_policy(given):
    assert event_day(given, "XNYS") == date(2025, 3, 10)
    assert event_day(given, "XNYS", date_only="same_day") == date(2025, 3, 7)


def test_a_holiday_by_date_alone_is_the_next_session():
    assert event_day("2025-01-30", "XSHG", date_only="same_day") == date(2025, 2, 5)
    assert event_day("2025-01-27", "XSHG") == date(2025, 2, 5)


def test_many_at_once_on_several_exchanges():
    given = ["2025-03-06T15:30:00+08:00", "2025-03-06T15:30:00+08:00", date(2025, 3, 6)]
    found = event_days(given, ["XHKG", "XSHG", "XNYS"])
    assert found.tolist() == [date(2025, 3, 6), date(2025, 3, 7), date(2025, 3, 7)]


@pytest.mark.parametrize(
    ("ticker", "mic"),
    [
        ("9988.HK", "XHKG"), ("9988.hk", "XHKG"), ("600519.SS", "XSHG"), ("600519.SH", "XSHG"), ("600519.XSHG", "XSHG"),
        ("000001.SZ", "XSHE"), ("830799.BJ", "BJSE"), ("BABA", "XNYS"), ("BRK.B", "XNYS"), ("BF-B", "XNYS"),
        ("AAPL.US", "XNYS"),
        *[(ticker, None) for ticker in ("7203.T", "0005.L", "BMW.DE", "SHEL.L", "600519", "^HSTECH", "EURUSD=X", "")],
    ],
)  # fmt: skip
def test_tickers_name_their_exchange_or_nobody_does(ticker, mic):
    """The event study, `data check` and `small_market` have one answer."""
    found = load_rulebook().exchange_of(ticker)
    assert (found and found.mic) == mic
    guessed = guessed_instrument(ticker)
    assert (guessed and guessed.exchange) == mic
    if mic is None:
        with pytest.raises(ConfigError, match="names no exchange"):
            small_market(tickers=(ticker,))


def study_of(ticker, **how):
    """One event at 16:30 in Hong Kong and Tokyo, after both have closed, half a day before New York opens."""
    days = pd.bdate_range("2025-01-06", "2025-03-14")
    returns = pd.DataFrame({ticker: np.random.default_rng(1).normal(0, 0.01, len(days))}, index=days)
    events = pd.DataFrame({"ticker": [ticker], "published_at": ["2025-03-06T08:30Z"], **how.pop("columns", {})})
    return newsbt.event_study(returns, None, events, "mean_adjusted", (0, 1), 30, 1, min_estimation=5, **how)


def test_an_unknown_suffix_is_refused_not_taken_for_new_york():
    with pytest.raises(DataError, match=r"on which exchange '7203\.T' trades.*column 'mic'.*column 'date'"):
        study_of("7203.T")
    with pytest.raises(DataError, match=r"'0005\.L'"):
        study_of("0005.L", mic={"7203.T": "XHKG"})
    with pytest.raises(DataError, match=r"'BMW\.DE'"):
        study_of("BMW.DE", columns={"mic": [None]})


@pytest.mark.parametrize("how", [{"mic": "XHKG"}, {"mic": {"A.X": "XHKG"}}, {"columns": {"exchange": ["XHKG"]}}])
def test_an_exchange_that_is_given_decides_day_zero(how):
    assert study_of("A.X", **how).per_event["date"].astype(str).tolist() == ["2025-03-07"]
    assert study_of("600519.XSHG").per_event["date"].astype(str).tolist() == ["2025-03-07"]
    assert study_of("BRK.B").per_event["date"].astype(str).tolist() == ["2025-03-06"]


@pytest.mark.parametrize("given", ["2025-03-06T10:00:00", datetime(2025, 3, 6, 10)])  # noqa: DTZ001
def test_an_instant_without_offset_is_refused(given):
    with pytest.raises(DataError, match="no offset"):
        event_day(given, "XNYS")


@pytest.mark.parametrize("given", ["tomorrow", None, ""])
def test_what_is_no_time_is_refused(given):
    with pytest.raises(DataError, match="ISO 8601"):
        event_day(given, "XNYS")


def test_unknown_exchanges_and_policies_are_refused():
    with pytest.raises(DataError, match="XXXX"):
        event_day("2025-03-06", "XXXX")
    with pytest.raises(ValueError, match="date_only"):
        event_day("2025-03-06", "XNYS", date_only="yesterday")


def test_beyond_the_calendar_there_is_no_session():
    with pytest.raises(DataError, match="no session is known"):
        event_day("2099-03-06T10:00:00+08:00", "XHKG")
