"""`newsbt check`: what is wrong, and what a run would use."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_doubts, print_problems, print_view
from newsbt.errors import NewsbtError, component_errors

if TYPE_CHECKING:
    from newsbt.domain.check_report import CheckReport

__all__ = ["command"]

BAD = 2


@click.command("check")
@click.argument("config", type=UserPath())
@set_option
@json_option
def command(config: Path, overrides: tuple[str, ...], as_json: bool) -> int:
    """Validate CONFIG, its data, calendars and strategies without running them.

    Says what a run would use: counts, spans, and what would be dropped and why. Exits with 2 when a run could not
    start, naming everything that is wrong.
    """
    report = _check(config, overrides)
    if as_json:
        from newsbt.runs.json_values import plain

        print_document(plain(report.as_dict()))
    else:
        _show(report, config, overrides)
    print_problems(report.errors)
    print_doubts(report.doubts)
    return 0 if report.ok else BAD


def _check(config: Path, overrides: tuple[str, ...]) -> CheckReport:
    from newsbt.check import check
    from newsbt.config.loading import load
    from newsbt.domain.check_report import CheckReport

    try:
        loaded = load(config, overrides)
        with TerminalProgress("check"), component_errors():
            report: CheckReport = check(loaded)
    except NewsbtError as error:
        return CheckReport.failed(error, config.stem)
    return report


def _show(report: CheckReport, config: Path, overrides: tuple[str, ...]) -> None:
    from newsbt.reports.check_text import check_view
    from newsbt.reports.wrapping import Prose

    print_view(check_view(report))
    if report.ok:
        command = ["newsbt", "run", str(config), *(part for one in overrides for part in ("--set", one))]
        print_view(Prose(f"Ready: {shlex.join(command)}"))
