"""Whether an instrument could be bought where an entry on the news would fill: at an opening, or at a close (T7)."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from newsbt.assembly import Components
from newsbt.domain.entity import Instrument
from newsbt.steps.market_setup import MarketSetup

__all__ = ["could_be_bought"]


def could_be_bought(
    market: MarketSetup | None, components: Components, linked: Instrument, traded: Instrument,
    first: datetime | None, as_of: bool,
) -> str:  # fmt: skip
    """In words, by the rules that a fill is tested with (X7, X8, X15), as far as the config's prices reach.

    Parameters
    ----------
    linked, traded : Instrument
        What the news touches, and what would be traded for it (an index's proxy).
    first : datetime, optional
        The instant of the fill.
    as_of : bool
        Whether the panel ends at the news, so that its opening is still to come.
    """
    through = f"traded as {traded.ticker}, " if traded is not linked else ""
    if linked.is_index and traded is linked:
        return "an index without a proxy: measured against, not traded"
    if not traded.tradable:
        return f"{through}marked as not tradable"
    if market is None or first is None:
        return f"{through}prices do not reach so far"
    if as_of:
        return f"{through}its price is not known yet"
    n = market.universe.position[traded.ticker]
    panel, m = market.panel, int(market.panel.market_of[n])
    if not panel.has_prices[n]:
        return f"{through}the config has no prices of it"
    at = np.datetime64(first.replace(tzinfo=None), "ns")
    rows = np.flatnonzero((panel.clock.open_at[:, m] == at) | (panel.clock.close_at[:, m] == at))
    if not len(rows):
        return f"{through}outside of the prices"
    row = int(rows[0])
    if not panel.tradable[row, n]:
        return f"{through}no bar in that session: suspended, or not traded"
    if components.config.execution.market_rules is False:
        return f"{through}could be bought"
    at_open = panel.clock.open_at[row, m] == at
    price, how = (panel.open[row, n], "opened") if at_open else (panel.close[row, n], "closed")
    if market.rules.at_limit(row, n, 1, price):
        limit = market.rules.limit_up[row, n]
        return f"{through}{how} at its upper limit of {limit:g}: could not be bought"
    if market.rules.lot_step[row, n] <= 0:
        return f"{through}its lot is not known: could not be bought"
    return f"{through}could be bought"
