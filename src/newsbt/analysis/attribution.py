"""What each event brought: a row for each event and ticker it touched or signalled (R4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Array, Floats, Instants, Ints, Kind
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.results import OUTCOMES, Labels, utc
from newsbt.domain.text_columns import TextColumn, text_column

__all__ = ["event_rows", "reasons_of", "signal_rows", "unattributed", "untraded_rows"]

COLUMNS = (
    "strategy", "event_id", "ticker", "weight", "known_at", "first_tradable_at", "signal", "pnl", "costs",
    "refused_reason",
)  # fmt: skip


def event_rows(
    strategy: str,
    labels: Labels,
    ledger: Ledger,
    *,
    link_event: Ints,
    link_ticker: Ints,
    link_weight: Floats,
    link_first: Instants,
    link_outcome: Ints,
    signal_event: Ints,
    signal_ticker: Ints,
    signal: Floats,
    signal_first: Instants,
    signal_outcome: Ints,
) -> pd.DataFrame:
    """Links and signalled pairs of one strategy with what they earned, by event and then ticker.

    `link_*` (L,) are the links the strategy saw, their `outcome` that they lie outside the run, if they do; `signal_*`
    (K,) its signals on the traded tickers; a pair that is both is one row. `pnl` and `costs` are in account currency,
    open lots at the last mark, and sum, with
    :func:`unattributed`, to the run's profit (C4).
    """
    count = len(labels.panel.tickers)
    keys = np.concatenate([signal_event * count + signal_ticker, link_event * count + link_ticker])
    lots = ledger.lots[ledger.lots["event"] >= 0]
    lot_keys = lots["event"] * count + lots["ticker"]
    keys = np.concatenate([keys, lot_keys])
    unique, first = np.unique(keys, return_index=True)
    signals = len(signal_event)
    is_signal = first < signals
    at_link = np.clip(first - signals, 0, max(len(link_event) - 1, 0))

    def pick(
        of_signal: npt.NDArray[Kind], of_link: npt.NDArray[Kind], missing: int | float | np.datetime64
    ) -> npt.NDArray[Kind]:
        out = np.full(len(unique), missing, dtype=of_link.dtype)
        out[is_signal] = of_signal[first[is_signal]]
        linked = ~is_signal & (first < signals + len(link_event))
        out[linked] = of_link[at_link[linked]]
        return out

    weight = np.full(len(unique), np.nan)
    if len(link_event):
        link_keys, first_link = np.unique(link_event * count + link_ticker, return_index=True)
        found = np.searchsorted(link_keys, unique)
        found = np.minimum(found, len(link_keys) - 1)
        known = link_keys[found] == unique
        weight[known] = link_weight[first_link[found[known]]]
    sums = {
        name: np.bincount(np.searchsorted(unique, lot_keys), weights=lots[name], minlength=len(unique))
        for name in ("pnl", "costs")
    }
    outcome = pick(signal_outcome, link_outcome, Outcome.FILLED)
    event, ticker = unique // count, unique % count
    return pd.DataFrame(
        {
            "strategy": strategy,
            "event_id": labels.event_column(event),
            "ticker": labels.ticker_column(ticker),
            "weight": weight,
            "known_at": utc(labels.events.known_at[event]),
            "first_tradable_at": utc(pick(signal_first, link_first, np.datetime64("NaT", "ns"))),
            "signal": pick(signal, np.zeros(len(link_event)), 0.0),
            "pnl": sums["pnl"],
            "costs": sums["costs"],
            "refused_reason": reasons_of(outcome),
        },
        columns=list(COLUMNS),
    )


def untraded_rows(
    strategy: str, event_id: Array, ticker: Array, weight: Floats, known_at: Instants, reason: Array | TextColumn
) -> pd.DataFrame:
    """K rows of :func:`event_rows` for what lay outside the run, or was linked to nothing (`ticker` None)."""
    count = len(known_at)
    return pd.DataFrame(
        {
            "strategy": strategy,
            "event_id": event_id,
            "ticker": ticker,
            "weight": weight,
            "known_at": utc(known_at),
            "first_tradable_at": utc(np.full(count, np.datetime64("NaT", "ns"))),
            "signal": np.zeros(count),
            "pnl": np.zeros(count),
            "costs": np.zeros(count),
            "refused_reason": reason,
        },
        columns=list(COLUMNS),
    )


def reasons_of(outcome: Ints) -> TextColumn:
    """The words of :class:`Outcome`, none where there is nothing to say."""
    return text_column(OUTCOMES, np.where(outcome == Outcome.FILLED, -1, outcome))


def unattributed(ledger: Ledger) -> float:
    """Profit of lots that no event caused, account currency."""
    return float(ledger.lots["pnl"][ledger.lots["event"] < 0].sum())


def signal_rows(strategy: str, labels: Labels, event: Ints, ticker: Ints, signal: Floats, row: Ints) -> pd.DataFrame:
    """`strategy, date, ticker, event_id, signal`: `date` is the session it trades in, blank outside the run."""
    return pd.DataFrame(
        {
            "strategy": strategy,
            "date": labels.dates(row),
            "ticker": labels.ticker_column(ticker),
            "event_id": labels.event_column(event),
            "signal": signal,
        }
    )
