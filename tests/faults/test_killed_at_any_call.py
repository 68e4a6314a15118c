"""kill -9 after a system call on a file of the project or the cache: nothing is lost, nothing half-listed, and the next
command works. Every rename, fsync and unlink, and some of the other calls, by a seed."""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.domain.record import TABLES as TABLES_OF_RUNS
from newsbt.runs.stored_runs import find_runs, read_run
from newsbt.runs.trials import read_trials
from projects import write_project
from struck import EVERY, Strike, ended, has_strace, newsbt, strikes, struck

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not has_strace, reason="strace sends the signals")]
SEED, OTHERS = 24, int(os.environ.get("NEWSBT_KILLS", "20"))
FEED = """<rss version="2.0"><channel><title>News</title><item><title>Alpha releases Alpha-7, an open model</title>
<guid>a-1</guid><pubDate>Tue, 04 Mar 2025 03:00:00 +0800</pubDate><description>It rivals GPT-4.</description></item>
</channel></rss>"""
SWEEP = "sweep: {strategy: Named, grid: {position.hold: [1, 2]}, metric: total_return}\n"
COMMANDS = ("run", "report", "import", "sweep")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which a run was made already."""
    folder = tmp_path_factory.mktemp("killed") / "project"
    folder.mkdir()
    path = write_project(folder, CONFIG, **TABLES)
    (folder / "sweep.yaml").write_text(path.read_text(encoding="utf-8") + SWEEP, encoding="utf-8")
    (folder / "feed.xml").write_text(FEED, encoding="utf-8")
    done = ended(newsbt("run", "config.yaml"), folder, environment(folder))
    assert done.returncode == 0, done.stderr
    return folder


def environment(folder: Path) -> dict[str, str]:
    return {"NEWSBT_CACHE": str(folder / "cache")}


def command(name: str) -> list[str]:
    return {
        "run": newsbt("run", "config.yaml"),
        "report": newsbt("report", "last"),
        "import": newsbt(
            "events",
            "import",
            "feed.xml",
            "--format",
            "rss",
            "--all",
            "--out",
            "kept.jsonl",
            "--instruments",
            "instruments.csv",
        ),
        "sweep": newsbt("sweep", "sweep.yaml"),
    }[name]


def whole(folder: Path) -> int:
    """How many runs are listed, each of which can be read whole."""
    found = find_runs(folder / "runs")
    for run in found:
        record = read_run(run)
        for table in TABLES_OF_RUNS:
            record.table(table)
        assert (run / "report.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
    return len(found)


def chosen(found: Sequence[Strike]) -> list[Strike]:
    few = [one for one in found if one.call in EVERY]
    others = [one for one in found if one.call not in EVERY]
    return few + random.Random(SEED).sample(others, min(OTHERS, len(others)))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_after_any_call_loses_nothing(project: Path, name: str, tmp_path: Path) -> None:
    def fresh(number: int) -> Path:
        copy = tmp_path / f"{number}"
        shutil.copytree(project, copy)
        return copy

    first = fresh(0)
    roots = [first]
    places = chosen(strikes(command(name), first, environment(first), roots))
    assert places
    before = set(read_trials(project / "runs"))
    killed = 0
    for number, strike in enumerate(places, 1):
        copy = fresh(number)
        done = struck(strike, command(name), copy, environment(copy))
        killed += done.returncode not in (0, 1, 2)
        runs = whole(copy)
        assert runs >= 1, f"{strike}: the run that was there is gone"
        assert set(read_trials(copy / "runs")) >= before, f"{strike}: trials were lost"
        again = ended(command(name), copy, environment(copy))
        assert again.returncode == 0, f"{strike}: {again.stderr}"
        assert whole(copy) >= runs
        kept = copy / "kept.jsonl"
        if name == "import":
            assert len([json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]) == 1, strike
        shutil.rmtree(copy)
    assert killed > len(places) // 2, f"{killed} of {len(places)} were killed"


@pytest.mark.parametrize("name", COMMANDS)
def test_two_at_once_each_have_theirs(project: Path, name: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    before, answers = whole(copy), []
    both = [
        threading.Thread(target=lambda: answers.append(ended(command(name), copy, environment(copy)).returncode))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert answers == [0, 0]
    assert whole(copy) == before + (2 if name == "run" else 0)
    assert not list((copy / "runs").glob(".*.partial"))
