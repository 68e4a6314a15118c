"""Every reader with a valid file of its kind: what it is asked, and the modules that are its."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["TARGETS", "Target"]

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
KNOWN = {"9988.HK", "0700.HK", "^HSTECH"}


@dataclass(frozen=True)
class Target:
    """A reader: `read` is handed a folder with a file of `name`, whose valid content is `valid`; `modules` are its."""

    name: str
    valid: Callable[[], bytes]
    read: Callable[[Path], object]
    modules: tuple[str, ...]


def _head(path: Path, lines: int) -> bytes:
    return b"\n".join(path.read_bytes().splitlines()[:lines]) + b"\n"


@cache
def _announcements() -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(_head(DATA / "announcements" / "ai_releases.csv", 25)), dtype=str)
    frame["sentiment"] = 0.5
    frame["received_at"] = frame["published_at"]
    return frame


@cache
def _prices() -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(_head(DATA / "prices" / "0700.HK.csv", 25)), dtype={"ticker": str})
    frame["dividend"], frame["split"], frame["prev_close"] = 0.0, 1.0, frame["close"].shift(1)
    return frame


def _written(frame: pd.DataFrame, form: str) -> bytes:
    out = io.BytesIO()
    if form == "parquet":
        frame.to_parquet(out)
    elif form == "xlsx":
        frame.to_excel(out, index=False)
    elif form == "jsonl":
        frame.to_json(out, orient="records", lines=True, force_ascii=False)
    else:
        frame.to_csv(out, index=False)
    return out.getvalue()


RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>
<item><title>Alibaba releases Qwen3, an open model that rivals DeepSeek-R1</title><link>https://example.com/a</link>
<guid>a-1</guid><pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate><dc:creator>A. Writer</dc:creator>
<description><![CDATA[<p>The company said on Thursday that <b>Qwen3</b> is open.</p>]]></description></item>
<item><title>腾讯发布混元大模型</title><guid isPermaLink="false">a-2</guid><pubDate>2025-03-07T09:00:00Z</pubDate>
<description>腾讯控股周五表示，混元对标 GPT-4。</description></item>
</channel></rss>
"""
ALPACA = {
    "news": [
        {"id": 1, "headline": "Alibaba unveils QwQ-32B", "author": "x", "created_at": "2025-03-05T19:00:00Z",
         "updated_at": "2025-03-05T19:01:00Z", "summary": "An open model.", "content": "<p>It rivals R1.</p>",
         "url": "https://example.com/1", "symbols": ["BABA", "9988.HK"], "source": "wire", "images": []},
        {"id": 2, "headline": "Tencent profit up 15%", "created_at": "2025-03-19T09:00:00Z", "symbols": ["TCEHY"]},
    ],
    "next_page_token": None,
}  # fmt: skip
GDELT = {
    "articles": [
        {"url": "https://example.com/g", "title": "Baidu launches Ernie X1", "seendate": "20250316T021500Z",
         "socialimage": "", "domain": "example.com", "language": "English", "sourcecountry": "China"},
    ]
}  # fmt: skip
MAPPED = {
    "rows": [
        {
            "when": "2025-03-06 03:00",
            "what": "Alibaba releases Qwen3",
            "who": "Alibaba",
            "of": ["9988.HK"],
            "mood": 0.4,
        },
        {"when": "2025-03-07 03:00", "what": "Tencent releases Hunyuan", "who": "Tencent", "of": [], "mood": -0.1},
    ]
}
MAP = """columns: {published_at: when, headline: what, issuer: who, tickers: of, sentiment: mood}
records: rows
zone: Asia/Hong_Kong
"""
ARTICLE = """<!doctype html><html lang="en"><head><title>Alibaba releases Qwen3 - The Wire</title>
<meta property="article:published_time" content="2025-03-06T03:00:00+08:00"><meta name="author" content="A. Writer">
<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-03-06T03:00:00+08:00",
"headline": "Alibaba releases Qwen3"}</script></head><body><article><h1>Alibaba releases Qwen3</h1>
<p>HONG KONG, March 6 - Alibaba on Thursday released Qwen3, an open model which it said rivals DeepSeek-R1.</p>
<p>It did not say when it would be sold. Tencent declined to comment.</p><table><tr><td>1</td></tr></table>
</article><aside><p>Baidu cut prices last week.</p></aside></body></html>
"""
PLAIN = """Title: Alibaba releases Qwen3
Published: 2025-03-06T03:00:00+08:00
Source: The Wire

HONG KONG (The Wire) - Alibaba on Thursday released Qwen3, an open model which it said rivals DeepSeek-R1, and denied
that it would raise prices.
"""
CONFIG = """name: &name fuzzed
universe: {instruments: instruments.csv, relations: relations.csv}
announcements:
  - {use: csv, path: announcements.csv, columns: {event_id: id}}
prices: {use: csv, path: prices.csv, on_bad_row: skip}
fx: {use: fixed, rates: {USDHKD: 7.8}}
period: {start: 2024-07-01, end: 2025-07-31}
account: {cash: 10000000, currency: HKD}
benchmark: ^HSTECH
execution: {entry: next_open, latency: 5min, market_rules: true, costs: {use: by_market}, slippage: {use: bps, bps: 5}}
strategies:
  - name: Buy
    use: rival_release
    params: {themes: [chinese_ai]}
    position: {weight: 0.05, hold: 3, event_weight: 1.0, stop_loss: 0.1}
  - {name: Named, use: named_tickers, position: {weight: {use: inverse_volatility, target: 0.02, window: 60}}}
baselines: [buy_and_hold]
evaluation: {placebo: {use: weeks}, bootstrap: 100, seed: 7}
output: {runs: runs}
"""


def _both(make: Callable[[Path, str], object]) -> Callable[[Path], object]:
    """Reads as it stops at a bad row, and where it does, as it counts them."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError

        try:
            return make(path, "error")
        except NewsbtError:
            return make(path, "skip")

    return read


def _table_reader(kind: str) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.events.from_csv import CsvAnnouncements
        from newsbt.events.from_excel import ExcelAnnouncements
        from newsbt.events.from_jsonl import JsonlAnnouncements
        from newsbt.events.from_parquet import ParquetAnnouncements

        classes: Mapping[str, type] = {
            "csv": CsvAnnouncements, "jsonl": JsonlAnnouncements, "parquet": ParquetAnnouncements,
            "xlsx": ExcelAnnouncements,
        }  # fmt: skip
        return classes[kind](path=path, on_bad_row=policy).read(KNOWN)

    return _both(make)


def _price_reader(kind: str) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.prices.price_readers import CsvPrices, ExcelPrices, ParquetPrices

        classes: Mapping[str, type] = {"csv": CsvPrices, "parquet": ParquetPrices, "xlsx": ExcelPrices}
        return classes[kind](path=path, on_bad_row=policy).read(KNOWN)

    return _both(make)


def _feed(kind: str) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.events import from_feeds

        if kind == "MappedAnnouncements":
            return from_feeds.MappedAnnouncements(path=path, on_bad_row=policy, map=path.parent / "map.yaml").read(
                KNOWN
            )
        return getattr(from_feeds, kind)(path=path, on_bad_row=policy).read(KNOWN)

    return _both(make)


def _map(path: Path) -> object:
    from newsbt.events.from_feeds import MappedAnnouncements

    data = path.parent / "items.json"
    data.write_text(json.dumps(MAPPED), encoding="utf-8")
    return MappedAnnouncements(path=data, on_bad_row="skip", map=path).read(KNOWN)


def _article(path: Path, policy: str) -> object:
    from newsbt.events.from_articles import ArticleAnnouncements

    return ArticleAnnouncements(path=path, on_bad_row=policy).read(KNOWN)


def _labels(path: Path, policy: str) -> object:
    from newsbt.events.labels import LabelTable

    return LabelTable(path=path, made_by="hand", cutoff=date(2025, 1, 1), on_bad_row=policy).read_labels(KNOWN)


def _fx(path: Path, policy: str) -> object:
    from newsbt.prices.fx_readers import CsvFx

    return CsvFx(path=path, on_bad_row=policy).read()


def _universe(*wanted: bool) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.linking.universe_tables import read_universe

        folder = DATA / "universe"
        files = [path if is_it else folder / f"{name}.csv" for name, is_it in zip(TABLES, wanted, strict=True)]
        return read_universe(*files[: 2 if wanted[0] or wanted[1] else 3], on_bad_row=policy)

    return _both(make)


TABLES = ("instruments", "relations", "memberships")


def _config(path: Path) -> object:
    from newsbt.config.loading import load

    return load(path, environ={})


@cache
def _model() -> bytes:
    from newsbt.events.labelling.learned_model import BITS

    out = io.BytesIO()
    np.savez_compressed(out, weights=np.zeros((1 << BITS, 2), dtype=np.float32), bias=np.zeros(2, dtype=np.float32))
    return out.getvalue()


def _learned(path: Path) -> object:
    """With a card that names this very archive, so that it is opened."""
    from newsbt.events.labelling.learned_model import BITS, FORMAT, LONGEST, LearnedModel, card_path

    card = {
        "format": FORMAT, "made_by": "hand", "cutoff": "2024-12-31", "classes": ["earnings", "none"],
        "longest": LONGEST, "bits": BITS, "threshold": 0.5, "inverse_penalty": 1.0, "rows": {},
        "cross_validation": {}, "labels": "", "arrays": hashlib.sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip
    card_path(path).write_text(json.dumps(card), encoding="utf-8")
    return LearnedModel.read(path)


RUN_FILES = (
    "run.json",
    "evidence.json",
    "context.json",
    "fills.parquet",
    "events.parquet",
    "equity.parquet",
    "trades.parquet",
)


@cache
def run_folder() -> Mapping[str, bytes]:
    """The files of a small run."""
    import tempfile

    from made_runs import made_run
    from newsbt.runs.run_folder import write_run

    with tempfile.TemporaryDirectory() as folder:
        path = write_run(made_run(), folder, report_html="<p>")
        found = {one.name: one.read_bytes() for one in path.iterdir()}
    found.setdefault("context.json", b'{"format": 1}')
    found.setdefault("evidence.json", b"{}")
    return found


def _run_file(name: str) -> Target:
    def read(path: Path) -> object:
        from newsbt.domain.record import TABLES as RUN_TABLES
        from newsbt.errors import DataError
        from newsbt.reports.report_page import report_page
        from newsbt.runs.stored_runs import read_run

        for other, content in run_folder().items():
            if other != name:
                (path.parent / other).write_bytes(content)
        record = read_run(path.parent)
        for table in RUN_TABLES:
            try:
                record.table(table)
            except DataError:
                continue
        return report_page(record)

    modules = ("runs/stored_runs.py", "runs/reactions.py", "reports/report_page.py", "reports/page/view.py",
               "reports/page/cards.py", "reports/page/document_fields.py")  # fmt: skip
    return Target(name, lambda: run_folder()[name], read, modules)


_OF_TABLES = ("domain/table_files.py", "domain/cells.py", "events/announcement_rows.py", "events/announcement_cells.py")
_OF_PRICES = ("prices/price_readers.py", "prices/raw_prices.py", "prices/row_checks.py", "prices/price_columns.py")
_OF_FEEDS = ("events/from_feeds.py", "events/feeds/documents.py", "events/feeds/feed_item.py")


def _universe_table(name: str) -> Target:
    wanted = tuple(one == name for one in TABLES)
    return Target(
        f"{name}.csv", lambda: _head(DATA / "universe" / f"{name}.csv", 1000 if name == TABLES[0] else 30),
        _universe(*wanted),
        ("linking/universe_tables.py", "linking/checked_rows.py"),
    )  # fmt: skip


TARGETS: Mapping[str, Target] = {
    "announcements csv": Target("a.csv", lambda: _written(_announcements(), "csv"), _table_reader("csv"), _OF_TABLES),
    "announcements jsonl": Target(
        "a.jsonl", lambda: _written(_announcements(), "jsonl"), _table_reader("jsonl"),
        ("events/from_jsonl.py", *_OF_TABLES[2:]),
    ),
    "announcements parquet": Target(
        "a.parquet", lambda: _written(_announcements(), "parquet"), _table_reader("parquet"),
        ("domain/parquet_files.py", *_OF_TABLES[2:]),
    ),
    "announcements xlsx": Target(
        "a.xlsx", lambda: _written(_announcements(), "xlsx"), _table_reader("xlsx"), ("domain/workbooks.py",)
    ),
    "prices csv": Target("p.csv", lambda: _written(_prices(), "csv"), _price_reader("csv"), _OF_PRICES),
    "prices parquet": Target("p.parquet", lambda: _written(_prices(), "parquet"), _price_reader("parquet"), _OF_PRICES),
    "prices xlsx": Target(
        "p.xlsx", lambda: _written(_prices(), "xlsx"), _price_reader("xlsx"), ("prices/workbook_columns.py",)
    ),
    "fx csv": Target("fx.csv", lambda: _head(DATA / "fx.csv", 30), _both(_fx), ("prices/fx_readers.py",)),
    **{f"universe {name}": _universe_table(name) for name in TABLES},
    "config": Target(
        "c.yaml", CONFIG.encode, _config, ("config/loading.py", "domain/yaml_text.py", "config/environment.py")
    ),
    "column map": Target("map.yaml", MAP.encode, _map, ("events/feeds/mapped.py",)),
    "feed rss": Target("f.xml", RSS.encode, _feed("RssAnnouncements"), ("events/feeds/rss.py", *_OF_FEEDS)),
    "feed alpaca": Target(
        "f.json", lambda: json.dumps(ALPACA, indent=1).encode(), _feed("AlpacaAnnouncements"),
        ("events/feeds/alpaca.py", *_OF_FEEDS)
    ),
    "feed gdelt": Target(
        "f.json", lambda: json.dumps(GDELT, indent=1).encode(), _feed("GdeltAnnouncements"),
        ("events/feeds/gdelt.py", *_OF_FEEDS)
    ),
    "article html": Target(
        "a.html", ARTICLE.encode, _both(_article),
        ("events/from_articles.py", "events/extraction/markup.py", "events/extraction/article_reading.py"),
    ),
    "article text": Target(
        "a.txt", PLAIN.encode, _both(_article), ("events/extraction/plain_text.py", "events/extraction/published.py")
    ),
    "labels csv": Target(
        "l.csv", lambda: _written(_announcements()[["event_id", "event_type", "issuer", "sentiment"]], "csv"),
        _both(_labels), ("events/labels.py",),
    ),
    "learned model": Target("m.npz", _model, _learned, ("events/labelling/learned_model.py",)),
    **{f"run {name}": _run_file(name) for name in RUN_FILES},
}  # fmt: skip
