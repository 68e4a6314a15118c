"""NOTICE.txt beside price files is read as any file of a user's is: a file only, of text, and not without end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsbt.errors import DataError
from newsbt.steps.prepare import _notices


def notices(folder: Path) -> tuple[str, ...]:
    return _notices([folder / "A.csv", folder / "B.csv"])


def test_the_first_line_stands_beside_the_numbers(tmp_path: Path) -> None:
    assert notices(tmp_path) == ()
    (tmp_path / "NOTICE.txt").write_text("simulated\nand more\n", encoding="utf-8")
    assert notices(tmp_path) == ("simulated",)


def test_a_notice_that_cannot_be_read_is_an_error_and_not_left_out(tmp_path: Path) -> None:
    note = tmp_path / "NOTICE.txt"
    note.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(DataError, match=r"NOTICE\.txt: it has more than the 1 MB"):
        notices(tmp_path)
    note.write_bytes("虚构".encode("gb18030"))
    with pytest.raises(DataError, match="is not UTF-8"):
        notices(tmp_path)
    note.unlink()
    os.mkfifo(note)
    with pytest.raises(DataError, match="expected a file, this is a FIFO"):
        notices(tmp_path)
    note.unlink()
    note.symlink_to("/dev/zero")
    with pytest.raises(DataError, match="expected a file, this is a device"):
        notices(tmp_path)
