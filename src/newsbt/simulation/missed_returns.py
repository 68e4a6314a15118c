"""What a refused entry would have returned: the only place of a simulation that looks ahead, after it is over (R2)."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from newsbt._typing import Floats, Kind, Records
from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Ledger
from newsbt.simulation.account_terms import AccountTerms

__all__ = ["hold_of", "missed_values", "read_only", "with_hindsight"]

NO_SESSIONS = np.empty((0, 0), dtype=np.int64)
NO_SPLITS = np.empty((0, 0))


def with_hindsight(ledger: Ledger, terms: AccountTerms) -> Ledger:
    """The same books, with `would_have_returned` filled in for entries refused whole on a tradable bar."""
    panel = terms.panel
    refusals = ledger.refusals
    wanted = np.flatnonzero(
        refusals["is_entry"] & (refusals["filled"] == 0) & panel.tradable[refusals["row"], refusals["ticker"]]
    )
    if not len(wanted):
        return ledger
    from newsbt.kernels.rules.holding import HOLD_UNITS, missed_returns

    unit, count = hold_of(terms)
    missed = np.empty(len(wanted))
    missed_returns(
        read_only(refusals["row"][wanted], np.int64),
        read_only(refusals["ticker"][wanted], np.int64),
        read_only(refusals["side"][wanted], np.int64),
        read_only(
            FillPoint.prices(panel, *(refusals[name][wanted] for name in ("row", "ticker", "point"))), np.float64
        ),
        unit,
        count,
        read_only(panel.open, np.float64),
        read_only(panel.mark, np.float64),
        read_only(panel.split if panel.has_actions.any() else NO_SPLITS, np.float64),
        read_only(panel.tradable, np.bool_),
        read_only(panel.session_number if unit == HOLD_UNITS.index("sessions") else NO_SESSIONS, np.int64),
        read_only(panel.market_of, np.int64),
        read_only(panel.clock.open_at.astype("M8[ns]", copy=False).view(np.int64), np.int64),
        missed,
    )
    refusals = refusals.copy()
    refusals["would_have_returned"][wanted] = missed
    return dataclasses.replace(ledger, refusals=refusals)


def missed_values(refusals: Records, terms: AccountTerms) -> Floats:
    """(K,): what entries of the ledger that were refused whole would have earned, account currency, without costs.

    NaN where nobody knows: the bar did not trade, or no size could be made. Below one lot nothing was wanted: 0.
    """
    row, ticker = refusals["row"], refusals["ticker"]
    price = FillPoint.prices(terms.panel, row, ticker, refusals["point"])
    rate = terms.fx.fill_rate[row, terms.fx.currency_of[ticker]]
    worth = refusals["wanted"] * price * rate * refusals["would_have_returned"]
    return np.where(refusals["wanted"] == 0, 0.0, worth)


def hold_of(terms: AccountTerms) -> tuple[int, int]:
    """The hold as kernels take it: the index of its unit in `HOLD_UNITS`, and its count."""
    from newsbt.kernels.rules.holding import FOREVER, HOLD_UNITS

    hold = terms.position.hold
    return (FOREVER, 0) if hold is None else (HOLD_UNITS.index(hold.unit), hold.count)


def read_only(values: npt.ArrayLike, dtype: type[Kind] | np.dtype[Kind]) -> npt.NDArray[Kind]:
    """The same numbers as a C-ordered, read-only array: one type for kernels, which are compiled once for it."""
    array = np.ascontiguousarray(values, dtype=dtype).view()
    array.setflags(write=False)
    return array
