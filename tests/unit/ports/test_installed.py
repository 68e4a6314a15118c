"""Entry points of installed packages: looked for once, and again where something was installed."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from newsbt.ports import installed as module
from newsbt.ports.installed import installed


def install(site: Path, name: str) -> None:
    about = site / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[newsbt.linkers]\n{name} = {name}:Linker\n", encoding="utf-8")


def test_packages_are_looked_at_once_for_all_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "first")
    monkeypatch.syspath_prepend(tmp_path)
    looks = []
    monkeypatch.setattr(module, "entry_points", lambda: looks.append(1) or importlib.metadata.entry_points())
    assert [point.name for point in installed("linkers")] == ["first"]
    assert not installed("metrics") and [point.value for point in installed("linkers")] == ["first:Linker"]
    assert len(looks) == 1


def test_what_is_installed_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by `%pip install` in a notebook."""
    monkeypatch.syspath_prepend(tmp_path)
    assert not installed("linkers")
    install(tmp_path, "later")
    assert [point.name for point in installed("linkers")] == ["later"]


def test_packages_that_name_no_newsbt_are_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "other")
    (tmp_path / "other-1.0.dist-info" / "entry_points.txt").write_text("[console_scripts]\nx = newsbt.cli:main\n")
    monkeypatch.setattr(module, "distributions", lambda: importlib.metadata.distributions(path=[str(tmp_path)]))
    monkeypatch.setattr(module, "entry_points", lambda: pytest.fail("parsed"))
    monkeypatch.syspath_prepend(tmp_path)
    assert not installed("linkers")
