"""context.json: the announcements behind the trades, and prices around them, for pages made later.

Everything here can be read off the run's inputs; it is kept so that `newsbt report` needs nothing but the folder.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from newsbt._typing import Bools, Floats, Ints
from newsbt.domain.results import Labels, RunResult, StrategyResult
from newsbt.domain.run_context import RunContext
from newsbt.domain.run_documents import ContextDocument, ContextEvent, ContextTicker, LinkJson
from newsbt.runs.reactions import SignalledPairs, rows_of_instants, shares, table_of_reactions

__all__ = ["CONTEXT_FORMAT", "context_document"]

CONTEXT_FORMAT = 1
BEFORE, AFTER = 8, 8  # rows shown around a pair's first tradable bar and around its lots
LONGEST = 60  # rows of a lot that are shown after its entry
MOST_BARS = 120_000  # about 3 MB of JSON
LONGEST_TEXT = 10_000


def context_document(result: RunResult) -> ContextDocument | None:
    """Announcements that some strategy signalled, traded or was refused on, their links, and bars around them.

    None where the run has no context to tell from. `tickers` hold runs of consecutive bars as ``[row, [open, high,
    low, close, open, ...]]`` in local currency, `row` being an index into `dates`; null where there was no bar. Where
    there are more than :data:`MOST_BARS`, those around the largest profits and losses are kept. `at` of an event says
    for each market where on the axis of rows it became known: 12.0 is just before row 12 opened, 12.5 halfway
    through its session.
    """
    strategies = [item for item in result.strategies if item.kind == "strategy"]
    if result.context is None or not strategies:
        return None
    context, labels = result.context, strategies[0].labels
    pairs = _pairs(strategies, labels)
    kept = _bars_kept(strategies, pairs, labels)
    reactions = table_of_reactions(pairs, labels, context)
    events = np.unique(pairs.event)
    dates = labels.panel.dates
    clock = labels.panel.clock
    return {
        "format": CONTEXT_FORMAT,
        "intraday": clock.intraday,
        "dates": _row_labels(labels),
        "first_date": str(dates[0]) if len(dates) else None,
        "zones": dict(context.zones),
        "benchmark": labels.panel.tickers[context.benchmark] if context.benchmark >= 0 else None,
        "tickers": {labels.panel.tickers[n]: _ticker(labels, context, n, kept[:, n]) for n in _used(pairs, kept)},
        "events": _events(labels, context, events, pairs, reactions),
        "shares": {item.name: shares(item, labels) for item in strategies},
    }


def _row_labels(labels: Labels) -> list[str]:
    if not labels.panel.clock.intraday:
        return [str(day) for day in labels.panel.dates]
    opens = pd.DataFrame(labels.panel.clock.open_at).min(axis=1)
    return [f"{at:%Y-%m-%dT%H:%MZ}" for at in opens]


def _pairs(strategies: Iterable[StrategyResult], labels: Labels) -> SignalledPairs:
    """Distinct pairs of event and ticker that any strategy signalled, with the largest |P&L| that one had on it."""
    columns = labels.panel.tickers
    position = {ticker: n for n, ticker in enumerate(columns)}
    keys, rows, sizes = [], [], []
    for item in strategies:
        frame = item.events
        spoken = frame[(frame["signal"].fillna(0.0) != 0.0) | (frame["pnl"] != 0.0)]
        event = np.array([labels.events.position[name] for name in spoken["event_id"]], dtype=np.int64)
        ticker = np.array([position[name] for name in spoken["ticker"]], dtype=np.int64)
        keys.append(event * len(columns) + ticker)
        rows.append(rows_of_instants(labels.panel, spoken["first_tradable_at"], ticker))
        sizes.append(spoken["pnl"].abs().fillna(0.0).to_numpy(dtype=np.float64))
    key, row, size = np.concatenate(keys), np.concatenate(rows), np.concatenate(sizes)
    order = np.lexsort((-size, key))
    key, row, size = key[order], row[order], size[order]
    first = np.append(True, key[1:] != key[:-1]) if len(key) else np.empty(0, dtype=bool)
    return SignalledPairs(
        event=key[first] // len(columns), ticker=key[first] % len(columns), row=row[first], size=size[first]
    )


def _bars_kept(strategies: Iterable[StrategyResult], pairs: SignalledPairs, labels: Labels) -> Bools:
    """(T, N): bars to keep, those around the pairs with the largest P&L first until there are enough."""
    rows, count = labels.panel.shape
    last: dict[int, int] = {}
    for item in strategies:
        lots = item.ledger.lots
        ends = np.where(lots["exit_row"] < 0, rows - 1, lots["exit_row"])
        ends = np.minimum(ends, lots["entry_row"] + LONGEST)
        for event, ticker, end in zip(lots["event"].tolist(), lots["ticker"].tolist(), ends.tolist(), strict=True):
            key = event * count + ticker
            last[key] = max(last.get(key, 0), end)
    kept = np.zeros((rows, count), dtype=bool)
    number = 0
    for k in np.lexsort((pairs.ticker, pairs.event, -pairs.size)).tolist():
        row, n = int(pairs.row[k]), int(pairs.ticker[k])
        if row < 0 or not labels.panel.has_prices[n]:
            continue
        end = max(row, last.get(int(pairs.event[k]) * count + n, 0)) + AFTER
        window = slice(max(row - BEFORE, 0), min(end + 1, rows))
        number += int((~kept[window, n]).sum())
        if number > MOST_BARS:
            break
        kept[window, n] = True
    return kept


def _used(pairs: SignalledPairs, kept: Bools) -> list[int]:
    found: list[int] = np.union1d(np.unique(pairs.ticker), np.flatnonzero(kept.any(axis=0))).tolist()
    return found


def _ticker(labels: Labels, context: RunContext, n: int, kept: Bools) -> ContextTicker:
    panel, item = labels.panel, context.instruments[n]
    market = panel.clock.markets[int(panel.market_of[n])] if panel.has_prices[n] else item.exchange
    bars = np.column_stack((panel.open[:, n], panel.high[:, n], panel.low[:, n], panel.close[:, n]))
    # A market's closed days are no part of its axis: they are left out and not shown as gaps.
    open_rows = ~np.isnat(panel.clock.open_at[:, int(panel.market_of[n])]) if panel.has_prices[n] else kept
    return {
        "name": item.name,
        "market": market,
        "currency": item.currency,
        "bars": _segments(bars, np.flatnonzero(kept & open_rows), np.flatnonzero(open_rows)),
    }


def _segments(bars: Floats, rows: Ints, open_rows: Ints) -> list[tuple[list[int], list[float | None]]]:
    """Kept rows as runs of neighbours among the market's own sessions: ``[rows, flat prices]``."""
    found: list[tuple[list[int], list[float | None]]] = []
    if not len(rows):
        return found
    index = np.searchsorted(open_rows, rows)
    for run in np.split(np.arange(len(rows)), np.flatnonzero(np.diff(index) != 1) + 1):
        prices = [_price(value) for row in rows[run] for value in bars[row]]
        found.append((rows[run].tolist(), prices))
    return found


def _price(value: float) -> float | None:
    """Six digits are more than a chart shows."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _events(
    labels: Labels,
    context: RunContext,
    events: Ints,
    pairs: SignalledPairs,
    reactions: Mapping[tuple[int, int], list[float | None]],
) -> list[ContextEvent]:
    def links_of(event: int) -> list[LinkJson]:
        return [
            (labels.panel.tickers[link.ticker], link.relation, link.hop, _short(link.weight), link.path)
            for link in context.links_of(event)
        ]

    by_event: dict[int, dict[str, list[float | None]]] = {}
    for (event, n), numbers in reactions.items():
        by_event.setdefault(event, {})[labels.panel.tickers[n]] = numbers
    bounds = np.searchsorted(pairs.event, [events, events + 1]).T
    return [
        _event(labels, e, links_of(e), by_event.get(e, {}), np.unique(pairs.ticker[low:high]))
        for e, (low, high) in zip(events.tolist(), bounds.tolist(), strict=True)
    ]


def _event(
    labels: Labels, e: int, links: list[LinkJson], reactions: dict[str, list[float | None]], tickers: Ints
) -> ContextEvent:
    item, clock = labels.events.announcements[e], labels.panel.clock
    markets = np.unique(labels.panel.market_of[tickers])
    return {
        "id": item.event_id,
        "headline": item.headline[:LONGEST_TEXT],
        "cut": max(0, len(item.headline) - LONGEST_TEXT),
        "source": item.source[:LONGEST_TEXT],
        "url": item.url[:LONGEST_TEXT],
        "type": item.event_type,
        "issuer": item.issuer,
        "subject": item.subject,
        "rivals": list(item.rivals),
        "sentiment": _short(item.sentiment),
        "published_at": item.published_at.isoformat(),
        "received_at": None if item.received_at is None else item.received_at.isoformat(),
        "precision": item.time_precision,
        "known_at": str(labels.events.known_at[e].astype("M8[s]")) + "Z",
        "at": {clock.markets[m]: _row_on_axis(labels, e, m) for m in markets.tolist() if m >= 0},
        "links": links,
        "reactions": reactions,
    }


def _row_on_axis(labels: Labels, e: int, m: int) -> float:
    """Where on the axis of rows an event became known in one market."""
    clock, known = labels.panel.clock, labels.events.known_at[e]
    rows = np.flatnonzero(~np.isnat(clock.open_at[:, m]))
    index = int(np.searchsorted(clock.close_at[rows, m], known, side="right"))
    if index == len(rows):
        return float(len(clock))
    row = int(rows[index])
    start, end = clock.open_at[row, m], clock.close_at[row, m]
    inside = (known - start) / (end - start) if end > start else 0.0
    return round(row + min(max(float(inside), 0.0), 0.99), 2)


def _short(value: float) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None
