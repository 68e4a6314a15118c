"""What about the data may make a result say less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from newsbt.domain.command_documents import DataDoubt
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.prepare import PreparedRun, RunInputs
from newsbt.steps.summarise import doubts_of

__all__ = ["data_doubts"]

LONG_GAP = 5  # sessions
OLD_RATE = 7  # days


def data_doubts(prepared: PreparedRun, inputs: RunInputs) -> list[DataDoubt]:
    """Doubts as ``{"kind", "message", "ticker"}``: hindsight in relations, memberships and labels; prices that are
    stale, adjusted, missing, or beyond what their board allows; old exchange rates."""
    panel = prepared.market.panel
    found = [*_hindsight(prepared.market.universe), *_labels(prepared.news, inputs), *_rates(panel, inputs)]
    found += [_doubt(doubt.kind, doubt.message, doubt.ticker or None) for doubt in doubts_of(prepared, inputs)]
    return [*found, *_gaps(panel)]


def _doubt(kind: str, message: str, ticker: str | None = None, count: int | None = None) -> DataDoubt:
    found: DataDoubt = {"kind": kind, "message": message, "ticker": ticker}
    return found if count is None else {**found, "count": count}


def _hindsight(universe: Universe) -> Iterator[DataDoubt]:
    for what, count in universe.hindsight().items():
        if count:
            message = f"{count} {what} carry no `from`, the day they could first be known: they may be hindsight"
            yield _doubt(f"undated_{what}", message, count=count)


def _labels(news: EventSetup, inputs: RunInputs) -> Iterator[DataDoubt]:
    """Events that the maker of their labels may have read about, and what came of them."""
    known = news.events.known_at.astype("M8[D]")
    for cutoff in news.cutoffs:
        inside = int((known <= np.datetime64(cutoff)).sum())
        message = (
            f"{inside} of {len(known)} events were known by {cutoff}, up to when the maker of their labels could have "
            "read: what it says of them may be hindsight"
        )
        yield _doubt("labels_cutoff", message, count=inside)
    for notice in inputs.labelled.notices:
        if notice.startswith("labels by") and "nobody says" in notice:
            yield _doubt("labels_cutoff", notice)


def _rates(panel: MarketPanel, inputs: RunInputs) -> Iterator[DataDoubt]:
    if inputs.fx is None:
        return
    last_row = panel.dates[-1].astype("M8[D]")
    for pair, (days, _) in inputs.fx.rates.items():
        old = int((last_row - days[-1].astype("M8[D]")).astype(int)) if len(days) else 0
        if len(days) > 1 and old > OLD_RATE:
            yield _doubt("stale_fx", f"{pair}: the last rate is of {days[-1]}, {old} days before the run ends", pair)


def _gaps(panel: MarketPanel) -> Iterator[DataDoubt]:
    """Sessions of its exchange in which an instrument has no bar, between its first and last ones and at the end."""
    for n in np.flatnonzero(panel.has_prices).tolist():
        ticker = panel.tickers[n]
        rows = np.flatnonzero(panel.clock.session_of[:, panel.market_of[n]] >= 0)
        bars = np.flatnonzero(np.isfinite(panel.close[rows, n]))
        if not len(bars):
            continue
        missing = np.diff(bars) - 1
        if len(missing) and missing.max() >= LONG_GAP:
            at = panel.dates[rows[bars[int(np.argmax(missing))]]]
            message = f"{ticker} has no bar on {int(missing.max())} sessions running after {at}: suspended, or missing"
            yield _doubt("gap", message, ticker)
        left = len(rows) - 1 - int(bars[-1])
        if left >= LONG_GAP:
            at = panel.dates[rows[bars[-1]]]
            yield _doubt(
                "ends_early", f"{ticker} has its last bar on {at}, {left} sessions before the run ends", ticker
            )
