"""The SEC's EDGAR: forms 8-K and 6-K of the companies of a universe.

Read for the shapes of its answers: dgunning/edgartools, john-friedman/datamule-python, jadchaar/sec-edgar-downloader.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsbt._plain import JsonValue
from newsbt.disclosures.asking import SourceAsker, changed, field_of, objects_of, text_of
from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.known_companies import FormerIds, known_companies
from newsbt.disclosures.sec_acceptance import HEADER, LATER_READING, NEW_YORK, FilingHeader, later_reading, read_header
from newsbt.disclosures.source_contract import Answered, Companies, Company
from newsbt.disclosures.store_manifest import Span
from newsbt.disclosures.type_tables import AMENDED, sec_items
from newsbt.domain.entity import Universe
from newsbt.domain.ticker_forms import forms_of
from newsbt.errors import DataError

__all__ = ["Sec"]

WWW, DATA = "https://www.sec.gov", "https://data.sec.gov"
LISTS = ("/files/company_tickers_exchange.json", "/files/company_tickers.json")
MARKETS = ("US",)
NEEDED = ("accessionNumber", "filingDate", "reportDate", "acceptanceDateTime", "form", "items", "primaryDocument")
DESCRIPTION = "primaryDocDescription"
AMENDMENT = "/A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A row of the list of submissions."""

    accession: str
    form: str
    filed_on: date
    report_date: date | None
    accepted: str
    items: tuple[str, ...]
    document: str
    description: str

    @property
    def is_amendment(self) -> bool:
        return self.form.endswith(AMENDMENT)

    @property
    def says(self) -> tuple[str, tuple[str, ...], date | None]:
        """What an amendment must have in common with what it amends."""
        return self.form.removesuffix(AMENDMENT), self.items, self.report_date


@dataclass(frozen=True, kw_only=True)
class Sec:
    """Announcements of EDGAR."""

    asker: SourceAsker
    former: FormerIds

    @property
    def name(self) -> str:
        return "sec"

    @property
    def scope(self) -> str:
        return self.asker.options.scope

    @property
    def zone(self) -> ZoneInfo:
        return NEW_YORK

    @classmethod
    def agent(cls, contact: str) -> Mapping[str, str]:
        """The headers that the SEC asks for."""
        return {"User-Agent": f"newsbt {contact}"}

    def companies(self, universe: Universe) -> Companies:
        """By the SEC's list of today's companies, and the user's table of others."""
        return known_companies(universe, MARKETS, self.former.of(self.name), _codes, self._listed)

    def _listed(self) -> Mapping[str, tuple[str, str]]:
        """Id and name by code, from whichever list there is."""
        try:
            return self._of_exchanges()
        except DataError as error:
            if error.problems and error.problems[0].code not in ("missing_file", "structure_changed"):
                raise
            return self._of_companies()

    def _of_exchanges(self) -> Mapping[str, tuple[str, str]]:
        url = self.asker.at(WWW, LISTS[0])
        document = self.asker.get_json(url)
        names, rows = field_of(document, "fields", url), field_of(document, "data", url)
        if not isinstance(names, Sequence) or not isinstance(rows, Sequence) or isinstance(rows, str):
            raise changed(url, "expected lists as `fields` and `data`")
        try:
            cik, name, ticker = (list(names).index(one) for one in ("cik", "name", "ticker"))
            return {
                str(row[ticker]).upper(): (str(int(str(row[cik]))), text_of(row[name]))
                for row in rows
                if isinstance(row, Sequence)
            }
        except (ValueError, IndexError, TypeError) as error:
            raise changed(url, f"no list of cik, name and ticker ({error})") from None

    def _of_companies(self) -> Mapping[str, tuple[str, str]]:
        url = self.asker.at(WWW, LISTS[1])
        document = self.asker.get_json(url)
        if not isinstance(document, Mapping):
            raise changed(url, "expected a mapping of companies")
        rows = objects_of(list(document.values()), ("cik_str", "ticker", "title"), url, "a company")
        return {text_of(row["ticker"]).upper(): (text_of(row["cik_str"]), text_of(row["title"])) for row in rows}

    def answers(self, company: Company, spans: Sequence[Span], *, again: bool) -> Iterator[Answered]:  # noqa: ARG002
        """All filings of a company that lie in the spans."""
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
        url = self.asker.at(DATA, f"/submissions/CIK{int(company.key):010d}.json")
        document = self.asker.get_json(url)
        filings = self._filings(document, url, first)
        wanted = [one for one in filings if any(start <= one.filed_on <= end for start, end in spans)]
        names = _names(document, company.name)
        originals = [one for one in filings if not one.is_amendment]
        items: list[Disclosure] = []
        silent = 0
        for filing in sorted(wanted, key=lambda one: one.accepted):
            found = self._items(company, filing, originals, _name_on(names, filing.filed_on))
            silent += not found
            items += found
        yield Answered(span=(first, last), items=items, silent=silent)

    def _filings(self, document: JsonValue, url: str, first: date) -> list[Filing]:
        """The filings of the wanted forms, newest first: of the list, and of its older pages that reach so far."""
        listed = field_of(document, "filings", url)
        found = self._page(field_of(listed, "recent", url, "filings"), url)
        for page in objects_of(field_of(listed, "files", url, "filings"), ("name", "filingTo"), url, "filings.files"):
            if text_of(page["filingTo"]) >= first.isoformat():
                older = self.asker.at(DATA, f"/submissions/{text_of(page['name'])}")
                found += self._page(self.asker.get_json(older), older)
        return list({one.accession: one for one in found}.values())

    def _page(self, page: JsonValue, url: str) -> list[Filing]:
        columns = {name: field_of(page, name, url, "the list of filings") for name in NEEDED}
        described = page.get(DESCRIPTION) if isinstance(page, Mapping) else None
        lists = [one for one in columns.values() if isinstance(one, Sequence) and not isinstance(one, str)]
        if len(lists) < len(columns) or len({len(one) for one in lists}) > 1:
            raise changed(url, "expected columns of one length in the list of filings")
        titles = described if isinstance(described, Sequence) else [""] * len(lists[0])
        if len(titles) != len(lists[0]):
            raise changed(url, "expected columns of one length in the list of filings")
        found = []
        for accession, filed, report, accepted, form, items, primary, title in zip(*lists, titles, strict=True):
            if text_of(form).removesuffix(AMENDMENT) not in self.asker.options.forms:
                continue
            try:
                found.append(
                    Filing(
                        accession=text_of(accession), form=text_of(form),
                        filed_on=date.fromisoformat(text_of(filed)),
                        report_date=date.fromisoformat(text_of(report)) if text_of(report) else None,
                        accepted=text_of(accepted), document=text_of(primary), description=text_of(title),
                        items=tuple(one.strip() for one in text_of(items).split(",") if one.strip()),
                    )
                )  # fmt: skip
            except ValueError as error:
                raise changed(url, f"filing {text_of(accession)!r}: {error}") from None
        return found

    def _items(self, company: Company, filing: Filing, originals: Sequence[Filing], name: str) -> list[Disclosure]:
        """The events of one filing, one an item; none of exhibits alone."""
        table = sec_items()
        announcing = [code for code in filing.items if code not in table or table[code].type]
        if filing.items and not announcing:
            return []
        at, source, titles = self._accepted(company, filing)
        original = _amended(filing, originals) if filing.is_amendment else None
        base = filing if original is None else original
        is_own = filing.is_amendment and original is None
        folder = f"{WWW}/Archives/edgar/data/{int(company.key)}/{filing.accession.replace('-', '')}"
        document = filing.document or f"{filing.accession}-index.htm"
        title = next((one for one in (*titles, filing.description) if _is_title(one)), "")
        events = []
        for code in announcing or [""]:
            about = table[code].title if code in table else ""
            events.append(
                Disclosure(
                    ids=("-".join(filter(None, (base.accession, code))),), issuer=name, tickers=company.tickers,
                    headline=" ".join(filter(None, (filing.form, code, about or title))),
                    published_at=at, time_source=source, form=filing.form.removesuffix(AMENDMENT),
                    category=" ".join(filter(None, (AMENDED if is_own else "", code))),
                    report_date=filing.report_date, url=f"{folder}/{document}",
                    known_from=at if original is not None else None,
                )
            )  # fmt: skip
        return events

    def _accepted(self, company: Company, filing: Filing) -> tuple[datetime, str, tuple[str, ...]]:
        """The instant, where it comes from, and the titles of exhibits."""
        if self.asker.options.headers:
            header = self._header(company, filing)
            if header is not None and header.accepted_at is not None:
                return header.accepted_at, HEADER, header.titles
        try:
            return later_reading(filing.accepted), LATER_READING, ()
        except ValueError as error:
            url = self.asker.at(DATA, f"/submissions/CIK{int(company.key):010d}.json")
            raise changed(url, f"acceptanceDateTime of {filing.accession!r}: {error}") from None

    def _header(self, company: Company, filing: Filing) -> FilingHeader | None:
        """The header, in whichever form there is: of a form without items the one that has the titles of exhibits."""
        folder = f"/Archives/edgar/data/{int(company.key)}/{filing.accession.replace('-', '')}/{filing.accession}"
        forms = (".hdr.sgml", "-index-headers.html") if filing.items else ("-index-headers.html", ".hdr.sgml")
        for ending in (*forms, ".txt"):
            try:
                data = self.asker.get(self.asker.at(WWW, folder + ending))
            except DataError as error:
                if error.problems[0].code in ("missing_file", "too_large"):
                    continue
                raise
            header = read_header(data.decode("utf-8", "replace"))
            if header.accepted_at is not None:
                return header
        return None

    def probe(self, on: date) -> str:  # noqa: ARG002
        """Ask for the list of companies."""
        return f"{len(self._listed()):,} companies listed"


def _amended(filing: Filing, originals: Sequence[Filing]) -> Filing | None:
    """The last filing before an amendment that agrees with it in company, items and report date."""
    earlier = [one for one in originals if one.says == filing.says and one.accepted <= filing.accepted]
    return max(earlier, key=lambda one: one.accepted, default=None)


def _codes(ticker: str) -> tuple[str, ...]:
    """A ticker as the SEC's lists write it: BRK-B for BRK.B."""
    return tuple({form.code.replace(".", "-").upper(): None for form in forms_of(ticker)})


def _is_title(text: str) -> bool:
    return bool(text) and not text.upper().removeprefix("FORM").strip(" -").startswith(("6-K", "8-K", "EX-"))


def _names(document: JsonValue, fallback: str) -> tuple[tuple[str, str], ...]:
    """The days until which a company had which name, the oldest first."""
    if not isinstance(document, Mapping):
        return (("9999", fallback),)
    former = document.get("formerNames")
    rows = [
        (text_of(one.get("to"))[:10], text_of(one.get("name")))
        for one in (former if isinstance(former, Sequence) else ())
        if isinstance(one, Mapping) and one.get("to") and one.get("name")
    ]
    return (*sorted(rows), ("9999", text_of(document.get("name")) or fallback))


def _name_on(names: tuple[tuple[str, str], ...], on: date) -> str:
    return next(name for last, name in names if on.isoformat() <= last)
