"""From a local server to the store: `python -m benchmarks.disclosures`.

Items of made-up companies are pulled over HTTP from a server in a process of its own, whose answers are made
beforehand, and kept in a store. Printed are the items a second of the pull's processor time, and the most memory it
took, for a tenth of the items and for all of them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.disclosures.pulling import PullRequest, pull
from newsbt.disclosures.source_list import sources_of
from newsbt.disclosures.source_options import options_of
from newsbt.domain.entity import Instrument, Universe

YEARS = range(2016, 2026)
FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
A_YEAR = 100  # items of a company
CATEGORIES = ("Next Day Disclosure Returns - [Share Buyback]", "Announcements and Notices - [Inside Information]",
              "Announcements and Notices - [Final Results / Dividend or Distribution]", "Monthly Returns")  # fmt: skip
WAYS: Mapping[str, Mapping[str, object]] = {
    "hkexnews": {"terms_read": True, "languages": ["en"]},
    "hkexnews, both languages": {"terms_read": True},
    "cninfo": {"terms_read": True},
    "sec, by the list alone": {"contact": "me@example.com", "headers": False},
    "sec": {"contact": "me@example.com"},
}


class Answers:
    """What the server says: the same items for each company, under ids of its own."""

    def __init__(self, companies: int) -> None:
        self.companies = companies
        days = [
            datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=3 * k, hours=17) for year in YEARS for k in range(A_YEAR)
        ]
        self.hkex = {
            (year, language): [
                {"NEWS_ID": f"%{k}", "TITLE": f"{language} title of item {k}", "LONG_TEXT": CATEGORIES[k % 4],
                 "STOCK_CODE": "@", "STOCK_NAME": "NAME", "DATE_TIME": f"{day:%d/%m/%Y %H:%M}",
                 "FILE_LINK": f"/listedco/{k}.pdf"}
                for k, day in enumerate(days) if day.year == year
            ]
            for year in YEARS for language in ("E", "ZH")
        }  # fmt: skip
        self.cninfo = {
            year: [
                {"secCode": "@", "secName": "名", "announcementId": f"%{k}", "announcementTitle": f"回购股份公告{k}",
                 "announcementTime": int(day.timestamp() * 1000), "adjunctUrl": f"{k}.PDF"}
                for k, day in enumerate(days) if day.year == year
            ]
            for year in YEARS
        }  # fmt: skip
        columns = {
            "accessionNumber": [f"%-{k}" for k in range(len(days))], "filingDate": [f"{day:%Y-%m-%d}" for day in days],
            "reportDate": [f"{day:%Y-%m-%d}" for day in days], "items": ["2.02,8.01,9.01"] * len(days),
            "acceptanceDateTime": [f"{day:%Y-%m-%dT%H:%M:%S}.000Z" for day in days], "form": ["8-K"] * len(days),
            "primaryDocument": ["d.htm"] * len(days),
        }  # fmt: skip
        half = {name: column[::2] for name, column in columns.items()}  # two items a filing
        self.sec = json.dumps({"name": "Name", "filings": {"recent": half, "files": []}})

    def __call__(self, path: str, query: Mapping[str, str]) -> bytes:
        if path.endswith("activestock_sehk_e.json"):
            return json.dumps([{"i": k, "c": f"{k:05}", "n": "N"} for k in range(1, self.companies + 1)]).encode()
        if path.endswith("inactivestock_sehk_e.json"):
            return b"[]"
        if path.endswith("titleSearchServlet.do"):
            rows = json.dumps(self.hkex[int(query["fromDate"][:4]), query["lang"]])
            key = query["stockId"]
            mine = rows.replace('"@"', f'"{int(key):05}"').replace("%", f"{key}0{query['lang'] == 'ZH':d}")
            return json.dumps({"result": mine, "hasNextRow": False}).encode()
        if path.endswith("szse_stock.json"):
            stocks = [{"code": f"{k:06}", "orgId": f"o{k}", "zwjc": "N"} for k in range(1, self.companies + 1)]
            return json.dumps({"stockList": stocks}).encode()
        if path.endswith("hisAnnouncement/query"):
            listed, page = self.cninfo[int(query["seDate"][:4])], int(query["pageNum"])
            code = query["stock"][:6]
            shown = json.dumps(listed[30 * page - 30 : 30 * page]).replace('"@"', f'"{code}"').replace("%", code)
            more = 30 * page < len(listed)
            head = f'"totalAnnouncement": {len(listed)}, "hasMore": {str(more).lower()}'
            return f'{{{head}, "announcements": {shown}}}'.encode()
        if path.endswith("company_tickers_exchange.json"):
            rows = [[k, "N", f"X{k}"] for k in range(1, self.companies + 1)]
            return json.dumps({"fields": ["cik", "name", "ticker"], "data": rows}).encode()
        if "/submissions/" in path:
            return self.sec.replace("%", path[-15:-5]).encode()
        return b"<SEC-HEADER>\n<ACCEPTANCE-DATETIME>20250501162159\n</SEC-HEADER>"


def serve(companies: int, ready: Connection) -> None:
    """A server until it is ended."""
    answers = Answers(companies)

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            data = answers(parts.path, dict(parse_qsl(parts.query) + parse_qsl(body)))
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = reply

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_port)
    server.serve_forever()


def work(way: str, companies: int, port: int, answer: Connection) -> None:
    """Pull, and say how many items came, the seconds of processor time and of the clock, and megabytes."""
    name = way.partition(",")[0]
    options = options_of({name: {**WAYS[way], "address": f"http://127.0.0.1:{port}", "pause": 0}})
    tickers = {"hkexnews": "{:04}.HK", "cninfo": "{:06}.SZ", "sec": "X{}"}[name]
    mic, currency = {"hkexnews": ("XHKG", "HKD"), "cninfo": ("XSHE", "CNY"), "sec": ("XNYS", "USD")}[name]
    universe = Universe(
        instruments=tuple(
            Instrument(ticker=tickers.format(k), name=f"N{k}", exchange=mic, board="main", currency=currency)
            for k in range(1, companies + 1)
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        cpu, wall = time.process_time(), time.perf_counter()
        (done,) = pull(
            PullRequest(first=FIRST, last=LAST), universe, DisclosureStore(Path(folder)), sources_of(options, None)
        )
        spent = time.process_time() - cpu, time.perf_counter() - wall
    assert not done.problems, done.problems[:3]
    answer.send((done.items.added, *spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def main() -> None:
    """Print a line for each source and number of items."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=300_000)
    parser.add_argument("--only", choices=list(WAYS), action="append")
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    print(f"{'source':<28}{'items':>10}{'a second of cpu':>18}{'cpu s':>8}{'wall s':>8}{'MB':>8}")
    for way in arguments.only or WAYS:
        for items in (arguments.items // 10, arguments.items):
            companies = max(1, items // (A_YEAR * len(YEARS)))
            mine, theirs = context.Pipe()
            server = context.Process(target=serve, args=(companies, theirs), daemon=True)
            server.start()
            port = mine.recv()
            puller = context.Process(target=work, args=(way, companies, port, theirs))
            puller.start()
            added, cpu, wall, memory = mine.recv()
            puller.join()
            server.terminate()
            server.join()
            print(f"{way:<28}{added:>10,}{added / cpu:>18,.0f}{cpu:>8.1f}{wall:>8.1f}{memory:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
