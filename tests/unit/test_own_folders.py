"""A cache is used where it is its user's alone: nobody else may have put anything there, machine code least of all."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from newsbt import cache, own_folders
from newsbt.errors import RunFolderError
from newsbt.kernels import _cache
from newsbt.own_folders import is_mine, is_mine_alone, make_folder, user_caches
from newsbt.sweeps.cluster import made_own_folder, own_folder

IS_NOBODY_ELSES = own_folders._is_nobody_elses.__wrapped__
pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such owners")
SPOILT: dict[str, Callable[[Path], None]] = {
    "the group may write it": lambda folder: folder.chmod(0o775),
    "others may write it": lambda folder: folder.chmod(0o757),
    "all may write it, each their own": lambda folder: folder.chmod(0o1777),
    "the group may write above it": lambda folder: folder.parent.chmod(0o775),
    "others may write far above it": lambda folder: folder.parents[1].chmod(0o777),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "one" / "two" / "cache"
    make_folder(found)
    return found


@pytest.fixture(autouse=True)
def group_of_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_folders, "_is_nobody_elses", lambda group, user: False)


def become(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)


def test_a_folder_that_was_made_is_its_makers_alone_whatever_is_allowed_elsewhere(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        made = tmp_path / "three" / "four"
        make_folder(made)
        make_folder(made)
    finally:
        os.umask(before)
    assert is_mine_alone(made) and is_mine_alone(made.parent)


@pytest.mark.parametrize("how", SPOILT)
def test_what_others_may_write_or_exchange_is_not(folder: Path, how: str) -> None:
    assert is_mine_alone(folder)
    SPOILT[how](folder)
    assert not is_mine_alone(folder)


def test_above_it_all_may_write_where_each_may_exchange_only_their_own(folder: Path) -> None:
    folder.parent.chmod(0o1777)
    assert is_mine_alone(folder)


def test_a_cache_that_was_deleted_meanwhile_is_not_called_another_users(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not cache.is_safe(folder / "gone")
    assert not caplog.records


@pytest.mark.parametrize("how", ["the group may write it", "the group may write above it"])
def test_what_the_users_own_group_may_write_is_the_users(
    folder: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = (folder.stat().st_gid, os.geteuid())
    monkeypatch.setattr(own_folders, "_is_nobody_elses", lambda group, user: (group, user) == mine)
    SPOILT[how](folder)
    assert is_mine_alone(folder)
    SPOILT["others may write it"](folder)
    assert not is_mine_alone(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"user": 9}, {"named": "staff"}, {"listed": ["ann"]}, {"listed": ["ann", "bob"]}, {"primary": 20},
        {"others": {"bob": 7}}, {"others": {"bob": 8}},
    ],
    ids=str,
)  # fmt: skip
def test_a_group_is_the_users_own_where_it_bears_the_users_name_and_has_nobody_else(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, named = changes.get("listed", []), changes.get("named", "ann")
    primary = {"ann": changes.get("primary", 7), **changes.get("others", {})}
    users = [SimpleNamespace(pw_name=name, pw_gid=group) for name, group in primary.items()]
    monkeypatch.setattr("pwd.getpwuid", {7: users[0]}.__getitem__)
    monkeypatch.setattr("pwd.getpwall", lambda: users)
    monkeypatch.setattr("grp.getgrgid", {7: SimpleNamespace(gr_name=named, gr_mem=listed)}.__getitem__)
    is_own = changes in ({}, {"listed": ["ann"]}, {"others": {"bob": 8}})
    assert IS_NOBODY_ELSES(7, changes.get("user", 7)) == is_own
    assert not IS_NOBODY_ELSES(8, 7)


def test_another_users_is_not_mine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, os.geteuid() + 4242)
    assert not is_mine(folder) and not is_mine_alone(folder)


def test_a_link_is_as_safe_as_where_it_lies_and_where_it_leads(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert is_mine_alone(link)
    folder.parent.chmod(0o777)
    assert not is_mine_alone(link), "where it leads"
    folder.parent.chmod(0o755)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    (open_to_all / "link").symlink_to(folder)
    assert not is_mine_alone(open_to_all / "link"), "where it lies"


@pytest.mark.parametrize("named", ["", "relative", "~/x"])
def test_a_relative_folder_for_caches_counts_for_none(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert user_caches() == Path("/home/ann/.cache")


def test_a_folder_for_caches_needs_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", unknown)
    monkeypatch.delenv("NEWSBT_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert not list(cache.user_folders())
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/caches")
    assert list(cache.user_folders()) == [Path("/var/caches/newsbt")]


def test_a_home_that_may_not_be_entered_holds_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setenv("NEWSBT_CACHE", str(folder))
    monkeypatch.setattr(Path, "is_dir", refuse)
    assert cache.load_entry("panels", "k") is None
    cache.save_entry("panels", "k", {"a": np.arange(3.0)}, {})


def test_what_is_not_there_is_nobodys(tmp_path: Path) -> None:
    assert not is_mine(tmp_path / "gone") and not is_mine_alone(tmp_path / "gone")


@pytest.mark.parametrize("how", SPOILT)
def test_a_cache_that_others_may_write_is_neither_read_nor_written_and_says_so_once(
    folder: Path, how: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NEWSBT_CACHE", str(folder))
    cache.save_entry("panels", "k", {"a": np.arange(3.0)}, {})
    assert cache.load_entry("panels", "k") is not None
    SPOILT[how](folder)
    with caplog.at_level(logging.WARNING):
        assert cache.load_entry("panels", "k") is None
        assert cache.load_entry("panels", "k") is None
        cache.save_entry("panels", "l", {"a": np.arange(3.0)}, {})
    assert not (folder / "panels" / "l").exists()
    words = [one.getMessage() for one in caplog.records]
    assert len(words) == len(set(words)) and all(
        "may be written by others; make it yours alone" in one for one in words
    )


def test_a_cache_of_another_user_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBT_CACHE", str(folder))
    cache.save_entry("panels", "k", {"a": np.arange(3.0)}, {})
    become(monkeypatch, os.geteuid() + 4242)
    assert cache.load_entry("panels", "k") is None


@pytest.mark.parametrize("name", ["a.npy", "meta.json"])
def test_a_file_of_an_entry_that_others_may_write_is_not_believed(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSBT_CACHE", str(folder))
    before = os.umask(0o000)
    try:
        cache.save_entry("panels", "k", {"a": np.arange(3.0)}, {})
    finally:
        os.umask(before)
    assert cache.load_entry("panels", "k") is not None, "what is written is for its user to write"
    (folder / "panels" / "k" / name).chmod(0o666)
    assert cache.load_entry("panels", "k") is None


@pytest.mark.parametrize("how", [how for how in SPOILT if "each their own" not in how])  # as /tmp may be named
def test_machine_code_is_kept_elsewhere_where_others_may_write(
    folder: Path, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder))
    monkeypatch.setattr(_cache, "_BESIDE", tmp_path / "beside")
    monkeypatch.setenv("NEWSBT_CACHE", str(tmp_path / "mine"))
    _cache.cache_folder.cache_clear()
    try:
        found = _cache.cache_folder()
        assert found is not None and found.is_relative_to(folder)
        SPOILT[how](folder)
        _cache.cache_folder.cache_clear()
        other = _cache.cache_folder()
        assert other is None or not other.is_relative_to(folder)
    finally:
        _cache.cache_folder.cache_clear()


def test_machine_code_in_a_file_that_others_may_write_is_not_loaded(folder: Path) -> None:
    files = _cache._Files(folder, "a kernel")
    files.save("key", {"what": "was compiled"})
    assert files.load("key") == {"what": "was compiled"}
    (file,) = folder.iterdir()
    file.chmod(0o666)
    assert files.load("key") is None


@pytest.mark.parametrize("how", SPOILT)
def test_a_worker_keeps_what_it_was_sent_in_a_folder_of_its_own(
    folder: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else another user, who makes the folder first, could lay links where it writes."""
    monkeypatch.setenv("NEWSBT_CACHE", str(folder))
    assert made_own_folder() == folder
    SPOILT[how](folder)
    with pytest.raises(RunFolderError, match="may be written by others; name another folder in NEWSBT_CACHE"):
        made_own_folder()


def test_a_folder_among_temporary_files_that_another_made_is_not_a_workers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSBT_CACHE", raising=False)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(folder))
    own_folder().symlink_to(folder.parent)
    assert made_own_folder() == own_folder(), "a link of one's own"
    become(monkeypatch, os.geteuid() + 1)
    with pytest.raises(RunFolderError, match="is another user's"):
        made_own_folder()


def test_machine_code_that_cannot_be_kept_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    _cache._Files(folder, "a kernel").save("key", {"what": "was compiled"})
    assert not list(folder.iterdir())
