"""Arrays kept on disk: whole or not at all, never another's, whatever happens to the files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from newsbt import cache
from newsbt.digests import source_digest

ARRAYS = {
    "prices": np.array([[1.5, np.nan], [-0.0, 3.0]]),
    "opens": np.array(["2025-03-06T01:30", "NaT"], dtype="M8[ns]"),
    "flags": np.array([True, False, True]),
    "nothing": np.empty((0, 3)),
}
DOCUMENT = {"rows": 4, "doubts": [["stale", "a sentence", "9988.HK", None]], "same": {"split": 1.0}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSBT_CACHE", str(tmp_path))
    return tmp_path


def test_what_was_kept_comes_back_bit_for_bit_and_read_only(folder: Path) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    found = cache.load_entry("panels", "k")
    assert found is not None and found.document == DOCUMENT and set(found.arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        kept = found.arrays[name]
        assert (kept.dtype, kept.shape, kept.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert type(kept) is np.ndarray and not kept.flags.writeable
    assert [item.name for item in (folder / "panels").iterdir()] == ["k"], "nothing of the writing is left behind"


def test_nothing_is_found_under_another_key_or_kind() -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert cache.load_entry("panels", "l") is None
    assert cache.load_entry("calendars", "k") is None


def test_a_document_that_was_edited_is_not_believed(folder: Path) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    meta = folder / "panels" / "k" / "meta.json"
    meta.write_bytes(meta.read_bytes().replace(b'"rows": 4', b'"rows": 5'))
    assert cache.load_entry("panels", "k") is None


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"\x80\x04K\x01."], ids=["zip", "pickle"])
def test_an_array_of_another_kind_is_none(folder: Path, content: bytes) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    (folder / "panels" / "k" / "prices.npy").write_bytes(content)
    assert cache.load_entry("panels", "k") is None


@pytest.mark.parametrize("name", ["prices.npy", "opens.npy", "flags.npy", "nothing.npy", "meta.json"])
@pytest.mark.parametrize("damage", ["cut short", "changed", "emptied", "gone"])
def test_a_damaged_entry_is_none_and_is_made_anew(folder: Path, name: str, damage: str) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    file = folder / "panels" / "k" / name
    content = file.read_bytes()
    last = bytes([content[-1] ^ 1])
    file.write_bytes({"cut short": content[:-1], "changed": content[:-1] + last}.get(damage, b""))
    if damage == "gone":
        file.unlink()
    assert cache.load_entry("panels", "k") is None
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert cache.load_entry("panels", "k") is not None


def test_a_shape_or_type_that_was_exchanged_is_noticed(folder: Path) -> None:
    cache.save_entry("panels", "k", {"prices": np.arange(6.0).reshape(2, 3)}, {})
    np.save(folder / "panels" / "k" / "prices.npy", np.arange(6.0).reshape(3, 2))
    assert cache.load_entry("panels", "k") is None


FILLING = """
import sys
import numpy as np
from newsbt import cache
from newsbt.digests import source_digest
for k in range(60):
    cache.save_entry("panels", "k", {"a": np.full(20_000, 7.0)}, {"by": "anyone"})
    found = cache.load_entry("panels", "k")
    assert found is None or (found.arrays["a"] == 7.0).all()
"""


def test_processes_that_fill_it_at_once_end_with_a_sound_entry(folder: Path) -> None:
    every = [subprocess.Popen([sys.executable, "-c", FILLING], env=dict(os.environ)) for _ in range(3)]
    assert [one.wait(timeout=120) for one in every] == [0, 0, 0]
    found = cache.load_entry("panels", "k")
    assert found is not None and found.document == {"by": "anyone"}
    assert [item.name for item in (folder / "panels").iterdir()] == ["k"]


def test_the_entries_used_longest_ago_are_deleted_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 30_000)
    for k, name in enumerate(("first", "second")):
        cache.save_entry("panels", name, {"a": np.zeros(1_500)}, {})
        for file in (folder / "panels" / name).iterdir():
            os.utime(file, (1_000 + k, 1_000 + k))
    assert cache.load_entry("panels", "first") is not None  # and so it was used last
    cache.save_entry("panels", "third", {"a": np.zeros(1_500)}, {})
    assert {item.name for item in (folder / "panels").iterdir()} == {"first", "third"}


def test_an_empty_variable_switches_it_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBT_CACHE", "")
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert cache.load_entry("panels", "k") is None
    assert not list(folder.iterdir())


def test_a_place_that_cannot_be_written_costs_nothing_but_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("no folder")
    monkeypatch.setenv("NEWSBT_CACHE", str(folder / "file"))
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert cache.load_entry("panels", "k") is None


def test_other_code_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    one = source_digest([tmp_path])
    (tmp_path / "notes.txt").write_text("no code")
    assert source_digest([tmp_path]) == one
    (tmp_path / "a.py").write_text("x = 2\n")
    assert source_digest([tmp_path]) != one


def test_who_sees_the_folder_may_read_what_is_in_it(folder: Path) -> None:
    (folder / "panels").mkdir()
    (folder / "panels").chmod(0o750)
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert (folder / "panels" / "k").stat().st_mode & 0o777 == 0o750


def test_what_is_larger_than_the_cache_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 1_000)
    cache.save_entry("panels", "k", {"a": np.zeros(200)}, {})
    assert not list(folder.rglob("*.npy"))


def test_a_home_is_written_as_shells_write_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("NEWSBT_CACHE", "~/kept")
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert (folder / "kept" / "panels" / "k").is_dir()


def test_a_cache_that_somebody_deletes_meanwhile_ends_no_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put = cache._put

    def put_and_lose(part: Path, target: Path) -> None:
        put(part, target)
        shutil.rmtree(folder / "panels")

    monkeypatch.setattr(cache, "_put", put_and_lose)
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    assert cache.load_entry("panels", "k") is None


@pytest.mark.parametrize(
    "text", [b"{}", b'{"arrays": {}}', b'{"arrays": [], "document": 1}', b'{"arrays": null}', b"1", b"[" * 100_000]
)
def test_a_whole_document_of_another_version_is_none(folder: Path, text: bytes) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    (folder / "panels" / "k" / "meta.json").write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
    assert cache.load_entry("panels", "k") is None


def test_an_array_whose_head_is_no_python_is_none(folder: Path) -> None:
    cache.save_entry("panels", "k", ARRAYS, DOCUMENT)
    array = folder / "panels" / "k" / "prices.npy"
    head = array.read_bytes()
    assert b"'<f8'" in head
    array.write_bytes(head.replace(b"'<f8'", b"'08i'"))
    assert cache.load_entry("panels", "k") is None
