"""What about the data may make a result say less than it seems to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from newsbt.steps.prepare import PreparedRun, RunInputs

__all__ = ["data_doubts"]

LONG_GAP = 5  # sessions
OLD_RATE = 7  # days


def data_doubts(prepared: PreparedRun, inputs: RunInputs) -> list[dict[str, Any]]:
    """Doubts as ``{"kind", "message", "ticker"}``: hindsight in relations, memberships and labels; prices that are
    stale, adjusted, missing, or beyond what their board allows; old exchange rates."""
    found = [*_hindsight(prepared), *_labels(prepared), *_rates(prepared, inputs)]
    found += [_doubt(doubt.kind, doubt.message, doubt.ticker or None) for doubt in prepared.doubts]
    return [*found, *_gaps(prepared)]


def _doubt(kind: str, message: str, ticker: str | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "message": message, "ticker": ticker, **more}


def _hindsight(prepared: PreparedRun) -> Iterator[dict[str, Any]]:
    for what, count in prepared.summary.hindsight.items():
        if count:
            message = f"{count} {what} carry no `from`, the day they could first be known: they may be hindsight"
            yield _doubt(f"undated_{what}", message, count=count)


def _labels(prepared: PreparedRun) -> Iterator[dict[str, Any]]:
    """Events that the maker of their labels may have read about, and what came of them."""
    known = prepared.events.known_at.astype("M8[D]")
    for cutoff in prepared.cutoffs:
        inside = int((known <= np.datetime64(cutoff)).sum())
        message = (
            f"{inside} of {len(known)} events were known by {cutoff}, up to when the maker of their labels could have "
            "read: what it says of them may be hindsight"
        )
        yield _doubt("labels_cutoff", message, count=inside)
    for notice in prepared.summary.notices:
        if notice.startswith("labels by") and "nobody says" in notice:
            yield _doubt("labels_cutoff", notice)


def _rates(prepared: PreparedRun, inputs: RunInputs) -> Iterator[dict[str, Any]]:
    if inputs.fx is None:
        return
    last_row = prepared.panel.dates[-1].astype("M8[D]")
    for pair, (days, _) in inputs.fx.rates.items():
        old = int((last_row - days[-1].astype("M8[D]")).astype(int)) if len(days) else 0
        if len(days) > 1 and old > OLD_RATE:
            yield _doubt("stale_fx", f"{pair}: the last rate is of {days[-1]}, {old} days before the run ends", pair)


def _gaps(prepared: PreparedRun) -> Iterator[dict[str, Any]]:
    """Sessions of its exchange in which an instrument has no bar, between its first and last ones and at the end."""
    panel = prepared.panel
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
