"""`newsbt run`: backtest every strategy of each config."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NotRequired, TextIO, TypedDict

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option, strategy_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import console, print_document, print_doubts, print_error, print_view
from newsbt.errors import NewsbtError, component_errors

if TYPE_CHECKING:
    from newsbt.config.loading import LoadedConfig
    from newsbt.domain.command_documents import RunJson
    from newsbt.domain.record import RunRecord

__all__ = ["command", "run_and_write"]


@click.command("run")
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...", type=UserPath())
@strategy_option
@set_option
@click.option(
    "--engine",
    type=click.Choice(["backtrader", "compiled"]),
    help="Engine that simulates, instead of the config's.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Run both engines, and say that their books are the same, or where they first differ.",
)
@click.option(
    "--runs",
    "runs_dir",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="Folder of the run folders, instead of the config's.",
)
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@json_option
def command(
    configs: tuple[Path, ...],
    strategies: tuple[str, ...],
    overrides: tuple[str, ...],
    engine: str | None,
    verify: bool,
    runs_dir: Path | None,
    no_report: bool,
    as_json: bool,
) -> int:
    """Backtest every strategy of each CONFIG, print the results table and write a run folder.

    All configs are checked before the first one runs. A run that fails does not keep the others from running.

    Examples:

    \b
    newsbt run configs/rival_release.yaml
    newsbt run a.yaml b.yaml --set execution.latency=15min --runs ../runs
    newsbt run a.yaml --strategy "Buy on rival release" --json > result.json
    """
    failures: list[NewsbtError] = []
    written: list[RunRecord] = []
    unshown: OSError | None = None  # a stdout that takes no more keeps no run from being written
    for loaded in _load_all(configs, overrides, failures):
        try:
            with _stdout_kept_clean(as_json), component_errors():
                record = run_and_write(loaded, strategies, engine, runs_dir, verify=verify, with_report=not no_report)
        except NewsbtError as error:
            failures.append(error)
            print_error(error)
            continue
        written.append(record)
        if unshown is not None:
            continue
        try:
            if not as_json:
                _show(record)
        except OSError as error:
            unshown = error
        else:
            print_doubts(map(str, record.document["doubts"]))
    if unshown is not None:
        raise unshown
    if as_json:
        print_document(_document(written, failures))
    return max((error.exit_code for error in failures), default=0)


def _stdout_kept_clean(as_json: bool) -> AbstractContextManager[TextIO | None]:
    """What a strategy prints goes to stderr where stdout is for one JSON document."""
    return redirect_stdout(sys.stderr) if as_json else nullcontext()


def _load_all(configs: tuple[Path, ...], overrides: tuple[str, ...], failures: list[NewsbtError]) -> list[LoadedConfig]:
    """All configs, or none and what is wrong with any of them."""
    from newsbt.config.loading import load

    found = []
    for path in configs:
        try:
            found.append(load(path, overrides))
        except NewsbtError as error:
            failures.append(error)
            print_error(error)
    return [] if failures else found


def run_and_write(
    loaded: LoadedConfig,
    strategies: tuple[str, ...],
    engine: str | None,
    runs_dir: Path | None,
    *,
    verify: bool,
    with_report: bool,
) -> RunRecord:
    """Run a config, write its folder, and note its trials."""
    from newsbt import pipeline
    from newsbt.runs.locations import runs_of
    from newsbt.runs.run_document import record_of
    from newsbt.runs.run_folder import check_writable, write_run
    from newsbt.runs.stored_runs import read_run
    from newsbt.runs.trials import note_trials, read_trials

    target = runs_of(loaded, runs_dir)
    check_writable(target)
    with TerminalProgress(loaded.config.name) as progress:
        trials = read_trials(target)
        result = pipeline.run(
            loaded, strategies=strategies, engine=engine, progress=progress, trials=trials, verify=verify
        )
        progress.stage("write", None)
        record, page = record_of(result), None
        if with_report and loaded.config.output.report:
            from newsbt.reports.report_page import report_page  # loads the templates' library

            page = report_page(record)
        folder = write_run(result, target, report_html=page, record=record)
        note_trials(target, result.trials)
    return read_run(folder)


def _show(record: RunRecord) -> None:
    from newsbt.reports.results_table import run_view
    from newsbt.reports.wrapping import Prose
    from newsbt.runs.locations import near

    print_view(run_view(record, console().width), Prose(f"Written to {near(record.path or '')}"))


class RunsDocument(TypedDict):
    runs: list[RunJson]
    errors: NotRequired[list[dict[str, str | int | None]]]


def _document(records: list[RunRecord], failures: list[NewsbtError]) -> RunsDocument:
    from newsbt.domain.check_report import CheckReport
    from newsbt.runs.run_document import summary_document

    document: RunsDocument = {"runs": [summary_document(record) for record in records]}
    if failures:
        problems = [problem for error in failures for problem in CheckReport.failed(error).errors]
        document["errors"] = [problem.as_dict() for problem in problems]
    return document
