"""`newsbt init`: a project folder that `newsbt run` works on at once."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from newsbt.cli.options import UserPath

__all__ = ["command"]


@click.command("init")
@click.argument("folder", metavar="DIR", type=UserPath())
def command(folder: Path) -> None:
    """Make a project folder DIR with a sample of data, configs and strategies.

    DIR must not exist, or be empty. The sample's prices are simulated; replace data/ by your own.

    Example:

    \b
    newsbt init my-project
    cd my-project
    newsbt run configs/rival_release.yaml
    """
    from newsbt.cli.project import create_project

    create_project(folder)
    click.echo(f"Made {folder}. Try:\n\n  cd {folder}\n  newsbt run configs/rival_release.yaml")
