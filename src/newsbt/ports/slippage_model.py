"""The contract of slippage models: ``execution: {slippage: {use: ...}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.slippage_table import Slippage

if TYPE_CHECKING:
    from newsbt.markets.rules import TradingRules

__all__ = ["SlippageModel"]


@runtime_checkable
class SlippageModel(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_slippage_model` proves one fit."""

    def table(self, panel: MarketPanel, rules: TradingRules) -> Slippage:
        """How far fills move; what it says of a row is known before that row, but for a price step."""
        ...
