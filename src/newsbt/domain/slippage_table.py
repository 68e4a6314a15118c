"""How far fills move against the trader: what slippage models answer."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt._typing import Floats
from newsbt.domain.showing import brief

__all__ = ["Slippage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slippage:
    """How far a fill moves against the trader: the sum of its parts; None where one is not used.

    Attributes
    ----------
    rate : float
        Fraction of the price, of every fill.
    half_spread : ndarray of shape (T, N), optional
        Local currency, half of what buyers and sellers quote apart.
    impact : ndarray of shape (T, N), optional
        Fraction of the price at a quantity of the bar's whole volume; a smaller one moves the price by the square root
        of its share.
    """

    rate: float = 0.0
    half_spread: Floats | None = None
    impact: Floats | None = None

    __repr__ = brief
