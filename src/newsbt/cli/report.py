"""`newsbt report`: write a run's HTML report anew."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from newsbt.cli.options import runs_option

__all__ = ["command"]


@click.command("report")
@click.argument("run")
@click.option("--open", "is_opened", is_flag=True, help="Open it in the browser.")
@runs_option
def command(run: str, is_opened: bool, runs_dir: Path) -> None:
    """Write report.html of a RUN anew, from what its folder holds, and print where it is.

    RUN is named as in `newsbt show`.
    """
    from newsbt.reports.report_page import report_page
    from newsbt.runs.locations import near
    from newsbt.runs.run_folder import write_report
    from newsbt.runs.stored_runs import read_run, resolve_run

    folder = resolve_run(run, runs_dir)
    target = write_report(folder, report_page(read_run(folder)))
    click.echo(near(target))
    if is_opened:
        click.launch(target.resolve().as_uri())
