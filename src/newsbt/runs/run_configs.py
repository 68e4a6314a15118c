"""The resolved config that a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain import yaml_text
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_text
from newsbt.errors import DataError

__all__ = ["read_config"]


def read_config(folder: Path | str | None) -> Mapping[str, JsonValue] | None:
    """The content of a run folder's config.yaml; None where there is none that can be read."""
    if folder is None:
        return None
    try:
        node, _ = yaml_text.read(read_text(Path(folder) / "config.yaml", limit_of("config")))
    except (DataError, yaml_text.YamlFault):
        return None
    found = None if node is None else node.plain()
    return found if isinstance(found, Mapping) else None
