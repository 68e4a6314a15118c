"""akshare itself, asking an East Money and a Sina on the loopback address."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from newsbt.pulling.from_akshare import _LastAnswer
from newsbt.pulling.provider_contract import ProviderError
from provider_services.tls_proxy import Answer
from provider_services.truth import Series
from pulling_questions import asked, asked_rates, refused


@pytest.fixture
def akshare(provider):
    return provider("akshare")


def test_the_mainland_has_all(services, akshare, rows) -> None:
    """As traded; lots become shares, the previous close is the close without its change, plans are no payments."""
    series = Series(frame=rows, currency="CNY", splits={"2025-03-07": 1.3}, dividends={"2025-03-05": 0.5})
    services.series["002230"] = series
    answer = akshare.prices(asked("002230.SZ", "XSHE"))
    assert answer.adjusted == "none" and answer.currency == ""
    assert answer.values["close"] == rows["close"].tolist() and answer.values["volume"] == rows["volume"].tolist()
    assert answer.values["previous_close"] == pytest.approx(series.previous_close.tolist(), abs=0.001)
    assert answer.splits == {"2025-03-07": pytest.approx(1.3)} and answer.dividends == {"2025-03-05": 0.5}


def test_a_share_that_never_paid_has_no_payments(services, akshare, rows) -> None:
    services.series["688256"] = Series(frame=rows, currency="CNY")
    answer = akshare.prices(asked("688256.SH", "XSHG"))
    assert answer.dividends == {} and answer.splits == {}


@pytest.mark.parametrize(
    ("ticker", "exchange", "board", "known"),
    [
        ("0700.HK", "XHKG", "main", "00700"), ("NVDA", "XNAS", "main", "105.NVDA"), ("BABA", "XNYS", "adr", "106.BABA"),
        ("^HSTECH", "XHKG", "index", "HSTECH"), ("^HSCE", "XHKG", "index", "HSCEI"),
        ("000300.SH", "XSHG", "index", "sh000300"), ("930713.CSI", "XSHG", "index", "csi930713"),
        ("510300.SH", "XSHG", "etf", "510300"),
    ],
)  # fmt: skip
def test_what_else_there_is_comes_without_payments(services, akshare, rows, ticker, exchange, board, known) -> None:
    services.series[known] = Series(frame=rows)
    answer = akshare.prices(asked(ticker, exchange, board))
    assert answer.values["close"] == rows["close"].tolist()
    assert (answer.dividends, answer.splits, answer.adjusted) == (None, None, "none")
    assert ("previous_close" in answer.values) == (board == "etf")
    if exchange in ("XHKG", "XNAS", "XNYS") and board != "index":
        assert answer.values["volume"] == rows["volume"].tolist()


def test_days_before_and_behind_are_left_out(services, akshare, rows) -> None:
    services.series["HSI"] = Series(frame=rows)
    answer = akshare.prices(asked("^HSI", "XHKG", "index", first=rows.index[2].date(), last=rows.index[5].date()))
    assert list(answer.days) == [f"{day:%Y-%m-%d}" for day in rows.index[2:6]]


def test_rates_are_those_of_the_yuan_or_two_of_them(services, akshare, rows) -> None:
    days = pd.bdate_range("2025-03-03", "2025-03-14")
    services.rates.update(USD=pd.Series(7.2, index=days), HKD=pd.Series(0.9, index=days))
    assert akshare.rates(asked_rates("USDHKD")).rates[0] == pytest.approx(8.0)
    assert akshare.rates(asked_rates("CNYHKD")).rates[0] == pytest.approx(1 / 0.9)
    assert akshare.rates(asked_rates("HKDCNY")).rates[0] == pytest.approx(0.9)
    with pytest.raises(ProviderError, match="nothing known here gives SEK"):
        akshare.rates(asked_rates("SEKHKD"))


@pytest.mark.parametrize(("ticker", "exchange"), [("0001.HK", "XHKG"), ("600000.SH", "XSHG"), ("AAPL", "XNAS")])
def test_what_it_does_not_know_is_nothing(services, akshare, ticker: str, exchange: str) -> None:
    assert refused(akshare, asked(ticker, exchange)).kind == "nothing"


def test_what_it_has_not_is_not_asked(services, akshare) -> None:
    assert refused(akshare, asked("^IXIC", "XNAS", "index")).kind == "uncovered"
    assert services.asked == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("<html>busy</html>"), "unusable"),
        (Answer('{"data": {"klines": ["2025-03-03,1,'), "unusable"),
        (Answer(json.dumps({"data": {"klines": ["2025-03-03,1,2,3"]}})), "unusable"),
        (Answer("[]"), "unusable"),
        (Answer('{"data": {}}', cut=5), "unreachable"),
        (Answer("", 502), "unreachable"),
        (Answer(json.dumps({"data": {"klines": []}})), "nothing"),
    ],
)
@pytest.mark.parametrize(("ticker", "exchange"), [("0700.HK", "XHKG"), ("600000.SH", "XSHG")])
def test_what_is_no_answer_is_named(services, akshare, rows, ticker, exchange, answer: Answer, kind: str) -> None:
    services.scripts["kline"] = [answer]
    assert refused(akshare, asked(ticker, exchange)).kind == kind


def test_a_limit_of_rates_says_how_long(services, akshare, rows) -> None:
    services.scripts["kline"] = [Answer("slow down", 429, {"Retry-After": "30"})]
    error = refused(akshare, asked("0700.HK"))
    assert (error.kind, error.wait_seconds) == ("busy", 30.0)
    assert "eastmoney.com answers 429" in str(error)


def test_payments_that_fail_are_no_missing_payments(services, akshare, rows) -> None:
    services.series["600000"] = Series(frame=rows, currency="CNY", dividends={"2025-03-05": 0.5})
    services.scripts["RPT_SHAREBONUS_DET"] = [Answer("<html></html>")]
    assert refused(akshare, asked("600000.SH", "XSHG")).kind == "unusable"


def test_no_question_waits_for_ever() -> None:
    """Most functions of akshare ask without a limit of time."""
    waits = []

    def send(adapter, request, stream, timeout, *rest):
        waits.append(timeout)
        raise ConnectionError

    for timeout in (None, 7.0):
        with pytest.raises(ConnectionError):
            _LastAnswer(send).sender(None, None, timeout=timeout)
    assert waits == [20.0, 7.0]
