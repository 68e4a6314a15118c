"""Names of companies in either script, with and without what their law adds, and what they mean in a universe."""

from __future__ import annotations

import pytest

from newsbt.domain.company_names import plain_company
from newsbt.domain.entity import Instrument, Universe

pytestmark = pytest.mark.rule("S2")


def listing(ticker: str, name: str, *aliases: str, company: str = "", exchange: str = "XHKG") -> Instrument:
    return Instrument(
        ticker=ticker, name=name, exchange=exchange, board="main", currency="HKD", aliases=aliases, company=company
    )


UNIVERSE = Universe(
    instruments=(
        listing("0700.HK", "Tencent", "腾讯控股"),
        listing("NVDA", "NVIDIA Corporation", exchange="XNAS"),
        listing("BABA", "Alibaba", exchange="XNYS"),
        listing("9988.HK", "阿里巴巴-W", company="Alibaba"),
        listing("002230.SZ", "iFLYTEK", "科大讯飞", exchange="XSHE"),
        listing("981.HK", "Fabrication International (FIC)"),
        listing("A", "Delta Inc", exchange="XNYS"),
        listing("B", "Delta Ltd", exchange="XNYS"),
        listing("000001.SZ", "Bank", exchange="XSHE"),
        listing("000001.SH", "Index", exchange="XSHG"),
    )
)


@pytest.mark.parametrize(
    ("name", "tickers"),
    [
        ("腾讯", ["0700.HK"]), ("騰訊控股有限公司", ["0700.HK"]), ("Tencent Holdings Ltd.", ["0700.HK"]),
        ("00700.HK", ["0700.HK"]), ("700", ["0700.HK"]), ("Nvidia Corp.", ["NVDA"]), ("NVIDIA", ["NVDA"]),
        ("Alibaba Group Holding Limited", ["BABA", "9988.HK"]), ("阿里巴巴", ["BABA", "9988.HK"]),
        ("科大讯飞股份有限公司", ["002230.SZ"]), ("科大訊飛", ["002230.SZ"]), ("Tencent Hldgs Ltd", ["0700.HK"]),
        ("腾讯控股(0700.HK)", ["0700.HK"]), ("騰訊控股（00700）", ["0700.HK"]),
        ("Nvidia Corp. [NASDAQ:NVDA]", ["NVDA"]),
        ("Nobody Ltd (NVDA)", ["NVDA"]), ("Nvidia (the Company)", ["NVDA"]),
        ("Nobody (of note)", []), ("Fabrication International Corp", ["981.HK"]), ("FIC", ["981.HK"]),
        ("Nvidiana Corp.", []), ("Holdings", []), ("公司", []), ("", []),
    ],
)  # fmt: skip
def test_a_name_means_the_company_of_that_name(name: str, tickers: list[str]) -> None:
    found = UNIVERSE.resolve(name)
    assert [UNIVERSE.tickers[n] for n in found.columns] == tickers
    assert not found.is_ambiguous


@pytest.mark.parametrize(
    ("name", "tickers"),
    [("Delta", ["A", "B"]), ("000001", ["000001.SZ", "000001.SH"]), ("Tencent (NVDA)", ["0700.HK", "NVDA"])],
)
def test_what_several_may_be_is_ambiguous(name: str, tickers: list[str]) -> None:
    found = UNIVERSE.resolve(name)
    assert found.columns == ()
    assert [UNIVERSE.tickers[n] for n in found.candidates] == tickers


def test_the_very_name_goes_before_another_with_its_legal_form() -> None:
    assert [UNIVERSE.tickers[n] for n in UNIVERSE.resolve("delta inc").columns] == ["A"]


def test_a_name_that_is_nothing_but_a_legal_form_stays() -> None:
    names = ("Group", "公司", "The Coca-Cola Company", "ASML Holding N.V.", "Nordea Abp", "Lowe's Companies")
    assert [plain_company(one) for one in names] == ["group", "公司", "coca cola", "asml", "nordea", "lowe s"]
