"""What a run is made of knows what follows from its strategies."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from newsbt import catalog
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.entity import Universe
from newsbt.steps.read_news import read_news
from newsbt.steps.run_hashes import component_hashes
from newsbt.strategies.named_tickers import NamedTickers
from newsbt.strategies.spillover import Spillover
from newsbt.testing import small_market


def test_a_run_links_as_far_as_the_strategy_that_reaches_furthest() -> None:
    market = small_market(20)
    (near,), (far,) = (market.prepared(one).components.strategies for one in (NamedTickers(), Spillover(hops=3)))
    assert (near.hops, far.hops) == (1, 3)
    components = market.components()
    assert dataclasses.replace(components, strategies=(near, far)).hops == 3
    assert dataclasses.replace(components, strategies=()).hops == 1


OWN = """
from __future__ import annotations
from dataclasses import dataclass
from pathlib import Path
import newsbt

@dataclass(frozen=True, kw_only=True)
class Mine:
    folder: Path
    more: tuple[Path, ...] = ()
    cache: str = "none"

    def read(self, known_tickers=None):
        return newsbt.AnnouncementBatch(announcements=(), rows_read=0)
"""


def test_a_parameter_that_is_a_path_is_relative_to_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(OWN, encoding="utf-8")
    config = tmp_path / "own.yaml"
    config.write_text(
        "name: own\nuniverse: {instruments: i.csv}\nprices: {use: csv, path: p.csv}\nperiod: {start: 2025-03-03}\n"
        "announcements: {use: mine.py:Mine, params: {folder: news, more: [a, /b], cache: redis}}\n"
        "strategies: [{name: S, use: named_tickers}]\n",
        encoding="utf-8",
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (reader,) = assemble(load(config), skip=("prices", "universe")).readers
    assert vars(reader) == {"folder": tmp_path / "news", "more": (tmp_path / "a", Path("/b")), "cache": "redis"}


def test_paths_are_told_by_their_annotation() -> None:
    @dataclasses.dataclass
    class Mine:
        one: Path
        two: str | Path | None = None
        three: Unheard[Path] = None  # type: ignore[name-defined]  # noqa: F821
        path: str = ""

    assert catalog.path_parameters(Mine) == {"one", "two", "three"}
    assert catalog.path_parameters(object) == frozenset()


LABELS = """
from dataclasses import dataclass
import newsbt

@dataclass(frozen=True, kw_only=True)
class Mine:
    score: float

    def read_labels(self, known_tickers=None):
        labels = {"e1": newsbt.EventLabel(sentiment=self.score)}
        return newsbt.LabelBatch(labels=labels, made_by="my model", cutoff=None)
"""


def test_labels_of_ones_own_are_laid_over_what_the_readers_read(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(LABELS, encoding="utf-8")
    (tmp_path / "news.csv").write_text(
        "event_id,published_at,event_type,issuer,headline\ne1,2025-03-03T09:00:00Z,x,Harbor,H\n", encoding="utf-8"
    )
    config = tmp_path / "own.yaml"
    config.write_text(
        "name: own\nuniverse: {instruments: i.csv}\nprices: {use: csv, path: p.csv}\nperiod: {start: 2025-03-03}\n"
        "announcements: [{use: mine.py:Mine, params: {score: 0.25}}, {use: csv, path: news.csv}]\n"
        "strategies: [{name: S, use: named_tickers}]\n",
        encoding="utf-8",
    )
    components = assemble(load(config), skip=("prices", "universe"))
    assert [cls.__name__ for cls in components.classes[:2]] == ["CsvAnnouncements", "Mine"]
    batch, labelled = read_news(components, Universe(instruments=()))
    assert batch.announcements[0].sentiment == 0.25
    assert "labels by my model for 1 of 1 events" in labelled.notices[0]
    assert "Mine" in component_hashes(components)
