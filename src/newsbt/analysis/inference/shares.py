"""How sure a share of trials is."""

from __future__ import annotations

import math

__all__ = ["wilson_interval"]

Z_95 = 1.959963984540054


def wilson_interval(found: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's interval of a share, 95 % by default; (0, 1) of no trial.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    >>> tuple(round(end, 3) for end in wilson_interval(2, 40))
    (0.014, 0.165)
    """
    if of == 0:
        return 0.0, 1.0
    share, weight = found / of, z * z / of
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / of + weight / (4 * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)
