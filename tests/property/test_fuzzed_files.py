"""A few of the files of `make fuzz`: every reader answers or refuses what is nearly valid, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.__main__ import fault_of, made
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


def test_the_same_seed_makes_the_same_files() -> None:
    assert [made("prices csv", 3, k) for k in range(6)] == [made("prices csv", 3, k) for k in range(6)]
    assert len({made("prices csv", 3, k) for k in range(40)}) > 35
