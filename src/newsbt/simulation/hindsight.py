"""What a refused entry would have returned: the only place of a simulation that looks ahead, after it is over (R2)."""

from __future__ import annotations

import dataclasses

import numpy as np

from newsbt.domain.ledger import Ledger
from newsbt.simulation.terms import Terms

__all__ = ["with_hindsight"]


def with_hindsight(ledger: Ledger, terms: Terms) -> Ledger:
    """The same books, with `would_have_returned` filled in for entries refused whole on a tradable bar."""
    panel, hold = terms.panel, terms.position.hold
    refusals = ledger.refusals
    wanted = np.flatnonzero(
        refusals["is_entry"] & (refusals["filled"] == 0) & panel.tradable[refusals["row"], refusals["ticker"]]
    )
    if not len(wanted):
        return ledger
    refusals = refusals.copy()
    progress = None if hold is None else hold.progress(panel)
    shares = np.cumprod(panel.split, axis=0)  # what one share of row -1 has become
    rows = panel.shape[0]
    for k in wanted.tolist():
        t, n = int(refusals["row"][k]), int(refusals["ticker"][k])
        first = panel.close[t, n] if refusals["at_close"][k] else panel.open[t, n]
        out = rows
        if progress is not None and hold is not None:
            due = progress[t, n] + hold.count
            ready = panel.tradable[t + 1 :, n] & (progress[t + 1 :, n] >= due)
            if ready.any():
                out = t + 1 + int(np.argmax(ready))
        last, at = (panel.open[out, n], out) if out < rows else (panel.mark[rows - 1, n], rows - 1)
        grown = last * (shares[at, n] / shares[t, n])
        refusals["would_have_returned"][k] = refusals["side"][k] * (grown / first - 1.0)
    return dataclasses.replace(ledger, refusals=refusals)
