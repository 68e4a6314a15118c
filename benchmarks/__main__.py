"""`make bench`: every benchmark that needs no data of its own, one after the other.

Those of extraction take a folder: `python -m benchmarks.extraction FOLDER`, `python -m benchmarks.headlines FILE`.
"""

from __future__ import annotations

import subprocess
import sys

RUNS = (
    ("benchmarks.engines", "--sizes", "S,M", "--idiom"),
    ("benchmarks.engines", "--sizes", "L", "--no-backtrader"),
    ("benchmarks.files",),
    ("benchmarks.sweeps",),
)


def main() -> int:
    """Run them in processes of their own, so that none inherits another's memory; the first failure ends it."""
    for module, *arguments in RUNS:
        print(f"\n== {module} {' '.join(arguments)}", flush=True)
        done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
