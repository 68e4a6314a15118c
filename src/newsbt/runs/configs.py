"""The resolved config that a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

__all__ = ["read_config"]


def read_config(folder: Path | str | None) -> Mapping[str, Any] | None:
    """The content of a run folder's config.yaml; None where there is none that can be read."""
    if folder is None:
        return None
    try:
        found = yaml.safe_load((Path(folder) / "config.yaml").read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return found if isinstance(found, Mapping) else None
