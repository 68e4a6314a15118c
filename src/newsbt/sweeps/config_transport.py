"""A config that can be sent to another process: its words and its folder, and none of its secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.config.loading import LoadedConfig, from_mapping
from newsbt.domain.input_files import absolute

__all__ = ["CarriedConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedConfig:
    """`written` has `${NAME}` as it stands: each process fills in its own environment's value."""

    written: Mapping[str, PlainValue]
    folder: Path

    @classmethod
    def of(cls, loaded: LoadedConfig) -> CarriedConfig:
        return cls(written=loaded.written, folder=absolute(loaded.folder))

    def loaded(self) -> LoadedConfig:
        """The config again, in this process."""
        return from_mapping(self.written, self.folder, environ=_Environment(os.environ))


class _Environment(dict[str, str]):
    """This process's environment. A secret that it does not have is one it does not need: inputs are read elsewhere."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __missing__(self, name: str) -> str:
        return f"not-set-{name}"
