"""What the strategies of a config would send at an instant, knowing only what was known then."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np

from newsbt.assembly import Components
from newsbt.domain.command_documents import OrdersDocument
from newsbt.domain.event_table import EventTable
from newsbt.domain.instants import utc
from newsbt.domain.ledger import Ledger, Outcome, Reason
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.live.as_of import AsOf, prepare_as_of
from newsbt.markets.openings import last_closed
from newsbt.simulation.entry_rows import PlacedSignals
from newsbt.steps.prepare import read_inputs
from newsbt.steps.simulate import strategy_books

__all__ = ["Order", "OrderBook", "orders_as_of", "orders_in"]

# Stops and targets are worked by price: nobody knows before an opening whether they will be met. One that was met and
# did not fill is tried again at the next opening, whatever the price (X12).
CONDITIONAL = (Reason.STOP_LOSS, Reason.TAKE_PROFIT, Reason.TRAILING_STOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order for one opening (or close) of one market.

    `quantity` is in whole lots, positive, before the market has cut anything; None where no size can be made. `reason`
    says what it is for (R1's words; ``exit`` where it was refused; of a limit order with its price), `refused` why the
    rules would refuse it already. `limit` is the price of a limit order (X22), local currency, None for other orders.
    `event_id` is None where no event caused it, and where several did.
    """

    strategy: str
    market: str
    at: datetime
    ticker: str
    side: str
    quantity: int | None
    reason: str
    event_id: str | None
    refused: str | None = None
    limit: float | None = None


@dataclass(frozen=True, kw_only=True)
class OrderBook:
    """The orders of all strategies as of an instant, in the order in which the markets open.

    `next_openings` are the instants for which they are, by market; `under_way` the markets in which a session has
    begun whose prices were not known yet: positions and sizes go by the closes before. `last_prices` are the sessions
    of the newest prices, and `behind` the markets in which sessions have closed since.
    """

    as_of: datetime
    orders: tuple[Order, ...]
    next_openings: Mapping[str, datetime]
    under_way: tuple[str, ...]
    last_prices: Mapping[str, date]
    behind: tuple[str, ...]
    events_known: int

    def as_dict(self) -> OrdersDocument:
        """The document of `newsbt orders --json`."""
        return {
            "as_of": self.as_of.isoformat(),
            "next_openings": {mic: at.isoformat() for mic, at in self.next_openings.items()},
            "under_way": list(self.under_way),
            "last_prices": {mic: on.isoformat() for mic, on in self.last_prices.items()},
            "behind": list(self.behind),
            "events_known": self.events_known,
            "orders": [
                {
                    "strategy": one.strategy, "market": one.market, "at": one.at.isoformat(), "ticker": one.ticker,
                    "side": one.side, "quantity": one.quantity, "reason": one.reason, "event_id": one.event_id,
                    "refused": one.refused,
                }
                for one in self.orders
            ],
        }  # fmt: skip


def orders_as_of(components: Components, at: datetime, progress: Progress | None = None) -> OrderBook:
    """What every strategy would send at an instant, for each market's next opening.

    Raises
    ------
    DataError
        The instant is naive or of another century, or lies before the first price.
    StrategyError
        A strategy raised, or answered what is no signal.
    """
    progress = progress or SilentProgress()
    progress.stage("load", None)
    found = prepare_as_of(components, read_inputs(components), at, progress)
    prepared = found.prepared
    progress.stage("simulate", len(components.strategies))
    cells = _cells(found)
    orders: list[Order] = []
    for spec in components.strategies:
        books = strategy_books(prepared, spec)
        found_orders = orders_in(prepared.market.panel, prepared.news.events, books.ledger, spec.name, cells)
        orders.extend(_with_limits(found_orders, prepared.market.panel, prepared.news.events, books.placed))
        progress.advance()
    orders.sort(key=lambda one: one.at)
    return OrderBook(
        as_of=at.astimezone(UTC),
        orders=tuple(orders),
        next_openings={mic: utc(listed[-1].open_at) for mic, listed in sorted(found.openings.items())},
        under_way=tuple(mic for mic, listed in sorted(found.openings.items()) if len(listed) > 1),
        last_prices=found.last_prices,
        behind=tuple(
            mic
            for mic, on in found.last_prices.items()
            if (closed := last_closed(mic, at, components.rulebook)) is not None and closed > on
        ),
        events_known=len(prepared.news.events),
    )


def orders_in(
    panel: MarketPanel, known: EventTable, ledger: Ledger, strategy: str, cells: Mapping[tuple[str, int], str]
) -> list[Order]:
    """The orders of a ledger that were sent for some cells of the clock, in the order of the ledger.

    Parameters
    ----------
    cells : mapping of (market, row) to ``open`` or ``close``
        ``open``: all that was for that opening and that close; ``close``: what was for the close only.
    """
    clock = panel.clock

    def wanted(row: int, ticker: int, at: np.datetime64) -> bool:
        m = int(panel.market_of[ticker])
        kind = cells.get((clock.markets[m], row))
        return kind == "open" or (kind == "close" and at == clock.close_at[row, m])

    found: list[Order] = []
    orders: dict[_Sent, float] = {}
    events: dict[_Sent, set[int]] = {}
    for one in ledger.fills:
        sent = _sent(ledger, one)
        if not wanted(int(one["row"]), sent.ticker, one["at"]):
            continue
        if sent.reason not in CONDITIONAL or _waited(panel, ledger, one):
            orders[sent] = orders.get(sent, 0.0) + float(one["quantity"])
            events.setdefault(sent, set()).add(int(one["event"]))
    for sent, filled in orders.items():
        event = events[sent].pop() if len(events[sent]) == 1 else -1
        size = _uncut(ledger, sent, filled)
        found.append(_order(panel, known, strategy, sent.at, sent.ticker, sent.side, size, sent.reason.word, event))
    for one in ledger.refusals:
        ticker = int(one["ticker"])
        if one["filled"] > 0 or not wanted(int(one["row"]), ticker, one["at"]):
            continue
        reason_word = Reason.ENTRY.word if one["is_entry"] else "exit"
        side, event, at = int(one["side"]), int(one["event"]), one["at"]
        refused: str | None = Outcome(int(one["reason"])).word
        if one["reason"] == Outcome.LIMIT_NOT_REACHED:  # nobody knows before the session whether it will be
            refused, at = None, clock.open_at[one["row"], panel.market_of[ticker]]
        found.append(
            _order(panel, known, strategy, at, ticker, side, float(one["wanted"]), reason_word, event, refused)
        )
    return found


def _with_limits(
    orders: list[Order], panel: MarketPanel, known: EventTable, placed: PlacedSignals | None
) -> list[Order]:  # fmt: skip
    """The same orders, entries with the limits that they were placed with (X22)."""
    if placed is None:
        return orders
    entries = placed.entries
    limits = {
        (str(known.ids[event]), panel.tickers[n]): bound
        for event, n, bound in zip(entries.event.tolist(), entries.ticker.tolist(), entries.bound.tolist(), strict=True)
        if math.isfinite(bound)
    }
    return [
        replace(one, limit=limits[where], reason=f"entry, limit {limits[where]:.12g}")
        if one.reason == Reason.ENTRY.word and (where := (one.event_id or "", one.ticker)) in limits
        else one
        for one in orders
    ]


class _Sent(NamedTuple):
    """What tells an order from others. `event` is None where it may be for several (X3, X21)."""

    at: np.datetime64
    ticker: int
    side: int
    is_entry: bool
    reason: Reason
    event: int | None


def _sent(ledger: Ledger, fill: np.void) -> _Sent:
    """The order behind a fill: a grid's, and an opposite event's, fill lots of several events."""
    reason, side = Reason(int(fill["reason"])), int(fill["side"])
    is_entry = bool(ledger.lots["quantity"][fill["lot"]] * side > 0)
    shared = reason in (Reason.REBALANCE, Reason.OPPOSITE)
    return _Sent(fill["at"], int(fill["ticker"]), side, is_entry, reason, None if shared else int(fill["event"]))


def _waited(panel: MarketPanel, ledger: Ledger, fill: np.void) -> bool:
    """Whether an exit was refused or cut at its ticker's bar before (X12)."""
    before = np.flatnonzero(panel.tradable[: fill["row"], fill["ticker"]])
    if not len(before):
        return False
    tried = ledger.refusals[(ledger.refusals["row"] == before[-1]) & ~ledger.refusals["is_entry"]]
    return any(all(one[name] == fill[name] for name in ("ticker", "side", "event")) for one in tried)


def _uncut(ledger: Ledger, sent: _Sent, filled: float) -> float:
    """What an order was for before the market cut it: of an entry each cut tells the whole, of an exit the part that is
    missing of a lot."""
    cuts = ledger.refusals[(ledger.refusals["filled"] > 0) & np.isfinite(ledger.refusals["wanted"])]
    for name in ("at", "ticker", "side", "is_entry"):
        cuts = cuts[cuts[name] == getattr(sent, name)]
    if sent.event is not None:
        cuts = cuts[cuts["event"] == sent.event]
    if sent.is_entry:
        return float(max([filled, *cuts["wanted"].tolist()]))
    return filled + float((cuts["wanted"] - cuts["filled"]).sum())


def _order(
    panel: MarketPanel, known: EventTable, strategy: str, at: np.datetime64, ticker: int, side: int, size: float,
    reason: str, event: int, refused: str | None = None,
) -> Order:  # fmt: skip
    return Order(
        strategy=strategy,
        market=panel.clock.markets[int(panel.market_of[ticker])],
        at=utc(at),
        ticker=panel.tickers[ticker],
        side="buy" if side > 0 else "sell",
        quantity=round(size) if math.isfinite(size) else None,
        reason=reason,
        event_id=str(known.ids[event]) if event >= 0 else None,
        refused=refused,
    )


def _cells(found: AsOf) -> dict[tuple[str, int], str]:
    """The next opening of each market, and the closes of what is under way."""
    clock = found.prepared.market.panel.clock
    cells: dict[tuple[str, int], str] = {}
    for m, mic in enumerate(clock.markets):
        for opening in found.openings.get(mic, ()):
            rows = np.flatnonzero(clock.open_at[:, m] == opening.open_at)
            for row in rows.tolist():
                cells[mic, row] = "open" if opening is found.openings[mic][-1] else "close"
    return cells
