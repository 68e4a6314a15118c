"""`newsbt --version`: what newsbt is and what it stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import rich_click as click

__all__ = ["version_option", "version_text"]

STANDS_ON = ("backtrader", "numba", "numpy", "pandas", "pyarrow", "exchange_calendars", "pydantic", "scipy", "jinja2")

P = ParamSpec("P")
T = TypeVar("T")


def version_text() -> str:
    """A line for newsbt, one for Python and one for each library, without importing any of them."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from newsbt import __version__

    lines = [f"newsbt {__version__}", f"Python {platform.python_version()}"]
    for name in STANDS_ON:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            lines.append(f"{name} is not installed")
    return "\n".join(lines)


def version_option(function: Callable[P, T]) -> Callable[P, T]:
    def show(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(version_text())
            ctx.exit()

    option = click.option(
        "--version",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Versions of newsbt and of what it stands on.",
    )
    return option(function)
