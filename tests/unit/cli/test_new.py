"""`newsbt new strategy`: what it writes works, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from newsbt.cli import main
from newsbt.cli.starting import class_name
from newsbt.testing import load_strategy


def new(*arguments: str) -> int:
    return main(["new", "strategy", *arguments])


@pytest.mark.parametrize("kind", ["event", "step", "backtrader"])
def test_strategy_and_test_pass_as_written(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert new("buy_the_rival", "--kind", kind, "--dir", str(tmp_path)) == 0
    printed = capsys.readouterr().out
    assert "use: ../strategies/buy_the_rival.py:BuyTheRival" in printed
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert files == {"strategies/buy_the_rival.py", "tests/test_buy_the_rival.py"}
    ignored = ("invalid escape sequence", "datetime.datetime.utcnow:DeprecationWarning")  # backtrader's own
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--rootdir", "."]
    command += [part for words in ignored for part in ("-W", f"ignore:{words}")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.parametrize("kind", ["event", "step", "backtrader"])
def test_what_is_written_is_formatted_and_typed(tmp_path: Path, kind: str) -> None:
    assert new("x1", "--kind", kind, "--dir", str(tmp_path)) == 0
    for path in tmp_path.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.isascii() and text.endswith("\n") and not text.endswith("\n\n")
        assert max(map(len, text.splitlines())) <= 120
        compile(text, str(path), "exec")
    assert load_strategy(tmp_path / "strategies/x1.py", "X1").__doc__


@pytest.mark.parametrize("there", ["strategies/mine.py", "tests/test_mine.py"])
def test_nothing_is_overwritten(tmp_path: Path, there: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / there
    path.parent.mkdir()
    path.write_text("kept", encoding="utf-8")
    assert new("mine", "--dir", str(tmp_path)) == 2
    assert "is there already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "kept"
    assert list(tmp_path.rglob("*.py")) == [path]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("buy-the-rival", "'buy_the_rival'"), ("Buy the rival!", "'buy_the_rival'"), ("3days", "'strategy_3days'"),
        ("class", "'strategy_class'"), ("../mine", "'mine'"), ("mine.py", "'mine'"), ("", "not ''"), ("买", "not '买'"),
        ("_", "not '_'"),
    ],
)  # fmt: skip
def test_a_bad_name_is_refused_with_a_better_one(
    tmp_path: Path, name: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new("--dir", str(tmp_path), "--", name) == 2
    assert hint in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "strategies").write_text("a file", encoding="utf-8")
    assert new("mine", "--dir", str(tmp_path)) == 1
    assert "cannot write" in capsys.readouterr().err


def test_class_names() -> None:
    assert [class_name(name) for name in ("fade", "buy_the_rival", "r2")] == ["Fade", "BuyTheRival", "R2"]
