"""Names in texts: boundaries, the longest match, context, and listings as of a day."""

from __future__ import annotations

from datetime import date

import pytest

from newsbt.domain.aliases import AliasBook, AliasContext, Organisation
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.folding import fold
from newsbt.domain.phrases import PhraseMatcher


def listing(ticker: str, name: str, *aliases: str, company: str = "", listed_on: date | None = None) -> Instrument:
    return Instrument(
        ticker=ticker, name=name, exchange="XHKG", board="main", currency="HKD", aliases=aliases, company=company,
        listed_on=listed_on,
    )  # fmt: skip


UNIVERSE = Universe(
    instruments=(
        listing("9988.HK", "Alibaba Group Holding", "Alibaba", "阿里", "阿里巴巴", company="Alibaba Group"),
        listing("BABA", "Alibaba ADS", "BABA", company="Alibaba Group", listed_on=date(2014, 9, 19)),
        listing("0100.HK", "MiniMax Group", "MiniMax", listed_on=date(2026, 1, 9)),
        listing("META", "Meta Platforms", "Meta"),
        listing("9618.HK", "JD.com", "JD", "京东"),
    )
)
BOOK = AliasBook(
    UNIVERSE,
    organisations=(Organisation(name="Alibaba", aliases=("Alibaba Cloud", "阿里云")),),
    contexts=(
        AliasContext(alias="Meta", needs=("Facebook", "AI"), forbids=("meta-analysis",)),
        AliasContext(alias="阿里", needs=("阿里云", "AI"), forbids=("阿里山", "阿里地区")),
    ),
)


def found(text: str) -> list[tuple[str, str, bool]]:
    return [(text[one.start : one.end], one.name, one.certain) for one in BOOK.find(text)]


def test_the_longest_name_wins_and_all_mean_one_company() -> None:
    assert found("Alibaba Cloud and 阿里巴巴 and BABA") == [
        ("Alibaba Cloud", "Alibaba", True), ("阿里巴巴", "Alibaba", True), ("BABA", "Alibaba", True)
    ]  # fmt: skip


def test_latin_names_need_word_boundaries_and_chinese_ones_do_not() -> None:
    assert found("Alibabas Minimaxes NotAlibaba") == []
    assert found("MiniMax发布新模型，京东跟进") == [("MiniMax", "MiniMax Group", True), ("京东", "JD.com", True)]


def test_short_names_in_capitals_keep_their_case() -> None:
    assert found("jd and JD") == [("JD", "JD.com", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Meta opens its AI model", [("Meta", "Meta Platforms", True)]),
        ("Meta opens a shop", [("Meta", "Meta Platforms", False)]),
        ("a meta question about AI", []),
        ("A META-ANALYSIS of AI", []),
        ("阿里山的AI茶园", []),
        ("阿里发布AI新品", [("阿里", "Alibaba", True)]),
        ("阿里的风景", [("阿里", "Alibaba", False)]),
    ],
)
def test_ambiguous_names_go_by_their_context(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert found(text) == expected


def test_a_company_has_no_ticker_before_it_is_listed() -> None:
    assert BOOK.tickers("MiniMax", date(2026, 1, 8)) == ()
    assert BOOK.tickers("MiniMax", date(2026, 1, 9)) == ("0100.HK",)
    assert BOOK.tickers("Alibaba", date(2014, 9, 18)) == ("9988.HK",)
    assert BOOK.tickers("阿里巴巴", date(2025, 3, 6)) == ("9988.HK", "BABA")
    assert BOOK.tickers("Nobody", date(2025, 3, 6)) == ()


def test_full_width_and_traditional_characters_are_read() -> None:
    assert fold("ＡＬＩＢＡＢＡ發佈") == "alibaba发布"
    assert found("ＭｉｎｉＭａｘ") == [("ＭｉｎｉＭａｘ", "MiniMax Group", True)]


def test_a_phrase_keeps_all_its_meanings() -> None:
    matcher = PhraseMatcher([("free", 1), ("Free", 2), ("", 3)])
    assert [one.value for one in matcher.find("set free")] == [(1, 2)]
    assert matcher.stands_in("freedom")
    assert matcher.find("freedom") == []
    assert PhraseMatcher[int]([]).find("anything") == []


def test_a_name_that_two_companies_have_is_nobodys_and_the_others_stay_theirs() -> None:
    """Neither is guessed: the name is an organisation of its own, without tickers."""
    universe = Universe(
        instruments=(
            listing("1.HK", "Kestrel Energy", "Kestrel", "Ember"),
            listing("2.HK", "Kestrel Motors", "Kestrel"),
            listing("3.HK", "Harbor"),
            listing("HBR", "Harbor"),
        )
    )
    book = AliasBook(universe)
    on = date(2025, 3, 6)
    assert [one.name for one in book.find("Kestrel, Ember, Kestrel Motors, Harbor")] == [
        "Kestrel", "Kestrel Energy", "Kestrel Motors", "Harbor",
    ]  # fmt: skip
    assert [book.tickers(name, on) for name in ("Kestrel", "Ember", "Kestrel Motors", "Harbor")] == [
        (), ("1.HK",), ("2.HK",), ("3.HK", "HBR"),
    ]  # fmt: skip
