"""Writing a run folder: whole, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsbt.domain.record import EXTRAS, TABLES, RunRecord
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.yaml_text import dump
from newsbt.errors import RunFolderError
from newsbt.owners import partial_path, sweep_up
from newsbt.runs.json_values import as_json
from newsbt.runs.naming import folder_name
from newsbt.runs.run_document import record_of, run_document
from newsbt.runs.run_tables import write_table

__all__ = ["check_writable", "named_errors", "write_page", "write_report", "write_run"]


def write_run(
    result: RunResult, runs_dir: Path | str, *, report_html: str | None = None, record: RunRecord | None = None
) -> Path:
    """Write the folder of a run and give its path, whose name is :func:`folder_name` of the run.

    The files are written into a hidden folder beside it, which is renamed when it is complete. Where a folder of
    that name exists (the same inputs in the same second), ``-2`` and so on is added; nothing is overwritten.
    `record` is the run's :func:`record_of`, where the page was made of it: what it has worked out is not worked out
    again. `timings` in run.json gains `write`, and its `total`, if there is one, grows by it.

    Raises
    ------
    RunFolderError
        The folder cannot be written: read-only, full, no folder. Nothing is left behind.
    """
    runs_dir = Path(runs_dir)
    began = time.perf_counter()
    wanted_name = folder_name(result.name, result.started_at, result.run_id)
    with named_errors(runs_dir), _partial_folder(runs_dir, "run") as partial:
        for name in TABLES:
            write_table((*result.strategies, *_benchmark(result)), name, partial)
        _write_text(partial / "config.yaml", dump(dict(result.config)))
        if report_html is not None:
            _write_text(partial / "report.html", report_html)
        for name in EXTRAS if report_html is not None else ("evidence",):
            found = (record or record_of(result)).extra(name)  # the context only where a page may be written anew
            if found is not None:
                _write_text(partial / f"{name}.json", as_json(found, indent=None, ascii_only=False) + "\n")
        document = run_document(result)
        document["timings"] = _with_write(document["timings"], time.perf_counter() - began)
        _write_text(partial / "run.json", as_json(document, ascii_only=False) + "\n")
        return _publish(partial, runs_dir, wanted_name)


def check_writable(runs_dir: Path | str) -> None:
    """Make sure that a run folder could be begun here, before time is spent on the run; nothing is left behind.

    What runs and reports that were killed left here is swept up.

    Raises
    ------
    RunFolderError
        It could not; the message names the folder and the reason.
    """
    runs_dir = Path(runs_dir)
    with named_errors(runs_dir):
        made = [folder for folder in (runs_dir, *runs_dir.parents) if not folder.exists()]
        with _partial_folder(runs_dir, "check") as partial:
            _discard(partial, made)
    sweep_up(runs_dir)
    sweep_up(runs_dir, "*/.report.*.partial")


def write_report(folder: Path, html: str) -> Path:
    """Put a new report.html into a run folder, in one step; raises RunFolderError where that cannot be done."""
    return write_page(folder, "report.html", html)


def write_page(folder: Path, name: str, html: str) -> Path:
    """Put a page into a folder, in one step; raises RunFolderError where that cannot be done."""
    target = folder / name
    partial = partial_path(folder, target.stem)
    sweep_up(folder)
    with named_errors(folder):
        try:
            _write_text(partial, html)
            partial.replace(target)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
    return target


def _benchmark(result: RunResult) -> tuple[StrategyResult, ...]:
    listed = {item.name for item in result.strategies}
    return () if result.benchmark is None or result.benchmark.name in listed else (result.benchmark,)


@contextmanager
def _partial_folder(runs_dir: Path, what: str) -> Iterator[Path]:
    """A hidden folder in `runs_dir`; on an error it goes away, and so do the folders made on the way to it."""
    made = [folder for folder in (runs_dir, *runs_dir.parents) if not folder.exists()]
    partial = partial_path(runs_dir, what)
    try:
        partial.mkdir(parents=True)
        yield partial
    except BaseException:
        _discard(partial, made)
        raise


def _discard(partial: Path, made: list[Path]) -> None:
    shutil.rmtree(partial, ignore_errors=True)
    for folder in made:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def named_errors(folder: Path) -> Iterator[None]:
    """Tell what the system says of writing there as RunFolderError, with the folder."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or str(error)
        raise RunFolderError(
            f"cannot write into the runs folder {str(folder)!r}: {why}; "
            "free or unlock it, or name another one with --runs",
            code="unwritable",
        ) from error


def _publish(partial: Path, runs_dir: Path, name: str) -> Path:
    """Rename to the first free name. Renaming onto an existing folder fails, so two runs never share one."""
    number = 1
    while True:
        target = runs_dir / (name if number == 1 else f"{name}-{number}")
        try:
            if target.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
            partial.rename(target)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
                raise
            number += 1
        else:
            return target


def _with_write(
    timings: dict[str, str | float | dict[str, float]], seconds: float
) -> dict[str, str | float | dict[str, float]]:
    """Seconds by stage with those of writing."""
    changed = dict(timings)
    for name, before in (("write", timings.get("write", 0.0)), ("total", timings.get("total"))):
        if isinstance(before, float | int):
            changed[name] = before + seconds
    return changed


def _write_text(path: Path, text: str) -> None:
    # Line ends are the same on every system; a lone surrogate from odd data must not stop a finished run.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
