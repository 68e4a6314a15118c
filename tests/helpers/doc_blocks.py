"""The blocks of a page of documentation, run as its reader would: in an empty folder, from top to bottom.

What a fence is, its language says; HTML comments on the lines before it, which no reader sees, say more:

- ``console``: a line that starts with ``$ `` is a command, those below it what it prints. ``...`` on a line of its own
  stands for any lines, ``…`` inside one for any text. ``<!-- exit: 2 -->`` is the exit code of the last command.
- ``sh``: commands that end with 0, whatever they print; ``exit`` counts here too.
- ``python``: executed; the blocks of a page share their names.
- ``text`` with ``<!-- printed: -->``: what the last Python block printed, compared as a command's output is.
- ``<!-- file: PATH -->``: the block is not run but written to that file.
- ``<!-- skip: WHY -->``: it is not run; the commands of newsbt in it are still parsed.
- ``<!-- run: COMMAND -->``, ``<!-- python: CODE -->``: what comes before the block and is not shown.

``python -m doc_blocks PAGE...`` writes pages anew with what is printed today: each line shown is replaced by the next
printed one that differs from it in figures only.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from types import ModuleType

import click

from newsbt.cli import main as run_newsbt
from newsbt.cli.app import newsbt as group

SCREEN = {"COLUMNS": "100", "NO_COLOR": "1"}
FENCE = re.compile(r"^(`{3,})(\w*)[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.S)
NAMED = r"<!-- (file|exit|skip|run|python|printed): ?"
NOTE = re.compile(NAMED + r"((?:(?!-->).)*?) ?-->\n\Z", re.S)
FIGURES = re.compile(r"[\d▁▂▃▄▅▆▇█]+(?:[.,:]\d+)*")


class PageError(AssertionError):
    """A block did not do what its page says."""


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int  # of its first line, counted from 1
    start: int  # of its text in the page
    notes: list[tuple[str, str]]

    def note(self, name: str) -> str | None:
        return dict(self.notes).get(name)


@dataclass
class Session:
    """Where a page stands after its blocks so far."""

    folder: Path
    module: ModuleType = field(default_factory=lambda: ModuleType("__page__"))  # of the Python blocks
    printed: str = ""  # by the last Python block

    def command(self, line: str) -> tuple[int, str]:
        """Exit code, and what is printed: stdout, and where a command fails stderr after it."""
        words = shlex.split(line, comments=True)
        if words[0] == "cd":
            self.folder = (self.folder / words[1]).resolve()
            return (0, "") if self.folder.is_dir() else (1, f"cd: {words[1]}: no such folder\n")
        if words[0] == "newsbt" and not set("|><&;*") & set(line.partition("#")[0]):
            return self._newsbt(words[1:])
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr * bool(done.returncode)

    def _newsbt(self, arguments: list[str]) -> tuple[int, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = run_newsbt(arguments)
            except SystemExit as stop:
                code = int(stop.code or 0)
        return code or 0, out.getvalue() + err.getvalue() * bool(code)

    def python(self, code: str, line: int, page: str) -> None:
        out = io.StringIO()
        sys.modules[self.module.__name__] = self.module  # dataclasses look for it there
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out):
            try:
                exec(compile("\n" * (line - 1) + code, page, "exec"), vars(self.module))
            except Exception as error:
                raise PageError(f"{page}:{line}: {type(error).__name__}: {error}") from error
        self.printed = out.getvalue()


def blocks_of(page: str) -> Iterator[Block]:
    for found in FENCE.finditer(page):
        before = page[: found.start()]
        notes: list[tuple[str, str]] = []
        while note := NOTE.search(before):
            notes.insert(0, (note[1], note[2]))
            before = before[: note.start()]
        start = found.start(3)
        yield Block(found[2], found[3], page.count("\n", 0, start) + 1, start, notes)


def run_page(path: Path, folder: Path) -> str:
    """Run a page in an empty folder; answers the page with what is printed today.

    Raises
    ------
    PageError
        A command ends with another exit code, a Python block with an error, or what is shown is not printed.
    """
    page = path.read_text(encoding="utf-8")
    session, written, at = Session(folder.resolve()), [], 0
    blocks = list(blocks_of(page))
    if len(re.findall("^" + NAMED, page, re.M)) != sum(len(block.notes) for block in blocks):
        raise PageError(f"{path.name}: a comment for this runner stands on the lines right before its block")
    for block in blocks:
        where = f"{path.name}:{block.line}"
        for name, value in block.notes:
            if name == "run":
                _command(value, 0, session, where)
            elif name == "python":
                session.python(value, block.line, path.name)
        if (target := block.note("file")) is not None:
            (session.folder / target).parent.mkdir(parents=True, exist_ok=True)
            (session.folder / target).write_text(block.text, encoding="utf-8")
        elif block.note("skip") is not None:
            if block.language in ("sh", "console"):
                _parse(block, where)
        elif block.language == "python":
            session.python(block.text, block.line, path.name)
        elif block.language in ("sh", "console") or block.note("printed") is not None:
            if block.language == "text":
                text = as_printed(block.text, session.printed, where)
            else:
                text = _commands(block, session, where)
            written += [page[at : block.start], text]
            at = block.start + len(block.text)
    return "".join([*written, page[at:]])


def _commands(block: Block, session: Session, where: str) -> str:
    """The text of a block of commands as it should be."""
    if block.language == "sh":
        entries = [(line, "") for line in block.text.splitlines() if line.strip()]
    else:
        parts = re.split(r"^\$ (.*)\n", block.text, flags=re.M)
        if parts[0]:
            raise PageError(f"{where}: a block of commands begins with '$ '")
        entries = list(zip(parts[1::2], parts[2::2], strict=True))
    text = []
    for number, (line, shown) in enumerate(entries, 1):
        code = int(block.note("exit") or 0) if number == len(entries) else 0
        printed = _command(line, code, session, where)
        text.append(f"{line}\n" if block.language == "sh" else f"$ {line}\n{as_printed(shown, printed, where)}")
    return "".join(text)


def _command(line: str, wanted: int, session: Session, where: str) -> str:
    code, printed = session.command(line)
    if code != wanted:
        raise PageError(f"{where}: `{line}` ended with {code}, not with {wanted}:\n{printed}")
    return printed


def _parse(block: Block, where: str) -> None:
    """Refuse a command of newsbt that does not exist, or an option that it does not have."""
    for shown in block.text.splitlines():
        line = re.split(r"[|<>&;]", shown)[-1 if "| newsbt" in shown else 0]
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[:1] != ["newsbt"]:
            continue
        command: click.Command = group
        context, rest = click.Context(group), words[1:]
        while isinstance(command, click.Group):
            name = rest.pop(0)
            found = command.get_command(context, name)
            if found is None:
                raise PageError(f"{where}: `{line}`: newsbt has no command {name!r}")
            command = found
        try:
            command.make_parser(click.Context(command)).parse_args(rest)
        except click.UsageError as error:
            raise PageError(f"{where}: `{line}`: {error.format_message()}") from error


def as_printed(shown: str, printed: str, where: str = "") -> str:
    """What a page shows of a command's output, with the figures that were printed.

    >>> as_printed("Return 12.5%\\n...\\nruns/a-…\\n", "Return 13.1%\\nmore\\nruns/a-20261130\\n")
    'Return 13.1%\\n...\\nruns/a-…\\n'

    Raises
    ------
    PageError
        A line that is shown was not printed, or one was that is neither shown nor left out by ``...``.
    """
    lines = [line.rstrip() for line in printed.splitlines()]
    out: list[str] = []
    at, gap = 0, False
    for line in shown.splitlines():
        if line == "...":
            out.append(line)
            gap = True
            continue
        pattern = re.compile("".join(".+" if part == "…" else _loose(part) for part in re.split("(…)", line)))
        last = min(len(lines) if gap else at + 1, len(lines))
        near = [k for k in range(at, last) if pattern.fullmatch(lines[k])]
        found = max(near, key=lambda k: SequenceMatcher(None, line, lines[k]).ratio(), default=None)
        if found is None:
            raise PageError(f"{where}: {line!r} is not what is printed here:\n" + "\n".join(lines[at : at + 60]))
        out.append(line if "…" in line else lines[found])
        at, gap = found + 1, False
    if not gap and at < len(lines) and shown:
        raise PageError(f"{where}: not shown, and not left out by '...':\n" + "\n".join(lines[at:]))
    return "".join(f"{line}\n" for line in out)


def _loose(text: str) -> str:
    """A pattern of a line whose figures and widths may be others."""
    parts = re.split(r"( +)", FIGURES.sub("\0", text))
    return "".join(" +" if part.isspace() else re.escape(part).replace("\0", r"[\d▁▂▃▄▅▆▇█.,:]+") for part in parts)


def main(paths: list[str]) -> None:
    os.environ.update(SCREEN)
    for path in map(Path, paths):
        with tempfile.TemporaryDirectory() as folder:
            text = run_page(path, Path(folder))
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
