"""Every reader with a valid file of its kind: what it is asked, and the modules that are its."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from fuzz.kept_targets import KEPT_TARGETS
from fuzz.samples import ALPACA, ARTICLE, CONFIG, GDELT, MAP, MAPPED, PLAIN, RSS, RULES, TYPES
from fuzz.target import DATA, KNOWN, Target, both, head

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
        from newsbt.prices.price_readers import CsvPrices, ExcelPrices, ParquetPrices

        classes: Mapping[str, type] = {"csv": CsvPrices, "parquet": ParquetPrices, "xlsx": ExcelPrices}
        return classes[kind](path=path, on_bad_row=policy).read(KNOWN)

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

        folder = DATA / "universe"
        files = [path if is_it else folder / f"{name}.csv" for name, is_it in zip(TABLES, wanted, strict=True)]
        return read_universe(*files[: 2 if wanted[0] or wanted[1] else 3], on_bad_row=policy)

    return both(make)


TABLES = ("instruments", "relations", "memberships")


def _config(path: Path) -> object:
    from newsbt.assembly import assemble
    from newsbt.config.loading import load

    for name in ("instruments.csv", "relations.csv", "announcements.csv", "prices.csv"):
        (path.parent / name).touch()
    return assemble(load(path, environ={}))


def _rules(path: Path) -> object:
    from newsbt.markets.rulebook import load_rulebook, rules_in_force

    book = load_rulebook(path)
    return [rules_in_force(book, exchange, date(2025, 3, 6)) for exchange in book.exchanges]


def _types(path: Path) -> object:
    from newsbt.events.extraction.event_types import read_types

    return read_types(path, extend=False)


def _training(path: Path) -> object:
    from newsbt.events.labelling.training import read_training_labels

    return read_training_labels(path)


def _own_prices(path: Path) -> object:
    from newsbt.cli.own_files import read_prices

    return read_prices(path, {})


def _own_news(path: Path) -> object:
    from newsbt.cli.own_files import read_news
    from newsbt.linking.universe_tables import read_universe

    return read_news(path, read_universe(DATA / "universe" / "instruments.csv"), {})


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


_OF_TABLES = ("domain/table_files.py", "domain/cells.py", "events/announcement_rows.py", "events/announcement_cells.py")
_OF_PRICES = ("prices/price_readers.py", "prices/raw_prices.py", "prices/row_checks.py", "prices/price_columns.py")
_OF_FEEDS = ("events/from_feeds.py", "events/feeds/documents.py", "events/feeds/feed_item.py")


def _universe_table(name: str) -> Target:
    wanted = tuple(one == name for one in TABLES)
    return Target(
        f"{name}.csv", lambda: head(DATA / "universe" / f"{name}.csv", 1000 if name == TABLES[0] else 30),
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
    "fx csv": Target("fx.csv", lambda: head(DATA / "fx.csv", 30), both(_fx), ("prices/fx_readers.py",)),
    **{f"universe {name}": _universe_table(name) for name in TABLES},
    "config": Target(
        "c.yaml", CONFIG.encode, _config,
        ("config/loading.py", "domain/yaml_text.py", "config/environment.py", "assembly.py", "catalog.py"),
    ),
    "market rules": Target(
        "rules.yaml", RULES.encode, _rules,
        ("markets/rulebook.py", "markets/rule_files.py", "markets/rule_layers.py", "markets/dated_rules.py")
    ),
    "event types": Target(
        "types.yaml", TYPES.encode, _types, ("events/extraction/event_types.py", "events/extraction/rule_texts.py")
    ),
    "training labels": Target(
        "l.csv", lambda: _written(_announcements()[["headline", "event_type", "published_at"]], "csv"), _training,
        ("events/labelling/training.py",),
    ),
    "own prices": Target("0700.HK.csv", lambda: _written(_prices(), "csv"), _own_prices, ("cli/own_files.py",)),
    "own news": Target("a.csv", lambda: _written(_announcements(), "csv"), _own_news, ("cli/own_files.py",)),
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
        "a.html", ARTICLE.encode, both(_article),
        ("events/from_articles.py", "events/extraction/markup.py", "events/extraction/article_reading.py"),
    ),
    "article text": Target(
        "a.txt", PLAIN.encode, both(_article), ("events/extraction/plain_text.py", "events/extraction/published.py")
    ),
    "labels csv": Target(
        "l.csv", lambda: _written(_announcements()[["event_id", "event_type", "issuer", "sentiment"]], "csv"),
        both(_labels), ("events/labels.py",),
    ),
    "learned model": Target("m.npz", _model, _learned, ("events/labelling/learned_model.py",)),
    **KEPT_TARGETS,
}  # fmt: skip
