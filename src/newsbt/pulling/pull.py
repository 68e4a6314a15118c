"""The pull itself: each instrument from the first of its providers that gives it, added to the store as it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from newsbt._typing import Days
from newsbt.domain.entity import Instrument
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import DataError, Problem
from newsbt.markets.dated_rules import Rulebook
from newsbt.price_store import PriceStore, TickerPull
from newsbt.price_store.asked import asked_days
from newsbt.price_store.pull_store import pulls_of
from newsbt.pulling.answer_checks import (
    Coverage,
    checked_prices,
    checked_rates,
    coverage,
    price_frame,
    rate_frame,
)
from newsbt.pulling.asked_provider import AskedProvider
from newsbt.pulling.needs import Needs
from newsbt.pulling.provider_choice import ProviderChoice
from newsbt.pulling.provider_contract import AnsweredPrices, AskedPrices, AskedRates, ProviderError
from newsbt.pulling.pull_batches import Batches
from newsbt.pulling.pull_outcome import Attempt, Gap, GapKind, ItemOutcome, PullOutcome
from newsbt.pulling.session_ends import SessionEnds

__all__ = ["Pull"]

AGAIN = timedelta(days=7)  # of the last days that are there, which a provider may have corrected since
CLOCKS = timedelta(minutes=1)  # by which another machine that adds to the store may be ahead
MOST_NAMES = 5
LATE = 2  # sessions without a row at the beginning that nobody needs to be told of


@dataclass(frozen=True, slots=True)
class _Before:
    """What was pulled of one instrument or pair, and each stretch of days that was asked for without a gap."""

    pulls: Sequence[TickerPull] = ()
    asked: Sequence[tuple[date, date]] = ()

    @property
    def has_rows(self) -> bool:
        return any(one.rows for one in self.pulls)


NEVER = _Before()


@dataclass(kw_only=True)
class Pull:
    """One pull into a store, whose clock it goes by. `providers` are by name; those that the choice names and that are
    not among them are not asked."""

    store: PriceStore
    providers: Mapping[str, AskedProvider]
    choice: ProviderChoice
    rulebook: Rulebook
    progress: Progress = field(default_factory=SilentProgress)
    batch_seconds: float = 5.0
    _items: dict[str, ItemOutcome] = field(default_factory=dict)
    _gaps: list[Gap] = field(default_factory=list)
    _without: dict[tuple[GapKind, str, str], list[str]] = field(default_factory=dict)

    def run(self, needs: Needs) -> PullOutcome:
        """Ask for all that the store does not have of what is needed, and for the last days again.

        What came is in the store also when it is interrupted.

        Raises
        ------
        DataError
            The store cannot be read, or this machine's clock is behind it.
        """
        now = self.store.now()
        before = self._before(now)
        batches = Batches(self.store, self._not_kept, seconds=self.batch_seconds)
        prices, rates = [], []
        try:
            self.progress.stage("prices", len(needs.instruments))
            for item in needs.instruments:
                prices.append(self._prices(item, needs, before.get(item.ticker, NEVER), now, batches))
                self.progress.advance()
            self.progress.stage("rates", len(needs.pairs))
            for pair in needs.pairs:
                rates.append(self._rates(pair, needs, before.get(pair, NEVER), now, batches))
                self.progress.advance()
        finally:
            batches.add_all()
        return PullOutcome(
            first=needs.first,
            last=needs.last,
            prices=prices,
            rates=rates,
            gaps=[*self._gaps, *self._of_exchanges()],
            providers=[provider.state for provider in self.providers.values()],
        )

    def _before(self, now: datetime) -> Mapping[str, _Before]:
        """What was pulled, by ticker or pair; DataError where some of it was, by the clock, after now."""
        latest, known = datetime.max.replace(tzinfo=UTC), list[TickerPull]()
        asked: dict[str, Sequence[tuple[date, date]]] = {}
        for kind in ("prices", "rates"):
            # What a damaged file held, or one that was deleted, is not there.
            records = self.store.read(kind, latest, skip_damaged=True).records
            known += [one for one in pulls_of(records) if one.kind == kind]
            asked |= asked_days(records, kind)
        pulls = sorted(known, key=lambda one: one.pulled_at)
        if pulls and pulls[-1].pulled_at > now + CLOCKS:
            newest = pulls[-1].pulled_at.isoformat()
            message = (
                f"the newest pull in the store is of {newest}, later than this machine's clock, {now.isoformat()}: "
                "is the clock right?"
            )
            raise DataError.of([Problem(code="bad_time", message=message, file=str(self.store.folder))])
        found: dict[str, list[TickerPull]] = {}
        for one in pulls:
            found.setdefault(one.ticker, []).append(one)
        return {name: _Before(of_it, asked[name]) for name, of_it in found.items()}

    def _begun(self, name: str, exchange: str) -> ItemOutcome:
        self._items[name] = ItemOutcome(name=name, exchange=exchange, status="up_to_date")
        return self._items[name]

    def _not_kept(self, name: str, error: DataError) -> None:
        item = self._items[name]
        item.status, item.rows = "failed", 0
        self._gaps.append(Gap(kind="not_kept", ticker=name, exchange=item.exchange, message=str(error)))

    def _prices(self, item: Instrument, needs: Needs, before: _Before, now: datetime, batches: Batches) -> ItemOutcome:
        outcome = self._begun(item.ticker, item.exchange)
        span = needs.first, needs.last
        unlisted = needs.unlisted(item)
        if unlisted:
            outcome.status = "not_listed"
            if not any(one.asked_from <= span[0] and one.asked_through >= span[1] for one in before.pulls):
                batches.gap(self.choice.order(item)[0], "", item.exchange, item.ticker, span, unlisted)
            return outcome
        ends = SessionEnds.of(item.exchange, span, now, self.rulebook)
        days = None if ends.last is None else _days(span, before, min(span[1], ends.last), ends.over_at)
        if days is None or ends.last is None:
            return outcome
        first, last = outcome.asked_from, outcome.asked_through = days
        is_new = first == span[0]
        best: tuple[AskedProvider, AnsweredPrices, Coverage] | None = None
        for provider in self._asked(self.choice.order(item)):
            asked = AskedPrices(
                ticker=item.ticker, exchange=item.exchange, board="index" if item.is_index else item.board,
                first=first, last=last, today=ends.today, symbol=self.choice.symbol(provider.name, item.ticker),
            )  # fmt: skip
            try:
                answer = checked_prices(provider.prices(asked), asked, item, ends.last, ends.today)
            except ProviderError as error:
                outcome.tried.append(Attempt(provider=provider.name, kind=error.kind, message=str(error)))
                continue
            found = coverage(answer.days, _listed(ends.dates, days, item), item.listed_on is not None or not is_new)
            if best is None or len(found.missing) < len(best[2].missing):
                best = (provider, answer, found)
            if found.is_whole:
                break
            outcome.tried.append(Attempt(provider=provider.name, kind="incomplete", message=found.text))
        if best is None:
            self._none_of(outcome, days, before.has_rows, batches)
            return outcome
        provider, answer, found = best
        outcome.status, outcome.provider, outcome.rows = "pulled", provider.name, len(answer.days)
        outcome.first, outcome.last = answer.days[0], answer.days[-1]
        batches.prices(
            provider.name, provider.state.version, item.exchange, answer.adjusted, item.ticker, days,
            price_frame(item.ticker, answer),
        )  # fmt: skip
        self._note(item, provider.name, answer, found)
        return outcome

    def _rates(self, pair: str, needs: Needs, before: _Before, now: datetime, batches: Batches) -> ItemOutcome:
        outcome = self._begun(pair, "")
        today = now.date()  # UTC: a rate of a day that is over there may have changed since
        over = min(needs.last, today - timedelta(days=1))
        days = _days((needs.first, needs.last), before, over, {})
        if days is None or over < needs.first:
            return outcome
        outcome.asked_from, outcome.asked_through = days
        for provider in self._asked(self.choice.rate_order):
            asked = AskedRates(
                pair=pair, first=days[0], last=days[1], today=today, symbol=self.choice.symbol(provider.name, pair)
            )
            try:
                answer = checked_rates(provider.rates(asked), asked, today)
            except ProviderError as error:
                outcome.tried.append(Attempt(provider=provider.name, kind=error.kind, message=str(error)))
                continue
            outcome.status, outcome.provider, outcome.rows = "pulled", provider.name, len(answer.days)
            outcome.first, outcome.last = answer.days[0], answer.days[-1]
            batches.rates(provider.name, provider.state.version, pair, days, rate_frame(pair, answer))
            return outcome
        self._none_of(outcome, days, before.has_rows, batches)
        return outcome

    def _asked(self, order: Sequence[str]) -> list[AskedProvider]:
        return [self.providers[name] for name in order if name in self.providers]

    def _none_of(self, outcome: ItemOutcome, days: tuple[date, date], has_rows: bool, batches: Batches) -> None:
        """Nobody gave it: a gap where all say so, which the store keeps too; a failure where one could not be asked."""
        reasons = (
            "; ".join(f"{one.provider}: {one.message}" for one in outcome.tried) or "no provider of it is installed"
        )
        outcome.status = "gap"
        if not outcome.tried or any(one.kind not in ("nothing", "uncovered") for one in outcome.tried):
            outcome.status = "failed"
        else:
            one = outcome.tried[0].provider
            version = self.providers[one].state.version
            batches.gap(one, version, outcome.exchange, outcome.name, days, reasons.removeprefix(f"{one}: "))
        kind: GapKind = "no_new_days" if has_rows else "no_prices" if outcome.exchange else "no_rates"
        self._gaps.append(Gap(kind=kind, ticker=outcome.name, exchange=outcome.exchange, message=reasons))

    def _note(self, item: Instrument, provider: str, answer: AnsweredPrices, found: Coverage) -> None:
        """What the answer lacks, by name."""
        if found.missing and not found.is_whole:
            self._gaps.append(
                Gap(kind="sessions_missing", ticker=item.ticker, exchange=item.exchange, message=found.text)
            )
        if found.before > LATE:
            since = "" if item.listed_on is None else f", listed since {item.listed_on}"
            message = f"begins on {answer.days[0]}{since}: {found.before} sessions without a row before it"
            self._gaps.append(Gap(kind="begins_late", ticker=item.ticker, exchange=item.exchange, message=message))
        for note in answer.notes:
            self._gaps.append(Gap(kind="left_out", ticker=item.ticker, exchange=item.exchange, message=note))
        if not item.is_index:
            has: dict[GapKind, bool] = {
                "no_previous_close": "previous_close" in answer.values, "no_dividends": answer.dividends is not None,
                "no_splits": answer.splits is not None,
            }  # fmt: skip
            for kind in (kind for kind, given in has.items() if not given):
                self._without.setdefault((kind, item.exchange, provider), []).append(item.ticker)

    def _of_exchanges(self) -> list[Gap]:
        """What a provider gives of no instrument of an exchange, or not of these."""
        found = []
        for (kind, exchange, provider), tickers in self._without.items():
            words = kind.removeprefix("no_").replace("_", " ")
            words += "s" if words.endswith("e") else ""
            more = "" if len(tickers) <= MOST_NAMES else f" and {len(tickers) - MOST_NAMES} more"
            message = f"{provider} gives no {words} of {', '.join(tickers[:MOST_NAMES])}{more}"
            found.append(Gap(kind=kind, exchange=exchange, message=message))
        return found


def _listed(dates: Days, days: tuple[date, date], item: Instrument) -> Days:
    """Sessions (S,) of some days on which an instrument was listed, as far as its dates say."""
    first = max(days[0], item.listed_on or days[0])
    last = min(days[1], item.delisted_on or days[1])
    found: Days = dates[(dates >= np.datetime64(first)) & (dates <= np.datetime64(last))]
    return found


def _days(
    span: tuple[date, date], before: _Before, needed: date, over_at: Mapping[date, datetime]
) -> tuple[date, date] | None:
    """Which days are to be asked for, given what was pulled: all, or those from shortly before the last that is there
    without a gap in what was asked for; None where the day that is `needed` was too, after it was over."""
    with_rows = [one for one in before.pulls if one.last is not None]
    reached = next((last for first, last in before.asked if first <= span[0] <= last), None)
    if reached is None or not with_rows or min(one.asked_from for one in with_rows) > span[0]:
        return span
    over = over_at.get(needed)
    for one in before.pulls if reached >= needed else ():
        is_over = one.pulled_at >= over if over is not None else one.pulled_at.date() > needed
        if one.asked_through >= needed and is_over:
            return None
    newest = max(one.last for one in with_rows if one.last is not None)
    return max(span[0], min(newest, needed, reached) - AGAIN), span[1]
