"""A project on which every command that writes can be tried, and what must be whole of it at any moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from disclosure_servers import Edgar, EdgarCompany, EdgarFiling
from news_world import CONFIG, TABLES
from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.domain.record import TABLES as TABLES_OF_RUNS
from newsbt.events.labelling.learned_model import LearnedModel
from newsbt.price_store import PriceStore
from newsbt.runs.stored_runs import find_runs, read_run
from newsbt.runs.trials import read_trials
from projects import write_project
from warm_commands import Request

__all__ = ["COMMANDS", "ONCE", "OTHERS", "SITE", "Kept", "figures", "kept", "request_of", "write"]

FEED = """<rss version="2.0"><channel><title>News</title><item><title>Alpha releases Alpha-7, an open model</title>
<guid>a-1</guid><pubDate>Tue, 04 Mar 2025 03:00:00 +0800</pubDate><description>It rivals GPT-4.</description></item>
</channel></rss>"""
SWEEP = "sweep: {strategy: Named, grid: {position.hold: [1, 2]}, metric: total_return}\n"
SITE = Edgar(
    EdgarCompany(1, "X", "Steel Corp", filings=[EdgarFiling("0001-25-1", "2025-05-01T16:21:59", items="4.02,9.01")]),
)
PULLED: Mapping[str, Any] = {
    "name": "pulled",
    "universe": {"instruments": "pulled.csv"},
    "announcements": [],
    "prices": {"use": "store", "path": "store"},
    "fx": {"use": "store", "path": "store"},
    "period": {"start": "2024-07-01", "end": "2024-09-30"},
    "account": {"currency": "HKD"},
    "strategies": [{"name": "a", "use": "named_tickers"}],
    "pull": {"per_minute": 6000, "providers": {"XHKG": ["yfinance"], "XNYS": ["yfinance"]}, "rates": ["yfinance"]},
}
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "run": ("run", "config.yaml"),
    "sweep": ("sweep", "sweep.yaml"),
    "report": ("report", "last"),
    "import": (
        *("events", "import", "feed.xml", "--format", "rss", "--all", "--out", "kept.jsonl"),
        *("--instruments", "instruments.csv"),
    ),
    "pull": ("data", "pull", "pulled.yaml"),
    "pull of news": ("events", "pull", "news.yaml"),
    "train": ("events", "train", "labels.csv", "--out", "model.npz"),
    "prove": ("prove", "config.yaml", "--worlds", "1"),
}
OTHERS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "config.yaml"),
    "show": ("show", "last", "--trades"),
    "compare": ("compare", "--last", "1", "--format", "csv"),
    "report of all": ("report", "--all"),
    "orders": ("orders", "config.yaml", "--as-of", "2025-03-04T08:00+08:00"),
    "explain": ("explain", "article.txt", "--config", "config.yaml", "--published", "2025-03-03T08:00+08:00"),
    "study": ("study", "config.yaml", "--estimation", "3", "--window", "0,0"),
    "audit": ("audit", "config.yaml", "--cuts", "2"),
    "show events": ("events", "show", "config.yaml"),
    "check of events": ("events", "check", "config.yaml"),
    "check of filings": ("events", "check", "news.yaml"),
    "extract": (
        *("events", "extract", "article.txt", "--config", "config.yaml", "--out", "extracted.csv"),
        *("--published", "2025-03-03T08:00+08:00"),
    ),
    "names": ("events", "names", "instruments.csv", "--out", "named.csv"),
    "show prices": ("data", "show", "config.yaml"),
    "check of prices": ("data", "check", "pulled.yaml"),
    "compact": ("data", "compact", "pulled.yaml"),
    "rules": ("data", "rules", "--exchange", "XHKG"),
    "run of a store": ("run", "pulled.yaml"),
    "schema": ("schema",),
    "init": ("init", "mine"),
    "init from files": ("init", "theirs", "--from", "prices.csv"),
    "new strategy": ("new", "strategy", "another"),
    "completion": ("completion", "bash"),
    "pull of later days": ("data", "pull", "later.yaml"),
}
"""Commands that read what the others wrote, or begin anew."""
ONCE = ("init", "init from files", "new strategy", "pull of later days")  # has nothing to do a second time


def request_of(name: str, folder: Path, environment: Mapping[str, str]) -> Request:
    """A command in the project, whose cache is there too; `environment` leads `pull` to its provider."""
    words = COMMANDS[name] if name in COMMANDS else OTHERS[name]
    asks = words[:2] == ("data", "pull")
    known = {"NEWSBT_CACHE": str(folder / "cache"), **(environment if asks else {})}
    return Request(words, str(folder), known, prepare=("warm_provider:use",) if asks else ())


def write(folder: Path, site: str) -> None:
    """The project; `site` is the address of its source of news."""
    path = write_project(folder, CONFIG, **TABLES)
    (folder / "sweep.yaml").write_text(path.read_text(encoding="utf-8") + SWEEP, encoding="utf-8")
    (folder / "feed.xml").write_text(FEED, encoding="utf-8")
    (folder / "article.txt").write_text("Alpha releases Alpha-7, a new chip that rivals Beta's\n", encoding="utf-8")
    (folder / "pulled.csv").write_text("ticker,exchange,board,currency\n0700.HK,XHKG,main,HKD\nBABA,XNYS,adr,USD\n")
    (folder / "pulled.yaml").write_text(yaml.safe_dump(dict(PULLED)), encoding="utf-8")
    said = {"chips": "ships a new chip", "earnings": "says that its profit rises", "none": "is in the news again"}
    rows = [f"Firm{k} {words},{kind}" for k in range(20) for kind, words in said.items()]
    later = {**PULLED, "period": {**PULLED["period"], "end": "2024-10-31"}}
    (folder / "later.yaml").write_text(yaml.safe_dump(later), encoding="utf-8")
    (folder / "labels.csv").write_text("\n".join(["headline,event_type", *rows]) + "\n", encoding="utf-8")
    (folder / "names.csv").write_text(
        "ticker,name,exchange,board,currency,company,sector,themes,sector_index,aliases\nX,Steel,XNYS,main,USD,Steel,,,,\n"
    )
    news = yaml.safe_load(path.read_text(encoding="utf-8"))
    source = {"contact": "me@example.com", "address": site, "pause": 0}
    news |= {
        "universe": {"instruments": "names.csv"}, "period": {"start": "2025-05-01"},
        "announcements": {"use": "store", "path": "filings", "sources": {"sec": source}},
    }  # fmt: skip
    (folder / "news.yaml").write_text(yaml.safe_dump(news), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a project holds: its runs, trials, announcements, pulled rows and filings, and whether a model is there."""

    runs: int
    trials: frozenset[str]
    lines: int
    rows: int
    filings: int
    has_model: bool

    def holds(self, other: Kept) -> bool:
        """Whether nothing of the other is lost."""
        counts = zip(self._counts(), other._counts(), strict=True)
        return self.trials >= other.trials and all(mine >= theirs for mine, theirs in counts)

    def _counts(self) -> tuple[int, ...]:
        return self.runs, self.lines, self.rows, self.filings, self.has_model


def kept(folder: Path) -> Kept:
    """All of it is read, and what cannot be read is an error."""
    found = find_runs(folder / "runs")
    for run in found:
        record = read_run(run)
        for table in TABLES_OF_RUNS:
            record.table(table)
        for name in ("evidence", "context"):
            record.extra(name)
        assert (run / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    store = PriceStore(folder / "store")
    now = datetime.now(UTC)
    model = folder / "model.npz"
    if model.exists():
        LearnedModel.read(model)
    return Kept(
        runs=len(found),
        trials=frozenset(read_trials(folder / "runs")),
        lines=sum(len(_lines(path)) for path in folder.glob("kept*.jsonl")),
        rows=sum(len(_days(store.read(kind, now).table)) for kind in ("prices", "rates")),
        filings=sum(table.num_rows for table in DisclosureStore(folder / "filings").source("sec").tables()),
        has_model=model.exists(),
    )


def figures(folder: Path) -> dict[str, object]:
    """What the newest run of each name found, by strategy; what goes by how often anything was tried there aside."""
    documents = [read_run(run).document for run in find_runs(folder / "runs")]
    return {one["name"]: [(row["name"], _own(row["metrics"])) for row in one["strategies"]] for one in documents}


def _own(metrics: Mapping[str, float | None]) -> dict[str, float | None]:
    return {key: value for key, value in metrics.items() if not key.startswith("dsr")}


def _days(table: pa.Table) -> set[tuple[str, str]]:
    """The days of each ticker or pair, however often they were pulled."""
    return {(str(of), str(day)) for of, day in zip(*(table.column(k).to_pylist() for k in (0, 1)), strict=True)}


def _lines(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
