"""How a command ends: errors to messages, messages to exit codes, and outputs that cannot be written."""

from __future__ import annotations

import errno
import gc
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["main"]

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
# Of new objects between two searches for unreachable ones: what a run reads stays, and looking through it again and
# again takes a tenth of its time.
MANY_OBJECTS = 100_000
_OF_A_STREAM = (errno.EBADF, errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT)
# A name that no file can have is a fault of who wrote it; what the disk refuses is none.
_OF_THE_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.ENOENT, errno.EISDIR)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code: 0 done, 1 a run failed, 2 bad usage, config or data.

    1 too where the output cannot be written, 130 where it is interrupted.
    """
    try:
        _open_streams()
        code = _run(args)
        sys.stdout.flush()  # while a failure can be told
        return code
    except KeyboardInterrupt:
        _say("interrupted")
        if args is None:  # Python would end by the signal where that came within text that was being executed
            os._exit(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _silence(sys.stdout)
        return FAILED
    except OSError as error:
        return _failed(error)
    finally:
        if args is None:  # the program ends with this command: a late Ctrl-C ends it without a word
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _run(args: Sequence[str] | None) -> int:
    import click

    from newsbt.cli.app import newsbt
    from newsbt.cli.terminal import print_error
    from newsbt.errors import NewsbtError

    gc.set_threshold(MANY_OBJECTS)
    try:
        code = newsbt.main(args=args, prog_name="newsbt", standalone_mode=False)
    except NewsbtError as error:
        print_error(error)
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        _say(f"error: {error.format_message()}")
        if context is not None:
            _say(f"see `{context.command_path} --help`")
        return error.exit_code
    except MemoryError:
        _say("error: the memory is full; use a larger machine, or read less at once")
        return FAILED
    except OSError as error:
        if error.filename is None:
            raise
        where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else error.filename
        _say(f"error: {str(where)[:400]}: {error.strerror or error}")
        return MISUSED if error.errno in _OF_THE_NAME else FAILED
    return code if isinstance(code, int) else DONE


def _failed(error: OSError) -> int:
    """What no command expected and names no file: nearly always a stdout that is closed or full."""
    _silence(sys.stdout)
    if error.errno in _OF_A_STREAM:
        _say(f"error: the output cannot be written: {error.strerror or error}")
    else:
        _say(f"error: {error}")
    return FAILED


def _say(line: str) -> None:
    """A line on stderr, where there is one that takes it."""
    import click

    from newsbt.reports.text import clean

    with suppress(OSError, ValueError):
        click.echo(clean(line), err=True)


def _open_streams() -> None:
    """Streams that a shell closed (`>&-`) are there and say so when they are used; no file takes their numbers.

    A character that the terminal's encoding lacks becomes a question mark, not a traceback, and what stderr does not
    take is dropped: the exit code says it too.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                opened = os.open(os.devnull, os.O_RDONLY)
                if opened != number:
                    os.dup2(opened, number)
                    os.close(opened)
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), "utf-8")
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        encoding = "utf-8" if sys.stderr is None else sys.stderr.encoding
        with suppress(OSError, ValueError):
            raw = _Forgiving(2, "w", closefd=False)
            sys.stderr = io.TextIOWrapper(io.BufferedWriter(raw), encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


class _Forgiving(io.FileIO):
    """stderr that drops what cannot be written: closed, or on a full disk."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def _silence(stream: TextIO) -> None:
    """Let what waits in a stream that is closed or full go nowhere, also when Python flushes it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
