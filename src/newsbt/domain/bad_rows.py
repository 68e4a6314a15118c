"""Rows that cannot be used: why, where, and whether they stop the run (rule T8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, DataError, Problem, nearest

__all__ = ["LISTED", "POLICIES", "REASONS", "BadRow", "BadRows", "check_policy", "listing"]

POLICIES = ("error", "skip")
LISTED = 20  # how many bad rows an error spells out
_most = ContextVar("_most", default=LISTED)

REASONS: tuple[ErrorCode, ...] = (
    "naive_time", "bad_time", "duplicate_event_id", "unknown_ticker", "missing_value", "bad_value",
    "not_a_session", "duplicate", "ohlc_order", "not_positive", "unknown_currency",
)  # fmt: skip


@contextmanager
def listing(most: int) -> Iterator[None]:
    """Spell out so many bad rows meanwhile."""
    before = _most.set(most)
    try:
        yield
    finally:
        _most.reset(before)


def check_policy(on_bad_row: str) -> None:
    """Raise ConfigError unless the policy is one of :data:`POLICIES`."""
    if on_bad_row not in POLICIES:
        raise ConfigError(
            f"on_bad_row is 'error' or 'skip', not {on_bad_row!r}{nearest(str(on_bad_row), POLICIES)}", code="bad_value"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """One row that cannot be used, under the first reason found, with what is wrong with it."""

    reason: ErrorCode
    problem: Problem


class BadRows:
    """Collects bad rows while a table is read, and ends the reading as the policy says.

    Counts every row; keeps the messages of the first :data:`LISTED` only (see :func:`listing`), so that a file of
    nothing but bad rows costs no more than a good one. Callers ask :attr:`listing` before they spend time on a message.
    """

    def __init__(self, on_bad_row: str = "error") -> None:
        check_policy(on_bad_row)
        self.on_bad_row = on_bad_row
        self.listed: list[BadRow] = []
        self._counts: dict[ErrorCode, int] = {}

    @property
    def listing(self) -> bool:
        """Whether the message of a further bad row would be kept."""
        return self.listable > 0

    @property
    def listable(self) -> int:
        """How many further messages would be kept."""
        return _most.get() - len(self.listed)

    @property
    def total(self) -> int:
        return sum(self._counts.values())

    @property
    def counts(self) -> Mapping[str, int]:
        """Bad rows by reason, in the order of T8; reasons without rows are absent."""
        return MappingProxyType({reason: self._counts[reason] for reason in REASONS if reason in self._counts})

    def add(
        self,
        reason: ErrorCode,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        """Note one bad row."""
        assert reason in REASONS, reason
        self._counts[reason] = self._counts.get(reason, 0) + 1
        if self.listing:
            problem = Problem(code=reason, message=message, file=file, line=line, key=key)
            self.listed.append(BadRow(reason=reason, problem=problem))

    def add_unlisted(self, reason: ErrorCode, rows: int) -> None:
        """Note further bad rows without messages, once :attr:`listing` is false."""
        assert reason in REASONS, reason
        if rows:
            self._counts[reason] = self._counts.get(reason, 0) + rows

    def finish(self) -> Mapping[str, int]:
        """The counts by reason; under ``error`` a DataError when there is any bad row."""
        if self.on_bad_row == "error" and self._counts:
            raise _error([row.problem for row in self.listed], self.counts)
        return self.counts


def _error(problems: Sequence[Problem], counts: Mapping[str, int]) -> DataError:
    more = sum(counts.values()) - len(problems)
    listed = list(problems)
    by_reason = ", ".join(f"{reason} {count}" for reason, count in counts.items())
    if more:
        listed.append(Problem(code="more_bad_rows", message=f"and {more} more bad rows (in all: {by_reason})"))
    lines = [str(problem) for problem in listed]
    lines.append("correct the rows, or set `on_bad_row: skip` to go on without them")
    return DataError("\n".join(lines), listed)
