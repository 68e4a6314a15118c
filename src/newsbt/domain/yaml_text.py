"""YAML in and out, without surprises.

Reading keeps the line of every key and builds nothing but mappings, lists and scalars. Words that other readers
turn into something else stay text: ``no``, ``on``, ``0700``, ``12:30``; only true and false are booleans, ``1e6`` is
a number, and ``2024-07-01`` a date. Repeated keys are faults, and an alias that would unfold into more than
`MOST_NODES` values stops the reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn, TypeAlias

import yaml

from newsbt._plain import PlainValue
from newsbt.error_codes import ErrorCode

__all__ = ["MOST_NODES", "Fault", "Node", "Scalar", "YamlFault", "dump", "read"]

MOST_NODES = 100_000
DEEPEST = 50
TOO_DEEP = f"nested deeper than {DEEPEST} levels"
CORE = "tag:yaml.org,2002:"

Scalar: TypeAlias = str | int | float | bool | date | None

_NUMBER = r"[-+]?(?:(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?|\.[0-9][0-9_]*)"
_PLAIN: tuple[tuple[str, re.Pattern[str], Callable[[str], Scalar]], ...] = (
    ("null", re.compile(r"(?:~|null|Null|NULL|)\Z"), lambda _: None),
    ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), lambda text: text.lower() == "true"),
    ("int", re.compile(r"[-+]?(?:0|[1-9][0-9_]*)\Z", re.ASCII), lambda text: int(text.replace("_", ""))),
    ("float", re.compile(rf"{_NUMBER}(?:[eE][-+]?[0-9]+)?\Z"), lambda text: float(text.replace("_", ""))),
    (
        "float",
        re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"),
        lambda text: float(text.replace(".", "")),
    ),
    ("timestamp", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"), date.fromisoformat),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in the text: `path` is the key path, empty where there is none."""

    code: ErrorCode
    message: str
    line: int | None
    path: tuple[str | int, ...] = ()


class YamlFault(Exception):
    """The text cannot be read at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its line; `size` and `depth` count what it unfolds into."""

    line: int
    value: Scalar | dict[str, Node] | list[Node]
    key_lines: dict[str, int] = field(default_factory=dict)
    size: int = 1
    depth: int = 1

    def plain(self) -> Any:
        """A fresh tree of dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def line_of(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """The line of the last key of `path` that is there, and how many keys of it are.

        An index into what is a single mapping is passed over: one mapping may stand for a list of one.
        """
        node, line, found = self, self.line, 0
        for key in path:
            children = node.value
            if isinstance(children, dict) and key in children:
                line, node = node.key_lines[str(key)], children[str(key)]
            elif isinstance(children, list) and isinstance(key, int) and 0 <= key < len(children):
                node = children[key]
                line = node.line
            elif not (isinstance(children, dict) and key == 0):
                break
            found += 1
        return line, found


def read(text: str) -> tuple[Node | None, list[Fault]]:
    """Read one YAML document.

    Returns
    -------
    (Node or None, list of Fault)
        The tree, None for an empty document, and the faults that leave it readable (repeated keys).

    Raises
    ------
    YamlFault
        The text is no YAML, has several documents, unfolds too far, or carries a tag beyond YAML's own.
    """
    try:
        builder = _Builder(text)
        root = builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.problem, error.context) if part)
        line = None if mark is None else mark.line + 1
        if "nesting depth" in reason:  # newer versions of libyaml have a limit of their own, far beyond ours
            raise YamlFault(Fault("too_large", TOO_DEEP, line)) from None
        raise YamlFault(Fault("syntax", f"not valid YAML: {reason}{_tab_hint(text, line)}", line)) from None
    except UnicodeEncodeError:
        raise YamlFault(
            Fault("syntax", "not valid YAML: the text holds characters that are no Unicode", None)
        ) from None
    except yaml.YAMLError as error:
        found = str(error).splitlines()[0] if str(error) else "unreadable"
        at = getattr(error, "position", None)
        line = text.count("\n", 0, at) + 1 if isinstance(at, int) else None
        raise YamlFault(Fault("syntax", f"not valid YAML: {found}", line)) from None
    return root, builder.faults


def _tab_hint(text: str, line: int | None) -> str:
    lines = text.split("\n")
    if line is None or line > len(lines):
        return ""
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    return "; indent with spaces, not tabs" if "\t" in indent else ""


class _Builder:
    """Builds nodes from parser events, counting what aliases unfold into instead of unfolding it."""

    def __init__(self, text: str) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        self._anchors: dict[str, Node] = {}
        self._total = 0
        self.faults: list[Fault] = []

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._stop(event, "one document was expected, and a second one starts here")
                root = self._node(next(self._events), (), 1)
        return None if root is None or root.value is None else root

    def _stop(self, event: yaml.Event, message: str, code: ErrorCode = "syntax") -> NoReturn:
        raise YamlFault(Fault(code, message, _line(event)))

    def _node(self, event: yaml.Event, path: tuple[str | int, ...], level: int) -> Node:
        if level > DEEPEST:
            self._stop(event, TOO_DEEP, "too_large")
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            if name not in self._anchors:
                self._stop(event, f"alias *{name} has no complete anchor &{name} before it")
            node = self._anchors[name]
            self._count(event, node.size)
            if level + node.depth > DEEPEST:
                self._stop(event, TOO_DEEP, "too_large")
            return node
        self._count(event, 1)
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            node = Node(line, self._scalar(event))
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, path, level)
        else:
            assert isinstance(event, yaml.MappingStartEvent)  # no other kind begins a value
            node = self._mapping(event, path, level)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _count(self, event: yaml.Event, more: int) -> None:
        self._total += more
        if self._total > MOST_NODES:
            self._stop(event, f"unfolds into more than {MOST_NODES} values; aliases may repeat too much", "too_large")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text: str = event.value
        if event.implicit[0]:
            return _resolve(text)
        if event.tag in (None, "!", f"{CORE}str"):
            return text
        name = event.tag.removeprefix(CORE)
        value = _resolve(text)
        kinds: dict[str, type] = {"null": type(None), "bool": bool, "int": int, "float": float, "timestamp": date}
        if name == "float" and type(value) is int:
            value = float(value)
        if name not in kinds or type(value) is not kinds[name]:
            self._stop(event, f"the tag {event.tag!r} does not fit {text[:60]!r}, or is not one of YAML's own")
        return value

    def _collection(self, event: yaml.CollectionStartEvent, kind: str) -> None:
        if event.tag not in (None, "!", f"{CORE}{kind}"):
            self._stop(event, f"the tag {event.tag!r} is not read here; write plain values")

    def _sequence(self, event: yaml.SequenceStartEvent, path: tuple[str | int, ...], level: int) -> Node:
        self._collection(event, "seq")
        items: list[Node] = []
        while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(inner, (*path, len(items)), level + 1))
        return _branch(_line(event), items, {})

    def _mapping(self, event: yaml.MappingStartEvent, path: tuple[str | int, ...], level: int) -> Node:
        self._collection(event, "map")
        children: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Node] = []
        while not isinstance(inner := next(self._events), yaml.MappingEndEvent):
            if not isinstance(inner, yaml.ScalarEvent):
                self._stop(inner, "a key must be a word or text")
            key, line = str(inner.value), _line(inner)
            value = self._node(next(self._events), (*path, key), level + 1)
            if key == "<<" and inner.implicit[0]:
                merged += self._merge_sources(inner, value)
            elif key in children:
                message = f"the key {key!r} is already on line {lines[key]}; keep one of them"
                self.faults.append(Fault("duplicate", message, line, (*path, key)))
            else:
                children[key], lines[key] = value, line
        for source in merged:
            assert isinstance(source.value, dict)
            for key, value in source.value.items():
                if key not in children:
                    children[key], lines[key] = value, source.key_lines[key]
        return _branch(_line(event), children, lines)

    def _merge_sources(self, event: yaml.Event, value: Node) -> list[Node]:
        sources = value.value if isinstance(value.value, list) else [value]
        if not all(isinstance(source.value, dict) for source in sources):
            self._stop(event, "<< merges a mapping or a list of mappings")
        return sources


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _branch(line: int, value: dict[str, Node] | list[Node], key_lines: dict[str, int]) -> Node:
    children = list(value.values()) if isinstance(value, dict) else value
    size = 1 + sum(child.size for child in children)
    depth = 1 + max((child.depth for child in children), default=0)
    return Node(line, value, key_lines, size, depth)


def _resolve(text: str) -> Scalar:
    for _, pattern, convert in _PLAIN:
        if pattern.match(text):
            try:
                return convert(text)
            except ValueError:  # the 30th of February, or more digits than Python reads
                return text
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes exactly the text that `read` would take for something else."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def represent_str(self, data: str) -> yaml.ScalarNode:
        return self.represent_scalar(f"{CORE}str", data, style=None if data.isprintable() else '"')

    def ignore_aliases(self, data: PlainValue) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(str, _Dumper.represent_str)
for _tag, _pattern, _ in _PLAIN:
    _Dumper.add_implicit_resolver(f"{CORE}{_tag}", _pattern, None)
_Dumper.add_implicit_resolver(f"{CORE}merge", re.compile(r"<<\Z"), None)


def dump(value: PlainValue) -> str:
    """Write plain values as YAML that :func:`read` gives back equal, keys in their own order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
