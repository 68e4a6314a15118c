"""Servers on the loopback address that answer as EDGAR, HKEXnews and CNINFO do, with made-up filings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from loopback import LoopbackServer, QuietHandler

NEW_YORK = ZoneInfo("America/New_York")
Reply = tuple[int, Mapping[str, str], bytes]
HTML_403 = (403, {"Content-Type": "text/html"}, b"<html><body>Request Rate Threshold Exceeded</body></html>")


@dataclass
class Asked:
    """One question that a server was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class LoopbackSite(LoopbackServer):
    """Answers what `answer` says; `instead` has answers by path that go before it, each for one question."""

    def __init__(self, answer: Callable[[str, dict[str, str]], Reply]) -> None:
        self.answer, self.asked = answer, list[Asked]()
        self.instead: dict[str, list[Reply]] = {}
        outer = self

        class Handler(QuietHandler):
            def reply(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                query = dict(parse_qsl(parts.query, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True))
                outer.asked.append(Asked(self.command, parts.path, query, dict(self.headers)))
                waiting = outer.instead.get(parts.path)
                status, headers, data = waiting.pop(0) if waiting else outer.answer(parts.path, query)
                self.send(status, headers, data)

            do_GET = do_POST = reply

        super().__init__(Handler)


def as_json(value: object) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()


MISSING: Reply = (404, {}, b"")


@dataclass
class EdgarFiling:
    """A filing as EDGAR has it: accepted at an instant of New York's clock."""

    accession: str
    accepted: str
    form: str = "8-K"
    items: str = "2.02,9.01"
    report: str = ""
    title: str = ""
    has_header: bool = True

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.accepted).replace(tzinfo=NEW_YORK)

    def listed(self, zulu: bool) -> str:
        """The list's instant: true UTC, or New York's clock with a Z."""
        shown = self.at.astimezone(UTC) if zulu else self.at
        return f"{shown:%Y-%m-%dT%H:%M:%S}.000Z"

    def header(self) -> bytes:
        return (
            f"<SEC-HEADER>{self.accession}.hdr.sgml : {self.at:%Y%m%d}\n<ACCEPTANCE-DATETIME>{self.at:%Y%m%d%H%M%S}\n"
            f"ACCESSION NUMBER:\t\t{self.accession}\nCONFORMED SUBMISSION TYPE:\t{self.form}\n</SEC-HEADER>\n"
        ).encode()

    def index_headers(self) -> bytes:
        exhibit = (
            "&lt;DOCUMENT&gt;\n&lt;TYPE&gt;EX-99.1\n&lt;SEQUENCE&gt;2\n&lt;FILENAME&gt;<a href='x.htm'>x.htm</a>\n"
        )
        exhibit += f"&lt;DESCRIPTION&gt;{self.title}\n&lt;/DOCUMENT&gt;\n" if self.title else "&lt;/DOCUMENT&gt;\n"
        head = self.header().decode().replace("<", "&lt;").replace(">", "&gt;")
        return f"<html><pre>{head}{exhibit}</pre></html>".encode()


@dataclass
class EdgarCompany:
    cik: int
    ticker: str
    name: str
    zulu: bool = True
    former: list[dict[str, str]] = field(default_factory=list)
    filings: list[EdgarFiling] = field(default_factory=list)
    older: list[EdgarFiling] = field(default_factory=list)

    def page(self, filings: list[EdgarFiling]) -> dict[str, list[object]]:
        newest = sorted(filings, key=lambda one: one.at, reverse=True)
        return {
            "accessionNumber": [one.accession for one in newest],
            "filingDate": [f"{one.at:%Y-%m-%d}" for one in newest],
            "reportDate": [one.report or f"{one.at:%Y-%m-%d}" for one in newest],
            "acceptanceDateTime": [one.listed(self.zulu) for one in newest],
            "form": [one.form for one in newest],
            "items": [one.items for one in newest],
            "primaryDocument": ["d8k.htm" for _ in newest],
            "primaryDocDescription": [one.form for one in newest],
        }


class Edgar:
    """EDGAR with a few companies."""

    def __init__(self, *companies: EdgarCompany) -> None:
        self.companies = companies

    def __call__(self, path: str, _: dict[str, str]) -> Reply:
        if path == "/files/company_tickers_exchange.json":
            rows = [[one.cik, one.name, one.ticker, "NYSE"] for one in self.companies]
            return as_json({"fields": ["cik", "name", "ticker", "exchange"], "data": rows})
        for one in self.companies:
            if path == f"/submissions/CIK{one.cik:010d}.json":
                older = [
                    {
                        "name": f"CIK{one.cik:010d}-submissions-001.json",
                        "filingCount": len(one.older),
                        "filingFrom": "1994-01-01",
                        "filingTo": max((f"{x.at:%Y-%m-%d}" for x in one.older), default=""),
                    }
                ]
                files = older if one.older else []
                return as_json({"cik": str(one.cik), "name": one.name, "formerNames": one.former,
                                "filings": {"recent": one.page(one.filings), "files": files}})  # fmt: skip
            if path == f"/submissions/CIK{one.cik:010d}-submissions-001.json":
                return as_json(one.page(one.older))
            for filing in (*one.filings, *one.older):
                folder = f"/Archives/edgar/data/{one.cik}/{filing.accession.replace('-', '')}/{filing.accession}"
                if not filing.has_header:
                    continue
                if path == f"{folder}.hdr.sgml":
                    return 200, {}, filing.header()
                if path == f"{folder}-index-headers.html":
                    return 200, {}, filing.index_headers()
        return MISSING


@contextmanager
def serving(answer: Callable[[str, dict[str, str]], Reply]) -> Iterator[LoopbackSite]:
    """A site while a block runs."""
    site = LoopbackSite(answer)
    try:
        yield site
    finally:
        site.close()


def days_of(first: str, last: str) -> Iterator[datetime]:
    day = datetime.fromisoformat(first)
    while day <= datetime.fromisoformat(last):
        yield day
        day += timedelta(days=1)


@dataclass
class HkNotice:
    """An announcement on HKEXnews, in the languages of which it has a title."""

    news_id: int
    at: str
    title: str = ""
    title_zh: str = ""
    category: str = "Announcements and Notices - [Inside Information]"
    category_zh: str = "公告及通告 - [內幕消息]"
    codes: str = "00700"
    names: str = "TENCENT"
    zh_id: int = 0

    def row(self, language: str, total: int) -> dict[str, str]:
        zh = language.upper().startswith(("Z", "C"))
        day = datetime.fromisoformat(self.at)
        return {
            "NEWS_ID": str(self.zh_id or self.news_id if zh else self.news_id),
            "TITLE": self.title_zh if zh else self.title,
            "LONG_TEXT": self.category_zh if zh else self.category, "STOCK_CODE": self.codes, "STOCK_NAME": self.names,
            "DATE_TIME": f"{day:%d/%m/%Y %H:%M}", "FILE_TYPE": "PDF", "FILE_INFO": "88KB", "TOTAL_COUNT": str(total),
            "FILE_LINK": f"/listedco/listconews/sehk/{day:%Y/%m%d}/{self.news_id}{'_c' if zh else ''}.pdf",
        }  # fmt: skip


class Hkex:
    """HKEXnews with a few stocks: code and internal id, listed or delisted, and those that only the look-up knows."""

    def __init__(
        self, *notices: HkNotice, stocks: Mapping[str, int], delisted: Mapping[str, int] | None = None
    ) -> None:
        self.notices, self.stocks, self.delisted = list(notices), stocks, delisted or {}
        self.looked_up: dict[str, int] = {}
        self.most = 10_000
        self.says_total = True
        self.only_search_type = ""

    def __call__(self, path: str, query: dict[str, str]) -> Reply:
        for name, listed in (("active", self.stocks), ("inactive", self.delisted)):
            if path == f"/ncms/script/eds/{name}stock_sehk_e.json":
                return as_json([{"i": key, "c": code, "n": f"N{code}", "s": key + 1} for code, key in listed.items()])
        if path == "/search/prefix.do":
            known = self.looked_up if query["type"] == "A" else {}
            info = [
                {"stockId": key, "code": code, "name": f"N{code}"}
                for code, key in known.items()
                if code == query["name"]
            ]
            return 200, {}, f"callback({json.dumps({'more': '1', 'stockInfo': info})});".encode()
        if path != "/search/titleSearchServlet.do":
            return MISSING
        ids = {**self.stocks, **self.delisted, **self.looked_up}
        code = next((code for code, key in ids.items() if str(key) == query["stockId"]), "")
        zh = query["lang"] == "ZH"
        found = [
            one for one in self.notices
            if code in one.codes and query["fromDate"] <= one.at[:10].replace("-", "") <= query["toDate"]
            and (one.title_zh if zh else one.title)
        ]  # fmt: skip
        if self.only_search_type and query["searchType"] != self.only_search_type:
            found = []
        most = min(self.most, int(query["rowRange"]))
        shown = sorted(found, key=lambda one: one.at, reverse=True)[:most]
        rows = [one.row(query["lang"], len(found)) for one in shown]
        for one in rows if not self.says_total else ():
            del one["TOTAL_COUNT"]
        result = json.dumps(rows, ensure_ascii=False) if rows else "null"
        return as_json({"result": result, "hasNextRow": len(found) > most, "rowRange": most, "lang": query["lang"]})


@dataclass
class CnNotice:
    """An announcement on CNINFO; `at` is Shanghai's clock."""

    number: int
    at: str
    title: str
    code: str = "600519"

    def record(self) -> dict[str, object]:
        at = datetime.fromisoformat(self.at).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        return {
            "secCode": self.code, "secName": "贵州茅台", "orgId": f"gssh0{self.code}",
            "announcementId": str(self.number),
            "announcementTitle": self.title, "announcementTime": int(at.timestamp() * 1000), "adjunctType": "PDF",
            "adjunctUrl": f"finalpage/{at:%Y-%m-%d}/{self.number}.PDF", "announcementType": "01010503||010113",
            "announcementTypeName": None,
        }  # fmt: skip


class Cninfo:
    """CNINFO with a few stocks, of which some are only found by the search for a code."""

    def __init__(
        self, *notices: CnNotice, listed: tuple[str, ...] = ("600519",), searched: tuple[str, ...] = ()
    ) -> None:
        self.notices, self.listed, self.searched = list(notices), listed, searched
        self.column = ""
        self.shift_after_page = 0

    def __call__(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/new/data/szse_stock.json":
            return as_json({"stockList": [_cn_stock(code) for code in self.listed]})
        if path == "/new/information/topSearch/query":
            return as_json([_cn_stock(code) for code in self.searched if query["keyWord"] in code])
        if path != "/new/hisAnnouncement/query":
            return MISSING
        first, last = query["seDate"].split("~")
        code = query["stock"].partition(",")[0]
        found = [one for one in self.notices if one.code == code and first <= one.at[:10] <= last]
        if self.column and query["column"] != self.column:
            found = []
        found.sort(key=lambda one: one.at, reverse=True)
        page, size = int(query["pageNum"]), int(query["pageSize"])
        if self.shift_after_page and page > self.shift_after_page:
            found = [CnNotice(999_999, f"{last} 00:00", "新公告", code), *found]
        shown = [one.record() for one in found[(page - 1) * size : page * size]]
        has_more = page * size < len(found)
        return as_json({"totalAnnouncement": len(found), "announcements": shown or None, "hasMore": has_more})


def _cn_stock(code: str) -> dict[str, str]:
    return {"code": code, "orgId": f"gssh0{code}", "zwjc": f"股票{code}", "category": "A股", "pinyin": "gp"}
