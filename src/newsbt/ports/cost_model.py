"""The contract of cost models: ``execution: {costs: {use: ...}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel

if TYPE_CHECKING:
    from newsbt.markets.costs import FeeTable
    from newsbt.markets.dated_rules import Rulebook

__all__ = ["CostModel"]


@runtime_checkable
class CostModel(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_cost_model` proves one fit."""

    def table(self, panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> FeeTable:
        """What a fill of each cell of a panel costs; nothing may depend on what comes after the cell's day.

        See Also
        --------
        newsbt.FeeTable.of : makes one of fees, which are `newsbt.Fee`.
        """
        ...
