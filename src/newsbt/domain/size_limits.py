"""How much is read of what comes from outside: the table of limits, and unpacking that holds them.

A limit holds for what is read, packed or not, while it is read; the size on disk or what a server says is believed
nowhere. What is packed may not unfold beyond :data:`MOST_RATIO` to 1 unless the user set the limit himself. Tables of
prices and of announcements have no limit of size: the ratio holds for them, and they must fit into memory.
"""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import zstandard

from newsbt.errors import ConfigError

__all__ = [
    "LIMITS_MB", "MB", "MOST_RATIO", "RAISED_BY", "TABLE", "DamagedPackError", "SizeLimit", "TooLargeError", "inflated",
    "limit_of", "unpacked",
]  # fmt: skip

MB = 2**20

LIMITS_MB: Mapping[str, float] = MappingProxyType(
    {
        "config": 4,  # a config, and a run folder's own
        "map": 4,  # a column map
        "rules": 4,  # a rule file of the markets
        "strategy": 4,  # a Python file that `use:` names
        "notice": 1,  # NOTICE.txt beside price files
        "item": 16,  # one item of `explain`, from a FIFO or stdin
        "article": 10,
        "network": 64,  # a document from the network, each page of it
        "feed": 512,  # a saved feed
        "labels": 512,
        "model": 64,  # a labeller that was trained, unpacked
        "universe": 256,  # each table of instruments, relations, memberships, status, aliases; factors
        "fx": 256,
        "run": 1024,  # each JSON document of a run folder
    }
)
"""Megabytes (2**20 bytes) of each kind, after unpacking."""

RAISED_BY: Mapping[str, str] = MappingProxyType(
    {
        "article": "max_mb (--max-mb)",
        "network": "max_mb (--max-mb)",
        "feed": "max_mb (--max-mb)",
        "map": "max_mb",
        "labels": "max_mb",
        "fx": "max_mb",
    }
)
"""The key of the reader, and the option of a command, that set a limit; NEWSBT_MAX_MB raises every one."""

VARIABLE = "NEWSBT_MAX_MB"
MOST_RATIO = 200
RATIO_BYTES = 100 * MB  # the stretch over which the ratio is taken
HARMLESS_BYTES = 4 * MB  # that much may come from however little

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_CHUNK = MB
# A block of Zstandard may unfold four bytes into 128 kB: 2 kB at a time are 64 MB at the most.
_ZSTD_PIECE = 2048


class TooLargeError(Exception):
    """More than a limit allows; the message is a sentence for a user."""


class DamagedPackError(Exception):
    """Packed bytes that cannot be unpacked; the message says why."""


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """What may be read of one thing: `most` bytes, None for tables that have no limit of size.

    `is_users` says that a user set it, who then knows how far his files unfold.
    """

    kind: str
    most: int | None
    is_users: bool = False

    def check(self, size: int) -> None:
        """Raise TooLargeError where so many bytes are too many."""
        if self.most is None or size <= self.most:
            return
        key = RAISED_BY.get(self.kind)
        how = f"{key} or {VARIABLE} raises" if key else f"{VARIABLE} raises"
        raise TooLargeError(f"it has more than the {self.most / MB:g} MB that are read of one {self.kind}; {how} that")


TABLE = SizeLimit("table", None)


def limit_of(kind: str, max_mb: float | None = None) -> SizeLimit:
    """The limit of a kind of :data:`LIMITS_MB`, or the user's `max_mb` in its place.

    Raises
    ------
    ValueError
        `max_mb` is no number above 0.
    ConfigError
        The environment's NEWSBT_MAX_MB is none.
    """
    is_users = max_mb is not None
    wanted = LIMITS_MB[kind] if max_mb is None else max_mb
    written = os.environ.get(VARIABLE, "").strip()
    if written:
        try:
            raised = _positive(float(written), VARIABLE)
            is_users, wanted = is_users or raised > wanted, max(wanted, raised)
        except ValueError:
            raise ConfigError(
                f"{VARIABLE} is a number of megabytes above 0, not {written!r}", code="bad_value"
            ) from None
    return SizeLimit(kind, math.ceil(_positive(wanted, "max_mb") * MB), is_users)


def _positive(number: float, name: str) -> float:
    if isinstance(number, bool) or not 0 < number < math.inf:
        raise ValueError(f"{name} is a number of megabytes above 0, not {number!r}")
    return number


def unpacked(chunks: Iterable[bytes], limit: SizeLimit) -> Iterator[bytes]:
    """What bytes hold, chunk by chunk: unpacked once where they are gzip or Zstandard (told by their first bytes).

    Raises
    ------
    TooLargeError
        There is more than the limit; or 100 MB, or all beyond 4 MB, unfold over 200 to 1.
    DamagedPackError
        They are packed and damaged, or end too early.
    """
    source = iter(chunks)
    first = b""
    while len(first) < 4 and (more := next(source, b"")):
        first += more
    meter = _Meter(limit)
    if first.startswith(_GZIP):
        yield from _gunzipped(first, source, meter)
    elif first.startswith(_ZSTD):
        yield from _unzstandard(first, source, meter)
    else:
        size = 0
        while first:
            size += len(first)
            limit.check(size)
            yield first
            first = next(source, b"")


class _Meter:
    """Counts what goes in and what comes out, and stops what unfolds too far."""

    def __init__(self, limit: SizeLimit) -> None:
        self.limit = limit
        self.packed = self.size = 0
        self._start = (0, 0)

    def out(self, piece: bytes) -> bytes:
        self.size += len(piece)
        self.limit.check(self.size)
        if self.limit.is_users:
            return piece
        packed, size = self.packed - self._start[0], self.size - self._start[1]
        if size > HARMLESS_BYTES and size > MOST_RATIO * packed:
            raise TooLargeError(
                f"{size / MB:,.0f} MB of it are packed into {packed / 1024:,.0f} kB: over {MOST_RATIO} to 1, as no "
                "table of data is; unpack it yourself if you trust it"
            )
        if size > RATIO_BYTES:
            self._start = (self.packed, self.size)
        return piece


def inflated(chunks: Iterable[bytes], limit: SizeLimit) -> Iterator[bytes]:
    """What HTTP calls deflate, chunk by chunk: zlib's format, or what stands in it without its frame.

    Raises
    ------
    TooLargeError, DamagedPackError
        As :func:`unpacked`.
    """
    source = iter(chunks)
    first = b""
    while len(first) < 2 and (more := next(source, b"")):
        first += more
    framed = len(first) > 1 and first[0] & 15 == 8 and int.from_bytes(first[:2], "big") % 31 == 0
    if first:
        yield from _gunzipped(first, source, _Meter(limit), 15 if framed else -15)


def _gunzipped(data: bytes, source: Iterator[bytes], meter: _Meter, form: int = 31) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(form)
    try:
        while True:
            piece = unpacker.decompress(data, _CHUNK)
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            meter.packed += len(data) - len(rest)
            if piece:
                yield meter.out(piece)
            if unpacker.eof:
                while not rest.strip(b"\0"):  # zeros may pad a file after its last member
                    rest = next(source, b"")
                    if not rest:
                        return
                unpacker = zlib.decompressobj(form)
            data = rest or next(source, b"")
            if not data and not piece:
                raise DamagedPackError("it ends too early")
    except zlib.error as error:
        raise DamagedPackError(str(error)) from None


def _unzstandard(data: bytes, source: Iterator[bytes], meter: _Meter) -> Iterator[bytes]:
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    try:
        while data:
            piece, data = data[:_ZSTD_PIECE], data[_ZSTD_PIECE:]
            meter.packed += len(piece)
            found = unpacker.decompress(piece)
            if found:
                yield meter.out(found)
            if unpacker.eof:
                meter.packed -= len(unpacker.unused_data)
                data = unpacker.unused_data + data
                data = data or next(source, b"")
                if not data:
                    return
                unpacker = zstandard.ZstdDecompressor().decompressobj()
            data = data or next(source, b"")
    except zstandard.ZstdError as error:
        raise DamagedPackError(str(error)) from None
    raise DamagedPackError("it ends too early")
