"""`newsbt completion`: scripts that shells take, and what they complete."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
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


STARTUP = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
# What terminals are asked, and what they answer: fish waits for it.
ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[0c": b"\x1b[?62;22c", b"\x1b[6n": b"\x1b[1;1R"}


def type_in(shell: str, home: Path, keys: bytes, made: Path) -> bytes:
    """Type keys at a shell's prompt in a terminal of its own until a file is made; what it showed."""
    terminal = [sys.executable, "-c", "import pty, sys; pty.spawn(sys.argv[1:])", shell, "-i"]
    shown, typed, ends = b"", False, time.monotonic() + 60
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    env = {**os.environ, "HOME": str(home), "TERM": "xterm"}
    with subprocess.Popen(terminal, cwd=home, env=env, start_new_session=True, **pipes) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            while time.monotonic() < ends and not (made.is_file() and made.stat().st_size):
                ready, _, _ = select.select([process.stdout], [], [], 2.0)
                found = os.read(process.stdout.fileno(), 65_536) if ready else b""
                shown += found
                answers = b"".join(answer for question, answer in ANSWERS.items() if question in found)
                if not ready and not typed:  # it waits for us
                    answers, typed = keys, True
                process.stdin.write(answers)
                process.stdin.flush()
        finally:
            os.killpg(process.pid, signal.SIGHUP)
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_of_a_new_user_completes_what_is_typed(
    shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    program = tmp_path / "bin" / "newsbt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m newsbt "$@"\n')
    program.chmod(0o755)
    home = tmp_path / "home"
    (home / STARTUP[shell]).parent.mkdir(parents=True)
    (home / STARTUP[shell]).write_text("")  # zsh asks a user without one
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    assert main(["completion", shell]) == 0
    install = capsys.readouterr().out.splitlines()[-1].partition(": ")[2]
    subprocess.run(["sh", "-c", install], cwd=home, env={**os.environ, "HOME": str(home)}, check=True)
    (home / "configs").mkdir()
    (home / "configs" / "only.yaml").write_text("name: only")
    made = home / "made.txt"
    shown = type_in(shell, home, b"newsbt comple\tfish > made.txt\n", made)
    assert "_NEWSBT_COMPLETE" in made.read_text(), shown
    assert b"not found" not in shown
