"""docs/promises.md and docs/security.md: each sentence has a test that is there, and each patch still applies."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from breaks.page import PAGES, PATCHES, ROOT, all_tests, rows, with_rules

ALL = {row.promise: row for page in PAGES for row in rows(page)}


def test_every_promise_has_a_test_that_is_there() -> None:
    known = all_tests()
    assert ALL
    bare = [row.promise for row in ALL.values() if not row.tests]
    assert not bare, f"name the test that proves each of these: {bare}"
    gone = [test for row in ALL.values() for test in row.tests if test.partition("[")[0] not in known]
    assert not gone, f"these tests are not there (any more): {gone}"


def test_the_table_of_rules_is_that_of_the_tests() -> None:
    page = PAGES[0].read_text(encoding="utf-8")
    assert page == with_rules(page), "write it anew: PYTHONPATH=tests python -m breaks.page"


def test_every_patch_breaks_a_promise_and_every_such_promise_has_its_patch() -> None:
    named = [row.patch for row in ALL.values() if row.patch]
    assert sorted(named) == sorted(path.name for path in PATCHES.glob("*.patch"))


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies them")
def test_every_patch_applies() -> None:
    """To the code as it is: `make breaks` applies each and sees its promise's test fail."""
    patches = sorted(map(str, PATCHES.glob("*.patch")))
    for patch in patches:
        done = subprocess.run(["git", "apply", "--check", patch], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{Path(patch).name}: make it anew: {done.stderr}"
