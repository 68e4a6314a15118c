"""Pulls of several companies: what is asked again and what is not, what fails and what goes on, kills over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from disclosure_servers import HTML_403, Edgar, EdgarCompany, EdgarFiling, serving
from killed import contents, killed_at
from newsbt.disclosures.disclosure import Disclosure, stored_of
from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.disclosures.known_companies import FormerIds
from newsbt.disclosures.pulling import PullRequest, SourcePulled, pull
from newsbt.disclosures.source_contract import Answered, Companies, Company
from newsbt.disclosures.source_list import sources_of
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError, Problem

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)


class Scripted:
    """A source whose companies answer what a test says, and that notes what it was asked."""

    name, zone, scope = "sec", ZoneInfo("UTC"), ""

    def __init__(self, **answers: Sequence[str] | DataError) -> None:
        self.answers_by, self.asked = answers, list[tuple[str, Sequence[tuple[date, date]], bool]]()
        self.empty_first = set[str]()

    def companies(self, universe: Universe) -> Companies:
        found = tuple(Company(key=one, name=one, tickers=(one.upper(),)) for one in self.answers_by)
        return Companies(found=found, unknown=("KWEB",))

    def answers(self, company: Company, spans: Sequence[tuple[date, date]], *, again: bool) -> Iterator[Answered]:
        self.asked.append((company.key, tuple(spans), again))
        answer = self.answers_by[company.key]
        for span in spans:
            if isinstance(answer, DataError):
                raise answer
            if company.key in self.empty_first and not again:
                yield Answered(span=span, items=(), is_believed=False)
                continue
            yield Answered(span=span, items=[item(one, company) for one in answer])

    def probe(self, on: date) -> str:
        return "ok"


def item(name: str, company: Company) -> Disclosure:
    at = datetime(2025, 5, 1, 16, tzinfo=UTC)
    return Disclosure(
        ids=(f"{company.key}-{name}",), issuer=company.name, tickers=company.tickers, headline=name, published_at=at,
        time_source="header",
    )  # fmt: skip


def failing(code: str) -> DataError:
    return DataError(code, [Problem(code=code, message=f"it is {code}")])


def once(source: Scripted, folder: Path, now: datetime = NOW, **changes: object) -> SourcePulled:
    request = PullRequest(**{"first": FIRST, "last": LAST, **changes})
    (done,) = pull(request, Universe(instruments=()), DisclosureStore(folder), [source], now=lambda: now)
    return done


def test_what_is_settled_is_not_asked_again_and_the_last_days_are(tmp_path: Path) -> None:
    source = Scripted(a=["x", "y"], b=[])
    first = once(source, tmp_path)
    assert (first.items.added, first.asked, first.unknown) == (2, 2, ("KWEB",))
    assert source.asked[0] == ("a", ((FIRST, date(2026, 3, 2)),), False)
    soon = once(source, tmp_path, NOW + timedelta(minutes=30))
    assert (soon.asked, soon.up_to_date) == (0, 2)
    later = once(source, tmp_path, NOW + timedelta(hours=2))
    assert (later.asked, later.items.unchanged) == (2, 2)
    source.asked.clear()
    next_day = once(source, tmp_path, NOW + timedelta(days=1))
    assert (next_day.asked, next_day.items.added, next_day.items.unchanged) == (2, 0, 2)
    assert source.asked[0] == ("a", ((date(2026, 2, 24), date(2026, 3, 3)),), False)


def test_a_longer_period_asks_for_what_it_adds(tmp_path: Path) -> None:
    source = Scripted(a=["x"])
    once(source, tmp_path, last=date(2025, 6, 30))
    source.asked.clear()
    once(source, tmp_path, NOW + timedelta(days=1), first=date(2024, 7, 1), last=date(2025, 12, 31))
    assert source.asked == [
        ("a", ((date(2024, 7, 1), date(2024, 12, 31)), (date(2025, 7, 1), date(2025, 12, 31))), False)
    ]


def test_days_that_were_asked_about_in_part_are_asked_about_for_the_rest(tmp_path: Path) -> None:
    source = Scripted(a=["x"])
    source.scope = DisclosureOptions(name="sec", forms=("8-K",), headers=False).scope
    once(source, tmp_path)
    assert once(source, tmp_path).up_to_date == 1
    source.scope, source.answers_by["a"] = DisclosureOptions(name="sec").scope, ["x", "y"]
    assert once(source, tmp_path).items.added == 1
    source.scope = DisclosureOptions(name="sec", forms=("6-K",)).scope
    assert once(source, tmp_path).up_to_date == 1, "all of it is there"


def test_since_asks_whatever_was_asked_before(tmp_path: Path) -> None:
    source = Scripted(a=["x"])
    once(source, tmp_path)
    source.asked.clear()
    once(source, tmp_path, first=date(2026, 2, 1), is_since=True)
    assert source.asked == [("a", ((date(2026, 2, 1), date(2026, 3, 2)),), False)]


def test_a_period_in_the_future_is_named_and_nothing_is_asked(tmp_path: Path) -> None:
    source = Scripted(a=["x"])
    done = once(source, tmp_path, first=date(2027, 1, 1), last=None)
    assert [one.code for one in done.problems] == ["bad_value"]
    assert source.asked == [] and not list(tmp_path.iterdir())


def test_a_company_that_fails_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    source = Scripted(a=["x"], b=failing("structure_changed"), c=["y"])
    done = once(source, tmp_path)
    assert [(one.code, one.key) for one in done.problems] == [("structure_changed", "sec: b")]
    assert (done.items.added, done.not_asked) == (2, 0)
    source.answers_by["b"] = ["z"]
    assert once(source, tmp_path, NOW + timedelta(minutes=1)).items.added == 1


def test_a_source_that_is_down_is_not_asked_for_every_company(tmp_path: Path) -> None:
    source = Scripted(**{name: failing("unreachable") for name in "abcdef"})
    done = once(source, tmp_path)
    assert ([one.code for one in done.problems], done.not_asked) == (["unreachable"] * 3, 3)


def test_nothing_is_believed_only_when_it_is_nothing_again(tmp_path: Path) -> None:
    source = Scripted(a=["x"], b=["y"])
    source.empty_first = {"a"}
    done = once(source, tmp_path)
    assert [(key, again) for key, _, again in source.asked] == [("a", False), ("b", False), ("a", True)]
    assert done.items.added == 2


def test_a_store_that_cannot_be_written_stops_the_pull(tmp_path: Path) -> None:
    (tmp_path / "sec").write_text("a file where the folder should be")
    with pytest.raises(DataError):
        once(Scripted(a=["x"]), tmp_path)


COMPANIES = [
    EdgarCompany(
        k, name, name, bool(k % 2), filings=[EdgarFiling(f"000{k}-25-{n}", f"2025-0{n}-03T08:00:00") for n in (1, 7)]
    )
    for k, name in enumerate(("A", "B", "C"), 1)
]


def listed() -> Universe:
    return Universe(
        instruments=tuple(
            Instrument(ticker=one.ticker, name=one.name, exchange="XNYS", board="main", currency="USD")
            for one in COMPANIES
        )
    )


def pull_from(url: str, folder: Path) -> list[SourcePulled]:
    options = DisclosureOptions(name="sec", contact="me@example.com", address=url, pause=0.0)
    sources = sources_of([options], None, sleep=lambda _: None)
    return pull(PullRequest(first=FIRST, last=LAST), listed(), DisclosureStore(folder), sources, now=lambda: NOW)


def test_a_pull_over_http_that_is_killed_and_goes_on_is_as_one_that_was_not(tmp_path: Path) -> None:
    with serving(Edgar(*COMPANIES)) as site:
        pull_from(site.url, tmp_path / "once")
        whole = contents(tmp_path / "once")
        for step in (3, 11, 20, 27):
            folder = tmp_path / f"killed-{step}"
            folder.mkdir()
            assert killed_at(step, folder, lambda at=folder: pull_from(site.url, at))
            pull_from(site.url, folder)
            assert contents(folder) == whole, f"killed at step {step}"
    tables = DisclosureStore(tmp_path / "once").source("sec").tables()
    assert len([row for table in tables for row in stored_of(table)]) == 6


def test_a_refusal_of_one_filing_keeps_what_the_others_said(tmp_path: Path) -> None:
    with serving(Edgar(*COMPANIES)) as site:
        site.instead["/submissions/CIK0000000002.json"] = [HTML_403]
        (done,) = pull_from(site.url, tmp_path)
    assert ([one.code for one in done.problems], done.items.added) == (["refused"], 4)


def test_former_ids_with_bad_rows_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "former.csv"
    table.write_text("source,ticker,id\nsec,TWTR,1418091\nnyse,X,\n")
    with pytest.raises(DataError, match=r"former.csv:3"):
        FormerIds.read(table)
    table.write_text("ticker,id\nTWTR,1\n")
    with pytest.raises(DataError, match="no column 'source'"):
        FormerIds.read(table)
