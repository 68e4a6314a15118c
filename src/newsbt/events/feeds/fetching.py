"""Documents from the network: with a time limit, with patience, and with a copy on disk."""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsbt.errors import DataError, Problem

__all__ = ["Fetched", "Fetcher", "default_cache"]

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))  # answers that another attempt may better
LONGEST_WAIT_SECONDS = 60.0


def default_cache() -> Path:
    """Where copies are kept: ``newsbt/news`` in the user's folder of caches."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "newsbt" / "news"


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
    `backoff_seconds`, or as long as the server says (Retry-After).
    """

    cache: Path = field(default_factory=default_cache)
    timeout_seconds: float = 20.0
    retries: int = 3
    backoff_seconds: float = 1.0
    max_age_seconds: float = 900.0
    max_bytes: int = 64 * 1024 * 1024
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Fetched:
        """One document.

        Raises
        ------
        DataError
            The address is none of http or https, the server refuses, the document is larger than `max_bytes`, or the
            network fails every time and there is no copy.
        """
        if urlsplit(url).scheme not in ("http", "https"):
            raise _error(url, f"expected an address that begins with http:// or https://, got {_shown(url)!r}")
        told = dict(headers or {})
        key = hashlib.sha256(json.dumps([url, sorted(told.items())]).encode()).hexdigest()[:32]
        body, about_file = self.cache / f"{key}.body", self.cache / f"{key}.json"
        about = _about(about_file) if body.is_file() else {}
        if about and self.now() - float(about.get("fetched_at", 0.0)) <= self.max_age_seconds:
            return Fetched(data=body.read_bytes(), path=body)
        if about.get("etag"):
            told.setdefault("If-None-Match", str(about["etag"]))
        if about.get("last_modified"):
            told.setdefault("If-Modified-Since", str(about["last_modified"]))
        try:
            answer = self._patiently(url, told)
        except DataError as error:
            if not about or error.problems[0].code != "unreachable":
                raise
            log.warning(
                "%s; the copy of %s is used", error, time.strftime("%Y-%m-%d %H:%M", time.gmtime(about["fetched_at"]))
            )
            return Fetched(data=body.read_bytes(), path=body, stale=True)
        data, etag, modified = answer
        if data is None:
            data = body.read_bytes()
            etag, modified = str(about.get("etag", "")), str(about.get("last_modified", ""))
        self._keep(body, data)
        kept = {"fetched_at": self.now(), "etag": etag, "last_modified": modified}
        self._keep(about_file, json.dumps(kept).encode())
        return Fetched(data=data, path=body)

    def _patiently(self, url: str, headers: Mapping[str, str]) -> tuple[bytes | None, str, str]:
        for attempt in range(self.retries + 1):
            try:
                return self._once(url, headers)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code == 304:
                        return None, "", ""
                    reason, wait = (
                        f"the server answers {error.code} {error.reason}",
                        _wait(error.headers.get("Retry-After")),
                    )
                    if error.code not in AGAIN:
                        raise _error(url, f"{reason}: {_shown(url)}", code="refused") from None
            except (OSError, http.client.HTTPException) as error:
                inner = getattr(error, "reason", None) or error
                reason, wait = f"it cannot be reached: {inner or type(error).__name__}", None
            if attempt < self.retries:
                pause = self.backoff_seconds * 2**attempt if wait is None else wait
                self.sleep(min(pause, LONGEST_WAIT_SECONDS))
        raise _error(url, f"{reason} ({self.retries + 1} attempts): {_shown(url)}", code="unreachable")

    def _once(self, url: str, headers: Mapping[str, str]) -> tuple[bytes | None, str, str]:
        request = urllib.request.Request(url, headers={"User-Agent": "newsbt", **headers})
        with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:
            parts: list[bytes] = []
            size = 0
            deadline = time.monotonic() + 10 * self.timeout_seconds  # a trickle of bytes is no progress
            while part := answer.read(CHUNK):
                size += len(part)
                if size > self.max_bytes:
                    message = (
                        f"the document has more than {self.max_bytes:,} bytes; no feed is that long: {_shown(url)}"
                    )
                    raise _error(url, message, code="too_large")
                if time.monotonic() > deadline:
                    raise TimeoutError("the document takes too long")
                parts.append(part)
            expected = answer.headers.get("Content-Length")
            if expected is not None and expected.isdigit() and size < int(expected):
                raise http.client.IncompleteRead(b"", int(expected) - size)
            return b"".join(parts), answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")

    def _keep(self, path: Path, data: bytes) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise _error(str(path), f"the cache cannot be written: {error.strerror}", code="unwritable") from None


def _about(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("fetched_at"), int | float) else {}


def _wait(written: str | None) -> float | None:
    return float(written) if written is not None and written.isdigit() else None


def _shown(url: str) -> str:
    """The address without its query and user, which may hold a key."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}" if host else url[:60]


def _error(url: str, message: str, code: str = "unreachable") -> DataError:
    where = url if "://" not in url else _shown(url)
    problem = Problem(code=code, message=message, file=where)
    return DataError(message, [problem])
