"""What linking cannot resolve is reported, each under its kind, and not guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.entity import Instrument, Relation, Universe
from newsbt.explain.unresolved import KINDS, ReferenceFinding, findings_of
from newsbt.linking.linking import link_all
from newsbt.linking.links import TableLinking


def listing(ticker: str, name: str, *aliases: str, **more: object) -> Instrument:
    return Instrument(ticker=ticker, name=name, exchange="XHKG", board="main", currency="HKD", aliases=aliases, **more)


UNIVERSE = Universe(
    instruments=(
        listing("1.HK", "Harbor Holdings", "Spark", company="Harbor"),
        listing("2.HK", "Spark Energy", "Spark", themes=("ai",)),
        listing("3.HK", "Later Corp", listed_on=date(2026, 1, 8)),
    ),
    relations=(
        Relation(subject="Lab", relation="rival_of", object="1.HK"),
        Relation(subject="Lab", relation="model_of", object="Nobody", from_on=date(2024, 1, 1)),
        Relation(subject="Late Lab", relation="rival_of", object="Spark", from_on=date(2026, 1, 1)),
    ),
)


def item(event_id: str, issuer: str, headline: str = "x", **more: object) -> Announcement:
    at = datetime(2025, 3, 6, tzinfo=UTC)
    return Announcement(event_id=event_id, published_at=at, event_type="news", issuer=issuer, headline=headline, **more)


def found_in(news: list[Announcement], universe: Universe) -> list[ReferenceFinding]:
    linked = link_all(TableLinking(universe), news, universe, timedelta(0))
    batch = AnnouncementBatch(announcements=tuple(news), rows_read=len(news))
    return findings_of(linked, universe, batch.unresolved(universe, lambda _: False))


def test_every_kind_is_found_once() -> None:
    news = [
        item("a", "Spark"), item("b", "Nowhere Inc"), item("c", "Nowhere Inc"), item("d", "Later Corp"),
        item("e", "Harbor", rivals=("Lab", "Zorblax 7", "Harbor")), item("f", "Late Lab"),
        item("g", "Nowhere Inc", unknown_tickers=("2.HKG",)),
        replace(item("h", "unlabelled", attributes={"unlabelled": "busy"}), event_type="unlabelled"),
    ]  # fmt: skip
    found = {(one.kind, one.name): one for one in found_in(news, UNIVERSE)}
    assert {kind for kind, _ in found} == set(KINDS) - {"ambiguous_mention", "no_link"}
    assert found["unknown_issuer", "Nowhere Inc"].count == 2
    assert found["unknown_issuer", "Nowhere Inc"].example == "b"
    assert found["unknown_ticker", "2.HKG"].message == "no instrument has this ticker; did you mean '2.HK'?"
    assert found["unlisted_issuer", "Late Lab"].example == "f"
    assert found["ambiguous_object", "Spark"].example == "Late Lab rival_of Spark"
    assert "Harbor, Spark Energy" in found["ambiguous_issuer", "Spark"].message
    assert found["unknown_rival", "Zorblax 7"].count == 1
    assert not any(name == "Lab" for kind, name in found if kind == "unknown_rival")
    assert found["unlabelled", "unlabelled"].message == "busy"
    assert found["dead_end", "Nobody"].example == "Lab model_of Nobody"


def test_a_mention_without_context_is_reported() -> None:
    universe = Universe(instruments=(listing("ARM", "Arm Holdings", "Arm"),))
    kinds = {one.kind: one for one in found_in([item("a", "Arm Holdings", "Arm of the law")], universe)}
    assert kinds["ambiguous_mention"].name == "Arm"


def test_a_name_of_two_companies_is_not_linked_unless_something_decides() -> None:
    linker = TableLinking(UNIVERSE)
    on = date(2025, 3, 6)
    assert not [link for link in linker.link(item("a", "Spark"), on) if link.hop == 0]
    assert [link.column for link in linker.link(item("a", "Spark Energy"), on)] == [1]
    assert [link.column for link in linker.link(item("a", "2.HK"), on)] == [1]
    assert [link.column for link in linker.link(item("a", "Harbor"), on)] == [0]


def test_a_company_is_not_linked_before_it_is_listed() -> None:
    linker = TableLinking(UNIVERSE)
    assert linker.link(item("a", "Later Corp"), date(2026, 1, 7)) == ()
    assert [link.column for link in linker.link(item("a", "Later Corp"), date(2026, 1, 8))] == [2]
