"""The files of rules as mappings: those that come with newsbt, and those of a user."""

from __future__ import annotations

from importlib.resources import files

from newsbt._plain import PlainValue
from newsbt.domain.table_files import file_error
from newsbt.domain.yaml_text import Node, YamlFault, read

__all__ = ["packaged_text", "rule_mapping", "rule_nodes"]


def packaged_text(name: str) -> str:
    """The text of a file that comes with newsbt."""
    return (files(__package__) / "rules" / name).read_text(encoding="utf-8")


def rule_mapping(name: str, text: str) -> dict[str, PlainValue]:
    """A YAML file's text as a mapping; words such as no and on stay words.

    Raises
    ------
    DataError
        As :func:`rule_nodes`.
    """
    return {key: node.plain() for key, node in rule_nodes(name, text).items()}


def rule_nodes(name: str, text: str) -> dict[str, Node]:
    """The entries of a YAML file's text, which know their lines.

    Raises
    ------
    DataError
        No YAML, no mapping, or a key that stands twice; the message names the file, and the line where there is one.
    """
    try:
        root, faults = read(text)
    except YamlFault as fault:
        root, faults = None, [fault.fault]
    if faults:
        raise file_error(name, f"expected YAML: {faults[0].message}", code="syntax", line=faults[0].line)
    if root is None or not isinstance(root.value, dict):
        message = "expected a mapping, with a name and a colon at the beginning of each entry"
        raise file_error(name, message, code="wrong_type")
    return root.value
