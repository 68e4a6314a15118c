"""A whole run of minute bars fits into memory in proportion to its rows: 300 tickers x 2 years into 8 GB."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from benchmarks.minutes import BARS, MOST, whole_runs

TICKERS, SESSIONS = 60, 504
ALONE = 256  # MB of a run of next to nothing


@pytest.mark.slow
def test_two_years_of_minutes_take_their_part_of_8_gb_and_lie_mapped(tmp_path: Path) -> None:
    runs = whole_runs(tmp_path, TICKERS, SESSIONS, events=1_000)
    most = ALONE + (MOST - ALONE) * TICKERS / 300
    assert [memory < most for _, _, memory in runs] == [True, True]
    grids = sorted((tmp_path / "cache" / "panels").glob("*/close.npy"))
    assert [np.load(one, mmap_mode="r").shape[1] for one in grids] == [TICKERS]
    assert os.stat(grids[0]).st_size > 8 * TICKERS * SESSIONS * BARS * 0.9
    first, again = ({file.name: file.read_bytes() for file in run.glob("*.parquet")} for run in _runs(tmp_path))
    assert first == again
    assert "fills.parquet" in first


def _runs(folder: Path) -> list[Path]:
    return [one for one in sorted((folder / "runs").iterdir()) if one.is_dir() and not one.is_symlink()]
