"""HKEXnews, through HTTP: ids, both languages as one event, periods in halves, nothing that is not believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from disclosure_servers import HTML_403, MISSING, Hkex, HkNotice, LoopbackSite, as_json, serving
from newsbt.disclosures.asking import AS_A_PAGE, SourceAsker
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.hkexnews import HkexNews
from newsbt.disclosures.known_companies import FormerIds
from newsbt.disclosures.source_contract import Company
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError

SPAN = (date(2026, 1, 1), date(2026, 12, 31))
STOCKS = {"00700": 7609, "09988": 8}
TENCENT = Company(key="7609", name="N00700", tickers=("0700.HK",))
SEARCH = "/search/titleSearchServlet.do"


def source(site: LoopbackSite, former: FormerIds | None = None, **changes: object) -> HkexNews:
    options = DisclosureOptions(name="hkexnews", terms_read=True, address=site.url, pause=0.0, **changes)
    asker = SourceAsker.of(options, AS_A_PAGE, retries=1, sleep=lambda _: None)
    return HkexNews(asker=asker, former=former or FormerIds())


def universe(*tickers: str) -> Universe:
    return Universe(
        instruments=tuple(
            Instrument(ticker=one, name=one, exchange="XHKG", board="main", currency="HKD") for one in tickers
        )
    )


def items(hkex: HkexNews, company: Company = TENCENT, *, again: bool = False) -> list[Disclosure]:
    return [one for answered in hkex.answers(company, [SPAN], again=again) for one in answered.items]


def test_stocks_are_found_in_the_list_among_the_delisted_and_by_the_look_up() -> None:
    site_of = Hkex(stocks=STOCKS, delisted={"00008": 12})
    site_of.looked_up = {"01234": 55}
    with serving(site_of) as site:
        hkex = source(site)
        found = hkex.companies(universe("0700.HK", "0008.HK", "1234.HK", "4321.HK"))
    assert {one.key: one.tickers for one in found.found} == {
        "7609": ("0700.HK",), "12": ("0008.HK",), "55": ("1234.HK",)
    }  # fmt: skip
    assert found.unknown == ("4321.HK",)
    assert hkex.delisted == {"12"}


def test_the_search_of_a_delisted_stock_says_so() -> None:
    notice = HkNotice(1, "2026-03-02 16:45", "PRIVATISATION", codes="00008")
    with serving(Hkex(notice, stocks=STOCKS, delisted={"00008": 12})) as site:
        hkex = source(site, languages=("en",))
        (company,) = hkex.companies(universe("0008.HK")).found
        assert len(items(hkex, company)) == 1
        assert site.asked[-1].query["category"] == "1"


def test_times_are_those_of_hong_kong() -> None:
    with serving(Hkex(HkNotice(1, "2026-08-20 17:35", "Next Day Disclosure Return"), stocks=STOCKS)) as site:
        (item,) = items(source(site))
    assert item.published_at.astimezone(UTC) == datetime(2026, 8, 20, 9, 35, tzinfo=UTC)
    assert item.url == "https://www1.hkexnews.hk/listedco/listconews/sehk/2026/0820/1.pdf"


def test_both_languages_are_one_event_whether_their_ids_agree_or_not() -> None:
    warning = {"category": "Announcements and Notices - [Profit Warning]", "category_zh": "公告及通告 - [盈利警告]"}
    notices = [
        HkNotice(10, "2026-03-02 16:45", "INSIDE INFORMATION", "內幕消息"),
        HkNotice(20, "2026-03-02 16:45", "PROFIT WARNING", "盈利警告", zh_id=21, **warning),
        HkNotice(30, "2026-03-03 08:00", "VOLUNTARY ANNOUNCEMENT"),
        HkNotice(40, "2026-03-04 08:00", "", "自願公告"),
    ]
    with serving(Hkex(*notices, stocks=STOCKS)) as site:
        found = items(source(site))
    assert [(one.ids, one.headline, one.headline_local) for one in found] == [
        (("hkexnews-10",), "INSIDE INFORMATION", "內幕消息"),
        (("hkexnews-20", "hkexnews-21"), "PROFIT WARNING", "盈利警告"),
        (("hkexnews-30",), "VOLUNTARY ANNOUNCEMENT", ""), (("hkexnews-40",), "", "自願公告"),
    ]  # fmt: skip


def test_languages_of_one_minute_are_one_event_whatever_their_types() -> None:
    notices = [
        HkNotice(10, "2026-03-02 16:45", "POSITIVE PROFIT ALERT", "盈利預增公告", zh_id=11),
        HkNotice(20, "2026-03-03 16:45", "TRADING HALT", category="Announcements and Notices - [Trading Halt]"),
        HkNotice(30, "2026-03-03 16:45", "", "內幕消息"), HkNotice(31, "2026-03-03 16:45", "", "自願公告"),
    ]  # fmt: skip
    with serving(Hkex(*notices, stocks=STOCKS)) as site:
        found = items(source(site))
    assert [one.ids for one in found] == [
        ("hkexnews-10", "hkexnews-11"), ("hkexnews-20",), ("hkexnews-30",), ("hkexnews-31",),
    ]  # fmt: skip


def test_nothing_in_one_of_the_languages_is_not_believed_either() -> None:
    with serving(Hkex(HkNotice(1, "2026-03-02 16:45", "A", "甲"), stocks=STOCKS)) as site:
        site.instead[SEARCH] = [as_json({"result": "null"})]
        (first,) = source(site).answers(TENCENT, [SPAN], again=False)
        (second,) = source(site).answers(TENCENT, [SPAN], again=True)
    assert not first.is_believed
    assert second.is_believed and [one.headline_local for one in second.items] == ["甲"]


def test_a_language_that_is_not_wanted_is_not_asked_for() -> None:
    with serving(Hkex(HkNotice(1, "2026-03-02 16:45", "A", "甲"), stocks=STOCKS)) as site:
        (item,) = items(source(site, languages=("en",)))
        assert {one.query["lang"] for one in site.asked} == {"E"}
    assert item.headline_local == ""


@pytest.mark.parametrize("says_total", [True, False])
def test_a_period_with_more_rows_than_the_search_gives_is_asked_in_halves(says_total: bool) -> None:
    notices = [HkNotice(k, f"2026-{1 + k % 12:02}-{1 + k % 27:02} 17:{k % 60:02}", f"N{k}") for k in range(1, 60)]
    site_of = Hkex(*notices, stocks=STOCKS)
    site_of.most, site_of.says_total = 10, says_total
    with serving(site_of) as site:
        found = items(source(site, languages=("en",)))
        spans = [(one.query["fromDate"], one.query["toDate"]) for one in site.asked]
    assert sorted(one.ids[0] for one in found) == sorted(f"hkexnews-{k}" for k in range(1, 60))
    assert spans[0] == ("20260101", "20261231") and len(spans) > 5


def test_a_day_with_more_rows_than_the_search_ever_gives_is_an_error() -> None:
    site_of = Hkex(*(HkNotice(k, "2026-03-02 17:00", f"N{k}") for k in range(1, 8)), stocks=STOCKS)
    site_of.most = 3
    with serving(site_of) as site, pytest.raises(DataError, match="2026-03-02"):
        items(source(site))


def test_nothing_is_believed_only_when_it_is_nothing_again_in_either_search() -> None:
    site_of = Hkex(HkNotice(1, "2026-03-02 16:45", "A"), stocks=STOCKS)
    site_of.only_search_type = "1"
    with serving(site_of) as site:
        hkex = source(site)
        (first,) = hkex.answers(TENCENT, [SPAN], again=False)
        assert (first.is_believed, first.items) == (False, [])
        (second,) = hkex.answers(TENCENT, [SPAN], again=True)
        assert (second.is_believed, len(second.items)) == (True, 1)
        site_of.notices.clear()
        (third,) = hkex.answers(TENCENT, [SPAN], again=True)
    assert (third.is_believed, third.items) == (True, [])


@pytest.mark.parametrize("nothing", ["", "null", "[]", None, []])
def test_nothing_is_written_in_several_ways(nothing: object) -> None:
    with serving(Hkex(stocks=STOCKS)) as site:
        site.instead[SEARCH] = [as_json({"result": nothing, "hasNextRow": False, "recordCnt": 0})] * 2
        (found,) = source(site).answers(TENCENT, [SPAN], again=False)
    assert (found.items, found.is_believed) == ([], False)


def test_rows_of_several_stocks_have_the_name_of_the_one_that_is_asked_about() -> None:
    joint = HkNotice(1, "2026-03-02 16:45", "JOINT ANNOUNCEMENT", codes="09988<br/>00700", names="BABA-W<br/>TENCENT")
    with serving(Hkex(joint, stocks=STOCKS)) as site:
        (item,) = items(source(site))
    assert (item.issuer, item.tickers) == ("TENCENT", ("0700.HK",))


def test_marks_of_html_are_taken_off_titles() -> None:
    with serving(Hkex(HkNotice(1, "2026-03-02 16:45", "Q&amp;A <br/> of &lt;b&gt;today"), stocks=STOCKS)) as site:
        (item,) = items(source(site))
    assert item.headline == "Q&A of today"


def test_the_users_table_goes_before_the_lists(tmp_path: Path) -> None:
    table = tmp_path / "former.csv"
    table.write_text("source,ticker,id,name\nhkexnews,0700.HK,99,OLD NAME\n")
    with serving(Hkex(stocks=STOCKS)) as site:
        found = source(site, FormerIds.read(table)).companies(universe("0700.HK"))
    assert [(one.key, one.name) for one in found.found] == [("99", "OLD NAME")]


ROW = HkNotice(1, "2026-03-02 16:45", "A").row("E", 1)


def answer(**changes: object) -> object:
    row = {key: value for key, value in {**ROW, **changes}.items() if value != "GONE"}
    return {"result": json.dumps([row]), "hasNextRow": False}


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (as_json({"hasNextRow": False}), "structure_changed", "no field 'result'"),
        (as_json({"result": "{not json"}), "structure_changed", "JSON inside the answer"),
        (as_json({"result": '{"a": 1}'}), "structure_changed", "expected a list"),
        (as_json(answer(DATE_TIME="GONE")), "structure_changed", "no field 'DATE_TIME'"),
        (as_json(answer(DATE_TIME="2026-03-02 16:45")), "structure_changed", "DD/MM/YYYY"),
        (as_json(answer(LONG_TEXT="")), "structure_changed", "neither LONG_TEXT nor SHORT_TEXT"),
        (as_json(answer(NEWS_ID="")), "structure_changed", "no NEWS_ID"),
        (as_json(answer(DATE_TIME="02/03/2019 16:45")), "structure_changed", "got a row of 2019-03-02"),
        (as_json(answer(STOCK_CODE="00005")), "structure_changed", "got rows of 00005"),
        (as_json(answer(TOTAL_COUNT="many")), "structure_changed", "a number of rows"),
        ((200, {}, b"<html>Access denied</html>"), "structure_changed", "a page of HTML"),
        (HTML_403, "refused", "403"), (MISSING, "missing_file", "404"),
        ((503, {}, b""), "unreachable", "2 attempts"),
        ((200, {"Content-Length": "1000"}, b"{}"), "unreachable", "breaks off"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error_and_never_nothing(
    reply: tuple[int, dict[str, str], bytes], code: str, words: str
) -> None:
    with serving(Hkex(stocks=STOCKS)) as site:
        site.instead[SEARCH] = [reply] * 2
        hkex = source(site)
        with pytest.raises(DataError, match=words) as caught:
            items(hkex)
    assert [one.code for one in caught.value.problems] == [code]


def test_a_list_of_another_shape_is_an_error() -> None:
    with serving(Hkex(stocks=STOCKS)) as site:
        site.instead["/ncms/script/eds/activestock_sehk_e.json"] = [as_json([{"id": 1, "code": "00700"}])]
        with pytest.raises(DataError, match="no field 'i'"):
            source(site).companies(universe("0700.HK"))
