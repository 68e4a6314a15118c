"""kill -9 after a system call on a file of the project, the cache or the store: nothing is lost, nothing half-listed,
and the next command works. Every rename, fsync and unlink, and some of the other calls, by a seed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from disclosure_servers import serving
from killed_project import COMMANDS, SITE, kept, request_of, write
from warm_commands import Request, Strike, WarmCommands

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace holds the process after a call"),
]
SEED, OTHERS = 24, int(os.environ.get("NEWSBT_KILLS", "20"))
EVERY = ("rename", "fsync", "unlink")  # of which there are few: each is tried
LEFT_OPEN = ("*.partial", "*.part")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, warm: WarmCommands) -> Iterator[Path]:
    """A project in which a run was made already, and a model trained."""
    folder = tmp_path_factory.mktemp("killed") / "project"
    folder.mkdir()
    with serving(SITE) as site:
        write(folder, site.url)
        for name in ("run", "train"):
            done = warm.ended(Request(COMMANDS[name], str(folder), {"NEWSBT_CACHE": str(folder / "cache")}))
            assert done.code == 0, done.stderr
        with (folder / "labels.csv").open("a", encoding="utf-8") as labels:
            labels.write("Firm99 ships a new chip,chips\n")  # so that the next model is another one
        yield folder


def chosen(found: Sequence[Strike]) -> list[Strike]:
    few = [one for one in found if one.call in EVERY]
    others = [one for one in found if one.call not in EVERY]
    return few + random.Random(SEED).sample(others, min(OTHERS, len(others)))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_after_any_call_loses_nothing(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, tmp_path: Path,
    record_property: pytest.RecordProperty,
) -> None:  # fmt: skip
    def fresh(number: int) -> Path:
        return shutil.copytree(project, tmp_path / f"{number}")

    keeping = warm.ended(request_of(name, fresh(0), environment))  # kernels, beside the package: their calls come once
    assert keeping.code == 0, keeping.stderr
    first = fresh(1)
    places = chosen(warm.strikes(request_of(name, first, environment), first))
    assert places
    before, killed, missed = kept(project), Counter[str](), []
    for number, strike in enumerate(places, 2):
        copy = fresh(number)
        asked = request_of(name, copy, environment)
        done = warm.ended(replace(asked, strike=strike))
        if done.code == -9:
            killed[strike.call] += 1
        else:
            missed.append(strike)
        after = kept(copy)
        assert after.holds(before), f"{strike}: {before} became {after}"
        again = warm.ended(asked)
        assert again.code == 0, f"{strike}: {again.stderr}"
        assert kept(copy).holds(after), strike
        left = [path.name for pattern in LEFT_OPEN for path in copy.rglob(pattern)]
        assert not left, f"{strike}: {left}"
        shutil.rmtree(copy)
    record_property("kills", dict(killed))
    assert not [one for one in missed if one.call in EVERY], f"never reached: {', '.join(map(str, missed))}"
    assert len(missed) < len(places) // 2, f"{killed} of {len(places)} were killed"


@pytest.mark.parametrize("name", COMMANDS)
def test_two_at_once_each_have_theirs(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    before = kept(copy)
    done = warm.ended(replace(request_of(name, copy, environment), times=2))
    assert set(done.codes) == {0}, done.stderr
    after = kept(copy)
    assert after.holds(before)
    assert after.runs == before.runs + (2 if name == "run" else 0)
    alone = shutil.copytree(project, tmp_path / "alone")
    assert warm.ended(request_of(name, alone, environment)).code == 0
    assert replace(after, runs=0) == replace(kept(alone), runs=0)
    assert not [path for pattern in LEFT_OPEN for path in copy.rglob(pattern)]


@pytest.mark.parametrize("short_of", ["forty_handles", "no_home"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "pull"])  # it has a process of its own
def test_forty_file_handles_and_no_home_are_enough(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, short_of: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    before = kept(copy)
    done = warm.ended(replace(request_of(name, copy, environment), prepare=f"warm_shortages:{short_of}"))
    assert done.code == 0, done.stderr
    assert kept(copy).holds(before)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_project_that_cannot_be_written_is_refused_by_name_and_stays_as_it_is(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    before = kept(copy)
    if subprocess.run(["mount", "--bind", copy, copy], capture_output=True, check=False).returncode:
        pytest.skip("a folder is made read-only, to the superuser too, by the superuser alone")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", copy], check=True)
        done = warm.ended(request_of(name, copy, environment))
    finally:
        subprocess.run(["umount", "-l", copy], check=True)
    assert done.code in (1, 2)
    assert ("error:" in done.stderr or name == "pull") and "Traceback" not in done.stderr, done.stderr
    assert kept(copy) == before
