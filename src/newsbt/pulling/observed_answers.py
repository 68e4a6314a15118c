"""What a server said beside the answer that a library makes of it: whether to come back, and when.

akshare neither looks at the status of an answer nor waits for one in bounded time, and yfinance keeps a failure for the
answer to the next attempt; so answers are looked at on their way to them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Protocol
from urllib.parse import urlsplit

from newsbt._plain import JsonValue
from newsbt.pulling.provider_contract import ProviderError

__all__ = ["HttpAnswerSeen", "check_status", "parsed", "wait_of"]

AGAIN = frozenset((403, 408, 425, 429, 500, 502, 503, 504))
BUSY = frozenset((403, 429))


class HttpAnswerSeen(Protocol):
    """What the answers of requests and of curl_cffi have in common."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def url(self) -> str: ...


def check_status(answer: HttpAnswerSeen) -> None:
    """Raise where a server does not answer but wants to be asked again, or not so often.

    Raises
    ------
    ProviderError
    """
    status = answer.status_code
    if status in AGAIN:
        wait = wait_of(answer.headers.get("Retry-After"), answer.headers.get("Date"))
        asks = "" if wait is None else f" and asks to come back in {wait:,.0f} seconds"
        message = f"{urlsplit(answer.url).hostname} answers {status}{asks}"
        raise ProviderError("busy" if status in BUSY else "unreachable", message, wait)


def wait_of(written: str | None, server_date: str | None = None) -> float | None:
    """Seconds of a Retry-After, a number or a date; a date by the server's own clock, where it says what that is.

    >>> wait_of("30"), wait_of("Thu, 06 Mar 2025 01:00:30 GMT", "Thu, 06 Mar 2025 01:00:00 GMT"), wait_of("soon")
    (30.0, 30.0, None)
    """
    if written is None:
        return None
    if written.strip().isascii() and written.strip().isdigit() and len(written) < 12:
        return float(written)
    until = _seconds(written)
    if until is None:
        return None
    now = _seconds(server_date)
    return max(0.0, until - (time.time() if now is None else now))


def _seconds(written: str | None) -> float | None:
    try:
        at = parsedate_to_datetime(written or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def parsed(text: str) -> Mapping[str, JsonValue]:
    """A document of JSON; empty where it is none, or no mapping."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
