"""What a run cannot buy for want of a lot size (X15), told beforehand."""

from __future__ import annotations

import numpy as np

from newsbt.prices.quality import Doubt
from newsbt.steps.market_setup import MarketSetup

__all__ = ["lot_doubts"]

MOST_NAMES = 5


def lot_doubts(market: MarketSetup) -> tuple[Doubt, ...]:
    """One doubt for all instruments that trade in rows in which no lot of theirs is known."""
    if not market.rules.applied:
        return ()
    unknown = market.panel.tradable & (market.rules.lot_step == 0)
    items = market.universe.instruments
    found = [n for n in np.flatnonzero(unknown.any(axis=0)).tolist() if items[n].tradable and not items[n].is_index]
    if not found:
        return ()
    names = ", ".join(items[n].ticker for n in found[:MOST_NAMES])
    more = f" and {len(found) - MOST_NAMES:,} more" if len(found) > MOST_NAMES else ""
    message = (
        f"no lot size is known of {names}{more}: entries in {'it' if len(found) == 1 else 'them'} are refused "
        "`unknown_lot`; fill in `lot_size` in the table of instruments (in Hong Kong each company sets its own)"
    )
    return (Doubt(kind="unknown_lot", message=message),)
