"""The `newsbt` command, which finds its subcommands by name."""

from __future__ import annotations

import importlib

import rich_click as click

from newsbt.cli.version import version_option
from newsbt.errors import nearest

__all__ = ["newsbt"]

# In the order in which a newcomer meets them; each is the module newsbt.cli.<name> with a command `command`.
COMMANDS = (
    "init", "new", "check", "run", "show", "compare", "report", "orders", "explain", "events", "sweep",
    "study", "audit", "prove", "data", "schema",
)  # fmt: skip


class LazyGroup(click.RichGroup):
    """A group that imports a command when it is asked for, so that no command pays for another."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"newsbt.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            hint = nearest(args[0], COMMANDS) or f"; there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.rich_config(
    help_config=click.RichHelpConfiguration(text_paragraph_linebreaks="\n\n", padding_helptext_first_line=(0, 0, 1, 0))
)
@version_option
def newsbt() -> None:
    """Backtests of news-driven trading signals, from an announcement to a tradable, honest result.

    Begin with `newsbt init my-project`, then `cd my-project` and `newsbt run configs/rival_release.yaml`.
    """
