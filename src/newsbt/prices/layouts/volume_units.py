"""How many shares one unit of a volume is: told by what its heading says and the market, confirmed by the amount.

Chinese vendors give the volume of A-shares in lots (手) of 100 shares, under the same heading as that of Hong Kong and
American shares in shares. Volume times price is the amount traded, so that a table with amounts says which it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from newsbt._typing import Floats

__all__ = ["UnclearUnitError", "VolumeUnit", "volume_unit"]

LOT = 100.0
NEAR = 4.0  # by which factor amount / (volume x price) may miss a unit: prices adjusted for the years since
FEWEST = 3  # rows that confirm anything


class UnclearUnitError(ValueError):
    """What the heading and the market say of a unit, and what amounts say, are not one."""


@dataclass(frozen=True, slots=True)
class VolumeUnit:
    """Shares in one unit, and how that is known, for people."""

    shares: float
    why: str


def volume_unit(
    *,
    expected: float,
    source: str,
    volume: Floats,
    price: Floats,
    amount: Floats | None,
    amount_units: Mapping[float, str],
) -> VolumeUnit:
    """What one unit of a volume is.

    Parameters
    ----------
    expected : float
        Shares in one unit, as heading and market would have it; `told_by` names which.
    volume, price, amount : ndarray, shape (R,)
        As they are written, NaN where blank; `amount` None where the table has none.
    amount_units : mapping
        Currency in one unit of the amount that such tables have, and its name.

    Raises
    ------
    UnclearUnitError
        Amounts say otherwise.
    """
    measured = _measured(volume, price, amount)
    name = _name(expected)
    if measured is None:
        return VolumeUnit(expected, f"volume in {name} ({source}; no amount confirms it)")
    for money, kind in amount_units.items():
        if abs(math.log(measured * money / expected)) <= math.log(NEAR):
            return VolumeUnit(expected, f"volume in {name} ({source}, confirmed by the amount{kind})")
    raise UnclearUnitError(
        f"{source} would have the volume in {name}, but amount / (volume x price) is {measured:.4g}: mend the "
        "headings, or say what one unit is with `volume_unit: 1` (shares) or `volume_unit: 100` (lots)"
    )


def _name(shares: float) -> str:
    return {1.0: "shares", LOT: "lots of 100"}.get(shares, f"units of {shares:g} shares")


def _measured(volume: Floats, price: Floats, amount: Floats | None) -> float | None:
    if amount is None:
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = amount / (volume * price)
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    return float(np.median(ratio)) if len(ratio) >= FEWEST else None
