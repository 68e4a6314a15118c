"""Every command on a machine that fails it: nothing is lost, nothing half-listed, and the next command works."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from disclosure_servers import serving
from failing_machines import FAULTS, SHORTAGES, on_a_disk_with
from killed_project import COMMANDS, ONCE, OTHERS, SITE, figures, kept, request_of, write
from warm_commands import Ended, Request, WarmCommands

pytestmark = pytest.mark.slow
ALL = (*COMMANDS, *OTHERS)
COST_NOTHING = (
    "forty_handles", "no_home", "files of another user", "cache damaged", "cache deleted", "cache read-only",
)  # fmt: skip
FREE = {"nothing": 0, "8 KiB": 8 << 10, "64 KiB": 64 << 10}
CLOCK = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")  # Debian's package faketime
AHEAD = {"LD_PRELOAD": str(CLOCK), "FAKETIME": "+400d", "NO_FAKE_STAT": "1", "DONT_FAKE_MONOTONIC": "1"}
LEFT_OPEN = ("*.partial", "*.part")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("machines") / "project"
    folder.mkdir()
    with serving(SITE) as site:
        write(folder, site.url)
        yield folder


@pytest.fixture
def project(empty: Path, warm: WarmCommands, environment: dict[str, str]) -> Path:
    """One in which every command that writes was tried once, and has something to do again."""
    if not (empty / "named.csv").exists():
        for name in [name for name in ALL if name not in ONCE]:
            done = warm.ended(request_of(name, empty, environment))
            assert done.code == 0, (name, done.stderr)
        with (empty / "labels.csv").open("a", encoding="utf-8") as labels:
            labels.write("Firm99 ships a new chip,chips\n")  # so that the next model is another one
        feed = empty / "feed.xml"
        text = feed.read_text(encoding="utf-8")
        feed.write_text(text.replace("Alpha-7", "Alpha-8").replace("a-1", "a-2"), encoding="utf-8")
    return empty


def is_told(done: Ended) -> bool:
    """Whether a command that failed says so, in words."""
    return "Traceback" not in done.stderr and (not done.code or bool(done.stdout) or "error:" in done.stderr)


def is_made(done: Ended) -> bool:
    """Whether a command refused to write over what it had made before."""
    return done.code == 2 and "[already_there]" in done.stderr


def works_again(warm: WarmCommands, asked: Request, project: Path) -> None:
    """What is in the folder of the command is what was in the project, and the command does what it did there."""
    folder = Path(asked.folder)
    before = kept(project)
    assert kept(folder).holds(before)
    again = warm.ended(asked)
    assert again.code == 0 or is_made(again), again.stderr
    assert kept(folder).holds(before)
    assert figures(folder) == figures(project)
    left = [path.name for pattern in LEFT_OPEN for path in folder.rglob(pattern)]
    assert not left


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ALL)
def test_a_machine_that_fails_a_command_costs_nothing_that_was_there(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, fault: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    asked = request_of(name, copy, environment)
    short_of = (f"warm_shortages:{fault}",) if fault in SHORTAGES else ()
    with FAULTS[fault](copy):
        done = warm.ended(replace(asked, prepare=(*asked.prepare, *short_of)))
    assert done.code in ((0,) if fault in COST_NOTHING else (0, 1, 2)), done.stderr
    assert is_told(done), done.stderr
    works_again(warm, asked, project)


@pytest.mark.parametrize("free", FREE)
@pytest.mark.parametrize("name", ALL)
def test_a_full_disk_costs_nothing_that_was_there(
    project: Path, warm: WarmCommands, environment: dict[str, str], name: str, free: str, tmp_path: Path
) -> None:
    with on_a_disk_with(project, FREE[free], tmp_path) as (copy, make_room):
        asked = request_of(name, copy, environment)
        done = warm.ended(asked)
        assert done.code in (0, 1, 2), done.stderr
        assert is_told(done), done.stderr
        make_room()
        works_again(warm, asked, project)


@pytest.fixture(scope="module")
def ahead() -> Iterator[WarmCommands]:
    if not CLOCK.exists():
        pytest.skip("libfaketime gives a process another clock")
    made = WarmCommands(AHEAD)
    yield made
    made.close()


@pytest.mark.parametrize("name", ALL)
def test_a_clock_that_is_set_back_by_400_days_costs_nothing_that_was_there(
    project: Path, warm: WarmCommands, ahead: WarmCommands, environment: dict[str, str], name: str, tmp_path: Path
) -> None:
    """What was written then is of a time to come, and the command that wrote it is the next one."""
    copy = shutil.copytree(project, tmp_path / "copy")
    asked = request_of(name, copy, environment)
    before = kept(project)
    done = ahead.ended(asked)
    assert done.code == 0, done.stderr
    then = kept(copy)
    assert then.holds(before)
    again = warm.ended(asked)
    assert is_told(again), again.stderr
    assert kept(copy).holds(then)
    assert figures(copy) == figures(project)


def test_a_clock_that_is_behind_a_store_asks_nobody_and_the_store_stays(
    project: Path, warm: WarmCommands, ahead: WarmCommands, environment: dict[str, str], tmp_path: Path
) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    shutil.rmtree(copy / "store")
    assert ahead.ended(request_of("pull", copy, environment)).code == 0
    then, later = kept(copy), request_of("pull of later days", copy, environment)
    behind = warm.ended(later)
    assert behind.code in (1, 2) and "clock" in behind.stdout + behind.stderr
    assert kept(copy) == then
    assert is_told(warm.ended(request_of("run of a store", copy, environment)))
    assert ahead.ended(later).code == 0
    assert ahead.ended(request_of("run of a store", copy, environment)).code == 0
