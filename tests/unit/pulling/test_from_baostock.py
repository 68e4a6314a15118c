"""baostock itself, asking a server of its messages on the loopback address."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from provider_services.truth import Series
from pulling_questions import asked, refused


@pytest.fixture
def baostock(provider):
    return provider("baostock")


def test_all_that_shanghai_and_shenzhen_have(services, baostock, rows) -> None:
    series = Series(frame=rows, currency="CNY", splits={"2025-03-07": 1.3}, dividends={"2025-03-05": 0.5})
    services.series["sz.002230"] = series
    answer = baostock.prices(asked("002230.SZ", "XSHE"))
    assert answer.adjusted == "none"
    assert answer.values["close"] == rows["close"].tolist() and answer.values["volume"] == rows["volume"].tolist()
    assert answer.values["previous_close"] == series.previous_close.tolist()
    assert answer.splits == {"2025-03-07": pytest.approx(1.3)} and answer.dividends == {"2025-03-05": 0.5}


def test_a_day_without_trading_is_a_row_without_volume(services, baostock, rows) -> None:
    services.series["sh.600519"] = Series(frame=rows.assign(volume=[0.0, *rows["volume"][1:]]), currency="CNY")
    assert baostock.prices(asked("600519.SH", "XSHG")).values["volume"][:2] == [0.0, 2000.0]


def test_an_index_has_no_payments(services, baostock, rows) -> None:
    services.series["sh.000300"] = Series(frame=rows, currency="CNY")
    answer = baostock.prices(asked("000300.SH", "XSHG", "index"))
    assert len(answer.days) == 10 and (answer.dividends, answer.splits) == (None, None)
    assert not any("query_dividend_data" in question for question in services.asked)


def test_several_pages_are_one_answer(services, baostock) -> None:
    """The library's own way of joining them ends in an error, and it takes a page that fails for the last."""
    days = pd.bdate_range("2015-01-01", periods=2100)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close", "volume"), 10.0), index=days)
    services.series["sh.600000"] = Series(frame=frame.assign(close=np.arange(2100) + 1.0), currency="CNY")
    question = asked("600000.SH", "XSHG", "index", first=days[0].date(), last=days[-1].date())
    assert baostock.prices(question).values["close"] == [float(k + 1) for k in range(2100)]
    for broken in (("10002007", "broken off"), None, b"what is this<![CDATA[]]>\n"):
        pages = iter(["", broken])
        services.baostock = lambda name, asked, pages=pages: next(pages, "")
        assert refused(baostock, question).kind == "unreachable"
        assert len(baostock.prices(question).days) == 2100


@pytest.mark.parametrize(("ticker", "exchange"), [("0700.HK", "XHKG"), ("BABA", "XNYS"), ("430047.BJ", "BJSE")])
def test_it_has_shanghai_and_shenzhen_only(services, baostock, ticker: str, exchange: str) -> None:
    assert refused(baostock, asked(ticker, exchange)).kind == "uncovered"


FIELDS = ["date", "code", "open", "high", "low", "close", "preclose", "volume", "adjustflag", "tradestatus"]
ROW = ["2025-03-03", "sh.600000", "1", "1", "1", "1", "1", "100", "3", "1"]


def other(k: int, value: str) -> list[str]:
    return [*ROW[:k], value, *ROW[k + 1 :]]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (([], []), "nothing", "no days of sh.600000"),
        (("10004011", "无效的证券代码"), "nothing", "10004011"),
        (("10001011", "黑名单用户"), "busy", "10001011"),
        (("10002007", "网络接收错误"), "unreachable", "10002007"),
        (([*FIELDS[:-4], "money"], [ROW[:7]]), "unusable", "other columns: volume, preclose"),
        ((FIELDS, [ROW[:5]]), "unusable", ""),
        ((FIELDS, [other(8, "2")]), "unusable", "adjusted prices"),
        ((FIELDS, [other(0, "yesterday")]), "unusable", "'yesterday' of sh.600000 is no day"),
        ((FIELDS, [other(1, "sh.601000")]), "unusable", "sh.601000"),
        (b"what is this<![CDATA[]]>\n", "unreachable", ""),
        (None, "unreachable", ""),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_named(services, baostock, rows, answer, kind: str, words: str) -> None:
    """A connection that is closed too, for which the library waits for ever."""
    services.baostock = lambda name, asked: answer if name == "query_history_k_data_plus" else ""
    error = refused(baostock, asked("600000.SH", "XSHG"))
    assert error.kind == kind and words in str(error)
    services.baostock, services.series["sh.600000"] = None, Series(frame=rows, currency="CNY")
    assert len(baostock.prices(asked("600000.SH", "XSHG")).days) == 10


def test_a_session_that_is_over_is_begun_again(services, baostock, rows) -> None:
    services.series["sh.600001"] = Series(frame=rows, currency="CNY")
    answers = iter([("10001001", "用户未登陆")])
    services.baostock = lambda name, asked: next(answers, "")
    assert refused(baostock, asked("600001.SH", "XSHG")).kind == "unreachable"
    assert len(baostock.prices(asked("600001.SH", "XSHG")).days) == 10
    assert "baostock login " in services.asked


@pytest.mark.parametrize(("answer", "kind"), [(("10001005", "too many"), "busy"), (None, "unreachable")])
def test_a_login_that_is_refused_is_named(services, baostock, rows, monkeypatch, answer, kind: str) -> None:
    """A connection that is closed at once too: without an end the library would wait until its process is ended."""
    baostock.close()
    monkeypatch.setattr(baostock, "provider", replace(baostock.provider, answer_seconds=15.0))
    services.baostock = lambda name, asked: answer if name == "login" else ""
    error = refused(baostock, asked("600000.SH", "XSHG"))
    assert error.kind == kind and "10" in str(error) and "no answer within" not in str(error)
