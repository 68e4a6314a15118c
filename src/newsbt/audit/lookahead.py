"""Proof that a strategy does not look ahead: whatever the future, the past stays as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newsbt.assembly import StrategySpec
from newsbt.audit.decisions import Decision, Decisions, DecisionValue, Key, decisions_of, first_moved
from newsbt.audit.perturbed_futures import KINDS, Cut, Future, futures, one_thing
from newsbt.domain.command_documents import DifferenceJson
from newsbt.domain.entries import FillPoint
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import NewsbtError, StrategyError
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs

__all__ = ["Difference", "Proof", "cuts_of", "look_ahead"]

EPSILON = 1e-9  # of the account's cash: an equity that differs by less is the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first thing of the past that a change of the future moved.

    `kind` is ``signal``, ``order``, ``fill``, ``equity`` or ``error``; `before` and `after` are its values, None where
    there is none; `what` says what of the future differed, `cut_date` and `cut_at` from when on.
    """

    what: str
    cut_date: str
    cut_at: str
    kind: str
    row: int
    date: str
    ticker: str | None
    event_id: str | None
    before: DecisionValue
    after: DecisionValue

    def __str__(self) -> str:
        about = " of ".join(part for part in (self.ticker, self.event_id and f"event {self.event_id}") if part)
        was = " ".join(part for part in (f"the {self.kind}", about and f"for {about}") if part)
        return (
            f"{was} on {self.date} (row {self.row}) was {_text(self.before)} and is {_text(self.after)} when all that "
            f"differs is {self.what} after {self.cut_at}"
        )

    def as_dict(self) -> DifferenceJson:
        """The entry of the audit document (docs/files.md)."""
        return {
            "what": self.what, "cut_date": self.cut_date, "cut_at": self.cut_at, "kind": self.kind, "row": self.row,
            "date": self.date, "ticker": self.ticker, "event_id": self.event_id, "before": self.before,
            "after": self.after, "text": str(self),
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was shown about one strategy: None or the first difference, over how many cuts, futures and decisions."""

    difference: Difference | None
    cuts: int
    futures: int
    decisions: int

    @property
    def looks_ahead(self) -> bool:
        return self.difference is not None


def cuts_of(every: Mapping[str, Decisions], most: int) -> dict[bool, list[Cut]]:
    """Where to part worlds, apart for strategies that decide at the end of a row (True) and others (False).

    Each strategy has some cuts just before decisions of its own, evenly over time; and the period has a few of its own.
    """
    found: dict[bool, dict[Cut, None]] = {}
    share = max(2, most // max(len(every), 1))
    for decided in every.values():
        clock, mine = decided.panel.clock, found.setdefault(decided.by_row, {})
        moments = sorted({moment for one in decided.found.values() if (moment := _moment_of(decided, one)) is not None})
        for k in np.unique(np.linspace(0, max(len(moments) - 1, 0), num=share).astype(int)) if moments else ():
            row, market, point = moments[k]
            mine[
                Cut.before_close(clock, row, market)
                if point is FillPoint.CLOSE
                else Cut.before(clock, row, market, by_row=decided.by_row)
            ] = None
        sessions = [(int(t), int(m)) for t, m in np.argwhere(clock.session_of >= 0) if t > 0]
        for k in np.linspace(0, len(sessions) - 1, num=4).astype(int)[1:3] if sessions else ():
            mine[Cut.before(clock, *sessions[k], by_row=decided.by_row)] = None
    return {by_row: sorted(cuts, key=lambda cut: (cut.row, cut.market, cut.at)) for by_row, cuts in found.items()}


def look_ahead(
    prepared: PreparedRun,
    inputs: RunInputs,
    specs: Sequence[StrategySpec],
    *,
    cuts: int = 16,
    seed: int = 7,
    progress: Progress | None = None,
) -> dict[str, Proof]:
    """For each strategy by name: whether a change of the future changes anything of its past.

    Prices, rates, announcements, relations and memberships that could not be known when an order had to be in are
    changed, at about `cuts` places, and the whole pipeline runs again; so it does with a market unexpectedly closed,
    and with nothing coming after. Signals and orders that had to be in by then, and fills and equity of the rows
    before, must be as they were; the bar in which an entry fills is part of the future.

    Raises
    ------
    StrategyError
        A strategy fails in the run as it is.
    """
    progress = progress or SilentProgress()
    # What is derived from all prices of the run must not differ because some of them do.
    components = prepared.components
    account = components.config.account.model_copy(update={"currency": prepared.market.currency})
    components = dataclasses.replace(components, config=components.config.model_copy(update={"account": account}))
    prepared = dataclasses.replace(prepared, components=components)
    every = {spec.name: decisions_of(prepared, spec) for spec in specs}
    by_kind = cuts_of(every, cuts)
    state = {spec.name: _State(decisions=len(every[spec.name].found)) for spec in specs}
    progress.stage("look ahead", sum(len(found) for found in by_kind.values()))
    for by_row, found in by_kind.items():
        concerned = [spec for spec in specs if every[spec.name].by_row == by_row]
        for cut in found:
            for future in futures(prepared, inputs, cut, seed):
                waiting = [spec for spec in concerned if state[spec.name].difference is None]
                other = _prepared(future) if waiting else None
                for spec in waiting if other is not None else ():
                    mine = state[spec.name]
                    mine.futures += 1
                    mine.difference = _differing(every[spec.name], other, spec, future)
                    if mine.difference is not None and future.what == ", ".join(KINDS):
                        single = _single(prepared, inputs, cut, seed, every[spec.name], spec)
                        mine.difference = single or mine.difference
            for spec in concerned:
                state[spec.name].cuts += 1
            progress.advance()
    return {
        name: Proof(difference=one.difference, cuts=one.cuts, futures=one.futures, decisions=one.decisions)
        for name, one in state.items()
    }


@dataclass
class _State:
    decisions: int
    difference: Difference | None = None
    cuts: int = 0
    futures: int = 0


def _moment_of(decided: Decisions, one: Decision) -> tuple[int, int, FillPoint] | None:
    """Row, market and the point of the bar; None where the row is no session of the market, or the first row."""
    clock = decided.panel.clock
    if not 0 < one.row < len(clock):
        return None
    market = one.market
    if market < 0:
        present = np.flatnonzero(~np.isnat(clock.cutoff_at[one.row]))
        market = int(present[np.argmin(clock.cutoff_at[one.row, present])]) if len(present) else -1
    if market < 0 or np.isnat(clock.cutoff_at[one.row, market]):
        return None
    return one.row, market, one.point


def _prepared(future: Future) -> PreparedRun | None:
    """The other world; None where it is none, such as without any price."""
    try:
        return prepare_inputs(future.components, future.inputs, SilentProgress())
    except NewsbtError:
        return None


def _single(
    prepared: PreparedRun, inputs: RunInputs, cut: Cut, seed: int, decided: Decisions, spec: StrategySpec
) -> Difference | None:
    """The same difference with a single thing changed, where one is enough."""
    for future in one_thing(prepared.components, prepared.market, inputs, cut, seed):
        other = _prepared(future)
        found = None if other is None else _differing(decided, other, spec, future)
        if found is not None:
            return found
    return None


def _differing(decided: Decisions, other: PreparedRun | None, spec: StrategySpec, future: Future) -> Difference | None:
    """The first decision, fill or equity up to the cut that is another in the other world."""
    assert other is not None
    cut = future.cut
    try:
        changed = decisions_of(other, spec)
    except StrategyError as error:
        return _difference(decided, future, ("error", None, None, 0), cut.row, None, str(error).splitlines()[-1])
    last = len(other.market.panel.clock) - 1
    moved = first_moved(
        decided.in_time(cut, last, moves_bars=future.moves_bars),
        changed.in_time(cut, last, moves_bars=future.moves_bars),
    )
    moved = moved or first_moved(decided.done_before(cut.row), changed.done_before(cut.row))
    if moved is not None:
        return _difference(decided, future, *moved)
    rows = min(cut.row, last + 1)
    mine, theirs = decided.ledger.equity[:rows], changed.ledger.equity[:rows]
    apart = np.flatnonzero(np.abs(mine - theirs) > EPSILON * decided.ledger.initial_cash)
    if len(apart):
        row = int(apart[0])
        return _difference(decided, future, ("equity", None, None, 0), row, float(mine[row]), float(theirs[row]))
    return None


def _difference(
    decided: Decisions, future: Future, key: Key, row: int, before: DecisionValue, after: DecisionValue
) -> Difference:
    dates = decided.panel.dates
    kind, ticker, event, _ = key
    return Difference(
        what=future.what,
        cut_date=str(dates[future.cut.row].astype("M8[D]")),
        cut_at=f"{future.cut.at.astype('M8[m]')}Z",
        kind=kind,
        row=row,
        date=str(dates[row].astype("M8[D]")),
        ticker=ticker,
        event_id=event,
        before=before,
        after=after,
    )


def _text(value: DecisionValue) -> str:
    return "nothing" if value is None else str(value)
