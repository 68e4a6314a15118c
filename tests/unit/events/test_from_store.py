"""Reader `store`: what a run makes of the rows of a store, as of an instant, and what it says where there is none."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError
from newsbt.events.extraction.type_signs import type_signs
from newsbt.events.from_store import StoreAnnouncements

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT = datetime(2025, 5, 1, 16, 21, tzinfo=ZoneInfo("America/New_York"))


def listing(ticker: str, exchange: str, company: str) -> Instrument:
    return Instrument(
        ticker=ticker, name=f"{company} {ticker}", exchange=exchange, board="main", currency="USD", company=company
    )


UNIVERSE = Universe(
    instruments=(
        listing("BABA", "XNYS", "Alibaba"), listing("9988.HK", "XHKG", "Alibaba"), listing("X", "XNYS", "Steel"),
    )
)  # fmt: skip


def item(name: str, ticker: str = "X", **changes: object) -> Disclosure:
    fields = {"ids": (name,), "issuer": "STEEL CORP", "tickers": (ticker,), "published_at": AT, "time_source": "header",
              "headline": "8-K 2.02 Results", "form": "8-K", "category": "2.02"}  # fmt: skip
    return Disclosure(**{**fields, **changes})


def read(folder: Path, **changes: object) -> AnnouncementBatch:
    reader = StoreAnnouncements(path=folder, **changes).with_universe(UNIVERSE)
    return reader.read(UNIVERSE.known_tickers)


def by_id(batch: AnnouncementBatch) -> dict[str, Announcement]:
    return {one.event_id: one for one in batch.announcements}


def store(folder: Path, *items: Disclosure, source: str = "sec", now: datetime = NOW) -> None:
    for one in items:
        DisclosureStore(folder).source(source).commit(one.tickers[0], [one], now=now)


def test_an_item_is_an_announcement_of_its_company_and_of_all_its_listings(tmp_path: Path) -> None:
    store(tmp_path, item("a", "BABA", issuer="Alibaba Group Holding Ltd"))
    (found,) = read(tmp_path).announcements
    assert (found.event_type, found.issuer, found.tickers) == ("results", "Alibaba", ("BABA", "9988.HK"))
    assert found.known_at() == datetime(2025, 5, 1, 20, 21, tzinfo=UTC)
    assert found.attributes["company_name"] == "Alibaba Group Holding Ltd"
    assert (found.attributes["time_source"], found.attributes["category"]) == ("header", "2.02")


def test_companies_outside_the_universe_are_left_out_and_counted(tmp_path: Path) -> None:
    store(tmp_path, item("a"), item("b", "TSLA"))
    batch = read(tmp_path)
    assert list(by_id(batch)) == ["a"]
    assert "1 items of companies outside the universe left out" in batch.readings[0][1]


def test_a_filing_of_two_companies_is_one_event_of_both(tmp_path: Path) -> None:
    store(tmp_path, item("a", "BABA"), item("a", "X"))
    batch = read(tmp_path)
    assert {key: set(one.tickers) for key, one in by_id(batch).items()} == {"a": {"X", "BABA", "9988.HK"}}
    assert batch.drops == {"repeated": 1}


def test_a_version_is_an_event_of_its_own_known_at_its_revision(tmp_path: Path) -> None:
    store(tmp_path, item("a"))
    store(tmp_path, item("a", headline="8-K 2.02 Results, corrected"), now=NOW + timedelta(days=2))
    found = by_id(read(tmp_path))
    assert list(found) == ["a", "a.v2"]
    assert found["a.v2"].known_at() == NOW + timedelta(days=2)


def test_as_of_an_instant_later_pulls_are_not_seen(tmp_path: Path) -> None:
    store(tmp_path, item("a"))
    store(tmp_path, item("b"), item("a", headline="8-K 2.02 Results, corrected"), now=NOW + timedelta(days=2))
    assert set(by_id(read(tmp_path, as_of="2026-03-03T00:00:00+00:00"))) == {"a"}
    assert set(by_id(read(tmp_path, as_of="2026-03-04T20:00:00+08:00"))) == {"a", "a.v2", "b"}


def test_no_sentiment_is_invented_and_the_type_has_its_sign(tmp_path: Path) -> None:
    store(tmp_path, item("a", category="4.02"), item("b", category="8.01"))
    found = by_id(read(tmp_path))
    assert all(math.isnan(one.sentiment) for one in found.values())
    signs = type_signs()
    assert (signs[found["a"].event_type], found["b"].event_type in signs) == (-1.0, False)


@pytest.mark.rule("T1")
def test_a_day_is_known_at_its_end_or_if_one_says_so_before_its_opening(tmp_path: Path) -> None:
    midnight = datetime(2026, 1, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    store(tmp_path, item("a", published_at=midnight, time_precision="day"))
    known = [read(tmp_path, known=one).announcements[0].known_at() for one in ("stated", "open")]
    assert known == [datetime(2026, 1, 5, 16, tzinfo=UTC), datetime(2026, 1, 4, 16, tzinfo=UTC)]


def test_a_missing_store_names_the_pull(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="newsbt events pull CONFIG"):
        read(tmp_path / "none")
    store(tmp_path, item("a"))
    with pytest.raises(DataError, match="no store with cninfo"):
        read(tmp_path, sources={"cninfo": None})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"known": "early"}, "known is one of stated, open"), ({"as_of": "2026-03-01T08:00:00"}, "needs an offset"),
        ({"as_of": "soon"}, "as_of"), ({"sources": {"edgar": {}}}, "no source 'edgar'"),
        ({"sources": {"sec": {"contac": "a@b.c"}}}, "did you mean 'contact'"),
        ({"sources": {"sec": {"contact": "me"}}}, "expected an address of mail"),
        ({"sources": {"sec": {"forms": ["10-K"]}}}, "some of 8-K, 6-K"),
        ({"sources": {"cninfo": {"terms_read": "yes"}}}, "expected true or false"),
        ({"sources": {"hkexnews": {"pause": 0.5}}}, "once in 2 seconds at the most"),
        ({"sources": {"sec": {"address": "ftp://x"}}}, "begins with http"),
        ({"sources": {"sec": [1]}}, "expected a mapping"),
    ],
)  # fmt: skip
def test_bad_options_say_what_was_expected(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        StoreAnnouncements(path=tmp_path, **changes)


def test_of_an_instant_that_was_corrected_the_last_pulled_is_read(tmp_path: Path) -> None:
    late = item("a", published_at=AT + timedelta(hours=4), time_source="later_reading")
    store(tmp_path, late)
    store(tmp_path, item("a"), now=NOW + timedelta(days=1))
    (found,) = read(tmp_path).announcements
    assert (found.event_id, found.published_at, found.attributes["time_source"]) == ("a", AT, "header")
    (then,) = read(tmp_path, as_of=(NOW + timedelta(hours=1)).isoformat()).announcements
    assert then.published_at == late.published_at
