"""Filling the store: every source, every company, every day that is not settled yet; what fails is named and the rest
goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.disclosure_store import Committed, DisclosureStore, SourceStore
from newsbt.disclosures.source_contract import Answered, Company, DisclosureSource
from newsbt.disclosures.store_manifest import Manifest, Span, without
from newsbt.domain.entity import Universe
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import DataError, Problem

__all__ = ["LOOK_BACK", "PullRequest", "SourcePulled", "pull"]

LOOK_BACK = timedelta(days=7)  # as long as a source may still add items to a day that is over, and change them
MOST_UNCOMMITTED = 5_000
MOST_FAILURES = 3  # of companies one after the other and for one reason: then the source is not asked further
ITS_OWN = ("unwritable", "bad_value", "wrong_format", "damaged_store")  # of the store, not of a source


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """What to ask for: days, both inclusive, `last` None for today; `is_since` to ask about them whatever was asked
    before; and how old an answer is taken for new."""

    first: date
    last: date | None = None
    is_since: bool = False
    fresh: timedelta = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class SourcePulled:
    """What came of a source."""

    source: str
    companies: int = 0
    unknown: tuple[str, ...] = ()
    asked: int = 0
    up_to_date: int = 0
    items: Committed = field(default_factory=Committed)
    silent: int = 0
    not_asked: int = 0
    problems: list[Problem] = field(default_factory=list)


def pull(
    request: PullRequest, universe: Universe, store: DisclosureStore, sources: Sequence[DisclosureSource], *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC), progress: Progress | None = None,
) -> list[SourcePulled]:  # fmt: skip
    """Ask all sources one after the other, and keep what they say.

    Each company is committed by itself: a pull that ends early has lost no more than the one it was at.

    Raises
    ------
    DataError
        The store cannot be read or written.
    """
    shown = progress or SilentProgress()
    return [_SourcePull(request, source, store.source(source.name), now, shown).run(universe) for source in sources]


class _SourcePull:
    def __init__(
        self, request: PullRequest, source: DisclosureSource, store: SourceStore, now: Callable[[], datetime],
        progress: Progress,
    ) -> None:  # fmt: skip
        self.request, self.source, self.store, self.now, self.progress = request, source, store, now, progress
        self.done = SourcePulled(source=source.name)
        self.later: list[tuple[Company, list[Span]]] = []
        self.failures: list[str] = []

    def run(self, universe: Universe) -> SourcePulled:
        self.progress.stage(f"{self.source.name}: companies", None)
        today = self.now().astimezone(self.source.zone).date()
        last = min(self.request.last or today, today)
        if self.request.first > today:
            message = (
                f"the period begins on {self.request.first}, and today is {today}: there is nothing to ask for yet"
            )
            self.done.problems.append(Problem(code="bad_value", message=message, key=self.source.name))
            return self.done
        try:
            companies = self.source.companies(universe)
        except DataError as error:
            self._fails(error, "")
            return self.done
        self.done.companies, self.done.unknown = len(companies.found), companies.unknown
        manifest = self.store.manifest()
        self.progress.stage(self.source.name, len(companies.found))
        for k, company in enumerate(companies.found):
            if self._gives_up():
                self.done.not_asked = len(companies.found) - k
                break
            spans = self._spans(manifest, company, (self.request.first, last), today)
            if spans:
                self._ask(company, spans, today, again=False)
            else:
                self.done.up_to_date += 1
            self.progress.advance()
        self.progress.stage(f"{self.source.name}: again", len(self.later))
        waiting, self.later = self.later, []
        for company, doubted in waiting:
            if not self._gives_up():
                self._ask(company, doubted, today, again=True)
            self.progress.advance()
        return self.done

    def _spans(self, manifest: Manifest, company: Company, wanted: Span, today: date) -> tuple[Span, ...]:
        """The days to ask about."""
        if wanted[0] > wanted[1]:
            return ()
        if self.request.is_since:
            return (wanted,)
        spans = without(wanted, manifest.settled_of(company.key, self.source.scope))
        asked_at = manifest.last_asked(company.key, self.source.scope)
        is_fresh = asked_at is not None and self.now() - asked_at < self.request.fresh
        return () if is_fresh and all(first > today - LOOK_BACK for first, _ in spans) else spans

    def _ask(self, company: Company, spans: Sequence[Span], today: date, *, again: bool) -> None:
        items: list[Disclosure] = []
        settled: list[Span] = []
        doubted: list[Span] = []
        failed: DataError | None = None
        self.done.asked += not again
        try:
            for answered in self.source.answers(company, spans, again=again):
                if not answered.is_believed:
                    doubted.append(answered.span)
                    continue
                items += answered.items
                settled += _settled(answered, today)
                self.done.silent += answered.silent
                if len(items) >= MOST_UNCOMMITTED:
                    self._commit(company, items, settled, asked=False)
                    items, settled = [], []
        except DataError as error:
            failed = error
        if items or settled or failed is None:
            self._commit(company, items, settled, asked=failed is None and not doubted)
        if doubted:
            self.later.append((company, doubted))
        if failed is not None:
            self._fails(failed, company.name)
        else:
            self.failures.clear()

    def _commit(self, company: Company, items: list[Disclosure], settled: list[Span], *, asked: bool) -> None:
        self.done.items += self.store.commit(
            company.key, items, now=self.now(), settled=settled, asked=asked, scope=self.source.scope
        )

    def _fails(self, error: DataError, company: str) -> None:
        for one in error.problems:
            if one.code in ITS_OWN:
                raise error
            key = f"{self.source.name}: {company}" if company else self.source.name
            self.done.problems.append(Problem(code=one.code, message=one.message, file=one.file, key=key))
        self.failures.append(error.problems[0].code if error.problems else "")

    def _gives_up(self) -> bool:
        last = self.failures[-MOST_FAILURES:]
        return len(last) == MOST_FAILURES and len(set(last)) == 1


def _settled(answered: Answered, today: date) -> list[Span]:
    first, last = answered.span
    last = min(last, today - LOOK_BACK)
    return [(first, last)] if first <= last else []
