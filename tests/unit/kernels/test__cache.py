"""Machine code on disk: shared by processes, made anew when damaged, never taken for another version's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("NUMBA_DISABLE_JIT" in os.environ, reason="nothing is compiled")

PROGRAM = """
import logging, sys
logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
import numpy as np
from newsbt.kernels.block_selection import score_splits
out = np.empty((3, 1))
sums = np.array([[1.0, 2.0], [3.0, 1.0]])
score_splits(sums, sums * sums, sums, sums, np.zeros(2), 2, np.array([[True, False]]), out)
print(out.tobytes().hex())
"""


def start(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    printed, logged = process.communicate(timeout=300)
    assert process.returncode == 0, logged
    return printed, logged


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.code"))


def test_two_processes_fill_it_at_once_and_a_third_compiles_nothing(tmp_path: Path) -> None:
    both = [start(tmp_path), start(tmp_path)]
    (first, log), (second, _) = (finish(process) for process in both)
    assert log.count("compiling kernels, once for this version") == 1
    assert first == second
    assert len(kept(tmp_path)) == 1 and not list(tmp_path.rglob(".part-*"))
    assert finish(start(tmp_path)) == (first, "")


@pytest.mark.parametrize("damage", ["cut short", "changed"])
def test_a_damaged_file_is_noticed_and_made_anew(tmp_path: Path, damage: str) -> None:
    sound, _ = finish(start(tmp_path))
    (file,) = kept(tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage == "cut short" else content[:-1] + b"\0")
    printed, logged = finish(start(tmp_path))
    assert printed == sound
    assert "damaged and is made anew" in logged and "compiling" in logged
    assert finish(start(tmp_path)) == (sound, "")


def test_a_folder_of_another_version_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "newsbt" / "kernels-0123456789abcdef" / "newsbt.kernels.block_selection.score_splits-1.code"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"of another version")
    _, logged = finish(start(tmp_path))
    assert "compiling" in logged and "damaged" not in logged
    assert other.read_bytes() == b"of another version"


TWO_KERNELS = """
import numba, numpy as np
from newsbt.kernels._compile import kernel

@kernel
def twice(x):
    return x * 2.0

@kernel
def outer(x):
    return twice(x) + 1.0

print(outer(3.0), twice(5.0), outer(np.float32(2.0)))
"""


def test_a_kernel_that_is_compiled_may_call_one_that_was_kept(tmp_path: Path) -> None:
    """Loading a kept kernel leaves out what only compiling needs; what is compiled after it must not miss that."""
    program = tmp_path / "program.py"
    program.write_text(TWO_KERNELS)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.stdout == "7.0 10.0 5.0\n", done.stderr
        assert len(kept(tmp_path)) == 4  # both, for both kinds of number
        for file in tmp_path.rglob("*outer*.code"):
            file.unlink()
