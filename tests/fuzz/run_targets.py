"""Readers of run folders, which others may have made: each file of one, by every command that opens them."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import click

from fuzz.target import Target

__all__ = ["RUN_TARGETS"]

RUN_FILES = (
    "run.json", "evidence.json", "context.json", "config.yaml", "equity.parquet", "fills.parquet", "refusals.parquet",
    "trades.parquet", "signals.parquet", "events.parquet", "explanations.parquet",
)  # fmt: skip
NAME = "20250305T010000Z-busy"
SHOWN = (
    (), ("--json",), ("--format", "csv"), ("--trades", "--fills", "--refusals", "--events"), ("--events", "--json"),
    ("--by", "event"), ("--by", "market"), ("--by", "ticker"), ("--by", "year"), ("--decay",),
    ("--event", "e1", "--ticker", "A.SH"),
)  # fmt: skip


PAGE_ONLY = ("signals.parquet", "explanations.parquet")  # which no command but `report` reads
READ_BY_COMMANDS = (
    "runs/run_configs.py", "reports/run_listing.py", "reports/comparison.py", "reports/runs_index.py",
    "reports/attribution_text.py", "reports/profit_sources.py", "cli/compare.py", "cli/show.py",
)  # fmt: skip


@cache
def run_folder() -> Mapping[str, bytes]:
    """The files of a run."""
    from busy_world import busy_project
    from newsbt.config.loading import load
    from newsbt.pipeline import run
    from newsbt.runs.run_folder import write_run

    with tempfile.TemporaryDirectory() as folder:
        result = run(load(busy_project(Path(folder)), environ={}))
        made = write_run(result, folder, report_html="<p>")
        return {one.name: one.read_bytes() for one in made.iterdir() if one.suffix != ".html"}


def _laid(runs: Path, name: str, files: Mapping[str, bytes]) -> Path:
    folder = runs / name
    folder.mkdir(parents=True)
    for other, content in files.items():
        (folder / other).write_bytes(content)
    return folder


def _run_file(name: str) -> Target:
    """A run of which one file was changed: that file, and for every fourth content one of the commands that read it."""

    def read(path: Path) -> object:
        from newsbt.errors import NewsbtError
        from newsbt.runs.later_evidence import add_evidence, run_with
        from newsbt.runs.run_configs import read_config
        from newsbt.runs.stored_runs import read_run

        runs, content = path.parent / "runs", path.read_bytes()
        chance, what = random.Random(content), Path(name).stem
        folder = _laid(runs, NAME, {**run_folder(), name: content})
        record = read_run(folder)
        works: list[Callable[[], object]] = [partial(record.table, what)]
        if name.endswith(".json"):
            works = [partial(record.extra, what), lambda: record.verdicts]
            works += [chance.choice((lambda: add_evidence(folder, "proof", {}), lambda: run_with({}, runs)))]
        if name == "config.yaml":
            works = [partial(read_config, folder)]
        for work in works:
            with suppress(NewsbtError):
                work()
        lines = [] if name in PAGE_ONLY else [("compare", "--sort", "sharpe"), ("report", "--all", str(runs))]
        lines += [] if name in (*PAGE_ONLY, "config.yaml") else [("show", str(folder), *options) for options in SHOWN]
        if content == run_folder()[name]:
            return None  # what a valid file runs is what reading it runs, not what a command reads beside it
        for words in chance.sample(lines, min(chance.choice((0, 0, 0, 1)), len(lines))):
            other = _laid(runs, NAME.replace("05T", "06T"), run_folder()) if words[0] != "show" else folder
            _called((*words, str(folder), str(other)) if words[0] == "compare" else words)
        return None

    modules = (
        "runs/stored_runs.py",
        "runs/run_tables.py",
        "runs/later_evidence.py",
        "domain/record.py",
        *READ_BY_COMMANDS,
    )
    core = ("runs/run_configs.py",) if name == "config.yaml" else modules[:4]
    return Target(name, lambda: run_folder()[name], read, modules if name not in PAGE_ONLY else core, core=core)


def _called(words: Sequence[str]) -> None:
    """A command as it is typed, whose error is raised."""
    from click.testing import CliRunner

    from newsbt.cli import compare, report, show
    from newsbt.errors import NewsbtError

    commands = {"compare": compare.command, "report": report.command, "show": show.command}
    with patch.object(compare, "DRAWS", 19):
        found = CliRunner().invoke(commands[words[0]], list(words[1:]), standalone_mode=False)
    if found.exception is not None and not isinstance(found.exception, NewsbtError | click.UsageError):
        raise found.exception


def _packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in run_folder().items():
            archive.writestr(name, content)
    return out.getvalue()


def _page(path: Path) -> object:
    """The page of a run whose files were packed, one of them changed."""
    from newsbt.reports.report_page import report_page
    from newsbt.runs.stored_runs import read_run

    files: dict[str, bytes] = {}
    unpacking = suppress(
        zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zlib.error, RuntimeError
    )
    with unpacking, zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in RUN_FILES if name in archive.namelist()}
    return report_page(read_run(_laid(path.parent, NAME, files)))


RUN_TARGETS: Mapping[str, Target] = {
    **{f"run {name}": _run_file(name) for name in RUN_FILES},
    "report": Target(
        "run.zip", _packed, _page,
        ("reports/report_page.py", "reports/page/view.py", "reports/page/cards.py", "reports/page/document_fields.py"),
    ),
}  # fmt: skip
