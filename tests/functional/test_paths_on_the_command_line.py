"""Paths of a command line: homes are filled in as in a config, where the shell left them."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_runs import made_run
from newsbt.cli import main
from newsbt.runs.run_folder import write_run


@pytest.mark.parametrize(
    "args",
    [
        ["run", "a.yaml", "--runs", "~"], ["run", "~"], ["check", "~"], ["sweep", "~"],
        ["sweep", "a.yaml", "--runs", "~"],
        ["show", "--runs", "~"], ["compare", "--runs", "~"], ["report", "--runs", "~"], ["init", "~"],
        ["study", "a.yaml", "--factors", "~"], ["data", "check", "~"], ["data", "rules", "XHKG", "--rules", "~"],
        ["events", "extract", "a.txt", "--out", "~"], ["events", "check", "~"], ["explain", "~"],
    ],
)  # fmt: skip
def test_a_home_that_nobody_knows_is_an_error_at_every_path(
    tmp_path: Path, monkeypatch, capsys, args: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = main([arg.replace("~", "~nosuchuser/x") for arg in args])
    assert (code, list(tmp_path.iterdir())) == (2, [])
    assert "nobody here knows the home folder that '~nosuchuser' stands for" in capsys.readouterr().err


def test_a_home_is_filled_in_where_the_shell_left_it(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write_run(made_run(), tmp_path / "mine")
    assert main(["show", "last", "--runs=~/mine"]) == 0
    assert "Sharpe" in capsys.readouterr().out
