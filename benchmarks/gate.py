"""Has newsbt become slower since another commit? `make gate`, or `python -m benchmarks.gate [--against COMMIT]`.

The commit, by default the one that `kept.json` was measured at, is laid out beside this checkout; both run with the
same interpreter and libraries. Each case is measured nine times on either side in turn, and a third time on the old
one: the third against the first says how much the same code differs from itself, now and on this machine. What is
measured is user CPU, in ratios of neighbours, so that what else the machine does cancels.

A case is slower where the median of its nine ratios is above 1 by more than three standard errors of such a median, by
that noise, and by more than 2 %. Where the bound so found is above 10 % the case is not judged, which fails too:
measure again when the machine is quieter, or more `--rounds`. Exit code 0: nothing became slower; 1: something did, or
could not be judged.

`--plant 0.15` lets the new side burn 15 % more after each piece of work: the gate has to fail.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from benchmarks.ratios import KEPT

HERE = Path(__file__).resolve().parents[1]
ROUNDS = 9
LEAST = 0.02  # a change that is smaller is none
MOST = 0.10  # a bound above which a slowdown of 15 % may pass
ERRORS = 3.0  # standard errors
_OF_A_DEVIATION = math.sqrt(math.pi / 2)  # standard deviation of a normal distribution in its mean absolute deviation
_OF_A_MEDIAN = math.sqrt(math.pi / 2)  # standard error of a median in that of a mean

# Executed on either side: it prepares, warms, and prints the user CPU seconds of the work, its children's included.
DRIVER = """\
import resource, subprocess, sys
from pathlib import Path
folder, share = Path(sys.argv[1]), float(sys.argv[2])
{code}
def used():
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
work()
began = used()
work()
until = used() + share * (used() - began)
while used() < until:
    pass
print(used() - began)
"""
COMMAND = """\
def work():
    for _ in range({times}):
        subprocess.run([sys.executable, "-m", "newsbt", *{words!r}], check=True, capture_output=True, cwd=folder)
"""
SAMPLE = [str(HERE / "configs" / "rival_release.yaml"), "--runs", "runs"]
FAST = ["--engine", "compiled", "--no-report"]
CASES: Mapping[str, str] = {
    "newsbt --help": COMMAND.format(times=8, words=["--help"]),
    "newsbt run, the sample": COMMAND.format(times=1, words=["run", *SAMPLE]),
    "newsbt run, M from files": COMMAND.format(times=1, words=["run", "m/config.yaml", *FAST, "--runs", "runs"]),
    "compiled engine, M in memory": """\
from benchmarks.workload import SIZES, every_rule, plain
from newsbt.simulation import compiled
markets = [plain(SIZES["M"]), every_rule(SIZES["M"])]
def work():
    for _ in range(150):
        for one in markets:
            compiled.simulate(one.terms, one.entries)
""",
    "backtrader engine, S in memory": """\
from benchmarks.workload import SIZES, every_rule
from newsbt.simulation import backtrader
market = every_rule(SIZES["S"])
def work():
    for _ in range(5):
        backtrader.simulate(market.terms, market.entries)
""",
    "sweep of 300 variants, M": """\
import tempfile
from newsbt.config.loading import load
from newsbt.sweeps.sweep import sweep
def work():
    with tempfile.TemporaryDirectory() as runs:
        sweep(load(folder / "m" / "config.yaml", ["sweep.trials=300"]), Path(runs), workers=1)
""",
}


@dataclass(frozen=True)
class Verdict:
    """`change` and `bound` are parts of the old time: 0.15 is 15 %."""

    change: float
    bound: float

    @property
    def word(self) -> str:
        if self.bound > MOST:
            return "too noisy to judge"
        return "SLOWER" if self.change > self.bound else "faster" if self.change < -self.bound else "as before"

    @property
    def passes(self) -> bool:
        return self.word in ("faster", "as before")


def judge(before: Sequence[float], after: Sequence[float], again: Sequence[float]) -> Verdict:
    """Seconds of the old, the new and once more the old side, by round.

    >>> judge([1.0, 1.1, 1.0], [1.15, 1.27, 1.15], [1.01, 1.1, 0.99]).word
    'SLOWER'
    """
    change = median(
        math.log(new / math.sqrt(old * third)) for old, new, third in zip(before, after, again, strict=True)
    )
    noise = [math.log(third / old) for old, third in zip(before, again, strict=True)]
    # Of a ratio of neighbours; that of the new side to the mean of two has three quarters of its variance.
    spread = _OF_A_DEVIATION * fmean(abs(one) for one in noise) * math.sqrt(0.75)
    bound = max(LEAST, ERRORS * spread * _OF_A_MEDIAN / math.sqrt(len(noise)))
    return Verdict(change=math.expm1(change), bound=math.expm1(bound))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", default="", help="a commit; by default that of kept.json")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--cases", default="", help="those whose name has this")
    parser.add_argument("--plant", type=float, default=0.0, help="a slowdown of the new side: 0.15 is 15 %%")
    asked = parser.parse_args()
    against = asked.against or json.loads(KEPT.read_text(encoding="utf-8"))["commit"]
    verdicts = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old = laid_out(against, folder / "old")
        _project(folder / "m")
        print(f"user CPU against {against}, median of {asked.rounds} paired ratios")
        print(f"{'case':<34}{'change':>9}{'bound':>9}", flush=True)
        for case, code in CASES.items():
            if asked.cases not in case:
                continue
            times: list[list[float]] = [[], [], []]
            for _ in range(asked.rounds):
                for k, (source, share) in enumerate(((old, 0.0), (HERE, asked.plant), (old, 0.0))):
                    times[k].append(_seconds(source, code, folder, share))
            found = judge(*times)
            verdicts.append(found)
            print(f"{case:<34}{found.change:>+9.1%}{found.bound:>9.1%}  {found.word}", flush=True)
    return 0 if verdicts and all(one.passes for one in verdicts) else 1


def laid_out(commit: str, folder: Path) -> Path:
    """The files of a commit in a folder of their own."""
    packed = subprocess.run(["git", "archive", commit], cwd=HERE, capture_output=True, check=False)
    if packed.returncode:
        sys.exit(f"there is no commit {commit!r} in {HERE} to measure against: {packed.stderr.decode().strip()}")
    folder.mkdir()
    archive = folder / "commit.tar"
    archive.write_bytes(packed.stdout)
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    archive.unlink()
    return folder


def _project(folder: Path) -> None:
    from benchmarks.sweeps import write_project
    from benchmarks.workload import SIZES, plain

    folder.mkdir()
    write_project(folder, plain(SIZES["M"]))


def _seconds(source: Path, code: str, folder: Path, share: float) -> float:
    """What a case takes on one side, whose caches are its own."""
    cache = folder / f"cache-{source.name}"
    environment = {
        **os.environ, "PYTHONPATH": f"{source / 'src'}{os.pathsep}{source}", "NEWSBT_CACHE": str(cache),
        "PYTHONPYCACHEPREFIX": str(cache / "bytecode"), "NUMBA_CACHE_DIR": str(cache / "kernels"),
    }  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", DRIVER.format(code=code), str(folder), str(share)],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{source}: {done.stderr.strip()[-2000:]}")
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main())
