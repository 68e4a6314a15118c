"""Documents from the network: with limits of time and size, with patience, and with a copy on disk.

No proxy and no password of the environment is used. What a user gives to be sent (headers, a user and keys in the
address) goes to the host, port and scheme that it was given for and to no other.
"""

from __future__ import annotations

import hashlib
import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from newsbt.domain.input_files import read_bytes
from newsbt.domain.read_files import note_read, unrecorded
from newsbt.domain.size_limits import SizeLimit, limit_of
from newsbt.errors import DataError, Problem
from newsbt.net.patient_asking import PatientAsker, checked_address
from newsbt.own_folders import user_caches
from newsbt.owners import partial_path, sweep_up

__all__ = ["Fetched", "Fetcher", "default_cache"]

log = logging.getLogger(__name__)


def default_cache() -> Path:
    """Where copies are kept: ``newsbt/news`` in the user's folder of caches."""
    return user_caches() / "newsbt" / "news"


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

    @property
    def _asker(self) -> PatientAsker:
        return PatientAsker(
            timeout_seconds=self.timeout_seconds, retries=self.retries, backoff_seconds=self.backoff_seconds,
            limit=self.limit, tls=self.tls, sleep=self.sleep, now=self.now,
        )  # fmt: skip

    def _newest(self, url: str, headers: dict[str, str]) -> Fetched:
        address = checked_address(url, headers)
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
            answer = self._asker.answer(address, headers, asked)
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
        part = partial_path(path.parent, "document")  # a name that nobody else can lay a link under before
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep_up(path.parent, ".document.*.partial")
            try:
                part.write_bytes(data)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        except (OSError, ValueError) as error:
            message = f"the cache cannot be written: {getattr(error, 'strerror', None) or error}"
            raise DataError(message, [Problem(code="unwritable", message=message, file=str(path))]) from None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
