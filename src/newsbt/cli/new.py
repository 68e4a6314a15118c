"""`newsbt new`: files to begin with."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from newsbt.cli.options import UserPath

__all__ = ["command"]


@click.group("new")
def command() -> None:
    """Write files to begin with.

    Example:

    \b
    newsbt new strategy buy_the_rival
    """


@command.command("strategy")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["event", "step", "backtrader"]),
    default="event",
    show_default=True,
    help="Signals for announcements, a signal for every row, or a backtrader strategy with orders of its own.",
)
@click.option(
    "--dir",
    "folder",
    type=UserPath(file_okay=False),
    metavar="DIR",
    default=Path(),
    help="Project folder that holds strategies/ and tests/; by default the current one.",
)
def strategy(name: str, kind: str, folder: Path) -> None:
    """Write strategies/NAME.py, a typed strategy that works, and tests/test_NAME.py, which proves it causal.

    NAME is a Python name, such as buy_the_rival. Nothing is overwritten.

    Example:

    \b
    newsbt new strategy buy_the_rival
    python -m pytest tests/test_buy_the_rival.py
    """
    from newsbt.cli.starting import class_name, write_strategy

    made, test = write_strategy(folder, name, kind)
    click.echo(f"Wrote {made} and {test}. Try (`pip install pytest` first):\n\n  python -m pytest {test}\n")
    click.echo("and in a config of configs/:\n")
    click.echo(f"  strategies:\n    - {{name: {name}, use: ../strategies/{name}.py:{class_name(name)}}}")
