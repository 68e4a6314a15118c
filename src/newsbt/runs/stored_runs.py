"""Finding and reading run folders."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from newsbt._plain import JsonValue
from newsbt.domain.input_files import absolute, kind_of
from newsbt.domain.record import RunRecord
from newsbt.domain.run_documents import ContextDocument, RunDocument, StrategyDocument
from newsbt.domain.shapes import wrong_shape
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_text
from newsbt.domain.verdict import Audited
from newsbt.errors import DataError, nearest
from newsbt.runs.audit_findings import read_audits
from newsbt.runs.locations import CONFIGS, RUNS, current_folder, near, project_of
from newsbt.runs.naming import parse_folder_name
from newsbt.runs.run_document import FORMAT
from newsbt.runs.run_tables import read_table

__all__ = ["LAST", "find_runs", "read_run", "resolve_run", "runs_seen_from", "without_runs"]

LAST = "last"
_SHAPES = {"run": RunDocument, "context": ContextDocument, "evidence": dict}  # the last is read part by part
LISTED = 8  # runs that an error names


def read_run(path: Path | str) -> RunRecord:
    """A run folder; its tables are read when asked for.

    Raises
    ------
    DataError
        There is no folder, or run.json is missing, no JSON, or by a newer version. A table that cannot be read
        raises the same when it is asked for.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise DataError(f"no run folder {str(folder)!r}", code="missing_run")
    found = _document(folder, "run")
    if found is None:
        raise DataError(
            f"{str(folder)!r} is no run folder or is damaged: it has no run.json; runs are written by `newsbt run`",
            code="damaged_run",
        )
    version = found.get("format") if isinstance(found, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise DataError(
            f"the run folder {str(folder)!r} was written by a newer newsbt (format {version}, "
            f"this one knows {FORMAT}); upgrade newsbt to read it",
            code="damaged_run",
        )
    rows = found.get("strategies") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(
            f"the run folder {str(folder)!r} is damaged: run.json holds no list of strategies", code="damaged_run"
        )
    _check_shape(folder, "run", found)
    document: RunDocument = found

    def table_of(name: str) -> pd.DataFrame:
        try:
            return read_table(folder, name)
        except (DataError, ValueError) as error:  # pyarrow's own errors derive from ValueError
            raise DataError(
                f"the run folder {str(folder)!r} is damaged: {name}.parquet: {error}", code="damaged_run"
            ) from None

    def extra_of(name: str) -> Any:
        found = _document(folder, name)
        if found is not None and name in _SHAPES:
            _check_shape(folder, name, found)
        return found

    def audits_of() -> dict[str, Audited]:
        return read_audits(absolute(folder).parent)

    return RunRecord(
        run_id=absolute(folder).name, document=document, table_of=table_of, path=str(folder), extra_of=extra_of,
        audits_of=audits_of,
    )  # fmt: skip


def _check_shape(folder: Path, name: str, document: JsonValue) -> None:
    fault = wrong_shape(document, _SHAPES[name], may_lack=(RunDocument, StrategyDocument))
    if fault is not None:
        raise DataError(f"the run folder {str(folder)!r} is damaged: {name}.json: {fault}", code="damaged_run")


def _document(folder: Path, name: str) -> Any:
    """A JSON document of a run folder, None where it is not there."""
    path = folder / f"{name}.json"
    if not kind_of(path):
        return None
    try:
        return json.loads(read_text(path, limit_of("run")))
    except (DataError, ValueError, RecursionError) as error:
        raise DataError(
            f"the run folder {str(folder)!r} is damaged: {name}.json cannot be read: {error}", code="damaged_run"
        ) from None


def find_runs(runs_dir: Path | str, last: int | None = None) -> list[Path]:
    """Run folders, oldest first; the newest `last` of them. Hidden folders are work in progress and left out.

    A folder counts that is named like a run or holds a run.json, so that a damaged one is listed too. An absent
    runs folder has no runs.
    """
    runs_dir = Path(runs_dir)
    if not runs_dir.is_dir():
        return []
    found = [
        folder
        for folder in runs_dir.iterdir()
        if not folder.name.startswith(".")
        and folder.is_dir()
        and (parse_folder_name(folder.name) is not None or (folder / "run.json").is_file())
    ]
    found.sort(key=_age)
    return found if last is None else found[max(len(found) - last, 0) :]


def runs_seen_from(here: Path) -> Path:
    """The runs folder that a command means which is called in a folder and told of none.

    That of the nearest project, from `here` upwards: a folder that holds runs, or whose ``configs`` do. So a run is
    found from its project's folder, from that of its config, and from any other folder of the project.
    """
    for folder in (here.resolve(), *here.resolve().parents):
        with suppress(OSError):  # a folder above that nobody here may look into
            if find_runs(folder / RUNS):
                return folder / RUNS
            if (folder / CONFIGS).is_dir():
                return project_of(folder / CONFIGS) / RUNS
    return project_of(here) / RUNS


def without_runs(runs_dir: Path | str) -> str:
    """What to say of a folder that holds no runs, with those that lie one folder further down from here."""
    here = current_folder()
    others = sorted({near(found.parent.parent) for found in here.glob(f"*/{RUNS}/*/run.json")} if here else ())
    beside = f"there are some in {', '.join(map(repr, others[:LISTED]))}" if others else "`newsbt run` writes them"
    return f"there are no runs in {near(runs_dir)!r}; {beside}, --runs names another folder"


def _age(folder: Path) -> tuple[str, int, str]:
    parts = parse_folder_name(folder.name)
    if parts is not None:
        return parts.time, parts.number, folder.name
    changed = datetime.fromtimestamp((folder / "run.json").stat().st_mtime, UTC)
    return f"{changed:%Y%m%dT%H%M%SZ}", 1, folder.name


def resolve_run(text: str, runs_dir: Path | str) -> Path:
    """The folder that a user means by a path, a run's id, the beginning of one, a config's name, or ``last``.

    A config's name means its newest run; a beginning must fit one run only.

    Raises
    ------
    DataError
        No run or several are meant; the message names the near ones.
    """
    path = Path(text)
    if path.is_dir() and ((path / "run.json").exists() or len(path.parts) > 1 or not find_runs(runs_dir)):
        return path
    runs = find_runs(runs_dir)
    if not runs:
        raise DataError(f"no run {text!r}: {without_runs(runs_dir)}", code="missing_run")
    if text == LAST:
        return runs[-1]
    names = [run.name for run in runs]
    for matching in (
        [run for run in runs if run.name == text][-1:],
        [run for run in runs if (parts := parse_folder_name(run.name)) is not None and parts.name == text][-1:],
        [run for run in runs if run.name.startswith(text)],
    ):
        if len(matching) == 1:
            return matching[0]
        if matching:
            listed = ", ".join(run.name for run in matching[-LISTED:])
            raise DataError(
                f"{len(matching)} runs begin with {text!r}; give more of the name. The newest: {listed}",
                code="missing_run",
            )
    hint = nearest(text, names) or f"; the newest: {', '.join(names[-LISTED:])}"
    raise DataError(f"no run {text!r} in {near(runs_dir)!r}{hint}", code="missing_run")
