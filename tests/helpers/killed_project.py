"""A project on which every command that writes can be tried, and what must be whole of it at any moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

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

__all__ = ["COMMANDS", "SITE", "Kept", "kept", "write"]

FEED = """<rss version="2.0"><channel><title>News</title><item><title>Alpha releases Alpha-7, an open model</title>
<guid>a-1</guid><pubDate>Tue, 04 Mar 2025 03:00:00 +0800</pubDate><description>It rivals GPT-4.</description></item>
</channel></rss>"""
SWEEP = "sweep: {strategy: Named, grid: {position.hold: [1, 2]}, metric: total_return}\n"
SITE = Edgar(
    EdgarCompany(1, "X", "Steel Corp", filings=[EdgarFiling("0001-25-1", "2025-05-01T16:21:59", items="4.02,9.01")]),
)
PULLED = {
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


def write(folder: Path, site: str) -> None:
    """The project; `site` is the address of its source of news."""
    path = write_project(folder, CONFIG, **TABLES)
    (folder / "sweep.yaml").write_text(path.read_text(encoding="utf-8") + SWEEP, encoding="utf-8")
    (folder / "feed.xml").write_text(FEED, encoding="utf-8")
    (folder / "pulled.csv").write_text("ticker,exchange,board,currency\n0700.HK,XHKG,main,HKD\nBABA,XNYS,adr,USD\n")
    (folder / "pulled.yaml").write_text(yaml.safe_dump(PULLED), encoding="utf-8")
    said = {"chips": "ships a new chip", "earnings": "says that its profit rises", "none": "is in the news again"}
    rows = [f"Firm{k} {words},{kind}" for k in range(20) for kind, words in said.items()]
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


def _days(table: pa.Table) -> set[tuple[str, str]]:
    """The days of each ticker or pair, however often they were pulled."""
    return {(str(of), str(day)) for of, day in zip(*(table.column(k).to_pylist() for k in (0, 1)), strict=True)}


def _lines(path: Path) -> list[object]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
