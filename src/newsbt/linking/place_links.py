"""Where links first count: their rows, and the instants of the first bars that trade them."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Instants, Ints
from newsbt.domain.market_panel import Clock
from newsbt.linking.link_table import LinkTable

__all__ = ["place_links"]


def place_links(
    links: LinkTable, market: Ints, clock: Clock, placement: Ints, closes: Ints | None
) -> tuple[Ints, Instants]:
    """Each link's row, and the instant from which it can be traded.

    Parameters
    ----------
    market : ndarray of shape (L,)
        The market in which each link trades: an index's is its proxy's (X18).
    placement : ndarray of shape (E, M)
        T2's row of each event in each market, `markets.clock.BEFORE` or `AFTER` outside the run.
    closes : ndarray of shape (E, M), optional
        With `entry: same_close`, the row whose close an event fills at, -1 where it fills at an open.

    Returns
    -------
    row : ndarray of shape (L,)
        T2's, also under `entry: same_close`: what grids go by (S3).
    first_tradable_at : ndarray of shape (L,), datetime64[ns], UTC
        The opening of that row, or the close at which the event fills (T7); NaT outside the run.
    """
    row = placement[links.event, market]
    first = np.full(len(row), np.datetime64("NaT", "ns"))
    inside = row >= 0
    first[inside] = clock.open_at[row[inside], market[inside]]
    if closes is not None:
        closing = closes[links.event, market]
        at_close = closing >= 0
        first[at_close] = clock.close_at[closing[at_close], market[at_close]]
    return row, first
