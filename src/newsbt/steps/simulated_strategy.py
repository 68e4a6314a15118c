"""What a strategy's simulation left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsbt._plain import PlainValue
from newsbt._typing import Floats
from newsbt.analysis.hedging import HedgeBook
from newsbt.domain.ledger import Ledger
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.entry_rows import PlacedSignals

__all__ = ["READ_NO_EVENTS", "SimulatedStrategy"]

READ_NO_EVENTS = "the strategy read no events"  # why it has no placebo, no event dates and no detection floor


@dataclass(frozen=True, kw_only=True)
class SimulatedStrategy:
    """What one strategy's simulation left, and what it was asked: signals of events, a grid, or orders of its own.

    Where the strategy asks for a `hedge`, `ledger` is that of the hedged book, `hedges` what stands beside its lots.
    `read_news` says whether it looked at links or events at all: where it did not, no event caused anything.
    """

    name: str
    kind: str
    ledger: Ledger
    terms: AccountTerms | None = None
    placed: PlacedSignals | None = None
    grid: Floats | None = None
    hops: int = 1
    read_news: bool = True
    hedge: str | None = None
    hedges: HedgeBook | None = None
    engine: str | None = None
    warnings: tuple[str, ...] = ()
    analyzers: Mapping[str, PlainValue] = field(default_factory=dict)
    source_hash: str = ""
