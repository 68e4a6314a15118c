"""The tables of types: whole, consistent, and right on titles and categories as the sources write them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from newsbt.disclosures import type_tables
from newsbt.disclosures.type_tables import OTHER, disclosure_types, sec_items, type_of

TABLES = Path(type_tables.__file__).parent / "tables"
WORD_TABLES = ("sec_titles.csv", "hkexnews_types.csv", "cninfo_types.csv")


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["sec_items.csv", *WORD_TABLES])
def test_every_type_that_a_table_names_is_one(name: str) -> None:
    assert {row["type"] for row in rows(name) if row["type"]} <= set(disclosure_types())


@pytest.mark.parametrize("name", WORD_TABLES)
def test_tables_of_words_have_no_blanks_and_look_where_there_is_something(name: str) -> None:
    for row in rows(name):
        assert row["in"] in ("title", "category", "kind"), row
        assert all(word and word == word.strip() for word in row["words"].split(";")), row
        assert None not in row, f"a comma too many: {row}"


def test_signs_are_directions_and_types_stand_once() -> None:
    listed = [row["type"] for row in rows("types.csv")]
    assert len(listed) == len(set(listed))
    assert {one.sign for one in disclosure_types().values()} == {-1, 0, 1}


def test_every_item_of_the_form_has_a_title_and_exhibits_announce_nothing() -> None:
    assert all(item.title for item in sec_items().values())
    assert [code for code, item in sec_items().items() if not item.type] == ["9.01", "7"]


@pytest.mark.parametrize(
    ("code", "name"),
    [("2.02", "results"), ("1.01", "agreement"), ("5.02", "management_change"), ("8.01", OTHER), ("3.01", "listing"),
     ("1.03", "bankruptcy"), ("4.02", "non_reliance"), ("12", "results"), ("77.7", OTHER),
     ("amendment 2.02", "amendment")],
)  # fmt: skip
def test_items_of_form_8k(code: str, name: str) -> None:
    assert type_of("sec", "8-K", code, "whatever it says of results") == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("6-K Alibaba Group Announces March Quarter 2025 and Fiscal Year 2025 Results", "results"),
        ("6-K Next Day Disclosure Return", "share_capital"), ("6-K Company X announces cash dividend", "dividend"),
        ("6-K Poll Results of Annual General Meeting", "meeting"), ("6-K", OTHER),
        ("6-K TSMC June 2025 Revenue Report", "operations"), ("6-K Announces Share Repurchase Program", "buyback"),
        ("6-K Change in segment reporting", OTHER), ("6-K Replacing a bank", OTHER),
        ("6-K Resumption guidance and continued suspension of trading", "halt"),
        ("6-K Resumption of trading after suspension of trading", "resumption"),
        ("6-K Company regains compliance after notice of delisting", "listing"),
    ],
)  # fmt: skip
def test_titles_of_form_6k(title: str, name: str) -> None:
    assert type_of("sec", "6-K", "", title) == name


@pytest.mark.parametrize(
    ("category", "title", "name"),
    [
        ("Next Day Disclosure Returns - [Share Buyback]", "Next Day Disclosure Return", "buyback"),
        ("Next Day Disclosure Returns - [Others & / Share Buyback]", "Next Day Disclosure Return", "buyback"),
        ("Next Day Disclosure Returns - [Others]", "Next Day Disclosure Return", "share_capital"),
        ("Announcements and Notices - [Profit Warning / Inside Information]", "PROFIT WARNING", "profit_warning"),
        ("Announcements and Notices - [Inside Information]", "POSITIVE PROFIT ALERT", "profit_alert"),
        ("Announcements and Notices - [Inside Information]", "INSIDE INFORMATION", "inside_information"),
        ("Announcements and Notices - [Trading Halt]", "TRADING HALT", "halt"),
        ("Announcements and Notices - [Resumption / Inside Information]", "RESUMPTION OF TRADING", "resumption"),
        ("Announcements and Notices - [Final Results / Dividend or Distribution / Closure of Books]", "X", "results"),
        ("Announcements and Notices - [Change in Directors or of Important Executive Functions or Responsibilities]",
         "X", "management_change"),
        ("Announcements and Notices - [Discloseable Transaction]", "X", "transaction"),
        ("Announcements and Notices - [Connected Transaction]", "X", "connected_transaction"),
        ("Announcements and Notices - [Notice of Publication of Annual Report]", "X", "report"),
        ("Announcements and Notices - [Terms of Reference of the Audit Committee]", "X", "governance"),
        ("公告及通告 - [更換董事或重要行政職能或職責的變更 / 更換審核委員會成員 / 停牌]", "X", "halt"),
        ("公告及通告 - [不尋常價格 / 成交量變動 - 附帶意見]", "X", "unusual_movement"),
        ("公告及通告 - [股息或分派]", "X", "dividend"),
        ("公告及通告 - [配發結果]", "X", "listing"), ("公告及通告 - [季度業績]", "X", "results"),
        ("公告及通告 - [其他-雜項]", "自動股份購回計劃公告", "buyback"),
        ("Circulars - [Major Transaction]", "X", "report"), ("Monthly Returns", "X", "share_capital"),
        ("Announcements and Notices - [Other - Business Update]", "BUSINESS UPDATE", "operations"),
        ("Announcements and Notices - [Other]", "CHANGE OF PRINCIPAL PLACE OF BUSINESS", OTHER),
        ("公告及通告 - [盈利警告 / 內幕消息]", "盈利警告", "profit_warning"),
        ("翌日披露報表 - [股份購回]", "翌日披露報表", "buyback"),
        ("公告及通告 - [停牌]", "停牌", "halt"), ("公告及通告 - [復牌]", "復牌", "resumption"),
        ("Announcements and Notices - [Resumption / Inside Information]", "POSITIVE PROFIT ALERT; RESUMPTION",
         "resumption"),
        ("Announcements and Notices - [Profit Warning / Inside Information]", "POSITIVE PROFIT ALERT", "profit_alert"),
        ("Announcements and Notices - [Inside Information / Suspension]", "RESUMPTION GUIDANCE", "halt"),
        ("Announcements and Notices - [Announcement pursuant to Code on Share Buy-backs]", "X", "buyback"),
        ("Announcements and Notices - [Inside Information]", "QUARTERLY UPDATE ON RESUMPTION OF TRADING", "halt"),
        ("Announcements and Notices - [Inside Information]", "INSIDE INFORMATION AND RESUMPTION OF TRADING",
         "resumption"),
        ("公告及通告 - [內幕消息]", "恢復買賣", "resumption"),
        ("公告及通告 - [內幕消息]", "繼續暫停買賣及復牌指引", "halt"),
        ("Announcements and Notices - [Change in Board Lot Size / Share Buyback]", "X", "buyback"),
        ("(Headlines Revised) Circulars - [Explanatory Statement for Repurchase of Shares / Share Buyback]",
         "SHARE REPURCHASE MANDATE", "report"),
        ("(Cancelled and Reissued) Monthly Returns", "X", "share_capital"),
        ("Takeovers Code - dealing disclosures", "X", "shareholding_change"),
        ("通函 - [一般性授權 / 回購股份的說明函件]", "X", "report"),
        ("公告及通告 - [在發出通函後的重大資料]", "X", "meeting"),
        ("公告及通告 - [暫停辦理過戶登記手續或更改暫停辦理過戶日期]", "X", "meeting"),
        ("公告及通告 - [短暫停牌]", "X", "halt"), ("債券及結構性產品 - [復牌 － 債務證券]", "X", "debt"),
        ("公告及通告 - [有關首次公開招股的補充資料]", "X", "listing"), ("公告及通告 - [公開招股]", "X", "share_issue"),
        ("公告及通告 - [發行可轉換證券]", "X", "share_issue"), ("公告及通告 - [資本重組]", "X", "share_capital"),
        ("公告及通告 - [股權出現變動]", "X", "shareholding_change"), ("公告及通告 - [附屬公司的業績]", "X", "results"),
        ("公告及通告 - [延遲發表業績公告]", "X", "non_reliance"), ("公告及通告 - [違反借貸協議]", "X", "debt"),
        ("公告及通告 - [其他-營運業績最新情況]", "X", "operations"),
        ("公告及通告 - [股東周年大會的結果]", "X", "meeting"),
        ("公告及通告 - [發行人、其控股公司或主要附屬公司結束營業及清盤]", "X", "bankruptcy"),
    ],
)  # fmt: skip
def test_categories_of_hkexnews_in_both_languages(category: str, title: str, name: str) -> None:
    assert type_of("hkexnews", "", category, title) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于以集中竞价交易方式回购公司股份的进展公告", "buyback"), ("2024年年度报告", "results"),
        ("2024年年度业绩预增公告", "profit_alert"),
        ("2024年年度业绩预亏公告", "profit_warning"), ("重大事项停牌公告", "halt"),
        ("关于公司股票复牌的公告", "resumption"),
        ("关于持股5%以上股东减持股份计划的预披露公告", "shareholding_decrease"),
        ("关于董事辞职的公告", "management_change"),
        ("关于收到上海证券交易所问询函的公告", "penalty"), ("2024年年度权益分派实施公告", "dividend"),
        ("关于召开2024年年度股东大会的通知", "meeting"), ("国浩律师事务所关于回购股份的法律意见书", "report"),
        ("关于更换办公地址的公告", OTHER), ("关于筹划重大资产重组停牌进展暨延期复牌的公告", "halt"),
        ("关于公司股票交易停牌核查结果暨复牌的公告", "resumption"), ("关于公司债券复牌的公告", "debt"),
        ("关于申请撤销退市风险警示的公告", "listing"), ("关于公司股票可能被终止上市的风险提示公告", "delisting"),
        ("关于申请向特定对象发行股票的审核问询函的回复", "clarification"),
        ("关于收到《关于某公司延期复牌事项的问询函》的公告", "penalty"),
        ("关于控股股东承诺不减持公司股份的公告", "shareholding_change"),
        ("关于集中竞价减持已回购股份计划的公告", "share_capital"), ("关于终止回购公司股份的公告", "share_capital"),
        ("关于以集中竞价交易方式首次回购A股股份的公告", "buyback"),
        ("关于回购注销部分限制性股票的公告", "incentive_plan"),
    ],
)  # fmt: skip
def test_titles_of_cninfo(title: str, name: str) -> None:
    assert type_of("cninfo", "", "", title) == name


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("01010503||010112||010115||011705", "transaction"), ("01010503||010113||010301", "results"),
        ("01010503||010119", OTHER), ("", OTHER),
    ],
)  # fmt: skip
def test_codes_of_cninfo_tell_what_its_titles_do_not(category: str, name: str) -> None:
    assert type_of("cninfo", "", category, "关于参与某活动的公告") == name
    assert type_of("cninfo", "", category, "关于公司股票复牌的公告") == "resumption"
