"""Readers of what others answer: sources of announcements, servers, models, providers of prices, and copies of it."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qsl

from fuzz.target import Target

if TYPE_CHECKING:
    from newsbt.disclosures.source_contract import DisclosureSource
    from newsbt.domain.entity import Universe
    from newsbt.net.addresses import Address
    from newsbt.net.exchange import HttpAnswer

__all__ = ["ASKED_TARGETS"]

NOW = datetime(2025, 7, 5, 12, tzinfo=UTC)
Reply = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True)
class Answers:
    """In place of the network: a made-up source, of which one kind of answer is `content`."""

    source: Callable[[str, dict[str, str]], Reply]
    path: str
    content: bytes

    def answer(
        self, address: Address, headers: Mapping[str, str], asked: None = None, body: bytes | None = None
    ) -> HttpAnswer:
        from newsbt.errors import DataError, Problem
        from newsbt.net.exchange import HttpAnswer

        path, _, query = address.target.partition("?")
        if self.path in path:
            return HttpAnswer(200, {}, self.content)
        pairs = parse_qsl(query, keep_blank_values=True) + parse_qsl((body or b"").decode(), keep_blank_values=True)
        status, told, data = self.source(path, dict(pairs))
        if status != 200:
            raise DataError.of([Problem(code="missing_file", message="there is none")])
        return HttpAnswer(status, told, data)


@cache
def _sources() -> Mapping[str, Callable[[str, dict[str, str]], Reply]]:
    """Made-up ones, with something in each kind of answer."""
    import disclosure_servers as made

    hkex = made.Hkex(
        made.HkNotice(11, "2025-06-02 17:30", "Profit &amp; warning", "盈利警告"),
        made.HkNotice(13, "2025-07-01 08:30", "Change of auditor", "", zh_id=14),
        *(made.HkNotice(20 + k, f"2025-0{k}-11 0{k}:30", f"Notice {k}", f"公告{k}") for k in range(1, 7)),
        stocks={"00700": 7},
    )
    hkex.looked_up = {"09988": 9}
    notices = [made.CnNotice(k, f"2025-0{k}-10 {k:02}:15", f"公告<em>{k}</em>") for k in range(1, 7)]
    cninfo = made.Cninfo(*notices, listed=("600519",), searched=("000001",))
    filings = [
        made.EdgarFiling("0001-25-000001", "2025-05-01T16:21:59", title="Alpha announces results"),
        made.EdgarFiling("0001-25-000002", "2025-06-02T07:00:00", form="8-K/A", report="2025-05-01"),
        made.EdgarFiling("0001-25-000003", "2025-06-03T07:00:00", form="6-K", items="", has_header=False),
    ]
    older = [made.EdgarFiling("0001-24-000001", "2025-03-01T09:00:00")]
    former = [{"name": "OLD ALPHA", "from": "2001-01-01", "to": "2025-05-20T00:00:00.000Z"}]
    alpha = made.EdgarCompany(77, "ALPH", "ALPHA INC", former=former, filings=filings, older=older)
    edgar = made.Edgar(*(made.EdgarCompany(80 + k, f"T{k}", f"COMPANY {k}") for k in range(40)), alpha)
    return {"hkexnews": hkex, "cninfo": cninfo, "sec": edgar}


@cache
def _listed() -> Universe:
    from newsbt.domain.entity import Instrument, Universe

    rows = [("0700.HK", "XHKG", "HKD"), ("9988.HK", "XHKG", "HKD"), ("600519.SH", "XSHG", "CNY"),
            ("000001.SZ", "XSHE", "CNY"), ("ALPH", "XNYS", "USD")]  # fmt: skip
    return Universe(
        instruments=tuple(
            Instrument(ticker=ticker, name=ticker, exchange=mic, board="main", currency=currency)
            for ticker, mic, currency in rows
        )
    )


def _source(name: str, path: str, content: bytes) -> DisclosureSource:
    from newsbt.disclosures.asking import SourceAsker
    from newsbt.disclosures.cninfo import CnInfo
    from newsbt.disclosures.hkexnews import HkexNews
    from newsbt.disclosures.known_companies import FormerIds
    from newsbt.disclosures.sec import Sec
    from newsbt.disclosures.source_options import DisclosureOptions

    options = DisclosureOptions(name=name, contact="a@b.cd", terms_read=True)
    kinds: Mapping[str, Callable[..., DisclosureSource]] = {"hkexnews": HkexNews, "cninfo": CnInfo, "sec": Sec}
    answers: Any = Answers(_sources()[name], path, content)
    return kinds[name](asker=SourceAsker(options=options, headers={}, asker=answers), former=FormerIds({}))


def _answered(name: str, path: str, modules: tuple[str, ...], *questions: str, ending: str = ".json") -> Target:
    """What a source answers at a path, pulled into a store and read from there; valid is what `questions` bring."""

    def valid() -> Sequence[bytes]:
        pairs = [one.partition("?") for one in questions]
        return [_sources()[name](where, dict(parse_qsl(query)))[2] for where, _, query in pairs]

    def read(file: Path) -> object:
        from newsbt.disclosures import cninfo
        from newsbt.disclosures.disclosure_store import DisclosureStore
        from newsbt.disclosures.pulling import PullRequest, pull
        from newsbt.events.from_store import StoreAnnouncements

        source, folder = _source(name, path, file.read_bytes()), file.parent / "store"
        request = PullRequest(first=date(2025, 1, 1), last=date(2025, 7, 4))
        with patch.object(cninfo, "MOST_PAGES", 12):  # of an answer that says for ever that there are more
            done = pull(request, _listed(), DisclosureStore(folder), [source], now=lambda: NOW)
        if done[0].items.added:
            return StoreAnnouncements(path=folder).with_universe(_listed()).read(_listed().known_tickers)
        return done

    return Target("answer", valid, read, ("disclosures/asking.py", *modules), ending=ending)


def _reply(path: Path) -> object:
    """A server's answer, and the same as the model's own words."""
    from newsbt.domain.aliases import AliasBook
    from newsbt.domain.text_spans import NewsText
    from newsbt.events.labelling.llm_answer import BadAnswerError, label_of, reply_of

    text = NewsText.of("Harbor opens a plant with Pier", "Harbor said so on Friday.", published_at=NOW)
    for data in (path.read_bytes(), _completion(path.read_bytes().decode("utf-8", "replace"))):
        with suppress(BadAnswerError):
            label_of(reply_of(data).content, text, {"capex_plan"}, AliasBook(_listed()))
    return None


def _completion(said: str) -> bytes:
    from model_server import completion

    return completion(said).partition(b"\r\n\r\n")[2]


def _replies() -> Sequence[bytes]:
    from model_server import label_json

    said = label_json(rivals=["Pier", "Quay"])
    return [_completion(said), _completion(f"Sure:\n```json\n{said}\n```"), said.encode()]


KEY = "ab" * 16


def _kept_answer(path: Path) -> object:
    """Under the digest of the answer that it has; every eighth with the digest that it says itself, and written anew
    where that is another."""
    from newsbt.events.labelling.kept_answers import KeptAnswers

    kept = KeptAnswers(path.parent / "kept")
    target = path.parent / "kept" / KEY[:2] / f"{KEY}.json"
    target.parent.mkdir(parents=True)
    content, sealed = path.read_bytes(), hashlib.sha256(path.read_bytes()).digest()[0] % 8 != 1
    with suppress(ValueError, RecursionError, AttributeError):
        document = json.loads(content)
        if sealed and isinstance(answer := document.get("answer"), str):
            digest = hashlib.sha256(answer.encode("utf-8", "replace")).hexdigest()
            content = json.dumps({**document, "sha256": digest}).encode()
    target.write_bytes(content)
    before = kept.get(KEY)
    return before if sealed else (kept.put(KEY, "another", before), kept.get(KEY))


def _kept_answers() -> bytes:
    answer = '{"kind": "announcement"}'
    return json.dumps({"answer": answer, "sha256": hashlib.sha256(answer.encode()).hexdigest()}).encode()


BODY = b"<rss><channel></channel></rss>"


def _copies() -> Sequence[bytes]:
    about = {"fetched_at": NOW.timestamp(), "etag": 'W/"1"', "last_modified": "Thu, 06 Mar 2025 01:00:00 GMT",
             "sha256": hashlib.sha256(BODY).hexdigest()}  # fmt: skip
    return [json.dumps({**about, "fetched_at": about["fetched_at"] - age}).encode() for age in (0, 10**6)]  # type: ignore[operator]


def _copy(path: Path) -> object:
    """What is kept of a document about which the server says that it has not changed, or nothing any more."""
    from newsbt.errors import DataError
    from newsbt.net import patient_asking
    from newsbt.net.exchange import HttpAnswer, NoAnswerError
    from newsbt.net.fetching import Fetcher

    cached = path.parent / "cache"
    cached.mkdir()
    fetcher = Fetcher(cache=cached, retries=0, sleep=lambda _: None, now=NOW.timestamp)
    with patch.object(patient_asking, "ask", lambda *_, **__: HttpAnswer(200, {}, BODY)):
        fetcher.get("http://127.0.0.1/feed.xml")
    (about,) = cached.glob("*.json")
    for answer in (NoAnswerError("it cannot be reached"), HttpAnswer(304, {})):
        about.write_bytes(path.read_bytes())
        with patch.object(patient_asking, "ask", side_effect=[answer] * 3), suppress(DataError):
            fetcher.get("http://127.0.0.1/feed.xml")
    return None


HTTP = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nETag: \"1\"\r\nContent-Length: 30\r\n\r\n" + BODY,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n" + BODY + b"\r\n0\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:8/other?a=1#b\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 503 Busy\r\nRetry-After: Thu, 06 Mar 2025 01:00:30 GMT\r\nContent-Length: 2\r\n\r\nno",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 203 Fine\r\nContent-Encoding: identity\r\n\r\n" + BODY,
)  # fmt: skip


def _http(path: Path) -> object:
    """What a server sends, whatever it is asked."""
    from newsbt.errors import DataError
    from newsbt.net import exchange
    from newsbt.net.addresses import Address
    from newsbt.net.patient_asking import PatientAsker

    content = path.read_bytes()

    def reached(_: object) -> socket.socket:
        ours, theirs = socket.socketpair()

        def send() -> None:
            with suppress(OSError), theirs:
                theirs.sendall(content)
                theirs.shutdown(socket.SHUT_WR)
                while theirs.recv(1 << 16):
                    pass

        threading.Thread(target=send, daemon=True).start()
        return ours

    asker = PatientAsker(retries=1, timeout_seconds=0.5, sleep=lambda _: None)
    with patch.object(exchange._Plain, "_reached", reached), suppress(DataError):
        return asker.answer(Address.of("http://127.0.0.1:8/feed"), {}, {"If-None-Match": "1"}).reason
    return None


PROVIDED = {
    "prices": {
        "currency": "HKD", "adjusted": "splits", "days": ["2025-02-27", "2025-02-28", "2025-03-03", "2025-03-04"],
        "values": {name: [400.0, None, 480.0, 490.0] for name in ("open", "high", "low", "close", "volume")},
        "dividends": {"2025-03-03": 1.5}, "splits": {"2025-03-01": 2.0},
    },
    "rates": {"days": ["2025-02-27", "2025-02-28"], "rates": [7.77, None]},
}  # fmt: skip


def _provided(path: Path) -> object:
    """An answer as an adapter forms it, whose numbers are numbers or none and whose days are texts; into a store."""
    import pulled_answers
    from newsbt.domain.entity import Instrument
    from newsbt.price_store import PulledPrices, PulledRates
    from newsbt.prices.stored_prices import StoredFx, StoredPrices
    from newsbt.pulling import answer_checks as checks
    from newsbt.pulling.observed_answers import parsed, wait_of
    from newsbt.pulling.provider_contract import (
        AnsweredPrices,
        AnsweredRates,
        AskedPrices,
        AskedRates,
        ProviderError,
    )

    text = path.read_bytes().decode("utf-8", "replace")
    wait_of(text[:200], text[:200])
    document = parsed(text)
    given = {name: one if isinstance(one := document.get(name), dict) else {} for name in ("prices", "rates")}
    span = (date(2025, 2, 27), date(2025, 3, 4))
    store = pulled_answers.store_at(path.parent)
    days = {name: list(map(str, _list(one.get("days")))) for name, one in given.items()}
    with suppress(ProviderError):
        one = given["prices"]
        answer = AnsweredPrices(
            currency=str(one.get("currency")), adjusted="splits", days=days["prices"],
            values={name: _numbers(column, len(days["prices"])) for name, column in _dict(one.get("values")).items()
                    if name in ("open", "high", "low", "close", "volume", "previous_close")},
            dividends=_paid(one.get("dividends")), splits=_paid(one.get("splits")),
        )  # fmt: skip
        asked = AskedPrices(ticker="0700.HK", exchange="XHKG", board="main", first=span[0], last=span[1], today=span[1])
        item = Instrument(ticker="0700.HK", name="T", exchange="XHKG", board="main", currency="HKD")
        found = checks.checked_prices(answer, asked, item, span[1], span[1])
        frame = checks.price_frame("0700.HK", found)
        store.add(
            PulledPrices(
                provider="yfinance", provider_version="1", exchange="XHKG", adjusted="splits",
                asked={"0700.HK": span}, frame=frame,
            )
        )  # fmt: skip
        with suppress(ProviderError):
            StoredPrices(path=path.parent, on_bad_row="skip").read({"0700.HK"})
    with suppress(ProviderError):
        rates = AnsweredRates(days=days["rates"], rates=_numbers(given["rates"].get("rates"), len(days["rates"])))
        rates = checks.checked_rates(
            rates, AskedRates(pair="USDHKD", first=span[0], last=span[1], today=span[1]), span[1]
        )
        frame = checks.rate_frame("USDHKD", rates)
        store.add(PulledRates(provider="yfinance", provider_version="1", asked={"USDHKD": span}, frame=frame))
        StoredFx(path=path.parent, on_bad_row="skip").read()
    return None


def _dict(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def _numbers(column: object, count: int) -> list[float | None]:
    found = [_number(one) for one in _list(column)][:count]
    return found + [None] * (count - len(found))


def _paid(value: object) -> dict[str, float] | None:
    """By day, as adapters have it: what is no day is no key."""
    found = {}
    for day, paid in _dict(value).items():
        with suppress(ValueError):
            found[date.fromisoformat(day).isoformat()] = _number(paid) or 0.0
    return found if isinstance(value, dict) else None


_SEC = ("disclosures/sec.py", "disclosures/sec_acceptance.py")
_FILING = "/Archives/edgar/data/77/000125000001/0001-25-000001"
_SEARCH = "stockId=7&lang={}&fromDate=20250101&toDate=20250704&searchType=0&rowRange=1000"
_OF_PULLS = ("pulling/answer_checks.py", "pulling/observed_answers.py")

ASKED_TARGETS: Mapping[str, Target] = {
    "hkex stocks": _answered(
        "hkexnews", "stock_sehk_e.json", ("disclosures/hkexnews.py", "disclosures/known_companies.py"),
        "/ncms/script/eds/activestock_sehk_e.json",
    ),
    "hkex look-up": _answered(
        "hkexnews", "/search/prefix.do", ("disclosures/hkexnews.py",), "/search/prefix.do?type=A&name=09988",
        ending=".txt",
    ),
    "hkex search": _answered(
        "hkexnews", "/search/titleSearchServlet.do",
        ("disclosures/hkexnews.py", "disclosures/pulling.py", "events/from_store.py"),
        *(f"/search/titleSearchServlet.do?{_SEARCH.format(language)}" for language in ("E", "ZH")),
    ),
    "cninfo stocks": _answered(
        "cninfo", "szse_stock.json", ("disclosures/cninfo.py", "disclosures/known_companies.py"),
        "/new/data/szse_stock.json",
    ),
    "cninfo look-up": _answered(
        "cninfo", "/topSearch/query", ("disclosures/cninfo.py",), "/new/information/topSearch/query?keyWord=000001"
    ),
    "cninfo query": _answered(
        "cninfo", "/hisAnnouncement/query", ("disclosures/cninfo.py", "disclosures/pulling.py"),
        "/new/hisAnnouncement/query?seDate=2025-01-01~2025-07-04&stock=600519,gssh0600519&pageNum=1&pageSize=30",
    ),
    "sec companies": _answered("sec", "/files/company_tickers", _SEC, "/files/company_tickers_exchange.json"),
    "sec filings": _answered(
        "sec", "/submissions/", _SEC, "/submissions/CIK0000000077.json",
        "/submissions/CIK0000000077-submissions-001.json",
    ),
    "sec header": _answered(
        "sec", "/Archives/", _SEC, f"{_FILING}.hdr.sgml", f"{_FILING}-index-headers.html", ending=".sgml"
    ),
    "model answer": Target("answer.json", _replies, _reply, ("events/labelling/llm_answer.py",)),
    "kept model answer": Target(
        "answer.json", _kept_answers, _kept_answer, ("events/labelling/kept_answers.py",)
    ),
    "kept document": Target("about.json", _copies, _copy, ("net/fetching.py",)),
    "http": Target("answer", lambda: HTTP, _http, ("net/exchange.py", "net/patient_asking.py", "net/addresses.py")),
    "provider": Target("answer.json", lambda: json.dumps(PROVIDED).encode(), _provided, _OF_PULLS),
}  # fmt: skip
