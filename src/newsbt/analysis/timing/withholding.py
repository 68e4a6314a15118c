"""Where other calendars of the same news cannot tell anything, so that a p-value would mean nothing."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt._typing import Floats

__all__ = ["LEAST_CALENDARS", "MOST_OVERLAP", "Withheld", "least_p", "withheld"]

LEAST_CALENDARS = 20
MOST_OVERLAP = 0.5
LEAST_SPREAD = 0.25  # of T, which has about 1 where calendars differ
LEAST_EXPOSURE = 0.5  # of the run's


@dataclass(frozen=True, slots=True)
class Withheld:
    """Why there is no p; `evenly`: because the news is spaced too evenly to be moved."""

    reason: str
    evenly: bool = False


def least_p(others: int) -> float:
    """The smallest p that so many other calendars allow."""
    return 1.0 / (1.0 + others)


def withheld(*, calendars: int, distinct: int, overlap: float, statistic: Floats, exposure: Floats) -> Withheld | None:
    """Why p is not given; None where it is.

    Parameters
    ----------
    calendars, distinct : int
        How many calendars there are, the run's own counted, and how many of them differ in what they hold.
    overlap : float
        The mean share of what two calendars hold that both do.
    statistic, exposure : ndarray of shape (calendars,)
        T and the mean gross exposure of each, the run's own first.
    """
    if calendars < LEAST_CALENDARS:
        return Withheld(
            f"{calendars} calendars, the run's own and {calendars - 1} others, of which {LEAST_CALENDARS} are needed"
        )
    if distinct < LEAST_CALENDARS and overlap <= MOST_OVERLAP:
        return Withheld(
            f"{distinct} of {calendars} calendars differ from one another in more than a tenth of what they hold, of "
            f"which {LEAST_CALENDARS} are needed: the timing of news that repeats itself so cannot be tested",
            evenly=True,
        )
    if overlap > MOST_OVERLAP:
        return Withheld(
            f"the news is spaced so evenly that moving it by weeks leaves {overlap:.0%} of the same holdings: its "
            "timing cannot be tested",
            evenly=True,
        )
    if float(statistic.std(ddof=1)) < LEAST_SPREAD:
        return Withheld(
            f"what was held moved so little beside its mean that other calendars differ by {statistic.std(ddof=1):.2g} "
            f"in t where {LEAST_SPREAD:g} is needed: p would be made of rounding"
        )
    enough = int((exposure[1:] >= LEAST_EXPOSURE * exposure[0]).sum())
    if enough < LEAST_CALENDARS:
        return Withheld(
            f"{enough} other calendars hold at least half of what the run did, of which {LEAST_CALENDARS} are needed: "
            "what it trades has prices in a part of the period only"
        )
    return None
