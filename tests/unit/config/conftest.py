"""A small config that is right, and what happens to texts that are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newsbt.config.loading import load
from newsbt.errors import ConfigError, Problem

SMALL = """\
name: small
universe: {instruments: instruments.csv}
announcements:
  - {use: csv, path: news.csv}
prices: {use: csv, path: prices}
strategies:
  - name: Buy it
    use: rival_release
    params: {themes: [ai]}
    position: {hold: 3}
"""

Write = Callable[[str | bytes], Path]
Faults = Callable[..., list[Problem]]


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "config.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def faults(write: Write) -> Faults:
    """The problems of a text that must not load, each with the right file where it has a line."""

    def faults(content: str | bytes, *overrides: str) -> list[Problem]:
        path = write(content)
        with pytest.raises(ConfigError) as caught:
            load(path, overrides, environ={})
        assert caught.value.exit_code == 2
        assert all(problem.file == str(path) for problem in caught.value.problems if problem.line is not None)
        assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
        return list(caught.value.problems)

    return faults
