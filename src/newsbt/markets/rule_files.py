"""Reads a rule file into plain values that remember their lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsbt.domain import yaml_text
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, Problem

__all__ = ["Located", "Path", "read_located"]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """A file's content as dicts, lists and scalars, and the line of each value by its path of keys."""

    file: str
    value: Any
    lines: Mapping[Path, int]
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """The line of a value, or of the nearest thing around it that has one."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None

    def fault(self, path: Path, code: ErrorCode, message: str) -> None:
        """Note one problem; all are raised together at the end."""
        self._note(path, code, message, self.line(path))

    def _note(self, path: Path, code: ErrorCode, message: str, line: int | None) -> None:
        key = ".".join(str(part) for part in path) or None
        self.problems.append(Problem(code=code, message=message, file=self.file, line=line, key=key))


def read_located(text: str, file: str) -> Located:
    """Parse YAML by the config's own reader.

    Raises
    ------
    ConfigError
        It is no YAML, holds more than one document, or is nested or aliased beyond any sense.
    """
    try:
        node, faults = yaml_text.read(text)
    except yaml_text.YamlFault as error:
        fault = error.fault
        raise ConfigError.of([Problem(code=fault.code, message=fault.message, file=file, line=fault.line)]) from None
    lines: dict[Path, int] = {}
    if node is not None:
        lines[()] = node.line
        _note_lines(node, (), lines)
    located = Located(file, None if node is None else node.plain(), lines)
    for fault in faults:
        located._note(fault.path, fault.code, fault.message, fault.line)
    return located


def _note_lines(node: yaml_text.Node, path: Path, lines: dict[Path, int]) -> None:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            lines[*path, key] = node.key_lines[key]
            _note_lines(child, (*path, key), lines)
    elif isinstance(node.value, list):
        for index, child in enumerate(node.value):
            lines[*path, index] = child.line
            _note_lines(child, (*path, index), lines)
