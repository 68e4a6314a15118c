"""One question to a server and its answer: in bounded time and of bounded size, whatever the server says of either."""

from __future__ import annotations

import http
import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsbt.domain.size_limits import DamagedPackError, SizeLimit, TooLargeError, inflated, unpacked
from newsbt.net.addresses import Address

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["HttpAnswer", "NoAnswerError", "ask"]

CHUNK = 64 * 1024
PACKINGS = {"gzip": unpacked, "x-gzip": unpacked, "zstd": unpacked, "deflate": inflated}
MOST_PACKINGS = 3
AFTER_THE_END_SECONDS = 0.2  # how long an answer is watched that should be over


class NoAnswerError(Exception):
    """The server cannot be reached, breaks off, or says what is none; the message is fit for a user."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A status, headers by their lower-case names, and the document where the status is 200 or 203."""

    status: int
    headers: Mapping[str, str]
    data: bytes = b""

    @property
    def reason(self) -> str:
        """The status in words of ours: those of a server may be anything."""
        try:
            return f"{self.status} {http.HTTPStatus(self.status).phrase}"
        except ValueError:
            return str(self.status)


def ask(
    address: Address, headers: Mapping[str, str], *, wait_seconds: float, most_seconds: float, limit: SizeLimit,
    tls: ssl.SSLContext | None = None, body: bytes | None = None,
) -> HttpAnswer:  # fmt: skip
    """The answer of a server to a GET, or to a POST of `body`.

    Parameters
    ----------
    wait_seconds
        For the connection, and for each further byte.
    most_seconds
        For everything.
    limit
        Of what is sent, and of what it unfolds to.

    Raises
    ------
    NoAnswerError
        Also for an answer that is shorter or longer than the server says.
    TooLargeError
    DamagedPackError
    """
    clock = _Clock(wait_seconds, time.monotonic() + most_seconds)
    is_secure = address.scheme == "https"
    line = _Tls(address, clock, tls or ssl.create_default_context()) if is_secure else _Plain(address, clock)
    try:
        method = "GET" if body is None else "POST"
        line.request(method, address.target, body=body, headers={**headers, "Connection": "close"})
        with line.getresponse() as answer:
            received = {name.lower(): value for name, value in reversed(answer.getheaders())}
            if answer.status not in (200, 203):
                return HttpAnswer(answer.status, received)
            return HttpAnswer(answer.status, received, b"".join(_unpacked(_body(answer, line, limit), received, limit)))
    except (TooLargeError, DamagedPackError, NoAnswerError):
        raise
    except TimeoutError:
        raise NoAnswerError(clock.complaint) from None
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or str(error.reason or "").replace("_", " ").lower()
        raise NoAnswerError(f"no secure connection can be made ({reason or 'broken off'})") from None
    except http.client.IncompleteRead:
        raise NoAnswerError("the answer breaks off") from None
    except (http.client.HTTPException, ValueError):
        raise NoAnswerError("what comes is no answer of HTTP") from None
    except OSError as error:
        raise NoAnswerError(f"it cannot be reached: {error.strerror or type(error).__name__}") from None
    finally:
        line.hang_up()


def _unpacked(body: Iterator[bytes], headers: Mapping[str, str], limit: SizeLimit) -> Iterator[bytes]:
    """The document, with the packings taken off that the server names, and one of its own (feed.xml.gz)."""
    named = [one.strip().lower() for one in headers.get("content-encoding", "").split(",")]
    packings = [one for one in named if one not in ("", "identity")]
    if len(packings) > MOST_PACKINGS:
        raise DamagedPackError(f"the server packs its answer {len(packings)} times over")
    found = body
    for name in reversed(packings):
        if name not in PACKINGS:
            shown = name if name.isascii() and name.isalnum() and len(name) < 20 else "something unknown"
            raise DamagedPackError(f"the server packs its answer by {shown}, though asked for gzip or nothing")
        found = PACKINGS[name](found, limit)
    return unpacked(found, limit)


def _body(answer: http.client.HTTPResponse, line: _Plain, limit: SizeLimit) -> Iterator[bytes]:
    """What the server sends; the length that it says must be the one that comes."""
    lengths = {value.strip() for value in answer.headers.get_all("Content-Length", [])}
    if len(lengths) > 1:
        raise NoAnswerError("the server says two lengths of its answer")
    length = next((int(one) for one in lengths if one.isascii() and one.isdigit()), None)
    is_chunked = bool(getattr(answer, "chunked", False))
    size = 0
    while part := answer.read1(CHUNK):
        size += len(part)
        limit.check(size)
        yield part
    if is_chunked or length is None:
        return
    if size < length:
        raise NoAnswerError("the answer breaks off")
    if line.sends_more():
        raise NoAnswerError("the server sends more bytes than it says")


class _Clock:
    def __init__(self, wait: float, until: float) -> None:
        self.wait, self.until = wait, until
        self.complaint = f"it says nothing for {wait:g} seconds"

    def left(self) -> float:
        """Seconds to wait for the next byte; TimeoutError where all are used up."""
        rest = self.until - time.monotonic()
        if rest < self.wait:
            self.complaint = "it takes too long"
        if rest <= 0:
            raise TimeoutError
        return min(self.wait, rest)


class _Stream(io.RawIOBase):
    """What comes through a socket. It outlives the answer, so that one can look for what comes after it."""

    def __init__(self, source: socket.socket, clock: _Clock) -> None:
        self.source, self.clock = source, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self.source.settimeout(self.clock.left())
        return self.source.recv_into(buffer)


class _BoundedReader(io.BufferedReader):
    def close(self) -> None:
        """Left open: the connection closes its socket itself."""


class _Timed:
    """A socket as http.client needs it, whose every wait ends by the clock."""

    def __init__(self, inner: socket.socket, clock: _Clock) -> None:
        self.inner, self.clock = inner, clock
        self.reader = _BoundedReader(_Stream(inner, clock), CHUNK)

    def makefile(self, _mode: str) -> _BoundedReader:
        return self.reader

    def sendall(self, data: bytes) -> None:
        self.inner.settimeout(self.clock.left())
        self.inner.sendall(data)

    def sends_more(self) -> bool:
        self.clock.wait = min(self.clock.wait, AFTER_THE_END_SECONDS)
        try:
            return bool(self.reader.peek(1))
        except OSError:
            return False

    def close(self) -> None:
        """Left open: http.client closes before the answer is read."""


class _Plain(http.client.HTTPConnection):
    def __init__(self, address: Address, clock: _Clock) -> None:
        super().__init__(address.host, address.port)
        self.clock = clock
        self.timed: _Timed | None = None

    def connect(self) -> None:
        self._hold(self._reached())

    def _reached(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), self.clock.left())

    def _hold(self, found: socket.socket) -> None:
        self.timed = _Timed(found, self.clock)
        self.sock = self.timed

    def sends_more(self) -> bool:
        return self.timed is not None and self.timed.sends_more()

    def hang_up(self) -> None:
        self.close()
        if self.timed is not None:
            self.timed.inner.close()


class _Tls(_Plain):
    default_port = http.client.HTTPS_PORT

    def __init__(self, address: Address, clock: _Clock, tls: ssl.SSLContext) -> None:
        super().__init__(address, clock)
        self.tls = tls

    def connect(self) -> None:
        plain = self._reached()
        try:
            plain.settimeout(self.clock.left())
            self._hold(self.tls.wrap_socket(plain, server_hostname=self.host))
        except BaseException:
            plain.close()
            raise
