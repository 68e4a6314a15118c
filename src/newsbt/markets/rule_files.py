"""Reads a rule file into plain values that remember their lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from newsbt.errors import ConfigError, Problem

__all__ = ["Located", "Path", "read_located"]

Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_NODES = 50_000  # far more than any rule file needs; an alias bomb passes it at once
_MOST_LEVELS = 16


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

    def fault(self, path: Path, code: str, message: str) -> None:
        """Note one problem; all are raised together at the end."""
        key = ".".join(str(part) for part in path) or None
        self.problems.append(Problem(code=code, message=message, file=self.file, line=self.line(path), key=key))


def read_located(text: str, file: str) -> Located:
    """Parse YAML with the safe loader.

    Raises
    ------
    ConfigError
        It is no YAML, holds more than one document, or is nested or aliased beyond any sense.
    """
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        lines: dict[Path, int] = {}
        located = Located(file, None, lines)
        value = _Reader(loader, lines, located).value(root, ()) if root is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark is not None else None
        raise ConfigError.of(
            [Problem(code="bad_yaml", message=f"expected YAML; {what}", file=file, line=line)]
        ) from None
    finally:
        loader.dispose()
    return Located(file, value, lines, located.problems)


class _Reader:
    def __init__(self, loader: Any, lines: dict[Path, int], located: Located) -> None:
        self.loader = loader
        self.lines = lines
        self.located = located
        self.nodes = 0

    def value(self, node: Any, path: Path) -> Any:
        self.nodes += 1
        self.lines.setdefault(path, node.start_mark.line + 1)
        if self.nodes > _MOST_NODES or len(path) > _MOST_LEVELS:
            raise ConfigError.of(
                [
                    Problem(
                        code="too_large",
                        message="more values or levels than a rule file can have; are its aliases nested?",
                        file=self.located.file,
                        line=node.start_mark.line + 1,
                    )
                ]
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, k)) for k, child in enumerate(node.value)]
        try:
            return self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.located.fault(path, "bad_value", f"{node.value!r} is no value that YAML can read")
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
            here = (*path, key)
            if key in found:
                self.lines[here] = key_node.start_mark.line + 1
                self.located.fault(here, "repeated_key", f"{key!r} stands twice here; keep one")
                continue
            self.lines[here] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, here)
        return found
