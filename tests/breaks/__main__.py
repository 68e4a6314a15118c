"""`make breaks`: each patch of tests/breaks is applied to a copy of the code, and the tests of its promise, which pass
on the copy as it is, must fail."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from breaks.page import PAGES, PATCHES, ROOT, Row, rows

SECONDS = 900
GREEN, RED = 0, 1  # what pytest answers where tests ran and none or some failed
SLOW = ("tests/faults/", "tests/property/test_causality.py", "tests/property/test_fuzzed_files.py")  # minutes each


@contextmanager
def copy_of_the_code() -> Iterator[Path]:
    """`src` as it is, with the machine code that is kept beside it, and links to what lies next to it."""
    with tempfile.TemporaryDirectory(prefix="newsbt-breaks-") as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("*.pyc"))
        for name in ("configs", "data", "strategies"):
            (copy / name).symlink_to(ROOT / name)
        yield copy


def patch(copy: Path, name: str, *options: str) -> None:
    subprocess.run(["git", "apply", *options, str(PATCHES / name)], cwd=copy, check=True)


def answer(copy: Path, tests: Iterable[str], *, as_python: bool, is_told: bool = False) -> int:
    """pytest's, of some tests on the copy; the kernels as plain Python where no machine code is kept for them. What it
    says of a test that is not green `is_told`, or not."""
    words = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "HYPOTHESIS_PROFILE": "breaks"}
    environment |= {"NUMBA_DISABLE_JIT": "1"} if as_python else {}
    command = [sys.executable, "-m", "pytest", *words]
    seconds = SECONDS + 30 * len(words)  # all tests, where nothing is broken, are many
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds)
    if is_told and done.returncode != GREEN:
        sys.stdout.write(done.stdout[-4000:])
    return done.returncode


def breaks_kernels(row: Row) -> bool:
    return "src/newsbt/kernels/" in (PATCHES / row.patch).read_text(encoding="utf-8")


def is_noticed(copy: Path, row: Row) -> bool:
    patch(copy, row.patch)
    try:
        return answer(copy, row.tests, as_python=breaks_kernels(row)) == RED
    finally:
        patch(copy, row.patch, "--reverse")


def are_green(copy: Path, broken: list[Row]) -> bool:
    """Whether the tests of these promises pass where nothing is broken: or a patch is noticed by a test that is red
    anyway."""
    for as_python in (False, True):
        tests = {test: None for row in broken if breaks_kernels(row) == as_python for test in row.tests}
        if tests and answer(copy, tests, as_python=as_python, is_told=True) != GREEN:
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(prog="make breaks")
    parser.add_argument("patches", nargs="*", help="by default all")
    parser.add_argument("--every", type=int, default=1, help="of them every n-th only, of those whose tests are quick")
    asked = parser.parse_args()
    every = [row for page in PAGES for row in rows(page) if row.patch]
    if asked.every > 1:
        every = [row for row in every if not any(test.startswith(SLOW) for test in row.tests)]
    wanted = {Path(one).stem + ".patch" for one in asked.patches}
    if unknown := wanted - {row.patch for row in every}:
        parser.error(f"no promise has {', '.join(sorted(unknown))}")
    broken = [row for row in every if not wanted or row.patch in wanted][:: asked.every]
    missed = []
    with copy_of_the_code() as copy:
        # Where some are tried only, as in CI, the suite has seen these tests pass.
        if asked.every == 1 and not are_green(copy, broken):
            sys.exit("where nothing is broken, a test of these promises fails or does not run: see to it first")
        for row in broken:
            noticed = is_noticed(copy, row)
            sys.stdout.write(f"{'noticed ' if noticed else 'MISSED  '} {row.patch}: {row.promise}\n")
            sys.stdout.flush()
            if not noticed:
                missed.append(row.patch)
    sys.stdout.write(f"{len(broken) - len(missed)} of {len(broken)} broken promises were noticed\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
