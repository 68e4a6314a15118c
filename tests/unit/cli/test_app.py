"""The list of commands: what it says of each, and that it imports none."""

from __future__ import annotations

import importlib
import subprocess
import sys

import click
import pytest

from newsbt.cli.app import COMMANDS, newsbt


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    command = importlib.import_module(f"newsbt.cli.{name}").command
    assert COMMANDS[name] == command.get_short_help_str(limit=1000)
    assert newsbt.get_command(click.Context(newsbt), name) is command


def test_the_list_imports_no_command_and_no_package_metadata() -> None:
    code = (
        "import sys; from newsbt.cli import main; main(['--help']);"
        "print('loaded:', *sorted(name for name in sys.modules if name == 'importlib.metadata' "
        f"or name in {[f'newsbt.cli.{name}' for name in COMMANDS]!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"
    assert "Put the strategies of several runs into one results table." in done.stdout
