"""Imports into one archive at once, by real processes, some of which are killed: nothing is lost, all is counted."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

IMPORT = "import sys; from newsbt.cli import main; sys.exit(main(sys.argv[1:]))"
ITEMS = 60  # of each process


@dataclass
class Importer:
    process: subprocess.Popen[str]
    ids: set[str]

    def counted(self) -> dict[str, int]:
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        return json.loads(out)


def feed(folder: Path, name: str, items: int = ITEMS) -> set[str]:
    """A feed of items of its own, and the ids that its events have."""
    rows = [
        {"id": f"{name}-{k}", "title": f"Alibaba releases Qwen{k}", "time": "2025-03-06T03:00:00+08:00"}
        for k in range(items)
    ]
    (folder / f"{name}.json").write_text(json.dumps(rows))
    return {row["id"] for row in rows}


def start(folder: Path, name: str, archive: str = "news.jsonl") -> Importer:
    ids = feed(folder, name)
    arguments = ["events", "import", f"{name}.json", "--format", "mapped", "--map", "map.yaml", "--out", archive]
    process = subprocess.Popen(
        [sys.executable, "-c", IMPORT, *arguments, "--all", "--json"], cwd=folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return Importer(process, ids)


def kept(folder: Path) -> list[str]:
    archive = folder / "news.jsonl"
    lines = archive.read_text(encoding="utf-8").splitlines() if archive.exists() else []
    return [json.loads(line)["event_id"] for line in lines]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text("columns: {item_id: id, headline: title, published_at: time}\n")
    return tmp_path


def race(folder: Path, processes: int) -> None:
    (folder / "news.jsonl").unlink(missing_ok=True)
    started = [start(folder, f"f{k}") for k in range(processes)]
    counts = [one.counted() for one in started]
    assert [found["added"] for found in counts] == [ITEMS] * processes
    found = kept(folder)
    assert len(found) == len(set(found)) == ITEMS * processes
    assert set(found) == set().union(*(one.ids for one in started))
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def race_with_a_killed_one(folder: Path, dice: random.Random, longest: float) -> None:
    (folder / "news.jsonl").unlink(missing_ok=True)
    started = [start(folder, f"f{k}") for k in range(3)]
    victim = dice.choice(started)
    time.sleep(dice.uniform(0.3, longest))
    victim.process.send_signal(signal.SIGKILL)
    others = [one for one in started if one is not victim]
    assert [one.counted()["added"] for one in others] == [ITEMS] * 2
    victim.process.communicate()
    found = set(kept(folder))
    assert found - victim.ids == others[0].ids | others[1].ids
    assert found & victim.ids in (set(), victim.ids), "an import is whole or not at all"
    again = start(folder, "f3")
    assert again.counted()["added"] == ITEMS
    assert len(kept(folder)) == len(found) + ITEMS
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")], "what the dead one left is swept"


def test_four_imports_at_once_lose_nothing(here: Path) -> None:
    race(here, 4)


def test_a_killed_import_holds_nobody_up(here: Path) -> None:
    race_with_a_killed_one(here, random.Random(1), 1.5)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 4])
def test_twenty_races_lose_nothing(here: Path, processes: int) -> None:
    for _ in range(20):
        race(here, processes)


@pytest.mark.slow
def test_twenty_killed_imports_hold_nobody_up(here: Path) -> None:
    dice = random.Random(int(os.environ.get("NEWSBT_SEED", "14")))
    for _ in range(20):
        race_with_a_killed_one(here, dice, 4.0)


def test_one_archive_by_two_names_is_one_archive(here: Path) -> None:
    (here / "other.jsonl").symlink_to("news.jsonl")
    started = [start(here, "f0"), start(here, "f1", "other.jsonl")]
    assert [one.counted()["added"] for one in started] == [ITEMS, ITEMS]
    assert len(kept(here)) == 2 * ITEMS
    assert (here / "other.jsonl").is_symlink()
