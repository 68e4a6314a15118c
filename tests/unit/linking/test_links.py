"""Which instruments an announcement touches, as of the day it became known (S2)."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Instrument, Relation, Universe
from newsbt.domain.references import why_not_linked
from newsbt.linking.links import TableLinker, TableLinking

pytestmark = pytest.mark.rule("S2")

ON = date(2025, 3, 5)


def listed(ticker: str, name: str = "", board: str = "main", **fields: Any) -> Instrument:
    return Instrument(ticker=ticker, name=name or ticker, exchange="XHKG", board=board, currency="HKD", **fields)


def announced(issuer: str = "", tickers: tuple[str, ...] = (), mentioned: tuple[str, ...] = ()) -> Announcement:
    return Announcement(
        event_id="e", published_at=datetime(2025, 3, 5, tzinfo=UTC), event_type="news", issuer=issuer, tickers=tickers,
        mentioned=mentioned,
    )  # fmt: skip


def related(*rows: tuple[str, str, float | None]) -> tuple[Relation, ...]:
    return tuple(Relation(subject=one, relation="supplier_of", object=two, effect=effect) for one, two, effect in rows)


def links(universe: Universe, item: Announcement, hops: int = 3, on: date = ON) -> list[tuple[str, str, int, float]]:
    found = TableLinking(universe, hops).link(item, on)
    return [(universe.tickers[one.column], one.relation, one.hop, one.weight) for one in found]


CHAIN = Universe(
    instruments=(listed("A", company="Alpha"), listed("A2", company="Alpha"), listed("B"), listed("C"), listed("D")),
    relations=related(("Alpha", "B", 0.5), ("B", "C", -0.5), ("C", "D", None), ("C", "A2", 1.0), ("B", "Alpha", 1.0)),
)


def test_effects_multiply_along_the_way_and_with_one_that_is_not_stated_the_weight_is_unknown() -> None:
    reached = links(CHAIN, announced("Alpha"))
    assert reached[2:4] == [("B", "supplier_of", 1, 0.5), ("C", "supplier_of", 2, -0.25)]
    assert reached[4][:3] == ("D", "supplier_of", 3) and math.isnan(reached[4][3])


def test_no_way_leads_back_to_the_issuers_own_listings() -> None:
    assert [one[:3] for one in links(CHAIN, announced("Alpha"))[:2]] == [("A", "issuer", 0), ("A2", "issuer", 0)]
    assert [one[0] for one in links(CHAIN, announced("Alpha", tickers=("A",)))] == ["A", "A2", "B", "C", "D"]


def test_each_instrument_has_its_shortest_way_and_of_two_equal_ones_the_first_in_the_table() -> None:
    rows = related(("A", "B", 0.1), ("A", "C", 0.2), ("B", "D", 0.5), ("C", "D", 1.0), ("B", "C", 1.0))
    universe = Universe(instruments=CHAIN.instruments, relations=rows)
    assert [(one, hop, weight) for one, _, hop, weight in links(universe, announced("A"))[2:]] == [
        ("B", 1, 0.1), ("C", 1, 0.2), ("D", 2, 0.05),
    ]  # fmt: skip
    assert [one[0] for one in links(universe, announced("A"), hops=1)] == ["A", "A2", "B", "C"]


def test_what_is_reached_is_listed_on_the_day() -> None:
    late, gone = listed("L", listed_on=date(2025, 3, 6)), listed("G", delisted_on=date(2025, 3, 4))
    universe = Universe(instruments=(listed("A"), late, gone), relations=related(("A", "L", 1.0), ("A", "G", 1.0)))
    assert [[one[0] for one in links(universe, announced("A"), on=date(2025, 3, day))] for day in (4, 5, 6)] == [
        ["A", "G"], ["A"], ["A", "L"],
    ]  # fmt: skip


@pytest.mark.rule("X20")
def test_a_ticker_that_is_named_is_linked_up_to_its_last_day() -> None:
    """With it goes its sector index, which nothing else brings."""
    gone = listed("G", delisted_on=date(2025, 3, 4), sector_index="I")
    universe = Universe(instruments=(listed("A"), gone, listed("I", board="index")))
    item = announced(tickers=("A", "G"))
    assert [[one[0] for one in links(universe, item, on=date(2025, 3, day))] for day in (4, 5)] == [
        ["A", "G", "I"],
        ["A"],
    ]
    alone = announced(tickers=("G",))
    assert [why_not_linked(alone, universe, date(2025, 3, day)) for day in (4, 5)] == ["no_link", "not_listed"]


def test_a_relation_holds_up_to_and_with_its_last_day() -> None:
    row = Relation(
        subject="A", relation="peer_of", object="B", effect=1.0, from_on=date(2025, 3, 4), to_on=date(2025, 3, 5)
    )
    linker = TableLinking(Universe(instruments=(listed("A"), listed("B")), relations=(row,)))
    # One linker for all days, as in a run: what it keeps of one era must not serve another.
    reached = [len(linker.link(announced("A"), date(2025, 3, day))) for day in (3, 4, 5, 6)]
    assert reached == [1, 2, 2, 1]


def test_a_relation_to_a_ticker_reaches_that_listing_and_one_to_a_company_all_of_its() -> None:
    for target, expected in (("A2", ["B", "A2"]), ("Alpha", ["B", "A", "A2"])):
        universe = Universe(instruments=CHAIN.instruments, relations=related(("B", target, 1.0)))
        assert [one[0] for one in links(universe, announced("B"))] == expected


def test_a_name_of_several_companies_links_none_unless_a_ticker_a_company_or_a_full_name_decides() -> None:
    shared = ("Twin",)
    both = (listed("X", company="Xylo", aliases=shared), listed("Y", company="Yarn", aliases=shared))
    assert links(Universe(instruments=both), announced("Twin")) == []
    for kind in ("company", "name"):
        universe = Universe(instruments=(*both, listed("Z", **{"company": "Zinc", kind: "Twin"})))
        assert [one[0] for one in links(universe, announced("twin"))] == ["Z"], kind


def test_listings_without_a_company_belong_to_the_company_of_their_name() -> None:
    """Two or three listings of one name are one company, whatever case they are written in; a ticker means all of
    them, as it does where they say their company. A listing of the same name that states another company makes the
    name ambiguous."""
    one = tuple(listed(ticker, name) for ticker, name in (("1.HK", "Harbor"), ("HBR", "harbor"), ("3.SH", "HARBOR")))
    for count in (2, 3):
        for issuer in ("Harbor", "1.HK"):
            found = links(Universe(instruments=one[:count]), announced(issuer))
            assert [ticker for ticker, *_ in found] == ["1.HK", "HBR", "3.SH"][:count]
    other = Universe(instruments=(*one[:2], listed("4.HK", "Harbor", company="Harbor Bank")))
    assert links(other, announced("Harbor")) == []
    assert other.resolve("harbor").candidates == (0, 1, 2)
    assert [ticker for ticker, *_ in links(other, announced("Harbor Bank"))] == ["4.HK"]


def test_a_relation_to_a_name_of_several_companies_reaches_none_of_them() -> None:
    both = (listed("X", company="Xylo", aliases=("Twin",)), listed("Y", company="Yarn", aliases=("Twin",)))
    universe = Universe(instruments=(listed("A"), *both), relations=related(("A", "Twin", 1.0)))
    assert [ticker for ticker, *_ in links(universe, announced("A"))] == ["A"]
    assert universe.relations_of("Twin", ON) == ()
    assert not universe.is_same("Twin", "Xylo")


def test_a_direct_link_brings_its_sector_index_once_and_an_index_that_is_named_stays_named() -> None:
    index = listed("^I", board="index")
    universe = Universe(instruments=(listed("A", sector_index="^I"), listed("B", sector_index="^I"), index))
    both = links(universe, announced(tickers=("A", "B")))
    assert [one[:3] for one in both] == [("A", "named", 0), ("B", "named", 0), ("^I", "sector_index", 0)]
    assert [one[1] for one in links(universe, announced(tickers=("A", "^I")))] == ["named", "named"]


@pytest.mark.parametrize(("effect", "weight"), [(0.0, 0.0), (None, math.nan)])
def test_no_effect_is_not_the_same_as_one_that_is_not_stated(effect: float | None, weight: float) -> None:
    universe = Universe(instruments=(listed("A"), listed("B")), relations=related(("A", "B", effect)))
    assert links(universe, announced("A"))[1] == ("B", "supplier_of", 1, pytest.approx(weight, nan_ok=True))


TWO_MARKETS = Universe(
    instruments=(
        listed("BABA", "Alef", company="Alpha", sector_index="^US"),
        listed("9988", "Alpha", company="Alpha", sector_index="^HK"),
        listed("Late", company="Alpha", listed_on=date(2025, 3, 6)),
        listed("B", "Beta"),
        listed("^US", board="index"),
        listed("^HK", board="index"),
    )
)


def test_a_tagged_item_links_the_issuers_other_listings_of_that_day_and_their_indices() -> None:
    expected = [("BABA", "named"), ("9988", "same_company"), ("^US", "sector_index"), ("^HK", "sector_index")]
    for issuer in ("Alpha", "a wire that no table has"):
        item = announced(issuer, tickers=("BABA",))
        assert [one[:2] for one in links(TWO_MARKETS, item)] == expected
    found = links(TWO_MARKETS, announced("Beta", tickers=("BABA",)))
    assert [one[:2] for one in found] == [("BABA", "named"), ("B", "same_company"), ("^US", "sector_index")]
    several = announced("a wire that no table has", tickers=("BABA", "B"))
    assert [one[:2] for one in links(TWO_MARKETS, several)] == [
        ("BABA", "named"),
        ("B", "named"),
        ("^US", "sector_index"),
    ]
    alone = TableLinker(same_company=False).linking(TWO_MARKETS, 1).link(announced("Alpha", tickers=("BABA",)), ON)
    assert [one.relation for one in alone] == ["named", "sector_index"]


def test_companies_named_beside_the_issuer_are_links_of_unknown_weight() -> None:
    item = announced("Alpha", mentioned=("Nobody", "Beta", "^HK", "Alef"))
    found = TableLinking(TWO_MARKETS).link(item, ON)
    (one,) = [link for link in found if link.relation == "mentioned"]
    assert (one.column, one.hop, one.path) == (3, 1, ("Alpha", "Beta", "B")) and math.isnan(one.weight)
    assert all(
        link.relation != "mentioned" for link in TableLinker(mentioned=False).linking(TWO_MARKETS, 1).link(item, ON)
    )
    related_too = Universe(
        instruments=TWO_MARKETS.instruments,
        relations=(Relation(subject="Alpha", relation="rival_of", object="B", effect=-0.5),),
    )
    assert [(link.relation, link.weight) for link in TableLinking(related_too).link(item, ON)][-1] == ("rival_of", -0.5)


def test_links_may_change_on_the_days_on_which_what_is_named_is_listed_or_no_longer() -> None:
    named = listed("A", company="Alpha", listed_on=date(2024, 1, 2), delisted_on=date(2025, 6, 30))
    other = listed("B", listed_on=date(2023, 1, 3))
    linking = TableLinking(Universe(instruments=(named, other)), 0)
    days = (date(2024, 1, 2), date(2025, 7, 1))
    assert linking.change_days(("A", "nobody"), "") == linking.change_days((), "Alpha") == days
    assert linking.change_days(("B",), "Alpha") == (date(2023, 1, 3), *days)
    assert linking.change_days(("nobody",), "nobody") == ()
