"""`make breaks`: each patch of tests/breaks is applied to a copy of the code, and the test of its promise must fail."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breaks.page import PAGES, PATCHES, ROOT, Row, rows

SECONDS = 900
RED = 1  # what pytest answers where tests ran and some failed


@contextmanager
def copy_of_the_code() -> Iterator[Path]:
    """`src` as it is, and links to what lies beside it."""
    with tempfile.TemporaryDirectory(prefix="newsbt-breaks-") as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("configs", "data", "strategies"):
            (copy / name).symlink_to(ROOT / name)
        yield copy


def patch(copy: Path, name: str, *options: str) -> None:
    subprocess.run(["git", "apply", *options, str(PATCHES / name)], cwd=copy, check=True)


def answer(copy: Path, tests: tuple[str, ...]) -> int:
    """pytest's, of the tests of a promise on the copy; the kernels run as plain Python."""
    words = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "NUMBA_DISABLE_JIT": "1", "CI": "1"}
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS).returncode


def is_noticed(copy: Path, row: Row) -> bool:
    patch(copy, row.patch)
    try:
        return answer(copy, row.tests) == RED
    finally:
        patch(copy, row.patch, "--reverse")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make breaks")
    parser.add_argument("patches", nargs="*", help="by default all")
    parser.add_argument("--every", type=int, default=1, help="of them every n-th only")
    asked = parser.parse_args()
    every = [row for page in PAGES for row in rows(page) if row.patch]
    broken = [row for row in every if not asked.patches or row.patch in asked.patches][:: asked.every]
    missed = []
    with copy_of_the_code() as copy:
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
