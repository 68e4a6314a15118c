"""Names in bulk: what news call companies of which a table has the full names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from newsbt.domain.aliases import AliasBook
from newsbt.domain.company_names import acronyms, spoken_names
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.made_names import ACRONYM, SHARED, WORD, made_names


def listing(ticker: str, name: str, exchange: str = "XNYS", **fields: Any) -> Instrument:
    return Instrument(ticker=ticker, name=name, exchange=exchange, board="main", currency="USD", **fields)


UNIVERSE = Universe(
    instruments=(
        listing("BRG", "Bright Corp"),
        listing("KSC", "Kestrel Semiconductor Craft Corp"),
        listing("EMB", "EMBERWICK HOLDINGS LTD"),
        listing("9090.HK", "晨曦山控股有限公司", "XHKG"),
        listing("600900.SH", "Ferrowick Water Co", "XSHG"),
        listing("X1", "Quillon Inc"),
        listing("X2", "Quillon Limited"),
    )
)


@pytest.mark.parametrize(
    ("full", "spoken"),
    [
        ("Emberwick Group Holding Limited", ["Emberwick"]), ("EMBERWICK CORP", ["Emberwick"]),
        ("Kestrel, Inc. - American Depositary Shares, each for eight ordinary shares", ["Kestrel"]),
        ("Kestrel Inc. Class B Common Stock", ["Kestrel"]), ("Kestrel Craft International Corp (KCI)",
        ["Kestrel Craft International", "KCI"]), ("Kestrel Mobile (Hong Kong)", ["Kestrel Mobile"]),
        ("Kestrel Craft Company (The)", ["Kestrel Craft"]), ("Kestrel (9090.HK)", ["Kestrel"]),
        ("晨曦山-SW", ["晨曦山"]), ("*ST晨曦", ["晨曦"]), ("晨  曦Ａ", ["晨曦"]), ("騰訊控股有限公司", ["騰訊"]),
        ("AT&T Inc.", ["AT&T"]), ("L'Oréal S.A.", ["L'Oréal"]),
    ],
)  # fmt: skip
def test_a_name_without_what_only_the_law_adds(full: str, spoken: list[str]) -> None:
    assert list(spoken_names(full)) == spoken


def test_initials_are_of_three_words_at_least() -> None:
    assert acronyms("Industrial and Commercial Bank of China Ltd") == ("IACBOC", "ICBC")
    assert acronyms("Taiwan Semiconductor Manufacturing Co., Ltd.") == ("TSM", "TSMC")
    assert acronyms("Emberwick Holdings Ltd") == acronyms("腾讯控股") == acronyms("H&M Hennes & Mauritz AB") == ()


def test_each_made_name_says_whether_it_says_enough() -> None:
    found = {(one.name, one.company): one.why for one in made_names(UNIVERSE, {"bright"})}
    assert found == {
        ("Bright", "Bright Corp"): WORD, ("Kestrel Semiconductor Craft", "Kestrel Semiconductor Craft Corp"): "",
        ("KSCC", "Kestrel Semiconductor Craft Corp"): ACRONYM, ("Emberwick", "EMBERWICK HOLDINGS LTD"): "",
        ("晨曦山", "晨曦山控股有限公司"): "", ("Ferrowick Water", "Ferrowick Water Co"): "",
        ("Quillon", "Quillon Inc"): SHARED, ("Quillon", "Quillon Limited"): SHARED,
    }  # fmt: skip  # KSC is a ticker already


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Emberwick opens a plant", ["EMBERWICK HOLDINGS LTD"]), ("晨曦山发布模型", ["晨曦山控股有限公司"]),
        ("Bright is the day", []), ("Bright (NYSE: BRG) opens", ["Bright Corp", "Bright Corp"]),
        ("KSCC opens a plant", []), ("Kestrel Semiconductor Craft: KSCC opens",
        ["Kestrel Semiconductor Craft Corp", "Kestrel Semiconductor Craft Corp"]), ("Quillon opens", []),
        ("Somebody Else (HKEX: 9090) opens", ["晨曦山控股有限公司", "晨曦山控股有限公司"]),
        ("某某水务（600900）去年净利润增长", ["Ferrowick Water Co", "Ferrowick Water Co"]),
        ("Artificial intelligence (AI) in 2025 (2025)", []), ("A plan (NYSE: NONE)", []),
    ],
)  # fmt: skip
def test_a_text_is_read_by_made_names_and_by_tickers_in_brackets(text: str, named: list[str]) -> None:
    book = AliasBook(UNIVERSE, words={"bright"})
    assert [one.name for one in book.find(text) if one.certain] == named


def test_a_company_of_the_rules_has_the_listings_of_its_full_name() -> None:
    from newsbt.domain.aliases import Organisation

    book = AliasBook(UNIVERSE, [Organisation(name="Emberwick", aliases=("Ember",))])
    assert book.tickers("Emberwick", date(2025, 3, 6)) == ("EMB",)
