"""Options that several commands share: the same word for the same thing everywhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import rich_click as click

__all__ = [
    "UserPath",
    "json_option",
    "max_mb_option",
    "published_option",
    "refuse_own_input",
    "runs_option",
    "set_option",
    "strategy_option",
    "types_option",
]


class UserPath(click.Path):
    """A path of a command line: ``~`` and ``~user`` stand for homes where the shell left them, as in a config."""

    def __init__(self, *, file_okay: bool = True, dir_okay: bool = True, allow_dash: bool = False) -> None:
        super().__init__(file_okay=file_okay, dir_okay=dir_okay, allow_dash=allow_dash, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        from newsbt.domain.input_files import expanded

        return super().convert(expanded(os.fsdecode(value)), param, ctx)


def refuse_own_input(out: Path, read: Iterable[Path]) -> None:
    """Refuse to write over a file that the command was given to read, by whatever name or link.

    Raises
    ------
    click.UsageError
    """
    for path in read:
        with suppress(OSError):
            if os.path.samefile(out, path):
                raise click.UsageError(f"--out names {str(out)!r}, which this command reads; name another file")


set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a key of the config, such as account.cash=500000 or strategies.0.position.hold=3. Repeatable.",
)

strategy_option = click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help="Only this strategy. Repeatable."
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")

max_mb_option = click.option(
    "--max-mb", type=float, metavar="MB", help="Megabytes to read of one document at most, instead of the usual limit."
)

published_option = click.option(
    "--published",
    metavar="INSTANT",
    help="When a text was published that does not say so, with its offset, such as 2025-03-06T16:45+08:00.",
)


types_option = click.option(
    "--types",
    type=UserPath(),
    metavar="FILE",
    help="Types of events of your own (YAML) beside the usual ones; instead of a file that the config names.",
)


def _runs(context: click.Context, _: click.Parameter, given: Path | None) -> Path:
    if given is not None or context.resilient_parsing:
        return given or Path()
    from newsbt.runs.locations import current_folder
    from newsbt.runs.stored_runs import runs_seen_from

    here = current_folder()
    if here is None:
        raise click.UsageError("the current folder is gone; go to another, or name the runs folder with --runs")
    return runs_seen_from(here)


runs_option = click.option(
    "--runs",
    "runs_dir",
    type=UserPath(file_okay=False),
    metavar="DIR",
    callback=_runs,
    help="Folder of the run folders. Default: `runs` of the project that the current folder belongs to.",
)
