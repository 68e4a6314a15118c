"""The contract of sizers: ``position: {weight: {use: ...}}``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from newsbt._typing import Floats
from newsbt.domain.market_panel import MarketPanel

__all__ = ["Sizer"]


@runtime_checkable
class Sizer(Protocol):
    """A frozen dataclass whose fields are its parameters; `newsbt.testing.check_sizer` proves one fit."""

    def weights(self, panel: MarketPanel) -> Floats:
        """The share of equity that a signal of 1 asks for, of every row and ticker.

        Returns
        -------
        ndarray of shape (T, N)
            In [0, 1], NaN where it cannot be told, which refuses the order (`no_weight`). That of row t is for orders
            that are placed in row t, and goes by what is known before its session: earlier sessions only (X23).
        """
        ...
