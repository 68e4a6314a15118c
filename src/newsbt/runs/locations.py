"""Where a config's runs are: one answer for everything that writes or reads them."""

from __future__ import annotations

from pathlib import Path

from newsbt.config.loading import LoadedConfig
from newsbt.domain.input_files import absolute

__all__ = ["CONFIGS", "RUNS", "current_folder", "near", "project_of", "runs_of"]

RUNS = "runs"
CONFIGS = "configs"


def runs_of(loaded: LoadedConfig, given: Path | str | None = None) -> Path:
    """The runs folder of a config: `given`, else its `output.runs`, else `runs` in its project's folder."""
    if given is not None:
        return absolute(Path(given))
    written = loaded.config.output.runs
    return absolute(loaded.resolve(written)) if written is not None else project_of(loaded.folder) / RUNS


def project_of(folder: Path) -> Path:
    """The project that configs of a folder belong to.

    That is the folder above the one called ``configs`` that they lie in, at any depth; configs that lie in none are a
    project of their own, as are those of a ``configs`` at the root of the file system. Links of folders are followed
    first, as a config's relative paths follow them.
    """
    real = absolute(folder)
    for one in (real, *real.parents):
        if one.name == CONFIGS and one.parent != Path(one.anchor):
            return one.parent
    return real


def near(path: Path | str) -> str:
    """A path as a person writes it here: relative where it lies under the current folder."""
    here = current_folder()
    return str(Path(path).relative_to(here)) if here and Path(path).is_relative_to(here) else str(path)


def current_folder() -> Path | None:
    """The current folder; None where it has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        return None
