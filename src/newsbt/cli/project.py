"""The project folder that `newsbt init` makes, and where the sample in it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from newsbt.errors import ConfigError, NewsbtError
from newsbt.ports.pulled_reader import STORE_FOLDER

__all__ = ["IGNORED", "PARTS", "bundled_folder", "check_new", "create_project", "removed_on_failure"]

PARTS = ("configs", "strategies", "data")

# What makes the sample, what tools leave behind, and what was pulled into a checkout are no part of a new project.
LEFT_OUT = ("__pycache__", "*.pyc", ".*")
LEFT_OUT_OF_DATA = ("*.py", "sampling", Path(STORE_FOLDER).name)

README = """# A newsbt project

    newsbt check configs/rival_release.yaml     what a run would use
    newsbt run configs/rival_release.yaml       run it: prints the results table, writes a folder into runs/
    newsbt show last --events                   what each announcement brought
    newsbt explain data/articles/qwq-32b.txt --config configs/rival_release.yaml     what a run makes of a piece of news
    newsbt compare --last 2                     the newest two runs side by side
    newsbt new strategy my_idea                 a strategy of your own, with a test that proves it causal

`configs/` holds the runs, `strategies/` your own strategies (`use: ../strategies/mine.py:Mine`), `data/` a sample:
public announcements, an article and simulated prices. Results on it say nothing about real markets. To use your own
data, change the paths in the config; `newsbt schema` describes every key.
"""

IGNORED = f"runs/\n{STORE_FOLDER}/\n__pycache__/\n"


def bundled_folder() -> Path:
    """The folder that holds :data:`PARTS`: inside an installed package, or the root of a source checkout.

    Raises
    ------
    NewsbtError
        Neither is there: the installation is incomplete.
    """
    package = Path(str(files("newsbt")))
    for folder in (package / "_bundled", package.parent.parent):
        if all((folder / part).is_dir() for part in PARTS):
            return folder
    raise NewsbtError(
        f"the sample is missing from the installation at {str(package)!r}; install newsbt again", code="missing_file"
    )


def create_project(folder: Path) -> None:
    """Copy the sample into a new or empty folder, with a README.

    Raises
    ------
    ConfigError
        The folder is not empty, or no folder.
    NewsbtError
        It cannot be written; what was written of it is removed.
    """
    check_new(folder)
    source = bundled_folder()
    with removed_on_failure(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            ignored = shutil.ignore_patterns(*LEFT_OUT, *(LEFT_OUT_OF_DATA if part == "data" else ()))
            shutil.copytree(source / part, folder / part, ignore=ignored)
        (folder / "README.md").write_text(README, encoding="utf-8", newline="\n")
        (folder / ".gitignore").write_text(IGNORED, encoding="utf-8", newline="\n")


def check_new(folder: Path) -> None:
    """Raise ConfigError unless a folder is absent, or is one that is empty."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{str(folder)!r} is a file; name a new or an empty folder", code="already_there")
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigError(f"the folder {str(folder)!r} is not empty; name a new or an empty one", code="already_there")


@contextmanager
def removed_on_failure(folder: Path) -> Iterator[None]:
    """While a folder that is new or empty is written into: where that fails, what was written is removed.

    Raises
    ------
    NewsbtError
        It cannot be written.
    """
    existed = folder.is_dir()
    try:
        yield
    except BaseException as error:
        _remove(folder, existed)
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            raise NewsbtError(f"cannot make the project folder {str(folder)!r}: {why}", code="unwritable") from error
        raise


def _remove(folder: Path, existed: bool) -> None:
    """Take away what was written into a folder that was empty or absent before."""
    for item in list(folder.iterdir()) if folder.is_dir() else ():
        if item.is_dir():
            shutil.rmtree(item, ignore_errors=True)
        else:
            with suppress(OSError):
                item.unlink()
    if not existed:
        with suppress(OSError):
            folder.rmdir()
