"""Documents from the network: with limits of time and size, with patience, and with a copy on disk.

No proxy and no password of the environment is used. What a user gives to be sent (headers, a user and keys in the
address) goes to the host, port and scheme that it was given for and to no other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypedDict

from newsbt.domain.input_files import read_bytes
from newsbt.domain.read_files import note_read, unrecorded
from newsbt.domain.size_limits import DamagedPackError, SizeLimit, TooLargeError, limit_of
from newsbt.errors import DataError, Problem
from newsbt.net.addresses import Address, BadAddressError, check_headers
from newsbt.net.exchange import HttpAnswer, NoAnswerError, ask

__all__ = ["Fetched", "Fetcher", "default_cache"]

log = logging.getLogger(__name__)

AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))  # answers that another attempt may better
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOST_REDIRECTS = 10
LONGEST_WAIT_SECONDS = 60.0
ATTEMPT, ALL_ATTEMPTS = 3, 6  # times the timeout that one attempt may take, and all of them without their pauses
AGENT = {"User-Agent": "newsbt", "Accept": "*/*", "Accept-Encoding": "gzip"}


def default_cache() -> Path:
    """Where copies are kept: ``newsbt/news`` in the user's folder of caches."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "newsbt" / "news"


class AboutCopy(TypedDict, total=False):
    """What is kept beside a copy: when it was fetched, in seconds since 1970, and what the server said of it."""

    sha256: str
    fetched_at: float
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document: its bytes, the copy on disk, and whether it is an older copy because the network failed."""

    data: bytes
    path: Path
    stale: bool = False


@dataclass(frozen=True, kw_only=True)
class Fetcher:
    """Gets http and https documents.

    A copy younger than `max_age_seconds` is used without asking. An older one is asked about by its ETag or date; when
    the network fails, it is used with a warning in the log. Attempts after the first wait 1, 2, 4, ... times
    `backoff_seconds`, or as long as the server says (Retry-After), which is not waited for beyond a minute. A server
    that says nothing is waited for `timeout_seconds`; one attempt takes three times that at the most, all together six
    times and the pauses.
    """

    cache: Path = field(default_factory=default_cache)
    timeout_seconds: float = 20.0
    retries: int = 3
    backoff_seconds: float = 1.0
    max_age_seconds: float = 900.0
    limit: SizeLimit = field(default_factory=lambda: limit_of("network"))
    tls: ssl.SSLContext | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """One document, noted as what was read of its copy (`newsbt.domain.read_files`), whether it came from there or
        from the network.

        Raises
        ------
        DataError
            The address is none of http or https, the server refuses, the document is larger than `limit`, or the
            network fails every time and there is no copy. Nothing of the address but its host is told.
        """
        found = self._newest(url, dict(headers or {}))
        note_read(found.path, found.data)
        return found

    def _newest(self, url: str, headers: dict[str, str]) -> Fetched:
        try:
            address = Address.of(url)
            check_headers(headers)
        except ValueError as error:
            raise _error(None, str(error)) from None
        key = hashlib.sha256(json.dumps([url, sorted(headers.items())]).encode()).hexdigest()[:32]
        body, about_file = self.cache / f"{key}.body", self.cache / f"{key}.json"
        copy, about = self._copy(body, about_file)
        if copy is not None and 0 <= self.now() - about["fetched_at"] <= self.max_age_seconds:
            return Fetched(data=copy, path=body)
        if address.authorization and not any(name.lower() == "authorization" for name in headers):
            headers["Authorization"] = address.authorization
        asked = {}
        if copy is not None and about.get("etag"):
            asked["If-None-Match"] = str(about["etag"])
        if copy is not None and about.get("last_modified"):
            asked["If-Modified-Since"] = str(about["last_modified"])
        try:
            answer = self._patiently(address, headers, asked)
        except DataError as error:
            if copy is None or error.problems[0].code != "unreachable":
                raise
            at = time.strftime("%Y-%m-%d %H:%M", time.gmtime(about["fetched_at"]))
            log.warning("%s; the copy of %s is used", error, at)
            return Fetched(data=copy, path=body, stale=True)
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        data = answer.data
        if answer.status == 304:
            assert copy is not None
            data, etag, modified = copy, str(about.get("etag", "")), str(about.get("last_modified", ""))
        else:
            self._keep(body, data)
        kept = {"fetched_at": self.now(), "etag": etag, "last_modified": modified, "sha256": _digest(data)}
        self._keep(about_file, json.dumps(kept).encode())
        return Fetched(data=data, path=body)

    def _patiently(self, address: Address, headers: Mapping[str, str], asked: Mapping[str, str]) -> HttpAnswer:
        until = time.monotonic() + ALL_ATTEMPTS * self.timeout_seconds
        for attempt in range(self.retries + 1):
            wait = None
            try:
                answer = self._redirected(address, headers, asked, until)
            except NoAnswerError as error:
                reason = str(error)
            except (TooLargeError, DamagedPackError) as error:
                is_large = isinstance(error, TooLargeError)
                message = str(error) if is_large else f"the packed answer cannot be read ({error})"
                raise _error(address, message, code="too_large" if is_large else "damaged") from None
            else:
                if answer.status in (200, 203) or (answer.status == 304 and asked):
                    return answer
                reason = f"the server answers {answer.reason}"
                if answer.status not in AGAIN:
                    raise _error(address, reason, code="refused")
                wait = self._wait(answer.headers.get("retry-after"))
            pause = self.backoff_seconds * 2**attempt if wait is None else wait
            if wait is not None and wait > LONGEST_WAIT_SECONDS:
                reason += f" and asks to come back in {wait:,.0f} seconds"
                break
            if attempt == self.retries or time.monotonic() >= until:
                break
            pause = min(pause, LONGEST_WAIT_SECONDS)
            self.sleep(pause)
            until += pause
        attempts = f"{attempt + 1} attempt{'s' if attempt else ''}"
        raise _error(address, f"{reason} ({attempts})")

    def _redirected(
        self, address: Address, headers: Mapping[str, str], asked: Mapping[str, str], until: float
    ) -> HttpAnswer:
        """The answer at the end of all redirects; headers stay behind where another place begins."""
        here, sent = address, {**headers, **asked}
        end = min(until, time.monotonic() + ATTEMPT * self.timeout_seconds)
        seen = {here}
        for _ in range(MOST_REDIRECTS + 1):
            answer = ask(
                here, _over(AGENT, sent), wait_seconds=self.timeout_seconds,
                most_seconds=max(0.0, end - time.monotonic()), limit=self.limit, tls=self.tls,
            )  # fmt: skip
            if answer.status not in REDIRECTS:
                return answer
            location = answer.headers.get("location")
            if not location:
                raise _error(address, "the server redirects without saying where to", code="refused")
            try:
                following = here.followed(location)
            except BadAddressError as error:
                raise _error(address, str(error), code="refused") from None
            if following.origin != address.origin:
                sent = dict(asked)
            if following in seen:
                raise _error(address, "the server redirects in a circle", code="refused")
            seen.add(following)
            here = following
        message = f"the server redirects more than {MOST_REDIRECTS} times"
        raise _error(address, message, code="refused")

    def _wait(self, written: str | None) -> float | None:
        """Seconds of a Retry-After, which is a number or a date."""
        if written is None:
            return None
        if written.strip().isascii() and written.strip().isdigit() and len(written) < 12:
            return float(written)
        try:
            at = parsedate_to_datetime(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - self.now())

    def _copy(self, body: Path, about_file: Path) -> tuple[bytes | None, AboutCopy]:
        """A copy that is whole, and what is known of it. Neither is an input of a run before it is the answer."""
        try:
            with unrecorded():
                about = json.loads(read_bytes(about_file, limit_of("map")))
                data = read_bytes(body, self.limit)
        except (DataError, ValueError, RecursionError):
            return None, {}
        is_whole = isinstance(about, dict) and about.get("sha256") == _digest(data)
        at = about.get("fetched_at") if is_whole else None
        return (data, about) if isinstance(at, int | float) and 0 <= at < 1e11 else (None, {})

    def _keep(self, path: Path, data: bytes) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except (OSError, ValueError) as error:
            message = f"the cache cannot be written: {getattr(error, 'strerror', None) or error}"
            raise DataError(message, [Problem(code="unwritable", message=message, file=str(path))]) from None


def _over(first: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Headers of two mappings, the second's in place of the first's whatever their case."""
    return {name.title(): value for name, value in (*first.items(), *then.items())}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _error(address: Address | None, message: str, code: str = "unreachable") -> DataError:
    problem = Problem(code=code, message=message, file=None if address is None else address.shown)
    return DataError(str(problem), [problem])
