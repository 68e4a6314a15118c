"""Files that a user names for writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsbt.domain.output_files import write_whole
from newsbt.errors import DataError


def test_a_link_stays_one_and_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to("real.csv")
    write_whole(link, [b"n", b"ew"], "table")
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("new", 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "real.csv"]


def test_what_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(DataError, match="the file cannot be written: No space left on device"):
        write_whole(target, broken(), "table")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_device_is_not_written() -> None:
    with pytest.raises(DataError, match="this is a device"):
        write_whole(Path("/dev/null"), [b""], "table")
