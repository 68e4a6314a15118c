"""The `newsbt` command, which finds its subcommands by name."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import click as plain_click
import rich_click as click

from newsbt.cli.version import version_option

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["newsbt"]

# In the order in which a newcomer meets them, each with the first sentence of its help; each is the module
# newsbt.cli.<name> with a command `command`.
COMMANDS = {
    "init": "Make a project folder DIR with a sample of data, configs and strategies, or for files of your own.",
    "new": "Write files to begin with.",
    "check": "Validate CONFIG, its data, calendars and strategies without running them.",
    "run": "Backtest every strategy of each CONFIG, print the results table and write a run folder.",
    "show": "Show one RUN: its results table, or its trades, fills, refusals or events, or where its profit came from.",
    "compare": "Put the strategies of several runs into one results table.",
    "report": "Write report.html of a RUN anew, from what its folder holds, and print where it is.",
    "orders": "What the strategies of CONFIG would send at T for each market's next opening, knowing only what was "
    "known then.",
    "explain": "Explain a news ITEM: a text or HTML file, a JSON announcement, or - for stdin.",
    "events": "Articles, feeds and disclosures to announcements, and a look at a config's own.",
    "sweep": "Run every variant of CONFIG's `sweep:` block on the compiled engine, or those that are missing.",
    "study": "Study the announcements of CONFIG: abnormal returns by group and window, with tests, and the part of "
    "each move that could be traded.",
    "audit": "Prove that the strategies of CONFIG do not look ahead, and say what else may explain their results.",
    "prove": "Prove the placebo p of CONFIG on its own calendar, universe, strategies, costs and rules.",
    "data": "Pull prices, look at them and at the rules of the markets.",
    "schema": "Print the JSON Schema of the config, for editors that complete and check YAML.",
    "completion": "Print the script with which SHELL (bash, zsh or fish) completes `newsbt`; its last line says how to "
    "install it.",
}
_LISTING = "newsbt.listing"  # in a context's `meta` while the group's own help is written


class LazyGroup(click.RichGroup):
    """A group that imports a command when it is asked for, so that no command and no list pays for another."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if ctx.meta.get(_LISTING):
            return click.RichCommand(name=cmd_name, help=COMMANDS[cmd_name])
        command: click.Command = importlib.import_module(f"newsbt.cli.{cmd_name}").command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands from the table, options from click: no command is imported for its name."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.RichCommand.shell_complete(self, ctx, incomplete)]

    def get_help(self, ctx: click.Context) -> str:
        ctx.meta[_LISTING] = True
        try:
            return super().get_help(ctx)
        finally:
            del ctx.meta[_LISTING]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from newsbt.errors import nearest

            hint = nearest(args[0], COMMANDS) or f"; there are {', '.join(COMMANDS)}"
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


def _tell_rich_click_which_click_this_is() -> None:
    """Let rich_click read the version of click, as the folder of its metadata is called, from click itself.

    It asks once, for a page of help, and click would import `importlib.metadata` and the standard library's e-mail
    package to answer: an eighth of the time of `newsbt --help`. Where there is no such folder, click answers.
    """
    packages = os.path.dirname(os.path.dirname(plain_click.__file__))
    found = [name[6:-10] for name in os.listdir(packages) if name.startswith("click-") and name.endswith(".dist-info")]
    if len(found) != 1 or "__version__" in vars(plain_click):
        return
    plain_click.__version__ = found[0]
    try:
        importlib.import_module("rich_click._compat_click")
    except ImportError:  # a rich_click that does not ask
        pass
    finally:
        del plain_click.__version__


_tell_rich_click_which_click_this_is()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.rich_config(
    help_config=click.RichHelpConfiguration(text_paragraph_linebreaks="\n\n", padding_helptext_first_line=(0, 0, 1, 0))
)
@version_option
def newsbt() -> None:
    """Backtests of news-driven trading signals, from an announcement to a tradable, honest result.

    Begin with `newsbt init my-project`, then `cd my-project` and `newsbt run configs/rival_release.yaml`.
    """
