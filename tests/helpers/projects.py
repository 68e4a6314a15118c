"""Small project folders that tests write and run as a user would: a config, CSV tables, and nothing else."""

from __future__ import annotations

import signal
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from newsbt.config.loading import load
from newsbt.domain.results import RunResult
from newsbt.pipeline import run

INTERRUPTED = (130, -signal.SIGINT)
"""How a program ends that Ctrl-C stopped, 130 to a shell either way: where it came while text was being executed, as
dataclasses do on import, Python ends by the signal itself, whatever the program made of it."""

UNIVERSE = ("instruments", "relations", "memberships", "status")
MAY_BE_BLANK = ("sector", "themes", "sector_index", "aliases")


def write_project(folder: Path, config: str, **tables: str) -> Path:
    """Write `config.yaml` and a CSV file for each table, and give the config's path.

    `config` need not name the tables: `announcements`, `prices` and `fx` are read by `csv`, the rest is the
    universe's. Tables may be indented, and may pad their cells with blanks to stand in columns; columns that an
    instrument must have but may leave blank are added.
    """
    known: dict[str, Any] = {"name": "golden", "universe": {}}
    for name, text in tables.items():
        write_table(folder / f"{name}.csv", text, MAY_BE_BLANK if name == "instruments" else ())
        if name in UNIVERSE:
            known["universe"][name] = f"{name}.csv"
        else:
            reader = {"use": "csv", "path": f"{name}.csv"}
            known[name] = [reader] if name == "announcements" else reader
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({**known, **yaml.safe_load(dedent(config))}, sort_keys=False), encoding="utf-8")
    return path


def write_table(path: Path, text: str, blank: tuple[str, ...] = ()) -> None:
    cells = [[cell.strip() for cell in line.split(",")] for line in dedent(text).strip().splitlines()]
    added = [name for name in blank if name not in cells[0]]
    cells = [[*cells[0], *added], *([*row, *("" for _ in added)] for row in cells[1:])]
    path.write_text("".join(",".join(row) + "\n" for row in cells), encoding="utf-8")


def run_project(folder: Path, config: str, **tables: str) -> RunResult:
    """Write a project and run it."""
    return run(load(write_project(folder, config, **tables)))


def rows(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    """A table's rows as plain tuples: days and instants as ISO text to the minute, NaN and NaT as None, and numbers
    rounded to nine digits, which is what paper gives."""
    return [tuple(_plain(value) for value in row) for row in frame[list(columns)].itertuples(index=False, name=None)]


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d" if value.tzinfo is None else "%Y-%m-%dT%H:%MZ")
    return round(value, 9) if isinstance(value, float) else value
