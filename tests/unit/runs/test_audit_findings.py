"""What audits found, by source: once found to look ahead, always so."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from newsbt.errors import RunFolderError
from newsbt.runs.audit_findings import FILE, note_audits, read_audits


def test_a_source_that_was_once_found_to_look_ahead_stays_so(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    assert read_audits(folder) == {}
    note_audits(folder, {"a": False, "b": True})
    note_audits(folder, {"a": False, "b": False})
    assert read_audits(folder) == {"a": "passed", "b": "looks ahead"}
    assert len((folder / FILE).read_text().splitlines()) == 2
    note_audits(folder, {"a": True})
    assert read_audits(folder) == {"a": "looks ahead", "b": "looks ahead"}


@pytest.mark.parametrize("line", ['{"source": "b", "loo', '{"source": "b"}', "[]", '{"source": "b", "look_ahead": 1}'])
def test_a_line_that_says_nothing_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture, line: str) -> None:
    note_audits(tmp_path, {"a": False})
    with (tmp_path / FILE).open("a") as file:
        file.write(line)
    with caplog.at_level(logging.WARNING):
        assert read_audits(tmp_path) == {"a": "passed"}
    assert f"{FILE}:2: not an audit" in caplog.text
    note_audits(tmp_path, {"c": True})
    assert read_audits(tmp_path)["c"] == "looks ahead"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunFolderError, match="runs are not told of it"):
        note_audits(tmp_path / "runs", {"a": True})
