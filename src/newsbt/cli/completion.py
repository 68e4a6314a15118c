"""`newsbt completion`: what a shell needs to complete commands, options and paths."""

from __future__ import annotations

import contextlib
import io

import rich_click as click

__all__ = ["command"]

VARIABLE = "_NEWSBT_COMPLETE"
INSTALL = {
    "bash": "newsbt completion bash > ~/.newsbt-completion.bash; echo '. ~/.newsbt-completion.bash' >> ~/.bashrc",
    "zsh": "newsbt completion zsh > ~/.newsbt-completion.zsh; echo '. ~/.newsbt-completion.zsh' >> ~/.zshrc",
    "fish": "mkdir -p ~/.config/fish/completions; newsbt completion fish > ~/.config/fish/completions/newsbt.fish",
}
# zsh knows `compdef` only once its completions are loaded, which a ~/.zshrc of nothing else does not do.
FIRST = {"zsh": "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }\n"}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(INSTALL)))
def command(shell: str) -> None:
    """Print the script with which SHELL (bash, zsh or fish) completes `newsbt`; its last line says how to install it.

    Example:

    \b
    newsbt completion bash
    """
    from click.shell_completion import get_completion_class

    from newsbt.cli.app import newsbt

    made = get_completion_class(shell)
    assert made is not None
    with contextlib.redirect_stderr(io.StringIO()):  # click tells of a bash that is old, or not here: it may be there
        source = made(newsbt, {}, "newsbt", VARIABLE).source()
    head, line, rest = source.strip().partition(
        "\n"
    )  # zsh's begins with `#compdef newsbt`, for its folders of functions
    click.echo(f"{head}{line}{FIRST.get(shell, '')}{rest}\n\n# To have it in every new shell: {INSTALL[shell]}")
