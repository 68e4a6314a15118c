"""A few of the files of `make fuzz`: every reader answers or refuses what is nearly valid, and what is not."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fuzz.__main__ import fault_of, made
from fuzz.mutations import _alike, mutated
from fuzz.targets import TARGETS

QUICK = [name for name in TARGETS if not name.startswith(("article", "run", "learned"))]


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_changed_is_read(name: str, tmp_path: Path) -> None:
    """Else the changes would be looked for in files that nobody reads past the head."""
    for k, valid in enumerate(TARGETS[name].samples()):
        path = tmp_path / str(k) / TARGETS[name].name
        path.parent.mkdir()
        path.write_bytes(valid)
        TARGETS[name].read(path)


@pytest.mark.parametrize("name", TARGETS)
def test_an_answer_or_a_refusal(name: str) -> None:
    for number in range(12 if name in QUICK else 4):
        content = made(name, 1, number)
        assert not fault_of(TARGETS[name], content), content


def still(valid: bytes, ending: str, parse: Callable[[bytes], object], broken: tuple[type[Exception], ...]) -> int:
    """How many of 200 changed files are what they were."""
    found = 0
    for k in range(200):
        with suppress(*broken):
            parse(mutated(valid, random.Random(k), ending))
            found += 1
    return found


def test_most_changed_lines_of_json_can_be_read() -> None:
    """Or readers would be tried at their first lines only."""
    lines = b"".join(b'{"day": "2025-03-06", "n": %d}\n' % k for k in range(9))
    assert still(lines, ".jsonl", lambda data: [json.loads(line) for line in data.splitlines()], (ValueError,)) > 140


def test_many_changed_workbooks_can_be_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/sheet1.xml", "<rows>" + "".join(f"<row><c>{k}</c></row>" for k in range(9)) + "</rows>")

    def parse(data: bytes) -> object:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return ElementTree.fromstring(archive.read("xl/sheet1.xml"))

    broken = (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, EOFError, NotImplementedError, ValueError, OSError)
    assert still(out.getvalue(), ".xlsx", parse, broken) > 60


def test_most_changed_days_are_days() -> None:
    changed = [_alike("2025-03-06T08:00Z", ["x"], random.Random(k)) for k in range(100)]
    days = [one for one in changed if re.fullmatch(r"(2015|202[4-6])-\d\d-\d\dT08:00Z", one)]
    assert len(days) > 80
    assert len(set(days)) > 6


def test_the_same_seed_makes_the_same_files() -> None:
    assert [made("prices csv", 3, k) for k in range(6)] == [made("prices csv", 3, k) for k in range(6)]
    assert len({made("prices csv", 3, k) for k in range(40)}) > 35
