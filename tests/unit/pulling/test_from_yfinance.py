"""yfinance itself, asking a Yahoo on the loopback address."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from provider_services.tls_proxy import Answer
from provider_services.truth import Series
from pulling_questions import asked, asked_rates, refused

SPLIT, PAID = "2025-03-07", "2025-03-05"


@pytest.fixture
def yahoo(provider):
    return provider("yfinance")


def test_numbers_hold_their_splits_and_are_handed_on_so(services, yahoo, rows) -> None:
    services.series["0700.HK"] = Series(frame=rows, splits={SPLIT: 5.0}, dividends={PAID: 2.0})
    answer = yahoo.prices(asked("700"))
    assert (answer.currency, answer.adjusted) == ("HKD", "splits")
    assert list(answer.days) == [f"{day:%Y-%m-%d}" for day in rows.index]
    assert answer.values["close"][0] == pytest.approx(100 / 5) and answer.values["close"][-1] == 109
    assert answer.values["volume"][0] == 5000 and answer.values["volume"][-1] == 10_000
    assert answer.splits == {SPLIT: 5.0} and answer.dividends == {PAID: pytest.approx(2.0 / 5)}
    assert "previous_close" not in answer.values


def test_a_split_after_the_days_that_are_wanted_is_asked_for_too(services, yahoo, rows) -> None:
    """It is in all prices before it."""
    services.series["0005.HK"] = Series(frame=rows, splits={"2025-03-13": 2.0})
    answer = yahoo.prices(asked("0005.HK", last=rows.index[3].date()))
    assert answer.values["close"][0] == 50 and answer.splits == {"2025-03-13": 2.0}


def test_rates_are_named_by_the_other_currency(services, yahoo, rows) -> None:
    services.series["HKD=X"] = Series(frame=rows / 10, currency="HKD")
    services.series["CNYHKD=X"] = Series(frame=rows / 100, currency="HKD")
    assert yahoo.rates(asked_rates("USDHKD")).rates[0] == pytest.approx(10.0)
    assert yahoo.rates(asked_rates("CNYHKD")).rates[-1] == pytest.approx(1.09)


def test_an_unknown_ticker_is_nothing(services, yahoo) -> None:
    for _ in range(3):  # the library asks for more of the first ones
        assert refused(yahoo, asked("0001.HK")).kind == "nothing"


def test_no_days_are_nothing(services, yahoo, rows) -> None:
    services.series["0002.HK"] = Series(frame=rows.iloc[:0])
    services.scripts["range=1d"] = [Answer(json.dumps({"chart": {"error": None, "result": [
        {"meta": {"exchangeTimezoneName": "Asia/Hong_Kong", "currency": "HKD"}}]}}))]  # fmt: skip
    assert refused(yahoo, asked("0002.HK")).kind == "nothing"


def test_a_limit_of_rates_says_how_long(services, yahoo, rows) -> None:
    services.series["0003.HK"] = Series(frame=rows)
    services.scripts["chart/0003.HK"] = [None, Answer("Too Many Requests", 429, {"Retry-After": "17"})]
    error = refused(yahoo, asked("0003.HK"))
    assert (error.kind, error.wait_seconds) == ("busy", 17.0)
    assert len(yahoo.prices(asked("0003.HK")).days) == 10  # nothing of it is kept


def test_a_wait_until_an_instant_goes_by_the_clock_of_the_server(services, yahoo, rows) -> None:
    """Whichever of the two is off."""
    services.series["0004.HK"] = Series(frame=rows)
    services.scripts["chart/0004.HK"] = [
        Answer("", 503, {"Date": "Mon, 01 Jan 2001 00:00:00 GMT", "Retry-After": "Mon, 01 Jan 2001 00:00:40 GMT"})
    ]
    error = refused(yahoo, asked("0004.HK"))
    assert error.kind == "unreachable" and error.wait_seconds is not None and error.wait_seconds <= 40


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("<html>we will be right back</html>"), "unusable"),
        (Answer('{"chart": {"result": [{"meta"'), "unusable"),
        (Answer('{"chart": {"result": [{"meta": {}}]}}', cut=10), "unreachable"),
        (Answer('{"finance": {}}'), "nothing"),
    ],
)
def test_what_is_no_answer_is_named(services, yahoo, rows, answer: Answer, kind: str) -> None:
    services.series["0006.HK"] = Series(frame=rows)
    services.scripts["period1"] = [answer]
    assert refused(yahoo, asked("0006.HK")).kind == kind
    assert len(yahoo.prices(asked("0006.HK")).days) == 10


def test_another_name_is_a_renamed_ticker(services, yahoo, rows) -> None:
    services.series["0007.HK"] = Series(frame=rows)
    services.about["0007.HK"] = {"symbol": "9007.HK"}
    error = refused(yahoo, asked("0007.HK"))
    assert error.kind == "unusable" and "9007.HK" in str(error) and "pull.symbols" in str(error)
    services.series["9007.HK"] = Series(frame=rows)
    assert len(yahoo.prices(replace(asked("0007.HK"), symbol="9007.HK")).days) == 10


def test_a_dividend_in_another_currency_is_left_out_and_named(services, yahoo, rows) -> None:
    services.series["0008.HK"] = Series(frame=rows, dividends={PAID: 2.0})
    services.about["0008.HK"] = {"paid_in": "USD"}
    answer = yahoo.prices(asked("0008.HK"))
    assert list(answer.dividends) == [PAID] and math.isnan(answer.dividends[PAID])
    assert list(answer.notes) == [f"a dividend of {PAID} is in USD and left out"]
