"""Signals of single events, placed on rows and sized: what the engines are asked to enter."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt._typing import Bools, Floats, Ints

__all__ = ["Entries"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """K intended entries in the order in which X5 works them inside a market: by (row, at_close, known_at,
    event id, descending |signal|, universe order).

    `event` and `ticker` (K,) are places in the run's events and the universe; the ticker is the traded one (X18).
    `sign` is 1 or -1, `weight` the fraction of equity after `event_weight` (X4). `row` is the row whose open, or
    whose close where `at_close`, the entry fills at.
    """

    event: Ints
    ticker: Ints
    sign: Ints
    weight: Floats
    row: Ints
    at_close: Bools

    def __post_init__(self) -> None:
        assert len({len(getattr(self, name)) for name in ("event", "ticker", "sign", "weight", "row", "at_close")}) == 1

    def __len__(self) -> int:
        return len(self.event)
