"""The `newsbt` command: finds its subcommands by name, and turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

import rich_click as click

from newsbt.cli.terminal import print_error
from newsbt.cli.version import version_option
from newsbt.errors import NewsbtError, nearest

__all__ = ["main", "newsbt"]

# In the order in which a newcomer meets them; each is the module newsbt.cli.<name> with a command `command`.
COMMANDS = (
    "init", "new", "check", "run", "show", "compare", "report", "orders", "explain", "events", "sweep",
    "study", "audit", "data", "schema",
)  # fmt: skip

DONE, FAILED, INTERRUPTED = 0, 1, 130
# Of new objects between two searches for unreachable ones: what a run reads stays, and looking through it again and
# again takes a tenth of its time.
MANY_OBJECTS = 100_000


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


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code: 0 done, 1 a run failed, 2 bad usage, config or data."""
    _make_tolerant()
    gc.set_threshold(MANY_OBJECTS)
    try:
        code = newsbt.main(args=args, prog_name="newsbt", standalone_mode=False)
        sys.stdout.flush()
    except NewsbtError as error:
        print_error(error)
        return error.exit_code
    except click.ClickException as error:
        _print_usage_error(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python flushes stdout once more as it ends; let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code if isinstance(code, int) else DONE


def _make_tolerant() -> None:
    """A character that the terminal's encoding lacks becomes a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _print_usage_error(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    click.echo(f"error: {error.format_message()}", err=True)
    if context is not None:
        click.echo(f"see `{context.command_path} --help`", err=True)
