"""`make bench`: every benchmark that needs no data of its own, one after the other, all of them warm.

First every kernel, panel and calendar that they use is made, in processes of its own. At the end today's ratios stand
beside those of `kept.json`; `--keep` keeps today's, with the commit they are of.

Half an hour each take `python -m benchmarks.million` and `python -m benchmarks.minutes --run`, which are not run.
Those of extraction take a folder: `python -m benchmarks.extraction FOLDER`, `python -m benchmarks.headlines FILE`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ratios import KEPT, RATIOS, read_ratios

RUNS = (
    ("benchmarks.startup",),
    ("benchmarks.bound",),
    ("benchmarks.engines", "--sizes", "S,M", "--idiom"),
    ("benchmarks.engines", "--sizes", "L", "--no-backtrader"),
    ("benchmarks.files",),
    ("benchmarks.minutes",),
    ("benchmarks.sweeps",),
)
# The same code on less data, which compiles or reads whatever the benchmarks call.
WARM = (
    ("benchmarks.startup", "--rounds", "1"),
    ("benchmarks.bound", "--rounds", "1", "--repeat", "1"),
    ("benchmarks.engines", "--sizes", "S"),
    ("benchmarks.files", "--repeat", "1"),
    ("benchmarks.minutes", "--tickers", "2", "--rounds", "1"),
    ("benchmarks.sweeps", "--size", "S", "--variants", "2"),
)


def main() -> int:
    """Run them in processes of their own, so that none inherits another's memory; the first failure ends it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep today's ratios as those to compare with")
    asked = parser.parse_args()
    print("warming", flush=True)
    for module, *arguments in WARM:
        done = subprocess.run([sys.executable, "-m", module, *arguments], check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            return done.returncode
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratios"
        for module, *arguments in RUNS:
            print(f"\n== {module} {' '.join(arguments)}", flush=True)
            environment = {**os.environ, RATIOS: str(file)}
            done = subprocess.run([sys.executable, "-m", module, *arguments], check=False, env=environment)
            if done.returncode:
                return done.returncode
        today = read_ratios(file)
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    print("\n".join(beside(today, kept["ratios"], kept["commit"])))
    if asked.keep:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        document = {"commit": commit.stdout.strip(), "ratios": {**kept["ratios"], **today}}
        KEPT.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def beside(today: dict[str, float], kept: dict[str, float], commit: str) -> list[str]:
    """Lines of a table: today's ratios, the kept ones, and what changed; a dash where one was not measured."""
    shown = [f"\n{'ratio':<62}{'today':>10}{'kept':>10}{'change':>9}   (kept: {commit})"]
    for name in dict.fromkeys((*kept, *today)):
        now, before = today.get(name), kept.get(name)
        change = f"{now / before - 1:+.0%}" if now is not None and before is not None else "-"
        cells = [f"{value:.3f}" if value is not None else "-" for value in (now, before)]
        shown.append(f"{name:<62}{cells[0]:>10}{cells[1]:>10}{change:>9}")
    return shown


if __name__ == "__main__":
    sys.exit(main())
