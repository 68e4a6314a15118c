"""A million announcements on 3,000 tickers x 5,040 days, beside an earlier version: `python -m benchmarks.million`.

Whole processes of `newsbt run` from the same files, compiled, without a report, in turn with those of the commit
`--against`, by default 0.1.0; each with a cache of its own, which a go that is not counted has filled. Then every tenth
and every hundredth of the announcements on the same prices: what ten times as many cost. Half an hour on 2 cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.files import Go, line, run
from benchmarks.gate import HERE, laid_out
from benchmarks.ratios import keep_ratio

VERSION = "4826614"  # 0.1.0
PARTS = {1_000_000: 1, 100_000: 10, 10_000: 100}
COMMAND = [sys.executable, "-m", "newsbt", "run", "config.yaml", "--engine", "compiled", "--no-report"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", default=VERSION, help="a commit; empty: none, only how time grows")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        projects = _projects(folder)
        print(f"{'whole processes':<44}{'wall':>8}{'cpu':>8}{'MB':>8}", flush=True)
        million = projects[1_000_000]
        own: list[Go] = []
        if asked.against:
            old = laid_out(asked.against, folder / "old")
            before: list[Go] = []
            for k in range(asked.rounds + 1):
                for source, goes in ((old, before), (HERE, own)):
                    found = _go(source, million, folder)
                    if k:
                        goes.append(found)
            line(f"a million, {asked.against}", before)
            line("a million", own)
            for what, k in (("", 1), ("memory of ", 2)):
                ratio = median(mine[k] / its[k] for mine, its in zip(own, before, strict=True))
                title = f"{what}a million, newsbt / {asked.against}"
                print(f"{title:<44}{ratio:>16.3f}", flush=True)
                keep_ratio(title, ratio)
        _growth(projects, folder, asked.rounds)


def _growth(projects: dict[int, Path], folder: Path, rounds: int) -> None:
    """What ten times as many announcements cost, in turn."""
    goes: dict[int, list[Go]] = {count: [] for count in projects}
    for k in range(rounds + 1):
        for count, project in projects.items():
            found = _go(HERE, project, folder)
            if k:
                goes[count].append(found)
    for count, found in goes.items():
        line(f"{count:,} announcements", found)
    for many, few in zip(PARTS, list(PARTS)[1:], strict=False):
        ratio = median(one[1] / other[1] for one, other in zip(goes[many], goes[few], strict=True))
        title = f"{many:,} announcements / {few:,}"
        print(f"{title:<44}{ratio:>16.2f}", flush=True)
        keep_ratio(title, ratio)


def _projects(folder: Path) -> dict[int, Path]:
    """By how many announcements; all with the same prices."""
    first = folder / "1000000"
    first.mkdir()
    # In a process of its own: what this one holds would count as the most that each of its children held.
    writing = "import sys; from benchmarks.files import write; write(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", writing, "XL", str(first)], check=True)
    found = {}
    head, *rows = (first / "announcements.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for count, every in PARTS.items():
        found[count] = folder / str(count)
        found[count].mkdir(exist_ok=True)
        for file in first.iterdir():
            if every > 1 and file.name != "announcements.csv":
                (found[count] / file.name).hardlink_to(file)
        (found[count] / "announcements.csv").write_text("".join([head, *rows[::every]]), encoding="utf-8")
    return found


def _go(source: Path, project: Path, folder: Path) -> Go:
    """One run of a project by the code in a folder."""
    cache = folder / ("cache" if source == HERE else "cache-old")
    environment = {
        **os.environ, "PYTHONPATH": str(source / "src"), "NEWSBT_CACHE": str(cache),
        "PYTHONPYCACHEPREFIX": str(cache / "bytecode"), "NUMBA_CACHE_DIR": str(cache / "kernels"),
    }  # fmt: skip
    return run(COMMAND, project, environment)


if __name__ == "__main__":
    main()
