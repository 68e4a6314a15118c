"""Writes what the installed libraries make of the made-up answers into tests/data/vendors: `make vendors`."""

from __future__ import annotations

import sys
from pathlib import Path

from vendors.frames import LIBRARIES, frames_of
from vendors.transport import made_up_network

KEPT = Path(__file__).parents[1] / "data" / "vendors"


def main() -> int:
    KEPT.mkdir(exist_ok=True)
    for library in LIBRARIES:
        try:
            with made_up_network():
                found = frames_of(library)
        except ImportError as error:
            sys.stderr.write(f"{library}: not installed ({error})\n")
            continue
        for name, frame in found.items():
            frame.to_parquet(KEPT / f"{name}.parquet", compression="zstd")
        sys.stdout.write(f"{library}: {len(found)} frames\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
