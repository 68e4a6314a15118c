"""What whoever waits sees: a bar where steps are counted, and why there is none."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from newsbt.cli import progress_bar
from newsbt.cli.bars import Bars
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.kernels import code_wait


def shown(bars: Bars, width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    with console.capture() as capture:
        console.print(*bars.get_renderables())
    return capture.get().rstrip()


def bars(total: int | None, name: str = "rival-release: simulate") -> Bars:
    made = Bars(Console(width=80, file=io.StringIO()))
    made.add_task(name, total=total, completed=3)
    return made


def test_counted_steps_are_a_bar_that_fits_into_80_columns() -> None:
    line = shown(bars(6))
    assert "rival-release: simulate" in line and "3/6" in line and "━" in line and "\n" not in line


def test_a_stage_of_unknown_length_has_no_bar() -> None:
    line = shown(bars(None, "rival-release: load"))
    assert "rival-release: load" in line and "━" not in line and "?" not in line


def test_while_kernels_are_compiled_it_says_so_and_shows_no_bar() -> None:
    drawn = bars(6)
    with code_wait.waiting_for_code():
        code_wait.making("event_engine.replay")
        code_wait.making("rules.fees.fee")
        code_wait.made("rules.fees.fee")
        line = shown(drawn)
        assert "simulate: compiling kernels, once for this version" in line and "3/6" not in line and "\n" not in line
        code_wait.made("event_engine.replay")
        assert "3/6" in shown(drawn)
        code_wait.making("rules.fees.fee")  # fails, and is never made
    assert "3/6" in shown(drawn)


def test_a_long_name_is_cut_and_not_wrapped_while_kernels_are_compiled() -> None:
    with code_wait.waiting_for_code():
        code_wait.making("x")
        assert "\n" not in shown(bars(6, "a name of many words " * 6))


def test_without_a_terminal_there_is_nothing(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(progress_bar, "PATIENCE_SECONDS", 0.0)
    with TerminalProgress("run") as progress:
        progress.stage("simulate", 2)
        progress.advance()
    assert capsys.readouterr() == ("", "")
