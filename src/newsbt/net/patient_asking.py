"""Questions to servers that are asked again where another attempt may better the answer, at a pace that is kept."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from newsbt.domain.size_limits import DamagedPackError, SizeLimit, TooLargeError, limit_of
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError, Problem
from newsbt.net.addresses import Address, BadAddressError, check_headers
from newsbt.net.exchange import HttpAnswer, NoAnswerError, ask

__all__ = ["Pace", "PatientAsker", "checked_address"]

AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))  # answers that another attempt may better
REDIRECTS = frozenset((301, 302, 303, 307, 308))
MOST_REDIRECTS = 10
LONGEST_WAIT_SECONDS = 60.0
ATTEMPT, ALL_ATTEMPTS = 3, 6  # times the timeout that one attempt may take, and all of them without their pauses
AGENT = {"User-Agent": "newsbt", "Accept": "*/*", "Accept-Encoding": "gzip"}


@dataclass(slots=True, kw_only=True)
class Pace:
    """At least so many seconds from one question to the next, however quick the answers."""

    pause_seconds: float
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), init=False, repr=False)

    def wait(self) -> None:
        """Until the next question may be asked."""
        left = self._next - self.now()
        if left > 0:
            self.sleep(left)
        self._next = self.now() + self.pause_seconds


@dataclass(frozen=True, kw_only=True)
class PatientAsker:
    """Asks, and asks again where the network fails or the server says that it may answer later.

    Attempts after the first wait 1, 2, 4, ... times `backoff_seconds`, or as long as the server says (Retry-After),
    which is not waited for beyond a minute. A server that says nothing is waited for `timeout_seconds`; one attempt
    takes three times that at the most, all together six times and the pauses. Each attempt keeps the `pace`.
    """

    timeout_seconds: float = 20.0
    retries: int = 3
    backoff_seconds: float = 1.0
    limit: SizeLimit = field(default_factory=lambda: limit_of("network"))
    tls: ssl.SSLContext | None = None
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    pace: Pace | None = None

    @classmethod
    def paced(
        cls, pause_seconds: float, *, timeout_seconds: float, retries: int, sleep: Callable[[float], None]
    ) -> PatientAsker:
        """One for many questions: at a pace, and with the authorities of TLS read once."""
        return cls(
            timeout_seconds=timeout_seconds, retries=retries, tls=ssl.create_default_context(), sleep=sleep,
            pace=Pace(pause_seconds=pause_seconds, sleep=sleep),
        )  # fmt: skip

    def answer(
        self, address: Address, headers: Mapping[str, str], asked: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpAnswer:  # fmt: skip
        """The answer to a GET, or to a POST of `body`: 200, 203, or 304 where `asked` says what is there already.

        Parameters
        ----------
        asked
            Headers that are sent wherever a redirect leads; `headers` stay behind where another place begins.

        Raises
        ------
        DataError
            `refused` by its status, `too_large`, `damaged`, or `unreachable` every time.
        """
        asked = asked or {}
        until = time.monotonic() + ALL_ATTEMPTS * self.timeout_seconds
        for attempt in range(self.retries + 1):
            wait = None
            try:
                answer = self._redirected(address, headers, asked, until, body)
            except NoAnswerError as error:
                reason = str(error)
            except (TooLargeError, DamagedPackError) as error:
                is_large = isinstance(error, TooLargeError)
                message = str(error) if is_large else f"the packed answer cannot be read ({error})"
                raise _error(address, message, code="too_large" if is_large else "unreadable_file") from None
            else:
                if answer.status in (200, 203) or (answer.status == 304 and asked):
                    return answer
                reason = f"the server answers {answer.reason}"
                if answer.status not in AGAIN:
                    raise _error(address, reason, code="missing_file" if answer.status in (404, 410) else "refused")
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
        self, address: Address, headers: Mapping[str, str], asked: Mapping[str, str], until: float, body: bytes | None
    ) -> HttpAnswer:
        """The answer at the end of all redirects; headers stay behind where another place begins."""
        here, sent = address, {**headers, **asked}
        if self.pace is not None:
            before = time.monotonic()
            self.pace.wait()
            until += time.monotonic() - before
        end = min(until, time.monotonic() + ATTEMPT * self.timeout_seconds)
        seen = {here}
        for _ in range(MOST_REDIRECTS + 1):
            answer = ask(
                here, _over(AGENT, sent), wait_seconds=self.timeout_seconds,
                most_seconds=max(0.0, end - time.monotonic()), limit=self.limit, tls=self.tls, body=body,
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
                if body is not None:
                    message = "the server redirects what is posted elsewhere; name the address it leads to"
                    raise _error(address, message, code="refused")
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


def checked_address(url: str, headers: Mapping[str, str]) -> Address:
    """The address of a text, and headers that can be sent to it.

    Raises
    ------
    DataError
        The address is none of http or https, or a header is none.
    """
    try:
        address = Address.of(url)
        check_headers(headers)
    except ValueError as error:
        raise _error(None, str(error)) from None
    return address


def _over(first: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Headers of two mappings, the second's in place of the first's whatever their case."""
    return {name.title(): value for name, value in (*first.items(), *then.items())}


def _error(address: Address | None, message: str, code: ErrorCode = "unreachable") -> DataError:
    problem = Problem(code=code, message=message, file=None if address is None else address.shown)
    return DataError(str(problem), [problem])
