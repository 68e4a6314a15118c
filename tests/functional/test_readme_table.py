"""The table in README.md is what `newsbt run` prints of the bundled sample at 120 columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.cli import main

ROOT = Path(__file__).parents[2]


def test_the_readmes_table_is_what_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    config = str(ROOT / "configs" / "rival_release.yaml")
    assert main(["run", config, "--engine", "compiled", "--no-report", "--runs", str(tmp_path)]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    (block,) = [part for part in (ROOT / "README.md").read_text(encoding="utf-8").split("```") if "Verdict" in part]
    shown = [line.rstrip() for line in block.splitlines() if line.strip() not in ("", "...")]
    assert len(shown) > 5
    missing = [line for line in shown if line not in printed]
    assert not missing, "README.md tells what is not printed:\n" + "\n".join(missing)
