"""CNINFO: announcements of companies listed in mainland China, on the page that the regulator names for them.

Read for the shapes of its answers: akfamily/akshare and youhaozhao/cninfo-mcp. Where they differ (the list of stocks or
the search for a code; `column` and `plate` of the query; the number of items or `hasMore`) both ways are gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsbt._plain import JsonValue
from newsbt.disclosures.asking import SourceAsker, changed, field_of, objects_of, plain_of, text_of
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.known_companies import FormerIds, Known, known_companies
from newsbt.disclosures.source_contract import Answered, Companies, Company
from newsbt.disclosures.store_manifest import Span, by_years
from newsbt.domain.entity import Universe
from newsbt.domain.ticker_forms import forms_of
from newsbt.errors import DataError

__all__ = ["SHANGHAI", "CnInfo"]

HOST, FILES = "https://www.cninfo.com.cn", "https://static.cninfo.com.cn"
SHANGHAI = ZoneInfo("Asia/Shanghai")
LIST, FIND, QUERY = "/new/data/szse_stock.json", "/new/information/topSearch/query", "/new/hisAnnouncement/query"
NEEDED = ("announcementId", "announcementTitle", "announcementTime", "secCode", "secName", "adjunctUrl")
PAGE, MOST_PAGES = 30, 2_000
MARKETS = ("SH", "SZ", "BJ")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class CnInfo:
    """Announcements of CNINFO."""

    asker: SourceAsker
    former: FormerIds

    @property
    def name(self) -> str:
        return "cninfo"

    @property
    def scope(self) -> str:
        return self.asker.options.scope

    @property
    def zone(self) -> ZoneInfo:
        return SHANGHAI

    def companies(self, universe: Universe) -> Companies:
        """By the list of stocks, else by the search for each code. An id is code and organisation."""
        mine = self.former.of(self.name)
        return known_companies(universe, MARKETS, mine, _codes, self._listed, self._looked_up)

    def _listed(self) -> Mapping[str, Known]:
        url = self.asker.at(HOST, LIST)
        try:
            document = self.asker.get_json(url)
        except DataError as error:
            if error.problems[0].code != "missing_file":
                raise
            return {}
        stocks = objects_of(field_of(document, "stockList", url), ("code", "orgId", "zwjc"), url, "a stock")
        return {text_of(one["code"]): _known(one) for one in stocks}

    def _looked_up(self, codes: Sequence[str]) -> Mapping[str, Known]:
        found: dict[str, Known] = {}
        for code in codes:
            url = self.asker.at(HOST, FIND)
            stocks = self.asker.post_json(url, {"keyWord": code, "maxNum": "10"})
            for one in objects_of(stocks or [], ("code", "orgId", "zwjc"), url, "a stock"):
                if text_of(one["code"]) == code:
                    found.setdefault(code, _known(one))
        return found

    def answers(self, company: Company, spans: Sequence[Span], *, again: bool) -> Iterator[Answered]:  # noqa: ARG002
        """What the query has, a year at a time, page by page."""
        for span in by_years(spans):
            found: dict[str, Disclosure] = {}
            for column, plate in _ways(company):
                found = self._pages(company, span, column, plate)
                if found:
                    break
            yield Answered(span=span, items=list(found.values()))

    def _pages(self, company: Company, span: Span, column: str, plate: str) -> dict[str, Disclosure]:
        """The items of all pages, each once: while pages are turned, items move from one to the next."""
        for _ in range(2):
            found: dict[str, Disclosure] = {}
            rows, total = 0, 0
            for page in range(1, MOST_PAGES + 1):
                records, total, has_more = self._page(company, span, column, plate, page)
                rows += len(records)
                for one in records:
                    item = self._item(company, one, span)
                    if item is not None:
                        found[item.ids[0]] = item
                if not records or not has_more:
                    break
            if rows >= total:
                return found
        url = self.asker.at(HOST, QUERY)
        raise changed(url, f"{company.name}, {span[0]} to {span[1]}: {total:,} items stated, {rows:,} given, twice")

    def _page(
        self, company: Company, span: Span, column: str, plate: str, page: int
    ) -> tuple[Sequence[Mapping[str, JsonValue]], int, bool]:
        """The records of a page, how many there are on all, and whether there are further pages."""
        url = self.asker.at(HOST, QUERY)
        form = {
            "pageNum": str(page), "pageSize": str(PAGE), "column": column, "tabName": "fulltext", "plate": plate,
            "stock": company.key, "searchkey": "", "secid": "", "category": "", "trade": "",
            "seDate": f"{span[0]}~{span[1]}", "sortName": "", "sortType": "", "isHLtitle": "true",
        }  # fmt: skip
        document = self.asker.post_json(url, form)
        listed = field_of(document, "announcements", url)
        records = objects_of([] if listed is None else listed, NEEDED, url, "an announcement")
        stated = text_of(field_of(document, "totalAnnouncement", url))
        if not stated.isdigit():
            raise changed(url, f"expected a number as totalAnnouncement, got {stated!r}")
        total = int(stated)
        more = document.get("hasMore") if isinstance(document, Mapping) else None
        return records, total, more if isinstance(more, bool) else page * PAGE < total

    def _item(self, company: Company, record: Mapping[str, JsonValue], span: Span) -> Disclosure | None:
        """A record as an item; None of another company."""
        url = self.asker.at(HOST, QUERY)
        at, precision = _instant(record["announcementTime"], url)
        if not span[0] <= at.date() <= span[1]:
            raise changed(url, f"asked for {span[0]} to {span[1]}, got an item of {at:%Y-%m-%d}")
        if not text_of(record["announcementId"]):
            raise changed(url, "an announcement has no id")
        code, organisation = company.key.split(",", 1)
        if text_of(record["secCode"]) != code and text_of(record.get("orgId")) != organisation:
            return None
        file = text_of(record["adjunctUrl"])
        return Disclosure(
            ids=(f"cninfo-{text_of(record['announcementId'])}",), issuer=text_of(record["secName"]) or company.name,
            tickers=company.tickers, headline="", headline_local=plain_of(record["announcementTitle"]),
            published_at=at, time_precision=precision, time_source="stated",
            category=text_of(record.get("announcementTypeName")) or text_of(record.get("announcementType")),
            url=f"{FILES}/{file}" if file else "",
        )  # fmt: skip

    def probe(self, on: date) -> str:  # noqa: ARG002
        """Ask for the list of stocks."""
        return f"{len(self._listed()):,} stocks listed"


def _codes(ticker: str) -> tuple[str, ...]:
    """A ticker as CNINFO writes it: 600519 for 600519.SH."""
    return tuple({form.code: None for form in forms_of(ticker) if form.code.isdigit()})


def _known(stock: Mapping[str, JsonValue]) -> Known:
    return f"{text_of(stock['code'])},{text_of(stock['orgId'])}", text_of(stock["zwjc"])


def _ways(company: Company) -> tuple[tuple[str, str], ...]:
    """Column and plate of the query, as one client has them and as the other."""
    code = company.key.partition(",")[0]
    by_market = {"6": ("sse", "sh"), "9": ("sse", "sh"), "4": ("bj", "bj"), "8": ("bj", "bj")}
    other = ("bj", "bj") if code.startswith("92") else by_market.get(code[:1], ("szse", "sz"))
    return ("szse", ""), other


def _instant(value: JsonValue, url: str) -> tuple[datetime, str]:
    """An instant, and how precise it is: midnight in Shanghai, 16:00 of the day before in UTC, is a day."""
    written = text_of(value)
    try:
        if written.lstrip("-").isdigit():
            at = (EPOCH + timedelta(milliseconds=int(written))).astimezone(SHANGHAI)
        else:
            at = datetime.fromisoformat(written)
            at = at.astimezone(SHANGHAI) if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError):
        raise changed(url, f"expected announcementTime as milliseconds or a time, got {written!r}") from None
    return at, "day" if at.time() == time(0) else "minute"
