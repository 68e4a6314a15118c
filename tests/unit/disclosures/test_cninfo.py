"""CNINFO, through HTTP: midnights that are days, pages that shift, both ways to ask, answers that are none."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from disclosure_servers import HTML_403, Cninfo, CnNotice, LoopbackSite, as_json, serving
from newsbt.disclosures.asking import AS_A_PAGE, SourceAsker
from newsbt.disclosures.cninfo import CnInfo
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.known_companies import FormerIds
from newsbt.disclosures.source_contract import Company
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError

SPAN = (date(2025, 1, 1), date(2025, 12, 31))
MOUTAI = Company(key="600519,gssh0600519", name="贵州茅台", tickers=("600519.SH",))
QUERY = "/new/hisAnnouncement/query"
MICS = {"SH": "XSHG", "SZ": "XSHE", "HK": "XHKG"}


def source(site: LoopbackSite) -> CnInfo:
    options = DisclosureOptions(name="cninfo", terms_read=True, address=site.url, pause=0.0)
    return CnInfo(asker=SourceAsker.of(options, AS_A_PAGE, retries=1, sleep=lambda _: None), former=FormerIds())


def items(cninfo: CnInfo) -> list[Disclosure]:
    return [one for answered in cninfo.answers(MOUTAI, [SPAN], again=False) for one in answered.items]


def universe(*tickers: str) -> Universe:
    return Universe(
        instruments=tuple(
            Instrument(ticker=one, name=one, exchange=MICS[one[-2:]], board="main", currency="CNY") for one in tickers
        )
    )


def test_midnight_in_shanghai_is_the_day_that_is_printed_and_not_the_one_before() -> None:
    notices = [
        CnNotice(1, "2025-04-03 00:00", "2024年年度报告"),
        CnNotice(2, "2025-04-03 18:30", "关于回购公司股份的公告"),
    ]
    with serving(Cninfo(*notices)) as site:
        found = {one.ids[0]: one for one in items(source(site))}
    day, minute = found["cninfo-1"], found["cninfo-2"]
    assert (day.published_at.isoformat(), day.time_precision) == ("2025-04-03T00:00:00+08:00", "day")
    assert (minute.published_at.astimezone(UTC), minute.time_precision) == (
        datetime(2025, 4, 3, 10, 30, tzinfo=UTC),
        "minute",
    )
    assert day.published_at.astimezone(UTC).date() == date(2025, 4, 2), "which the UTC date is a day early for"


def test_times_that_are_written_out_are_read_too() -> None:
    record = CnNotice(1, "2025-04-03 00:00", "甲").record()
    records = [{**record, "announcementTime": "2025-04-03 18:30:00"}]
    with serving(Cninfo()) as site:
        site.instead[QUERY] = [as_json({"totalAnnouncement": 1, "announcements": records, "hasMore": False})]
        (item,) = items(source(site))
    assert item.published_at.isoformat() == "2025-04-03T18:30:00+08:00"


def test_all_pages_are_read_and_what_stands_on_two_is_one() -> None:
    site_of = Cninfo(*(CnNotice(k, f"2025-0{1 + k % 9}-02 00:00", f"公告{k}") for k in range(1, 75)))
    site_of.shift_after_page = 1
    with serving(site_of) as site:
        found = items(source(site))
        assert [one.query["pageNum"] for one in site.asked] == ["1", "2", "3"]
    ids = [one.ids[0] for one in found]
    assert len(ids) == len(set(ids)) == 74


def test_fewer_items_than_are_stated_is_an_error() -> None:
    record = CnNotice(1, "2025-04-03 00:00", "甲").record()
    short = as_json({"totalAnnouncement": 40, "announcements": [record], "hasMore": False})
    with serving(Cninfo()) as site:
        site.instead[QUERY] = [short] * 2
        with pytest.raises(DataError, match="40 items stated, 1 given"):
            items(source(site))


@pytest.mark.parametrize("column", ["szse", "sse"])
def test_both_ways_of_asking_are_gone(column: str) -> None:
    site_of = Cninfo(CnNotice(1, "2025-04-03 00:00", "甲"))
    site_of.column = column
    with serving(site_of) as site:
        assert len(items(source(site))) == 1


def test_nothing_is_nothing_when_both_ways_say_so() -> None:
    with serving(Cninfo()) as site:
        assert items(source(site)) == []
        assert [one.query["column"] for one in site.asked] == ["szse", "sse"]


def test_marks_of_found_words_are_taken_off_titles() -> None:
    with serving(Cninfo(CnNotice(1, "2025-04-03 00:00", "关于<em>回购</em>R&amp;D股份的公告"))) as site:
        (item,) = items(source(site))
    assert (item.headline, item.headline_local) == ("", "关于回购R&D股份的公告")
    assert item.url == "https://static.cninfo.com.cn/finalpage/2025-04-03/1.PDF"


def test_stocks_are_found_in_the_list_and_by_the_search() -> None:
    with serving(Cninfo(searched=("000001",))) as site:
        found = source(site).companies(universe("600519.SH", "000001.SZ", "300750.SZ", "0700.HK"))
    assert {one.key: one.tickers for one in found.found} == {
        "600519,gssh0600519": ("600519.SH",), "000001,gssh0000001": ("000001.SZ",)
    }  # fmt: skip
    assert found.unknown == ("300750.SZ",)


RECORD = CnNotice(1, "2025-04-03 00:00", "甲").record()


def answer(**changes: object) -> object:
    record = {key: value for key, value in {**RECORD, **changes}.items() if value != "GONE"}
    return {"totalAnnouncement": 1, "announcements": [record], "hasMore": False}


@pytest.mark.parametrize(
    ("reply", "code", "words"),
    [
        (as_json({"totalAnnouncement": 0}), "structure_changed", "no field 'announcements'"),
        (as_json({"announcements": None}), "structure_changed", "no field 'totalAnnouncement'"),
        (as_json({"announcements": None, "totalAnnouncement": None}), "structure_changed", "expected a number"),
        (as_json(answer(announcementTime="GONE")), "structure_changed", "no field 'announcementTime'"),
        (as_json(answer(announcementTime="soon")), "structure_changed", "announcementTime"),
        (as_json(answer(announcementTime=1)), "structure_changed", "got an item of 1970-01-01"),
        (as_json(answer(announcementId=None)), "structure_changed", "no id"),
        (as_json({"announcements": "many", "totalAnnouncement": 1}), "structure_changed", "expected a list"),
        ((200, {}, b""), "structure_changed", "got nothing"),
        ((200, {}, b"<!DOCTYPE html>"), "structure_changed", "a page of HTML"),
        (HTML_403, "refused", "403"), ((429, {"Retry-After": "3600"}, b""), "unreachable", "3,600 seconds"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_an_error_and_never_nothing(
    reply: tuple[int, dict[str, str], bytes], code: str, words: str
) -> None:
    with serving(Cninfo()) as site:
        site.instead[QUERY] = [reply] * 4
        with pytest.raises(DataError, match=words) as caught:
            items(source(site))
    assert [one.code for one in caught.value.problems] == [code]
