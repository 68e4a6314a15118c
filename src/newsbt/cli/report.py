"""`newsbt report`: write a run's HTML report anew."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from newsbt.cli.options import runs_option

__all__ = ["command"]


@click.command("report")
@click.argument("run", required=False)
@click.option("--all", "is_index", is_flag=True, help="Write an index of all runs instead; RUN is then their folder.")
@click.option("--open", "is_opened", is_flag=True, help="Open it in the browser.")
@runs_option
def command(run: str | None, is_index: bool, is_opened: bool, runs_dir: Path) -> None:
    """Write report.html of a RUN anew, from what its folder holds, and print where it is.

    RUN is named as in `newsbt show`. With `--all` index.html of a runs folder is written: every run with what differs
    between the configs, its metrics, verdict and trials, to sort and filter; run folders that cannot be read are listed
    with the reason.

    Examples:

    \b
    newsbt report last --open
    newsbt report --all
    newsbt report --all other-project/runs
    """
    from newsbt.domain.input_files import expanded
    from newsbt.runs.locations import near

    if is_index:
        target = _index(runs_dir if run is None else Path(expanded(run)))
    elif run is None:
        raise click.UsageError("name a RUN, or give --all for an index of the runs folder")
    else:
        target = _report(run, runs_dir)
    click.echo(near(target))
    if is_opened:
        click.launch(target.resolve().as_uri())


def _report(run: str, runs_dir: Path) -> Path:
    from newsbt.reports.report_page import report_page
    from newsbt.runs.run_folder import write_report
    from newsbt.runs.stored_runs import read_run, resolve_run

    folder = resolve_run(run, runs_dir)
    return write_report(folder, report_page(read_run(folder)))


def _index(runs_dir: Path) -> Path:
    from newsbt.errors import DataError
    from newsbt.reports.runs_index import fault_of, index_page
    from newsbt.runs.run_configs import read_config
    from newsbt.runs.run_folder import write_page
    from newsbt.runs.stored_runs import find_runs, read_run, without_runs
    from newsbt.runs.trials import read_trials

    records, damaged = [], []
    for folder in find_runs(runs_dir):
        try:
            record = read_run(folder)
        except DataError as error:
            damaged.append((folder.name, str(error)))
            continue
        if fault := fault_of(record):
            damaged.append((folder.name, fault))
        else:
            records.append(record)
    if not records and not damaged:
        raise DataError(without_runs(runs_dir), code="missing_run")
    with_report = frozenset(record.run_id for record in records if (runs_dir / record.run_id / "report.html").is_file())
    configs = [read_config(record.path) for record in records]
    page = index_page(records, configs, damaged, with_report=with_report, trials=len(read_trials(runs_dir)))
    return write_page(runs_dir, "index.html", page)
