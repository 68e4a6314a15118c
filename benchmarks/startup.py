"""What starting costs: `python -m benchmarks.startup`.

`newsbt --help` beside a Python that imports click, and `newsbt run` of the sample beside one that imports pandas, numba
and backtrader, with a warm cache and byte code kept: whole processes, user CPU, medians of paired ratios of alternating
runs.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.ratios import keep_ratio

SAMPLE = str(Path(__file__).resolve().parents[1] / "configs" / "rival_release.yaml")
PAIRS = {
    "newsbt --help / import click": (["-m", "newsbt", "--help"], ["-c", "import click"]),
    "newsbt run, the sample / import pandas, numba, backtrader": (
        ["-m", "newsbt", "run", SAMPLE], ["-c", "import pandas, numba, backtrader"],
    ),
    "the same, compiled engine and no report": (
        ["-m", "newsbt", "run", SAMPLE, "--engine", "compiled", "--no-report"],
        ["-c", "import pandas, numba, backtrader"],
    ),
}  # fmt: skip


def main() -> None:
    """Print a line for each pair; the first go of each warms and is not counted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    print(f"{'user CPU':<62}{'seconds':>9}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, (words, peer) in PAIRS.items():
            own = [*words, "--runs", folder] if "run" in words else words
            goes = [(_user(own), _user(peer)) for _ in range(rounds + 1)][1:]
            ratio = median(mine / its for mine, its in goes)
            print(f"{name:<62}{median(mine for mine, _ in goes):>9.3f}{ratio:>8.2f}", flush=True)
            keep_ratio(name, ratio)


def _user(arguments: list[str]) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True, env=environment)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


if __name__ == "__main__":
    main()
