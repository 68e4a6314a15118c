"""The kept frames are what the libraries make today; skips where one is not installed (`make vendors` has it)."""

from __future__ import annotations

from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from vendors.frames import LIBRARIES, frames_of
from vendors.transport import made_up_network

KEPT = Path(__file__).parents[1] / "data" / "vendors"
PINNED = (Path(__file__).parent / "requirements.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # theirs
def test_a_library_makes_the_kept_frames(tmp_path: Path, library: str) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed; `make vendors` runs this")
    names = packages_distributions()[library]
    if not any(f"{name}=={version(name)}" in PINNED for name in names):
        pytest.skip(f"another {library} is installed than `make vendors` has")
    with made_up_network():
        found = frames_of(library)
    assert sorted(found) == sorted(path.stem for path in KEPT.glob(f"{library}_*.parquet"))
    for name, frame in found.items():
        frame.to_parquet(tmp_path / name)
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / name), pd.read_parquet(KEPT / f"{name}.parquet"))
