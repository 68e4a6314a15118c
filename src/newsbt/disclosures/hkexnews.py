"""HKEXnews: the title search of the exchange in Hong Kong, for the companies of a universe, in both languages.

Read for the shapes of its answers: simonplmak-cloud/hkex-filing-scraper and HK-CCASS/hkexann. Where they and others
differ (the list of stocks or the look-up of a prefix, `searchType` 0 or 1, `TOTAL_COUNT`, `recordCnt` or `hasNextRow`)
both ways are gone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsbt._plain import JsonValue
from newsbt.disclosures.asking import SourceAsker, changed, field_of, objects_of, plain_of, text_of
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.known_companies import FormerIds, Known, known_companies
from newsbt.disclosures.source_contract import Answered, Companies, Company
from newsbt.disclosures.store_manifest import Span, by_years, halves
from newsbt.disclosures.type_tables import type_of
from newsbt.domain.entity import Universe
from newsbt.domain.ticker_forms import forms_of
from newsbt.errors import DataError

__all__ = ["HONG_KONG", "HkexNews"]

HOST = "https://www1.hkexnews.hk"
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
LISTS = ("/ncms/script/eds/activestock_sehk_e.json", "/ncms/script/eds/inactivestock_sehk_e.json")
PREFIX, SEARCH = "/search/prefix.do", "/search/titleSearchServlet.do"
NEEDED = ("NEWS_ID", "TITLE", "DATE_TIME", "STOCK_CODE", "FILE_LINK")
CATEGORIES = ("LONG_TEXT", "SHORT_TEXT")
LANGUAGES = {"en": "E", "zh": "ZH"}
SEARCH_TYPES = ("0", "1")
ROWS, MOST_ROWS = 1_000, 10_000
MARKETS = ("HK",)
_JSONP = re.compile(rb"^[^({\[]*\((.*)\)\s*;?\s*$", re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the search."""

    news_id: str
    title: str
    category: str
    at: datetime
    codes: tuple[str, ...]
    names: tuple[str, ...]
    link: str

    @property
    def type(self) -> str:
        return type_of("hkexnews", "", self.category, self.title)


@dataclass(frozen=True, kw_only=True)
class HkexNews:
    """Announcements of HKEXnews."""

    asker: SourceAsker
    former: FormerIds
    delisted: set[str] = field(default_factory=set)
    """The ids that are in the list of the delisted."""

    @property
    def name(self) -> str:
        return "hkexnews"

    @property
    def scope(self) -> str:
        return self.asker.options.scope

    @property
    def zone(self) -> ZoneInfo:
        return HONG_KONG

    def companies(self, universe: Universe) -> Companies:
        """By the lists of listed and of delisted stocks, else by the look-up of each code."""
        mine = self.former.of(self.name)
        return known_companies(universe, MARKETS, mine, _codes, self._listed, self._looked_up)

    def _listed(self) -> Mapping[str, Known]:
        found: dict[str, Known] = {}
        for path in LISTS:
            url = self.asker.at(HOST, path)
            try:
                document = self.asker.get_json(url)
            except DataError as error:
                if error.problems[0].code != "missing_file":
                    raise
                continue
            for one in objects_of(document, ("i", "c", "n"), url, "a stock"):
                key = text_of(one["i"])
                if found.setdefault(text_of(one["c"]), (key, text_of(one["n"])))[0] == key and path == LISTS[1]:
                    self.delisted.add(key)
        return found

    def _looked_up(self, codes: Sequence[str]) -> Mapping[str, Known]:
        """Stocks that no list has, by the look-up that the search page itself uses."""
        found: dict[str, Known] = {}
        for code in codes:
            for kind in ("A", "I"):
                url = self.asker.at(HOST, PREFIX)
                query = {"callback": "callback", "lang": "EN", "type": kind, "name": code, "market": "SEHK"}
                inner = _JSONP.match(self.asker.get(url, query))
                if inner is None:
                    raise changed(url, "expected callback(...) around the stocks")
                stocks = field_of(_parsed(inner[1], url), "stockInfo", url)
                for one in objects_of(stocks or [], ("stockId", "code", "name"), url, "a stock"):
                    if text_of(one["code"]) == code:
                        found.setdefault(code, (text_of(one["stockId"]), text_of(one["name"])))
                        if kind == "I":
                            self.delisted.add(text_of(one["stockId"]))
        return found

    def answers(self, company: Company, spans: Sequence[Span], *, again: bool) -> Iterator[Answered]:
        """What the search has, a year at a time, in halves where it has more rows than it gives.

        A soft limit answers with nothing: nothing, in either language, is believed only when it is nothing again, by
        either kind of search.
        """
        for span in by_years(spans):
            yield from self._answers(company, span, again=again)

    def _answers(self, company: Company, span: Span, *, again: bool) -> Iterator[Answered]:
        pages: dict[str, Sequence[Row]] = {}
        for language in self.asker.options.languages:
            rows = self._rows(company, span, language, again=again)
            if rows is None:
                for half in halves(span):
                    yield from self._answers(company, half, again=again)
                return
            pages[language] = rows
        english, chinese = pages.get("en", ()), pages.get("zh", ())
        strangers = len({row.news_id for row in (*english, *chinese) if not _is_of(company, row)})
        english = [row for row in english if _is_of(company, row)]
        chinese = [row for row in chinese if _is_of(company, row)]
        items = [_disclosure(company, *pair) for pair in _paired(english, chinese)]
        is_believed = again or all(pages.values())
        yield Answered(span=span, items=items, is_believed=is_believed, silent=strangers)

    def _rows(self, company: Company, span: Span, language: str, *, again: bool) -> list[Row] | None:
        """The rows of a span in one language; None where there are more than the search gives."""
        rows: list[Row] = []
        for kind in SEARCH_TYPES if again else SEARCH_TYPES[:1]:
            for most in (ROWS, MOST_ROWS) if span[0] == span[1] else (ROWS,):
                rows, is_whole = self._page(company, span, language, kind, most)
                if is_whole:
                    break
            else:
                if span[0] == span[1]:
                    raise changed(self.asker.at(HOST, SEARCH), f"more than {MOST_ROWS:,} rows on {span[0]}")
                return None
            if rows:
                break
        return rows

    def _page(self, company: Company, span: Span, language: str, search_type: str, most: int) -> tuple[list[Row], bool]:
        """Rows, and whether they are all that there are."""
        url = self.asker.at(HOST, SEARCH)
        query = {
            "sortDir": "0", "sortByOptions": "DateTime", "category": "1" if company.key in self.delisted else "0",
            "market": "SEHK", "stockId": company.key, "documentType": "-1", "fromDate": f"{span[0]:%Y%m%d}",
            "toDate": f"{span[1]:%Y%m%d}", "title": "", "searchType": search_type, "t1code": "-2", "t2Gcode": "-2",
            "t2code": "-2", "rowRange": str(most), "lang": LANGUAGES[language],
        }  # fmt: skip
        document = self.asker.get_json(url, query)
        inner = field_of(document, "result", url)
        listed = _parsed(inner.encode(), url) if isinstance(inner, str) and inner else inner or None
        records = objects_of([] if listed is None else listed, NEEDED, url, "a row of the search")
        rows = [_row(one, url) for one in records]
        outside = [row for row in rows if not span[0] <= row.at.date() <= span[1]]
        if outside:
            raise changed(url, f"asked for {span[0]} to {span[1]}, got a row of {outside[0].at:%Y-%m-%d}")
        if rows and not any(_is_of(company, row) for row in rows):
            raise changed(url, f"asked for {company.name}, got rows of {', '.join(rows[0].codes)}")
        total = _total(document, records, url)
        has_next = isinstance(document, Mapping) and document.get("hasNextRow") is True
        is_whole = not has_next and (len(records) >= total if total is not None else len(records) < most)
        return list({row.news_id: row for row in rows}.values()), is_whole

    def probe(self, on: date) -> str:  # noqa: ARG002
        """Ask for the list of stocks."""
        url = self.asker.at(HOST, LISTS[0])
        return f"{len(objects_of(self.asker.get_json(url), ('i', 'c', 'n'), url, 'a stock')):,} stocks listed"


def _codes(ticker: str) -> tuple[str, ...]:
    """A ticker as HKEXnews writes it: 00700 for 0700.HK."""
    return tuple({form.code.zfill(5): None for form in forms_of(ticker) if form.code.isdigit()})


def _is_of(company: Company, row: Row) -> bool:
    return any(code in row.codes for ticker in company.tickers for code in _codes(ticker))


def _parsed(data: bytes, url: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(data)
    except (ValueError, RecursionError):
        raise changed(url, "the JSON inside the answer is none") from None
    return found


def _total(document: JsonValue, records: Sequence[Mapping[str, JsonValue]], url: str) -> int | None:
    """How many rows there are, as far as the answer says."""
    stated = [record.get("TOTAL_COUNT") for record in records[:1]]
    if isinstance(document, Mapping):
        stated.append(document.get("recordCnt"))
    for one in stated:
        if text_of(one):
            if not text_of(one).isdigit():
                raise changed(url, f"expected a number of rows, got {text_of(one)!r}")
            return int(text_of(one))
    return None


def _row(record: Mapping[str, JsonValue], url: str) -> Row:
    written = text_of(record["DATE_TIME"])
    try:
        at = datetime.strptime(written, "%d/%m/%Y %H:%M").replace(tzinfo=HONG_KONG)
    except ValueError:
        raise changed(url, f"expected DATE_TIME as DD/MM/YYYY HH:MM, got {written!r}") from None
    category = next((text_of(record[name]) for name in CATEGORIES if text_of(record.get(name))), None)
    if category is None:
        raise changed(url, f"a row has neither {' nor '.join(CATEGORIES)}")
    if not text_of(record["NEWS_ID"]):
        raise changed(url, "a row has no NEWS_ID")
    link = text_of(record["FILE_LINK"])
    return Row(
        news_id=text_of(record["NEWS_ID"]), title=plain_of(record["TITLE"]), category=plain_of(category), at=at,
        codes=_lines(record["STOCK_CODE"]), names=_lines(record.get("STOCK_NAME")),
        link=f"{HOST}{link}" if link.startswith("/") else link,
    )  # fmt: skip


def _lines(value: JsonValue) -> tuple[str, ...]:
    return tuple(one.strip() for one in _BREAK.split(text_of(value)) if one.strip())


def _name_of(company: Company, row: Row) -> str:
    """The company's short name of the day, of those that the row has."""
    mine = [code for ticker in company.tickers for code in _codes(ticker)]
    named = [name for code, name in zip(row.codes, row.names, strict=False) if code in mine]
    return named[0] if named else company.name


def _paired(english: Sequence[Row], chinese: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """The two languages of each announcement: of one id, else of one minute and one type, else of one minute where as
    many are left in either; in the order of their ids."""
    others = {row.news_id: row for row in chinese}
    found = {row.news_id: others.pop(row.news_id) for row in english if row.news_id in others}
    for alike in (_minute_and_type, _minute):
        rows, left = ([row for row in english if row.news_id not in found], list(others.values()))
        mine, theirs = _by(alike, rows), _by(alike, left)
        for key, waiting in mine.items():
            if alike is _minute_and_type or len(waiting) == len(theirs.get(key, ())):
                for row, other in zip(waiting, theirs.get(key, ()), strict=False):
                    found[row.news_id] = others.pop(other.news_id)
    for row in sorted(english, key=lambda one: (one.at, len(one.news_id), one.news_id)):
        yield row, found.get(row.news_id)
    for row in others.values():
        yield None, row


def _minute_and_type(row: Row) -> tuple[datetime, str]:
    return row.at, row.type


def _minute(row: Row) -> tuple[datetime, str]:
    return row.at, ""


def _by(alike: Callable[[Row], tuple[datetime, str]], rows: Sequence[Row]) -> dict[tuple[datetime, str], list[Row]]:
    """Rows by what they have in common, in the order of their ids."""
    found: dict[tuple[datetime, str], list[Row]] = {}
    for row in sorted(rows, key=lambda one: (len(one.news_id), one.news_id)):
        found.setdefault(alike(row), []).append(row)
    return found


def _disclosure(company: Company, english: Row | None, chinese: Row | None) -> Disclosure:
    first = english or chinese
    assert first is not None
    both = [row for row in (english, chinese) if row is not None]
    return Disclosure(
        ids=tuple(dict.fromkeys(f"hkexnews-{row.news_id}" for row in both)), issuer=_name_of(company, first),
        tickers=company.tickers, headline="" if english is None else english.title,
        headline_local="" if chinese is None else chinese.title, published_at=first.at, time_source="stated",
        category=first.category, url=first.link,
    )  # fmt: skip
