"""Evidence that was found after a run, beside what it found itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain.run_documents import RunHashes
from newsbt.errors import DataError
from newsbt.owners import partial_path, sweep_up
from newsbt.runs.json_values import as_json
from newsbt.runs.run_folder import named_errors
from newsbt.runs.stored_runs import find_runs, read_run

__all__ = ["add_evidence", "run_with"]


def run_with(hashes: RunHashes, runs_dir: Path) -> Path | None:
    """The newest run of a folder that was made of the same config, data and components; None where there is none."""
    for folder in reversed(find_runs(runs_dir)):
        try:
            known = read_run(folder).document.get("hashes") or {}
        except DataError:
            continue
        if all(known.get(key) == value for key, value in hashes.items()):
            return folder
    return None


def add_evidence(folder: Path, name: str, section: JsonValue) -> None:
    """Put a section into a run's evidence.json, in one step; one of that name is replaced.

    Raises
    ------
    DataError
        evidence.json is damaged.
    RunFolderError
        It cannot be written.
    """
    known = read_run(folder).extra("evidence") or {}
    if not isinstance(known, Mapping):
        raise DataError(
            f"the run folder {str(folder)!r} is damaged: evidence.json holds no mapping", code="damaged_run"
        )
    partial = partial_path(folder, "evidence")
    sweep_up(folder)
    with named_errors(folder):
        try:
            text = as_json({**known, name: section}, indent=None, ascii_only=False) + "\n"
            partial.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            partial.replace(folder / "evidence.json")
        finally:
            partial.unlink(missing_ok=True)
