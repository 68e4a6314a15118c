"""Files that are replaced while a run reads them: old bytes under the old hash, new ones under the new, or an error
that names the file; never the ones under the others' hash."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.errors import NewsbtError
from newsbt.pipeline import run

CONFIG = """
name: replaced
universe: {instruments: instruments.csv}
announcements:
  - {use: csv, path: news.csv}
  - {use: jsonl, path: more.jsonl.gz}
  - {use: mapped, path: vendor.csv, map: map.yaml, keep: all}
  - {use: articles, path: articles, aliases: aliases.csv}
  - {use: labels, path: labels.csv, made_by: hand, cutoff: null}
prices:
  - {use: csv, path: prices}
  - {use: parquet, path: more.parquet}
fx: {use: csv, path: fx.csv}
benchmark: B.HK
account: {cash: 100000, currency: HKD}
execution: {latency: 0min, market_rules: rules.yaml, costs: {use: "costs.py:Mine"}, engine: compiled}
strategies:
  - {name: S, use: "mine.py:Mine", position: {weight: 0.2, hold: 1}}
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
"""
DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07")
LISTED = (
    "ticker,name,exchange,board,currency,sector,themes,sector_index,aliases,lot_size\nA.HK,Alpha,XHKG,main,HKD,,,,,\n"
)
LISTED += "".join(f"{name[0]}.HK,{name},XHKG,main,HKD,,,,,LOT\n" for name in ("Bravo", "C", "D", "E"))
LISTED += "U,Uni,XNYS,main,USD,,,,,\n"
PRICES = "ticker,date,open,high,low,close,volume\n"
NEWS = "event_id,published_at,event_type,issuer,headline,tickers\nn,2025-03-03T20:00+08:00,news,Alpha,x,TICKER\n"
VENDOR = "ref,title,time,kind,who,codes,tone\nv,Things,2025-03-04T21:00+08:00,news,Alpha,TICKER,0.3\n"
MAP = (
    "columns: {item_id: ref, headline: title, published_at: time, event_type: kind, issuer: who, tickers: codes MORE}\n"
)
ARTICLE = "Published: 2025-03-04T10:00+08:00\n\nNAME reports record quarterly profit\n\n"
ARTICLE += "NAME reported net profit of HK$5.2 billion for the fourth quarter, up 30%.\n"
RULES = "exchanges:\n  XHKG:\n    rules:\n      lot: {A.HK: [{from: null, step: LOT}]}\n"
STRATEGY = """
import newsbt


class Mine(newsbt.Strategy):
    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        links = view.links[view.links["hop"] == 0]
        signal = SIGNAL * links["sentiment"].fillna(1.0)
        return newsbt.Signal.for_events(links.assign(signal=signal)[["event_id", "ticker", "signal"]])
"""
COSTS = """
from dataclasses import dataclass

from newsbt.markets.costs import Flat


@dataclass(frozen=True, kw_only=True)
class Mine(Flat):
    commission_bps: float = BPS
"""


def price_rows(ticker: str, close: float) -> str:
    return "".join(f"{ticker},{day},{close},{close + k},{close},{close + k},100000\n" for k, day in enumerate(DAYS))


def made_parquet(close: float) -> bytes:
    rows = [line.split(",") for line in price_rows("C.HK", close).splitlines()]
    frame = pd.DataFrame(rows, columns=PRICES.strip().split(","))
    return frame.astype(dict.fromkeys(("open", "high", "low", "close", "volume"), float)).to_parquet()


def made_gzip(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)


def made_item(ticker: str) -> str:
    item = {"event_id": "j", "published_at": "2025-03-04T20:00+08:00", "event_type": "news", "issuer": "Alpha"}
    return json.dumps({**item, "headline": "x", "tickers": [ticker]}) + "\n"


def versions() -> dict[str, tuple[bytes, bytes]]:
    """Each file of the project as it was and as it will be; each change changes the books."""
    texts = {
        "instruments.csv": (LISTED, "LOT", "100", "200"),
        "news.csv": (NEWS, "TICKER", "A.HK;C.HK", "B.HK"),
        "vendor.csv": (VENDOR, "TICKER", "D.HK", "E.HK"),
        "map.yaml": (MAP, " MORE", "", ", sentiment: tone"),
        "aliases.csv": ("ticker,name\nTICKER,Bravo\n", "TICKER", "B.HK", "E.HK"),
        "articles/one.txt": (ARTICLE, "NAME", "Bravo", "Delta"),
        "labels.csv": ("event_id,sentiment\nn,SCORE\n", "SCORE", "0.5", "0.9"),
        "prices/A.csv": (
            PRICES + price_rows("B.HK", 50) + "ROWS",
            "ROWS",
            price_rows("A.HK", 90),
            price_rows("A.HK", 70),
        ),
        "fx.csv": ("pair,date,rate\nUSDHKD,2025-01-01,RATE\n", "RATE", "7.8", "7.7"),
        "rules.yaml": (RULES, "LOT", "100", "30"),
        "mine.py": (STRATEGY, "SIGNAL", "1.0", "0.5"),
        "costs.py": (COSTS, "BPS", "10.0", "20.0"),
    }
    found = {name: (text.replace(key, one).encode(), text.replace(key, two).encode())
             for name, (text, key, one, two) in texts.items()}  # fmt: skip
    rest = PRICES + price_rows("E.HK", 30) + price_rows("U", 9)
    found["prices/D.csv.gz"] = (made_gzip(rest + price_rows("D.HK", 20)), made_gzip(rest + price_rows("D.HK", 15)))
    found["more.parquet"] = (made_parquet(40), made_parquet(44))
    found["more.jsonl.gz"] = (made_gzip(made_item("U")), made_gzip(made_item("C.HK")))
    return found


FILES = versions()
PANELS = ("prices/A.csv", "prices/D.csv.gz", "more.parquet")
OTHERS = ("mine.py", "rules.yaml", "instruments.csv", "news.csv", "labels.csv", "prices/A.csv", "fx.csv")
Trigger = tuple[str, int]


class Opened:
    """Does something, once, just before a file is opened for the n-th time."""

    def __init__(self) -> None:
        self.path, self.left, self.act = "", 0, lambda: None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and self.left and isinstance(args[0], str | os.PathLike) and os.fspath(args[0]) == self.path:
            self.left -= 1
            if not self.left:
                self.act()

    def before(self, path: Path, opening: int, act: Callable[[], None]) -> None:
        self.path, self.left, self.act = str(path), opening, act


OPENED = Opened()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("NEWSBT_CACHE", str(tmp_path / "cache"))
    for name, (old, _) in FILES.items():
        put(tmp_path / name, old)
    (tmp_path / "config.yaml").write_text(CONFIG)
    yield tmp_path
    OPENED.left = 0


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def swap(path: Path, content: bytes) -> None:
    """Put another file in its place, as a download that ends by a rename does."""
    other = path.with_name(f".{path.name}.part")
    other.write_bytes(content)
    other.rename(path)


def numbers(result: RunResult) -> tuple[list[Any], list[float]]:
    fills = result["S"].fills[["ticker", "quantity", "price", "costs"]]
    return fills.to_numpy().tolist(), result["S"].returns.tolist()


def hashes(result: RunResult) -> dict[str, str]:
    found: dict[str, str] = {**result.hashes["data"], **result.hashes["components"], **result.hashes["strategies"]}
    return found


def outcome(config: Path) -> tuple[RunResult | None, str]:
    try:
        return run(load(config)), ""
    except NewsbtError as error:
        return None, str(error)


KEYS = {"mine.py": "S", "costs.py": "Mine"}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("replace", [swap, put], ids=["renamed", "rewritten"])
def test_no_result_stands_under_another_files_hash(
    name: str, replace: Callable[[Path, bytes], None], project: Path
) -> None:
    """The file is replaced before each of its own openings, and at the first opening of others, which
    are read at other times."""
    path, (old, new) = project / name, FILES[name]
    config, key = project / "config.yaml", KEYS.get(name, Path(name).name)
    expected = {}
    for content in (old, new):
        put(path, content)
        result = run(load(config))
        assert hashes(result)[key] == hashlib.sha256(content).hexdigest()
        expected[hashes(result)[key]] = numbers(result)
    one, other_books = expected.values()
    assert one != other_books
    triggers: list[Trigger] = [(name, n) for n in (1, 2, 3)] + [(other, 1) for other in OTHERS if other != name]
    for other, opening in triggers if replace is swap else triggers[:3]:
        for fresh in (True, False) if name in PANELS else (False,):  # without a panel kept from before, and with one
            put(path, old)
            if fresh:
                for entry in (project / "cache").rglob("*.npy"):
                    entry.unlink()
            OPENED.before(project / other, opening, lambda: replace(path, new))
            result, failure = outcome(config)
            OPENED.left = 0
            if result is None:
                assert name in failure and "changed while it was used" in failure, (other, opening, failure)
            else:
                assert numbers(result) == expected[hashes(result)[key]], (other, opening, fresh)
