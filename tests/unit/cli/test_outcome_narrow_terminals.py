"""A terminal of one column, of none, or a COLUMNS that is no width: what a command says is all there."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from newsbt.cli import main

WORDS = ("Usage", "CONFIG", "--strategy", "--json", "Repeatable.")


@pytest.mark.parametrize("columns", ["0", "1", "7", "", "-5", "abc", "²", "9" * 5000, "80"])
def test_help_is_whole_whatever_columns_says(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("LINES", columns)
    assert main(["run", "--help"]) == 0
    found = re.sub(r"[\s│]", "", capsys.readouterr().out)
    assert all(word in found for word in WORDS), found


@pytest.mark.parametrize("columns", [0, 1])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_help_is_whole_on_a_terminal_of_no_width(columns: int, term: str) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", columns, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    command = [sys.executable, "-m", "newsbt", "run", "--help"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**environ, "TERM": term}
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 1 << 16):
                shown += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0
    found = re.sub(r"\x1b\[[0-9;]*m|[\s│]", "", shown.decode())
    assert all(word in found for word in WORDS), found
