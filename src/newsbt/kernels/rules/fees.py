"""What one fill costs: C2 and C3, for both engines."""

from __future__ import annotations

import numpy as np

from newsbt._typing import Records
from newsbt.kernels._compile import kernel

__all__ = ["HALF_UP_TO_CENT", "NO_ROUNDING", "UP_TO_CENT", "UP_TO_UNIT", "fee"]

NO_ROUNDING, HALF_UP_TO_CENT, UP_TO_UNIT, UP_TO_CENT = 0, 1, 2, 3

# An amount such as 50,000 x 0.0000565 = 2.825 may come out of binary arithmetic a few units in the sixteenth digit
# off. Amounts within one part in 1e12 of a boundary count as on it: half a cent goes up, a whole dollar stays.
_GUARD = 1e-12


@kernel
def fee(components: Records, start: int, stop: int, is_buy: bool, quantity: float, price: float, fx: float) -> float:
    """Total of the fees `components[start:stop]` on one fill, in account currency.

    Each component is `rate x notional + per_share x quantity`, not above `maximum`, not below `minimum` (a minimum
    beats a cap), plus `fixed`, rounded in its own currency. Those in local currency are converted at the end; those
    in account currency are counted on the converted notional.

    Parameters
    ----------
    components : structured ndarray, see `markets.costs.COMPONENT`
    quantity : float, shares, positive
    price : float, local currency a share, slipped
    fx : float, account currency for one of local
    """
    local = 0.0
    account = 0.0
    for k in range(start, stop):
        component = components[k]
        if is_buy:
            if not component["on_buy"]:
                continue
        elif not component["on_sell"]:
            continue
        in_account = component["account_currency"]
        notional = quantity * price
        if in_account:
            notional = notional * fx
        amount = component["rate"] * notional + component["per_share"] * quantity
        amount = min(amount, component["maximum"])
        amount = max(amount, component["minimum"])
        amount = amount + component["fixed"]
        rounding = component["rounding"]
        if rounding == HALF_UP_TO_CENT:
            scaled = amount * 100.0
            amount = np.floor(scaled + scaled * _GUARD + 0.5) / 100.0
        elif rounding == UP_TO_UNIT:
            amount = np.ceil(amount - amount * _GUARD)
        elif rounding == UP_TO_CENT:
            scaled = amount * 100.0
            amount = np.ceil(scaled - scaled * _GUARD) / 100.0
        if in_account:
            account += amount
        else:
            local += amount
    return float(local * fx + account)
