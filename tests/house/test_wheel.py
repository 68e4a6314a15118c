"""What travels inside the wheel: the sample, all of it, and nothing else that may lie in its folder."""

from __future__ import annotations

import hashlib
import subprocess
import tomllib
from pathlib import Path

import pytest

from newsbt.cli.project import LEFT_OUT_OF_DATA

ROOT = Path(__file__).parents[2]


def test_what_others_made_is_named_with_its_version_and_as_it_was_published() -> None:
    """Each file of others that lies in the package is in THIRD_PARTY.md with its size and hash."""
    listed = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    folder = ROOT / "src" / "newsbt" / "reports" / "html" / "uplot"
    for path in sorted(folder.iterdir()):
        if path.name == "LICENSE.txt":
            continue
        content = path.read_bytes()
        (line,) = [line for line in listed.splitlines() if f"{path.relative_to(ROOT)}`" in line]
        assert f"{len(content):,} bytes" in line and hashlib.sha256(content).hexdigest() in line
    head = (folder / "uPlot.iife.min.js").read_text(encoding="utf-8")[:80]
    assert "(v1.6.32)" in head and "uPlot](https://github.com/leeoniya/uPlot) 1.6.32, 51 KB" in (
        ROOT / "docs" / "report.md"
    ).read_text(encoding="utf-8")


def test_the_wheel_takes_the_sample_by_name() -> None:
    """Prices that were pulled into data/store may not be passed on: a folder that is taken whole would take them."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    taken = tool["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert {name: f"newsbt/_bundled/{name}" for name in taken} == taken
    found = subprocess.run(["git", "-C", ROOT, "ls-files", "data"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("this is no checkout")
    sample = {"/".join(name.split("/")[:2]) for name in found.stdout.split()}
    made_by = {name for name in sample if any(Path(name).match(pattern) for pattern in LEFT_OUT_OF_DATA)}
    assert {name for name in taken if name.startswith("data")} == sample - made_by
