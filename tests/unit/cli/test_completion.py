"""`newsbt completion`: scripts that shells take, and what they complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsbt.cli import main
from newsbt.cli.app import COMMANDS

ASK = """
. ./script
complete_for() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _newsbt_completion newsbt
    echo "${COMPREPLY[*]}" | tr '\\n' ' '; echo
}
complete_for newsbt ""
complete_for newsbt show --by ""
"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_that_of_the_shell_and_ends_with_how_to_install_it(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    out, err = capsys.readouterr()
    assert f"_NEWSBT_COMPLETE={shell}_complete" in out and not err
    last = out.splitlines()[-1]
    assert last.startswith("# To have it in every new shell: ") and f"newsbt completion {shell} > " in last
    program = shutil.which(shell)
    if program is not None:
        assert subprocess.run([program, "-n"], input=out, text=True, check=False).returncode == 0


def test_another_shell_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "powershell"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_and_what_an_option_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["completion", "bash"])
    (tmp_path / "script").write_text(capsys.readouterr().out)
    program = tmp_path / "newsbt"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m newsbt "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    done = subprocess.run(["bash", "-c", ASK], cwd=tmp_path, capture_output=True, text=True, check=True)
    commands, dimensions = done.stdout.splitlines()
    assert set(commands.split()) == set(COMMANDS)
    assert {"event", "relation"} <= set(dimensions.split())
