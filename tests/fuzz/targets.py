"""Every reader with a valid file of its kind: what it is asked, and the modules that are its."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from fuzz.asked_targets import ASKED_TARGETS
from fuzz.kept_targets import KEPT_TARGETS
from fuzz.own_targets import OWN_TARGETS
from fuzz.run_targets import RUN_TARGETS
from fuzz.samples import (
    ALPACA,
    ARTICLE_TIMES,
    ARTICLES,
    CONFIG,
    FEEDS,
    GDELT,
    MAP,
    MAPPED,
    PLAIN,
    PLAIN_TIMES,
    RULES,
    TYPES,
    WIRES,
)
from fuzz.target import DATA, KNOWN, ROOT, Target, both, head, small_universe
from fuzz.vendor_targets import VENDOR_TARGETS, price_books, price_files, price_frames

__all__ = ["TARGETS"]


@cache
def _announcements() -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(head(DATA / "announcements" / "ai_releases.csv", 25)), dtype=str)
    frame["sentiment"] = 0.5
    frame["received_at"] = frame["published_at"]
    return frame


@cache
def _prices() -> pd.DataFrame:
    frame = pd.read_csv(io.BytesIO(head(DATA / "prices" / "0700.HK.csv", 25)), dtype={"ticker": str})
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


def _with(others: Callable[[], Sequence[bytes]], form: str) -> Callable[[], Sequence[bytes]]:
    """Prices in newsbt's own form, half of the files, and in others'."""
    return lambda: [*[_written(_prices(), form)] * len(others()), *others()]


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

    return both(make)


def _price_reader(kind: str) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.cli.own_files import ASKED, _answered
        from newsbt.prices.price_readers import CsvPrices, ExcelPrices, ParquetPrices

        classes: Mapping[str, type] = {"csv": CsvPrices, "parquet": ParquetPrices, "xlsx": ExcelPrices}
        return _answered(classes[kind](path=path, on_bad_row=policy), ASKED, KNOWN)

    return both(make)


def _feed(kind: str) -> Callable[[Path], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.events import from_feeds

        if kind == "MappedAnnouncements":
            return from_feeds.MappedAnnouncements(path=path, on_bad_row=policy, map=path.parent / "map.yaml").read(
                KNOWN
            )
        return getattr(from_feeds, kind)(path=path, on_bad_row=policy).read(KNOWN)

    return both(make)


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

        folder = small_universe()
        files = [path if is_it else folder / f"{name}.csv" for name, is_it in zip(TABLES, wanted, strict=True)]
        return read_universe(*files[: 2 if wanted[0] or wanted[1] else 3], on_bad_row=policy)

    return both(make)


TABLES = ("instruments", "relations", "memberships")


def _configs() -> Sequence[bytes]:
    """One with a little of everything, and those that come with newsbt."""
    texts = [one.read_text(encoding="utf-8") for one in sorted((ROOT / "configs").glob("*.yaml"))]
    return [*[CONFIG.encode()] * len(texts), *(one.replace("../", "").encode() for one in texts)]


def _config(path: Path) -> object:
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.configured_paths import store_folder
    from newsbt.errors import NewsbtError

    for name in ("instruments.csv", "relations.csv", "announcements.csv", "prices.csv"):
        (path.parent / name).touch()
    for folder in ("data", "strategies"):
        (path.parent / folder).symlink_to(ROOT / folder)
    loaded = load(path, environ={})
    with suppress(NewsbtError):
        store_folder(loaded)
    return assemble(loaded)


def _rules(path: Path) -> object:
    from newsbt.domain.entity import Instrument
    from newsbt.markets.dated_rules import selectors
    from newsbt.markets.guessed_market import guessed_instrument
    from newsbt.markets.rulebook import load_rulebook, rules_in_force

    book = load_rulebook(path)
    days = np.arange("2024-10-25", "2024-11-15", dtype="M8[D]")
    for mic in ("XTKS", *list(book.exchanges)[:2]):
        market = book.exchange(mic)
        item = Instrument(ticker="7203.T", name="T", exchange=mic, board=book.boards[-1], currency=market.currency)
        for rule in market.rules:
            market.timeline(rule, days, *selectors(item))
        market.named("fee")
    guessed_instrument("7203.T", None, book)
    return [rules_in_force(book, exchange, date(2025, 3, 6)) for exchange in book.exchanges]


def _types(path: Path) -> object:
    from newsbt.events.extraction.event_types import read_types

    return read_types(path, extend=False)


_OF_TABLES = ("domain/table_files.py", "domain/cells.py", "events/announcement_rows.py", "events/announcement_cells.py")
_OF_PRICES = ("prices/price_readers.py", "prices/raw_prices.py", "prices/row_checks.py", "prices/price_columns.py")
_OF_FEEDS = ("events/from_feeds.py", "events/feeds/documents.py", "events/feeds/feed_item.py")


def _universe_table(name: str) -> Target:
    wanted = tuple(one == name for one in TABLES)
    return Target(
        f"{name}.csv", lambda: (small_universe() / f"{name}.csv").read_bytes(),
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
    "prices csv": Target("p.csv", _with(price_files, "csv"), _price_reader("csv"), _OF_PRICES),
    "prices parquet": Target("p.parquet", _with(price_frames, "parquet"), _price_reader("parquet"), _OF_PRICES),
    "prices xlsx": Target(
        "p.xlsx", _with(lambda: price_books()[1:2], "xlsx"), _price_reader("xlsx"),
        ("prices/workbook_columns.py", "domain/workbooks.py"),
    ),
    "fx csv": Target("fx.csv", lambda: head(DATA / "fx.csv", 30), both(_fx), ("prices/fx_readers.py",)),
    **{f"universe {name}": _universe_table(name) for name in TABLES},
    "config": Target(
        "c.yaml", _configs, _config,
        ("config/loading.py", "domain/yaml_text.py", "config/environment.py", "config/consistency.py",
         "config/two_forms.py", "config/faults.py", "assembly.py", "catalog.py"),
    ),
    "market rules": Target(
        "rules.yaml", RULES.encode, _rules,
        ("markets/rulebook.py", "markets/rule_files.py", "markets/rule_layers.py", "markets/dated_rules.py")
    ),
    "event types": Target(
        "types.yaml", TYPES.encode, _types, ("events/extraction/event_types.py", "events/extraction/rule_texts.py")
    ),
    "column map": Target("map.yaml", MAP.encode, _map, ("events/feeds/mapped.py",)),
    "feed rss": Target(
        "f.xml", lambda: [one.encode() for one in FEEDS], _feed("RssAnnouncements"),
        ("events/feeds/rss.py", "events/feeds/splitting.py", "events/extraction/markup.py", *_OF_FEEDS[::2]),
    ),
    "feed alpaca": Target(
        "f.json", lambda: json.dumps(ALPACA, indent=1).encode(), _feed("AlpacaAnnouncements"),
        ("events/feeds/alpaca.py", *_OF_FEEDS)
    ),
    "feed gdelt": Target(
        "f.json", lambda: json.dumps(GDELT, indent=1).encode(), _feed("GdeltAnnouncements"),
        ("events/feeds/gdelt.py", *_OF_FEEDS)
    ),
    "article html": Target(
        "a.html", lambda: [ARTICLES.replace("TIMES", one).encode() for one in ARTICLE_TIMES], both(_article),
        ("events/from_articles.py", "events/extraction/html_text.py", "events/extraction/article_reading.py"),
    ),
    "article text": Target(
        "a.txt", lambda: [PLAIN.replace("2025-03-06T03:00:00+08:00", one).encode() for one in PLAIN_TIMES],
        both(_article),
        ("events/extraction/plain_text.py", "events/extraction/published.py", "domain/time_forms.py",
         "domain/written_times.py", "domain/zone_names.py"),
    ),
    "article json": Target(
        "a.json", lambda: [json.dumps(one, ensure_ascii=False).encode() for one in WIRES], both(_article),
        ("events/extraction/article_reading.py", "events/extraction/published.py", "events/extraction/markup.py"),
    ),
    "labels csv": Target(
        "l.csv", lambda: _written(_announcements()[["event_id", "event_type", "issuer", "sentiment"]], "csv"),
        both(_labels), ("events/labels.py",),
    ),
    **VENDOR_TARGETS,
    **OWN_TARGETS,
    **ASKED_TARGETS,
    **KEPT_TARGETS,
    **RUN_TARGETS,
}  # fmt: skip
