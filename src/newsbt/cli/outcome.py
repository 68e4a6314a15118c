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
from itertools import pairwise
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

    from newsbt.error_codes import ErrorCode

__all__ = ["main"]

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
# Of new objects between two searches for unreachable ones: what a run imports and reads stays, and looking through it
# once takes a thirtieth of a small run's time, again and again a tenth.
MANY_OBJECTS = 1_000_000
LEAST_COLUMNS = 20
_OF_A_STREAM = (errno.EBADF, errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT)
# A name that no file can have is a fault of who wrote it; what the disk refuses is none.
_OF_THE_NAME = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.ENOENT, errno.EISDIR)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code: 0 done, 1 a run failed, 2 bad usage, config or data.

    1 too where the output cannot be written, 130 where it is interrupted.
    """
    gc.set_threshold(MANY_OBJECTS)
    try:
        _open_streams()
        _lay_out()
        code = _run(args)
        sys.stdout.flush()  # while a failure can be told
        return code
    except KeyboardInterrupt:
        _say("interrupted")
        _tell("interrupted", "the command was interrupted", args)
        if args is None:  # Python would end by the signal where that came within text that was being executed
            os._exit(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        _silence(sys.stdout)
        return FAILED
    except OSError as error:
        return _failed(error, args)
    except ValueError as error:
        if not sys.stdout.closed:
            raise
        return _failed(OSError(errno.EBADF, str(error)), args)  # a user's code closed it
    finally:
        if args is None:  # the program ends with this command: a late Ctrl-C ends it without a word
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            gc.freeze()  # nobody needs what the interpreter would look for in all that is there


def _lay_out() -> None:
    """A width that can be laid out in: what COLUMNS and LINES say that is no such number is not asked, and in fewer
    columns nothing but the frames of `--help` would be left."""
    for name in ("COLUMNS", "LINES"):
        given = os.environ.get(name, "")
        if given and not (given.isascii() and given.isdecimal() and len(given) < 8 and int(given)):
            del os.environ[name]
    columns = int(os.environ.get("COLUMNS") or 0)
    with suppress(OSError):
        columns = columns or os.get_terminal_size(1).columns
    if 0 < columns < LEAST_COLUMNS:
        os.environ["COLUMNS"] = str(LEAST_COLUMNS)


def _run(args: Sequence[str] | None) -> int:
    import click

    from newsbt.cli.app import newsbt
    from newsbt.cli.terminal import print_error, print_failure
    from newsbt.errors import NewsbtError, component_errors

    try:
        with component_errors():
            code = newsbt.main(args=args, prog_name="newsbt", standalone_mode=False)
    except NewsbtError as error:
        print_error(error)
        if _wants_json(args):
            print_failure(error.listed)
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        _say(f"error: {error.format_message()}")
        if context is not None:
            _say(f"see `{context.command_path} --help`")
        _tell("bad_usage", error.format_message(), args)
        return error.exit_code
    except MemoryError:
        message = "the memory is full; use a larger machine, or read less at once"
        _say(f"error: {message}")
        _tell("out_of_memory", message, args)
        return FAILED
    except OSError as error:
        if error.filename is None:
            raise
        where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else error.filename
        message = f"{str(where)[:400]}: {error.strerror or error}"
        _say(f"error: {message}")
        of_name = error.errno in _OF_THE_NAME
        _tell("missing_file" if of_name else "unwritable", message, args)
        return MISUSED if of_name else FAILED
    return code if isinstance(code, int) else DONE


def _failed(error: OSError, args: Sequence[str] | None) -> int:
    """What no command expected and names no file: nearly always a stdout that is closed or full."""
    from newsbt.runs.locations import current_folder

    _silence(sys.stdout)
    message = f"the output cannot be written: {error.strerror or error}"
    message = message if error.errno in _OF_A_STREAM else str(error)
    if error.errno == errno.ENOENT and current_folder() is None:
        message = "the current folder was deleted; change to one that is there"
    _say(f"error: {message}")
    _tell("unwritable", message, args)
    return FAILED


def _tell(code: ErrorCode, message: str, args: Sequence[str] | None) -> None:
    """The code of an error that is not newsbt's own, and the document where one was asked for."""
    from newsbt.cli.terminal import print_codes, print_failure
    from newsbt.errors import Problem

    problems = [Problem(code=code, message=message)]
    with suppress(OSError, ValueError, KeyboardInterrupt):
        if code != "interrupted":  # which is all that is printed of it
            print_codes(problems)
        if _wants_json(args):
            print_failure(problems)


def _wants_json(args: Sequence[str] | None) -> bool:
    """Whether stdout is for one JSON document, as far as arguments say it that may not even fit their command."""
    given = list(sys.argv[1:] if args is None else args)
    given = given[: given.index("--")] if "--" in given else given
    return "--json" in given or "--format=json" in given or ("--format", "json") in pairwise(given)


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
