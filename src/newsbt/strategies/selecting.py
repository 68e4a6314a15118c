"""What the built-in event strategies share: picking events, and signals of those whose sign is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.domain.broader_types import with_narrower
from newsbt.domain.entity import DIRECT_RELATIONS
from newsbt.domain.signal import Signal

__all__ = ["direct_links", "of_types", "signal_of", "tickers_by_event"]


def of_types(frame: pd.DataFrame, event_types: Iterable[str]) -> pd.DataFrame:
    """Rows whose `event_type` is one of these, or a part of one; all rows when none is named."""
    wanted = with_narrower(event_types)
    return frame[frame["event_type"].isin(wanted)] if wanted else frame


def direct_links(links: pd.DataFrame) -> pd.DataFrame:
    """Links of hop 0 to the listings themselves, without their indices."""
    return links[links["relation"].isin(DIRECT_RELATIONS)]


def tickers_by_event(links: pd.DataFrame) -> dict[str, list[str]]:
    """The tickers that each event is linked to."""
    found: dict[str, list[str]] = {}
    for event_id, ticker in zip(links["event_id"], links["ticker"], strict=True):
        found.setdefault(event_id, []).append(ticker)
    return found


def signal_of(
    event_id: Sequence[str] | pd.Series,
    ticker: Sequence[str] | pd.Series,
    signal: Sequence[float] | Floats,
    delay: int = 0,
) -> Signal:
    """A `Signal` from equally long columns; where the signal is NaN, nobody knows which way, there is none."""
    frame = pd.DataFrame({"event_id": event_id, "ticker": ticker, "signal": np.asarray(signal, dtype=np.float64)})
    frame = frame[frame["signal"].notna()]
    return Signal.for_events(frame.assign(delay=delay))
