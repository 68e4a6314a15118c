"""The files of rules as mappings: those that come with newsbt, and those of a user."""

from __future__ import annotations

from importlib.resources import files

from newsbt._plain import PlainValue
from newsbt.domain.table_files import file_error
from newsbt.domain.yaml_text import YamlFault, read

__all__ = ["packaged_text", "rule_mapping"]


def packaged_text(name: str) -> str:
    """The text of a file that comes with newsbt."""
    return (files(__package__) / "rules" / name).read_text(encoding="utf-8")


def rule_mapping(name: str, text: str) -> dict[str, PlainValue]:
    """A YAML file's text as a mapping; words such as no and on stay words.

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
        line = "" if faults[0].line is None else f"line {faults[0].line}: "
        raise file_error(name, f"expected YAML: {line}{faults[0].message}")
    plain = None if root is None else root.plain()
    if not isinstance(plain, dict):
        raise file_error(name, "expected a mapping, with a name and a colon at the beginning of each entry")
    return plain
