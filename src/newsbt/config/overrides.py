"""`--set dotted.key=value`: changes to a config before it is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from newsbt._plain import PlainValue
from newsbt.config.resolved_document import DEEPEST, TooDeepError, plain
from newsbt.domain.yaml_text import YamlFault, read
from newsbt.error_codes import ErrorCode
from newsbt.errors import Problem, nearest

__all__ = ["Change", "LeftOver", "Override", "OverrideFault", "apply", "left_over", "origin_of", "parse"]

Change: TypeAlias = str | tuple[str, PlainValue]
Path = tuple[str | int, ...]

SINGLE_OR_LIST = ("announcements", "prices")
INDEX = re.compile(r"\[(\d+)\]", re.ASCII)


class OverrideFault(Exception):
    """An override that cannot be applied."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Override:
    """One change: the key as written, its value, and the text that messages quote."""

    key: str
    value: PlainValue
    text: str

    def fault(self, code: ErrorCode, message: str) -> OverrideFault:
        return OverrideFault(Problem(code=code, key=self.key or None, message=f"{message} (override {self.text!r})"))


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A key of a block with `use:` that was there before an override put another component there."""

    block: Path
    inside: Path

    @property
    def path(self) -> Path:
        return (*self.block, *self.inside)


def parse(change: Change) -> Override:
    """Read ``dotted.key=value``, the value as YAML; a pair of key and ready value passes as it is."""
    if not isinstance(change, str):
        given = Override(change[0], change[1], f"{change[0]}={change[1]!r}"[:200])
        try:
            return replace(given, value=plain(change[1]))
        except TooDeepError as error:
            raise given.fault("too_large", str(error)) from None
    key, equals, value = change.partition("=")
    override = Override(key.strip(), None, change[:200])
    if not equals or not override.key:
        raise override.fault("bad_override", f"expected dotted.key=value, got {change[:200]!r}")
    try:
        node, faults = read(value)
    except YamlFault as error:
        raise override.fault("bad_override", f"the value is {error.fault.message}") from None
    if faults:
        raise override.fault("bad_override", faults[0].message)
    return Override(override.key, None if node is None else node.plain(), override.text)


def apply(tree: dict[str, PlainValue], override: Override, defaults: dict[str, PlainValue]) -> tuple[Path, Path]:
    """Put an override into the tree, in place, and return the path of what it brought in and the path that it set.

    The first is the second, or that of the outermost block that had to be made for it.

    A block that the tree does not have starts from its default when that names a component, so that
    ``execution.slippage.bps=10`` means the default model with other numbers.
    """
    path = _path(tree, override)
    if len(path) > DEEPEST:
        raise override.fault("too_large", f"nested deeper than {DEEPEST} levels")
    origin = path
    node: Any = tree
    for depth, key in enumerate(path[:-1]):
        if isinstance(node, dict):
            if node.get(str(key)) is None:
                node[str(key)] = _start(defaults, path[: depth + 1])
                origin = min(origin, path[: depth + 1], key=len)
            node = node[str(key)]
        else:
            node = node[_index_of(node, key, path[:depth], override)]
        if not isinstance(node, dict | list):
            at = ".".join(str(part) for part in path[: depth + 1])
            raise override.fault("bad_override", f"{at!r} is neither a mapping nor a list, so nothing can be set in it")
    if isinstance(node, dict):
        node[str(path[-1])] = override.value
    else:
        node[_index_of(node, path[-1], path[:-1], override)] = override.value
    return origin, path


def left_over(before: PlainValue, tree: PlainValue, paths: Sequence[Path]) -> Iterator[LeftOver]:
    """What components left behind that overrides at `paths` have replaced; what these set is not among it.

    `before` is the tree without the overrides, with its defaults.
    """
    for path in paths:
        block = path[:-1]
        now, old = _found(tree, block), _found(before, block)
        if path[-1] != "use" or not isinstance(now, dict) or not isinstance(old, dict) or old.get("use") == now["use"]:
            continue
        for inside in _keys(now, is_strategy=block[0] == "strategies" and len(block) == 2):
            whole = (*block, *inside)
            if not any(whole[: len(other)] == other or other[: len(whole)] == whole for other in paths):
                yield LeftOver(block, inside)


def _keys(block: Mapping[str, PlainValue], *, is_strategy: bool) -> Iterator[Path]:
    """The keys of a block that its component may own; `params` and a strategy's position hold further ones."""
    for key, value in block.items():
        if key == "params" or (key == "position" and is_strategy):
            yield from ((key, inner) for inner in (value if isinstance(value, dict) else ()))
        elif key not in (("use", "name") if is_strategy else ("use",)):
            yield (key,)


def _found(tree: PlainValue, path: Path) -> PlainValue:
    for key in path:
        if isinstance(tree, dict):
            tree = tree.get(str(key))
        elif isinstance(tree, list) and isinstance(key, int) and key < len(tree):
            tree = tree[key]
        else:
            return None
    return tree


def _start(defaults: dict[str, PlainValue], path: Path) -> dict[str, PlainValue]:
    node: PlainValue = defaults
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return dict(node) if isinstance(node, dict) and "use" in node else {}


def _index_of(node: list[PlainValue], key: str | int, path: Path, override: Override) -> int:
    if isinstance(key, int) and key < len(node):
        return key
    at = ".".join(str(part) for part in path)
    numbers = f"a number from 0 to {len(node) - 1}" if len(node) > 1 else "0, its only one" if node else "no number"
    raise override.fault("bad_override", f"{at!r} is a list of {len(node)}; expected {numbers}, got {key!r}")


def _path(tree: dict[str, PlainValue], override: Override) -> Path:
    head, _, rest = override.key.partition(".")
    if head == "strategies" and isinstance(strategies := tree.get("strategies"), list):
        names = [str(item.get("name")) if isinstance(item, dict) else "" for item in strategies]
        for index in sorted(range(len(names)), key=lambda k: -len(names[k])):
            name = names[index]
            if name and (rest == name or rest.startswith(f"{name}.")):
                tail = rest[len(name) + 1 :]
                return ("strategies", index, *(_segments(tail) if tail else ()))
        first = rest.split(".")[0]
        if rest and not first.isdecimal():
            raise override.fault("bad_override", f"no strategy is called {first!r}{nearest(first, names)}")
    if override.key.startswith("sweep.grid."):
        return ("sweep", "grid", override.key.removeprefix("sweep.grid."))
    path = _segments(override.key)
    if "" in path:
        raise override.fault("bad_override", "a part of the dotted key is empty")
    if len(path) > 1 and path[0] in SINGLE_OR_LIST and path[1] == 0 and isinstance(tree.get(str(path[0])), dict):
        return (path[0], *path[2:])
    return path


def _segments(key: str) -> Path:
    return tuple(
        int(part) if part.isdecimal() and part.isascii() and len(part) < 10 else part
        for part in INDEX.sub(r".\1", key).split(".")
    )


def origin_of(path: Path, origins: Sequence[tuple[Path, str]]) -> str | None:
    """The text of the last override that set what stands at a path, None where the file did."""
    for start, text in reversed(origins):
        if path[: len(start)] == start:
            return text
    return None
