"""`python -m benchmarks.calibration [--worlds N] [--settings NAME ...] [--results FILE]`: run what is not in FILE yet.

Worlds are played in turn, one of each setting, and appended to FILE as they end, so that a run that was stopped goes on
where it was. `--table` writes the table of docs/evidence.md instead.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from benchmarks.calibration.settings import POWER, SETTINGS
from benchmarks.calibration.table import write_table
from benchmarks.calibration.worlds import play

RESULTS = Path("build/calibration.jsonl")
PAGE = Path("docs/evidence.md")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("--worlds", type=int, default=300, help="worlds of each setting, two sets of news in each")
    parser.add_argument("--power", type=int, default=150, help="worlds of each setting with an effect")
    parser.add_argument("--first", type=int, default=0, help="number of the first world")
    parser.add_argument("--settings", nargs="*", default=[*SETTINGS, *POWER], help="names; by default all")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where worlds are appended")
    parser.add_argument("--table", action="store_true", help="write the table of docs/evidence.md, and run nothing")
    chosen = parser.parse_args()
    if chosen.table:
        write_table(chosen.results, PAGE)
        return
    chosen.results.parent.mkdir(parents=True, exist_ok=True)
    lines = chosen.results.read_text().splitlines() if chosen.results.exists() else []
    done = {(found["setting"], found["world"]) for found in map(json.loads, lines)}
    everything = {**SETTINGS, **POWER}
    for world in range(chosen.first, chosen.first + max(chosen.worlds, chosen.power)):
        for name in chosen.settings:
            most = chosen.power if name in POWER else chosen.worlds
            if (name, world) in done or world >= chosen.first + most:
                continue
            began = time.perf_counter()
            sets = play(everything[name], world)
            row = {
                "setting": name, "world": world, "p": [None if math.isnan(one.p) else one.p for one in sets],
                "why": [one.why for one in sets], "seconds": round(time.perf_counter() - began, 2),
            }  # fmt: skip
            with chosen.results.open("a") as file:
                file.write(json.dumps(row) + "\n")
        print(f"world {world} of every setting is done")


if __name__ == "__main__":
    main()
