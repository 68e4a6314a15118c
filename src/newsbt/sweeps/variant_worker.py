"""The fast lane of a sweep: one thread's buffers, used again for every variant, and no ledger in between."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats, Kind
from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.event_clusters import NEVER, session_hours
from newsbt.analysis.sharpe_variance import MOST_LAGS
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Outcome as Fate
from newsbt.kernels.codes import NONE
from newsbt.kernels.engine_state import Asked, Costs, Followed, LedgerState, Market, RuleArrays
from newsbt.kernels.event_engine import replay
from newsbt.kernels.rules.holding import FOREVER
from newsbt.kernels.sweep_metrics import SHARPE, SessionSeries, Tally, tally
from newsbt.kernels.target_engine import follow
from newsbt.simulation.account_terms import AccountTerms, Hold, PositionTerms
from newsbt.simulation.compiled.engine import ask, follow_up, open_books, with_capacity
from newsbt.simulation.compiled.inputs import costs_of, market_of, position_of, rules_of
from newsbt.simulation.grid import Targets
from newsbt.simulation.missed_returns import read_only
from newsbt.sweeps.folds import Folds
from newsbt.sweeps.variant_result import BLOCKS, METRICS, SERIES, VariantNumbers

__all__ = ["SharedMarket", "VariantWorker"]

T = TypeVar("T", Market, RuleArrays, Costs)

LARGE = 1_000_000  # bytes of one array of the panel
# Left out where nobody looks at them; kernels are compiled once for either.
UNREAD = ("dividend", "split", "lot_step", "lot_minimum", "limit_up", "limit_down", "tick", "class_of")
NO_FOLDS = read_only([], np.int64)
NO_EVENTS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class SharedMarket:
    """What variants of one market share, as the kernels read it; made once, used from any number of threads."""

    terms: AccountTerms
    periods_per_year: float
    folds: Folds | None

    @cached_property
    def rules(self) -> RuleArrays:
        return self._laid_out(rules_of(self.terms))

    @cached_property
    def costs(self) -> Costs:
        return self._laid_out(costs_of(self.terms))

    def _laid_out(self, arrays: T) -> T:
        """The same numbers, those by row and ticker with a ticker's rows beside each other where that pays.

        A position is looked at row after row. Where the panel is larger than a processor's own cache, a run by rows
        waits for memory at each of these looks, and a run by tickers at each eighth.
        """
        if self.terms.panel.open.nbytes < LARGE:
            return arrays
        shape = self.terms.panel.shape
        grids: dict[str, Any] = {
            name: _by_ticker(item if len(item) else np.zeros((2, 2), item.dtype))
            for name, item in arrays._asdict().items()
            if np.shape(item) == shape or (name in UNREAD and not len(item))
        }
        return arrays._replace(**grids)

    @cached_property
    def sessions(self) -> SessionSeries:
        panel, folds = self.terms.panel, self.folds
        hours = session_hours(panel.clock)
        return SessionSeries(
            last_row=read_only(last_rows(panel.dates), np.int64),
            of_row=read_only(hours.of_row, np.int64),
            of_market=read_only(panel.market_of, np.int64),
            opening=read_only(hours.opening, np.int64),
            ends=read_only(hours.ends, np.int64),
            test_first=NO_FOLDS if folds is None else read_only(folds.first, np.int64),
            embargo=0 if folds is None else folds.embargo,
        )

    @cached_property
    def by_session(self) -> Market:
        """The market for holds that count sessions; `plain` for the others."""
        position = replace(self.terms.position, hold=Hold("sessions", 1))
        return self._laid_out(market_of(replace(self.terms, position=position)))

    @cached_property
    def plain(self) -> Market:
        return self._laid_out(market_of(replace(self.terms, position=replace(self.terms.position, hold=None))))


def _by_ticker(array: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    turned = np.asfortranarray(array)
    turned.setflags(write=False)
    return turned


class VariantWorker:
    """One thread's buffers. What `run` returns stays as it is; what lies behind it is used again."""

    def __init__(self) -> None:
        self._books: LedgerState | None = None
        self._asked: tuple[Entries, Asked, int] | None = None
        self._followed: tuple[Targets, str, Followed] | None = None
        self._tally: Tally | None = None

    def run(self, track: SharedMarket, position: PositionTerms, wanted: Entries | Targets) -> VariantNumbers:
        """The numbers of a `VariantNumbers`; those of `newsbt.simulation.compiled.simulate` on the same terms."""
        out = self._play(track, position, wanted)
        found: VariantNumbers = {
            "values": out.values.copy(),
            "per_bar_sharpe": float(out.values[SHARPE]) / math.sqrt(track.periods_per_year),
        }
        if not math.isnan(out.offset[0]):
            found |= {"blocks": out.blocks.copy(), "offset": float(out.offset[0])}
        if track.folds is not None:
            found["training"] = out.training.copy()
        return found

    def returns(self, track: SharedMarket, position: PositionTerms, wanted: Entries | Targets) -> Floats:
        """(n,): returns by session of a variant."""
        return self._play(track, position, wanted).returns.copy()

    def _play(self, track: SharedMarket, position: PositionTerms, wanted: Entries | Targets) -> Tally:
        terms = replace(track.terms, position=position)
        by_session = position.hold is not None and position.hold.unit == "sessions"
        market = track.by_session if by_session else track.plain
        rules, costs, terms_of = track.rules, track.costs, position_of(terms)
        rows = terms.panel.shape[0]
        books = self._opened(terms, wanted)
        row = 0
        if isinstance(wanted, Entries):
            asked, events = self._asked_of(wanted)
            row = replay(0, rows, market, rules, costs, terms_of, asked, books)
            assert row == rows
        else:
            followed = self._followed_of(terms, wanted)
            terms_of = terms_of._replace(hold_unit=FOREVER)
            while (row := follow(row, market, rules, costs, terms_of, followed, books)) < rows:
                books = with_capacity(books, lots=True)
            events = int(books.lots["event"][: books.state[0]["lots"]].max(initial=NONE)) + 1
        self._books = books
        sessions = track.sessions
        out = self._tally_of(len(sessions.last_row), len(sessions.test_first), events)
        tally(books, sessions, terms.cash, track.periods_per_year, out)
        return out

    def _opened(self, terms: AccountTerms, wanted: Entries | Targets) -> LedgerState:
        """Empty books of the right size: the last ones, wiped, where they are."""
        rows, tickers = terms.panel.shape
        lots = len(wanted) if isinstance(wanted, Entries) else 0
        books = self._books
        if books is None or len(books.equity) != rows or len(books.tickers) != tickers or len(books.lots) < lots:
            books = open_books(terms.cash, rows, tickers, lots=lots, records=0)
        books.state[0] = 0
        books.state["counts_only"] = 1
        books.state["cash"] = books.state["initial"] = books.state["equity"] = terms.cash
        books.tickers.view(np.int64)[:] = -1
        books.tickers["stop_slot"] = books.tickers["opposed"] = 0
        return books

    def _asked_of(self, entries: Entries) -> tuple[Asked, int]:
        """Entries with nothing decided of them, and how many events they may be of."""
        if self._asked is None or self._asked[0] is not entries:
            self._asked = entries, ask(entries), int(entries.event.max(initial=NONE)) + 1
        _, asked, events = self._asked
        asked.wanted.fill(0)
        asked.outcome.fill(Fate.PENDING)
        return asked, events

    def _followed_of(self, terms: AccountTerms, targets: Targets) -> Followed:
        how = terms.position.rebalance
        if self._followed is None or self._followed[0] is not targets or self._followed[1] != how:
            self._followed = targets, how, follow_up(terms, targets)
        followed = self._followed[2]
        followed.first_part.fill(NONE)
        followed.unfinished.fill(False)
        followed.unsizable.fill(0.0)
        return followed

    def _tally_of(self, sessions: int, folds: int, events: int) -> Tally:
        known = self._tally
        if known is None or len(known.returns) != sessions or len(known.trained) != folds:
            known = Tally(
                values=np.empty(len(METRICS)),
                training=np.empty((folds, len(SERIES))),
                trained=np.empty(folds, dtype=np.int64),
                returns=np.empty(sessions),
                scores=np.empty(sessions),
                autoregression=np.empty((3, MOST_LAGS + 1)),
                blocks=np.empty((4, BLOCKS)),
                offset=np.empty(1),
                since=NO_EVENTS,
                until=NO_EVENTS,
                order=NO_EVENTS,
            )
        if len(known.since) < events:
            since, until, order = (np.empty(events, dtype=np.int64) for _ in range(3))
            known = known._replace(since=since, until=until, order=order)
        known.since[:events] = NEVER
        known.until[:events] = -NEVER
        self._tally = known
        return known
