"""Whether two engines kept the same books, and where they first differ, in words."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import EngineError

__all__ = ["check_agreement", "first_difference"]

RECORDS = {"fills": "row", "refusals": "row", "lots": "entry_row"}  # and the field that says when
SERIES = ("cash", "gross", "stale", "equity")
TOTALS = ("initial_cash", "borrow_cost", "dividends")


def check_agreement(one: Ledger, other: Ledger, panel: MarketPanel, names: tuple[str, str]) -> None:
    """Compare two ledgers to the last bit; `names` are the engines'.

    Raises
    ------
    EngineError
        With the first difference: in fills, then refusals, lots, what became of entries, and the series by row.
    """
    found = first_difference(one, other, panel, names)
    if found is not None:
        raise EngineError(
            f"the engines disagree: {found}. This is a fault of newsbt's, not of your config; please report it with "
            "the config and data that show it",
            code="engines_differ",
        )


def first_difference(one: Ledger, other: Ledger, panel: MarketPanel, names: tuple[str, str]) -> str | None:
    """Where two ledgers first differ, None where they are the same to the last bit."""
    for kind, when in RECORDS.items():
        mine, theirs = getattr(one, kind), getattr(other, kind)
        for k in range(max(len(mine), len(theirs))):
            if k >= min(len(mine), len(theirs)):
                longer, name, without = (mine, *names) if len(mine) > len(theirs) else (theirs, *names[::-1])
                return f"{_location(kind, k, longer[k], when, panel)} is there by {name} only, not by {without}"
            if mine[k].tobytes() == theirs[k].tobytes():
                continue
            for field in mine.dtype.names:
                if mine[field][k].tobytes() != theirs[field][k].tobytes():
                    where = _location(kind, k, mine[k], when, panel)
                    return f"{where}: {field} is {_values(mine[field][k], theirs[field][k], names)}"
    if one.outcome.tobytes() != other.outcome.tobytes():
        for k, (a, b) in enumerate(zip(one.outcome.tolist(), other.outcome.tolist(), strict=True)):
            if a != b:
                return f"entry {k}: its outcome is {_values(a, b, names)}"
    for name in SERIES:
        mine, theirs = getattr(one, name), getattr(other, name)
        for t in range(len(mine)):
            if mine[t].tobytes() != theirs[t].tobytes():
                return f"{name} on {panel.dates[t]} (row {t}) is {_values(mine[t], theirs[t], names)}"
    for name in TOTALS:
        if getattr(one, name) != getattr(other, name):
            return f"{name} is {_values(getattr(one, name), getattr(other, name), names)}"
    return None


def _location(kind: str, k: int, record: np.void, when: str, panel: MarketPanel) -> str:
    return f"{kind} {k} ({panel.tickers[record['ticker']]}, {panel.dates[record[when]]})"


Scalar: TypeAlias = "np.generic | int | float"


def _values(one: Scalar, other: Scalar, names: tuple[str, str]) -> str:
    """Both values, with every digit that tells them apart."""
    plain = [value.item() if hasattr(value, "item") else value for value in (one, other)]
    return f"{plain[0]!r} by {names[0]}, {plain[1]!r} by {names[1]}"
