"""Files that a user names for writing: whole or not at all, and never a device."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from newsbt.domain.input_files import file_error, kind_of
from newsbt.errors import DataError
from newsbt.owners import partial_path, sweep_up

__all__ = ["unwritable", "write_whole"]


def write_whole(target: Path, chunks: Iterable[bytes], word: str) -> None:
    """Put chunks into a file in one step, in place of what is there; its permissions stay.

    Parameters
    ----------
    word : str
        What is written, for the hidden name under which it is made.

    Raises
    ------
    DataError
        The target is a folder, a device or the like, or cannot be written; what was there stays.
    """
    kind = kind_of(target)
    if kind not in ("", "file"):
        raise file_error(target, f"expected the name of a file to write, this is a {kind}", code="unwritable")
    real = Path(os.path.realpath(target))  # a link stays one
    part = partial_path(real.parent, word)
    try:
        if kind and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        sweep_up(real.parent, f".{word}.*.partial")
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if kind:
            with suppress(OSError):
                shutil.copymode(real, part)
        part.replace(real)
    except OSError as error:
        raise unwritable(target, error) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> DataError:
    """The error for a file that cannot be written."""
    return file_error(path, f"the file cannot be written: {error.strerror or error}", code="unwritable")
