"""Paths that a config names, as ones that can be opened; what is wrong with them is told beside every other fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from newsbt import catalog
from newsbt.config.loading import LoadedConfig
from newsbt.domain.input_files import files_in, is_pattern, kind_of
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, DataError, NewsbtError, Problem, nearest
from newsbt.ports.pulled_reader import STORE_FOLDER
from newsbt.runs.locations import project_of

__all__ = ["Faults", "check_there", "resolved", "store_folder", "with_paths"]

P = ParamSpec("P")
T = TypeVar("T")


class Faults:
    """Collects what goes wrong, so that one run of the command shows it all."""

    def __init__(self, loaded: LoadedConfig) -> None:
        self._loaded = loaded
        self.problems: list[Problem] = []

    def report_at(self, *key: str | int) -> catalog.Report:
        def report(code: ErrorCode, below: tuple[str | int, ...], message: str) -> Problem:
            return self._loaded.problem(code, (*key, *below), message)

        return report

    def add(self, code: ErrorCode, key: tuple[str | int, ...], message: str) -> None:
        self.problems.append(self._loaded.problem(code, key, message))

    def attempt(self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What a call returns; None, its problems noted, where it fails."""
        try:
            return make(*args, **kwargs)
        except NewsbtError as error:
            self.problems.extend(error.listed)
            return None


def with_paths(
    loaded: LoadedConfig, faults: Faults, key: tuple[str | int, ...], cls: type, params: Mapping[str, Any]
) -> dict[str, Any]:
    """Parameters of a class, those that are files or folders relative to the config."""
    paths = catalog.path_parameters(cls)
    return {
        name: _paths(loaded, faults, (*key, name), value) if name in paths else value for name, value in params.items()
    }


def _paths(loaded: LoadedConfig, faults: Faults, key: tuple[str | int, ...], value: Any) -> Any:
    """A parameter that is a path, or a list of them, relative to the config; anything else as it is."""
    if isinstance(value, str):
        return resolved(loaded, faults, key, value)
    if isinstance(value, list | tuple):
        return tuple(_paths(loaded, faults, (*key, k), one) for k, one in enumerate(value))
    return value


def resolved(loaded: LoadedConfig, faults: Faults, key: tuple[str | int, ...], text: str) -> Path:
    """A path of the config as one that can be opened; as written where that cannot be told."""
    try:
        return loaded.resolve(text)
    except ConfigError as error:
        faults.add("missing_file", key, str(error))
        return Path(text)


def store_folder(loaded: LoadedConfig) -> Path:
    """The folder of a config's price store: the `path` of the first of its readers with ``use: store``, or where none
    names one ``data/store`` of its project.

    Raises
    ------
    ConfigError
        The path begins with ``~`` and a user whom nobody knows.
    """
    blocks = [*loaded.config.prices, *([] if loaded.config.fx is None else [loaded.config.fx])]
    named = [block.params.get("path") for block in blocks if block.use == "store"]
    written = next((path for path in named if isinstance(path, str)), None)
    return project_of(loaded.folder) / STORE_FOLDER if written is None else loaded.resolve(written)


def check_there(faults: Faults, key: tuple[str | int, ...], path: Path) -> None:
    """A missing file is told with the line of the config that names it; patterns are the readers' to resolve."""
    if path.parts[:1] and path.parts[0].startswith("~"):
        return  # nobody's home, as is told already
    try:
        kind = kind_of(path)
        if kind in ("FIFO", "socket", "device"):
            faults.add("not_a_file", key, f"expected a file or folder, {path} is a {kind}")
        elif not kind and not is_pattern(path):
            beside = [item.name for item in files_in(path.parent)] if kind_of(path.parent) == "folder" else []
            faults.add("missing_file", key, f"there is no file or folder {path}{nearest(path.name, beside)}")
    except DataError as error:
        faults.add("missing_file", key, str(error))
