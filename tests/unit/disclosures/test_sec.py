"""EDGAR, through HTTP: instants by the header, events an item, amendments, names, and answers that are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from disclosure_servers import HTML_403, MISSING, Edgar, EdgarCompany, EdgarFiling, LoopbackSite, as_json, serving
from newsbt.disclosures.asking import SourceAsker
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.known_companies import FormerIds
from newsbt.disclosures.sec import Sec
from newsbt.disclosures.source_contract import Company
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError

SPAN = (date(2020, 1, 1), date(2026, 12, 31))


def source(site: LoopbackSite, former: FormerIds | None = None, **changes: object) -> Sec:
    options = DisclosureOptions(name="sec", contact="me@example.com", address=site.url, pause=0.0, **changes)
    asker = SourceAsker.of(options, Sec.agent(options.contact), retries=1, sleep=lambda _: None)
    return Sec(asker=asker, former=former or FormerIds())


def universe(*tickers: str) -> Universe:
    return Universe(
        instruments=tuple(
            Instrument(ticker=one, name=f"{one} Inc", exchange="XNYS", board="main", currency="USD") for one in tickers
        )
    )


def items(sec: Sec, company: EdgarCompany) -> list[Disclosure]:
    known = Company(key=str(company.cik), name=company.name, tickers=(company.ticker,))
    return [one for answered in sec.answers(known, [SPAN], again=False) for one in answered.items]


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


SUMMER, WINTER = "2025-05-01T16:21:59", "2025-01-30T07:30:32"


@pytest.mark.parametrize("zulu", [True, False], ids=["list-in-utc", "list-in-new-york"])
@pytest.mark.parametrize(
    ("accepted", "instant"),
    [(SUMMER, "2025-05-01T20:21:59"), (WINTER, "2025-01-30T12:30:32")],
    ids=["summer", "winter"],
)
def test_the_instant_is_the_headers_whatever_the_list_means(zulu: bool, accepted: str, instant: str) -> None:
    company = EdgarCompany(1, "X", "Steel", zulu, filings=[EdgarFiling("0001-25-1", accepted)])
    with serving(Edgar(company)) as site:
        (item,) = items(source(site), company)
    assert (item.published_at.astimezone(UTC), item.time_source) == (utc(instant), "header")


@pytest.mark.parametrize(
    ("zulu", "accepted", "instant"),
    [
        (False, SUMMER, "2025-05-01T20:21:59"), (False, WINTER, "2025-01-30T12:30:32"),
        (True, SUMMER, "2025-05-02T00:21:59"), (True, WINTER, "2025-01-30T17:30:32"),
    ],
)  # fmt: skip
def test_the_list_alone_is_read_as_late_as_it_may_mean(zulu: bool, accepted: str, instant: str) -> None:
    """Of a filer whose Z is New York's clock that is right; of the others it is late, and never early."""
    company = EdgarCompany(1, "X", "Steel", zulu, filings=[EdgarFiling("0001-25-1", accepted)])
    with serving(Edgar(company)) as site:
        (item,) = items(source(site, headers=False), company)
        assert not [one for one in site.asked if "Archives" in one.path]
    assert (item.published_at.astimezone(UTC), item.time_source) == (utc(instant), "later_reading")


def test_a_filing_without_a_header_falls_back_on_the_list() -> None:
    company = EdgarCompany(1, "X", "Steel", False, filings=[EdgarFiling("0001-25-1", SUMMER, has_header=False)])
    with serving(Edgar(company)) as site:
        (item,) = items(source(site), company)
    assert (item.published_at.astimezone(UTC), item.time_source) == (utc("2025-05-01T20:21:59"), "later_reading")


def test_the_hour_that_clocks_read_twice_is_the_later_one() -> None:
    company = EdgarCompany(1, "X", "Steel", filings=[EdgarFiling("0001-25-1", "2025-11-02T01:30:00")])
    with serving(Edgar(company)) as site:
        (item,) = items(source(site), company)
    assert item.published_at.astimezone(UTC) == utc("2025-11-02T06:30:00")


def test_each_item_is_an_event_and_exhibits_are_none() -> None:
    company = EdgarCompany(
        7, "X", "Steel",
        filings=[
            EdgarFiling("0001-25-1", SUMMER, items="1.01,2.03,9.01"), EdgarFiling("0001-25-2", SUMMER, items="9.01"),
            EdgarFiling("0001-25-3", SUMMER, form="10-Q", items=""), EdgarFiling("0001-25-4", SUMMER, items="99.99"),
        ],
    )  # fmt: skip
    with serving(Edgar(company)) as site:
        sec = source(site)
        (answered,) = sec.answers(Company(key="7", name="Steel", tickers=("X",)), [SPAN], again=False)
    assert [(one.ids[0], one.category) for one in answered.items] == [
        ("0001-25-1-1.01", "1.01"), ("0001-25-1-2.03", "2.03"), ("0001-25-4-99.99", "99.99"),
    ]  # fmt: skip
    assert answered.silent == 1
    assert answered.items[0].url.endswith("/Archives/edgar/data/7/0001251/d8k.htm")


def test_a_6k_has_the_title_of_its_exhibit() -> None:
    title = "Alibaba Group Announces March Quarter 2025 Results"
    company = EdgarCompany(2, "BABA", "Alibaba", filings=[EdgarFiling("0001-25-1", SUMMER, "6-K", "", title=title)])
    with serving(Edgar(company)) as site:
        (item,) = items(source(site), company)
    assert (item.headline, item.form, item.category) == (f"6-K {title}", "6-K", "")


def test_an_amendment_that_agrees_is_a_version_and_another_one_a_type_of_its_own() -> None:
    company = EdgarCompany(
        1, "X", "Steel",
        filings=[
            EdgarFiling("0001-25-1", SUMMER, items="2.02,9.01", report="2025-05-01"),
            EdgarFiling("0001-25-2", "2025-05-05T09:00:00", "8-K/A", "2.02,9.01", report="2025-05-01"),
            EdgarFiling("0001-25-3", "2025-05-06T09:00:00", "8-K/A", "2.02,9.01", report="2025-04-01"),
            EdgarFiling("0001-25-4", "2025-05-07T09:00:00", "8-K/A", "5.02", report="2025-05-01"),
        ],
    )  # fmt: skip
    with serving(Edgar(company)) as site:
        found = items(source(site), company)
    assert [(one.ids[0], one.category, one.known_from is not None) for one in found] == [
        ("0001-25-1-2.02", "2.02", False), ("0001-25-1-2.02", "2.02", True),
        ("0001-25-3-2.02", "amendment 2.02", False), ("0001-25-4-5.02", "amendment 5.02", False),
    ]  # fmt: skip
    assert found[1].known_from == found[1].published_at


def test_older_pages_are_read_as_far_as_the_period_reaches() -> None:
    company = EdgarCompany(
        1,
        "X",
        "Steel",
        filings=[EdgarFiling("0001-25-1", SUMMER)],
        older=[EdgarFiling("0001-21-1", "2021-05-03T08:00:00")],
    )
    known = Company(key="1", name="Steel", tickers=("X",))
    with serving(Edgar(company)) as site:
        sec = source(site)
        assert len(items(sec, company)) == 2
        site.asked.clear()
        (answered,) = sec.answers(known, [(date(2024, 1, 1), date(2025, 12, 31))], again=False)
        assert [one.ids[0] for one in answered.items] == ["0001-25-1-2.02"]
        assert not [one for one in site.asked if "submissions-001" in one.path]


def test_a_renamed_company_has_the_name_of_the_day() -> None:
    former = [{"name": "Facebook Inc", "from": "2005-01-01T00:00:00.000Z", "to": "2021-10-26T00:00:00.000Z"}]
    filings = [EdgarFiling("0001-21-1", "2021-07-28T16:05:00"), EdgarFiling("0001-25-1", SUMMER)]
    company = EdgarCompany(1, "META", "Meta Platforms", former=former, filings=filings)
    with serving(Edgar(company)) as site:
        found = items(source(site), company)
    assert [one.issuer for one in found] == ["Facebook Inc", "Meta Platforms"]


def test_companies_are_found_by_any_form_of_their_ticker_and_grouped() -> None:
    companies = [
        EdgarCompany(1, "BRK-B", "Berkshire"),
        EdgarCompany(2, "GOOG", "Alphabet"),
        EdgarCompany(2, "GOOGL", "Alphabet"),
    ]
    with serving(Edgar(*companies)) as site:
        found = source(site).companies(universe("BRK.B", "GOOG", "GOOGL", "TWTR"))
    assert [(one.key, one.tickers) for one in found.found] == [("1", ("BRK.B",)), ("2", ("GOOG", "GOOGL"))]
    assert found.unknown == ("TWTR",)


def test_the_users_table_names_companies_that_are_listed_no_more(tmp_path: Path) -> None:
    table = tmp_path / "former.csv"
    table.write_text("source,ticker,id,name\nsec,TWTR,1418091,Twitter Inc\n")
    with serving(Edgar()) as site:
        found = source(site, FormerIds.read(table)).companies(universe("TWTR"))
    assert [(one.key, one.name) for one in found.found] == [("1418091", "Twitter Inc")]


def test_the_other_list_of_companies_is_asked_where_the_first_is_gone() -> None:
    with serving(lambda path, _: as_json({"0": {"cik_str": 5, "ticker": "X", "title": "Steel"}})
                 if path.endswith("company_tickers.json") else MISSING) as site:  # fmt: skip
        found = source(site).companies(universe("X"))
    assert [(one.key, one.name) for one in found.found] == [("5", "Steel")]


def test_the_contact_is_in_the_agent() -> None:
    with serving(Edgar()) as site:
        source(site).companies(universe("X"))
        assert site.asked[0].headers["User-Agent"] == "newsbt me@example.com"


LIST = "/submissions/CIK0000000001.json"


def broken(**changes: object) -> object:
    page = EdgarCompany(1, "X", "Steel", filings=[EdgarFiling("0001-25-1", SUMMER)]).page([EdgarFiling("a", SUMMER)])
    page.update(changes)  # type: ignore[arg-type]
    return {"name": "Steel", "filings": {"recent": {k: v for k, v in page.items() if v is not None}, "files": []}}


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        ((200, {}, b"{not json"), "structure_changed", "expected JSON"),
        ((200, {}, b"<html>maintenance</html>"), "structure_changed", "a page of HTML"),
        (as_json({"name": "Steel"}), "structure_changed", "no field 'filings'"),
        (as_json(broken(items=None)), "structure_changed", "no field 'items'"),
        (as_json(broken(acceptanceDateTime=None)), "structure_changed", "no field 'acceptanceDateTime'"),
        (as_json(broken(form=["8-K", "8-K"])), "structure_changed", "columns of one length"),
        (as_json(broken(primaryDocDescription=[])), "structure_changed", "columns of one length"),
        (as_json(broken(filingDate=["yesterday"])), "structure_changed", "yesterday"),
        (as_json({"filings": {"recent": None, "files": []}}), "structure_changed", "expected a record"),
        (HTML_403, "refused", "403"),
        ((429, {"Retry-After": "900"}, b""), "unreachable", "come back in 900 seconds"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error_and_never_nothing(
    reply: tuple[int, dict[str, str], bytes], code: str, words: str
) -> None:
    company = EdgarCompany(1, "X", "Steel")
    with serving(Edgar(company)) as site:
        site.instead[LIST] = [reply] * 3
        with pytest.raises(DataError, match=words) as caught:
            items(source(site), company)
    assert [one.code for one in caught.value.problems] == [code]


def test_a_server_that_asks_for_patience_gets_it() -> None:
    company = EdgarCompany(1, "X", "Steel", filings=[EdgarFiling("0001-25-1", SUMMER)])
    slept: list[float] = []
    options = DisclosureOptions(name="sec", contact="me@example.com", address="", pause=0.0)
    with serving(Edgar(company)) as site:
        site.instead[LIST] = [(429, {"Retry-After": "7"}, b"")]
        asker = SourceAsker.of(replace(options, address=site.url), Sec.agent("me@example.com"), sleep=slept.append)
        assert len(items(Sec(asker=asker, former=FormerIds()), company)) == 1
    assert slept == [7.0]
