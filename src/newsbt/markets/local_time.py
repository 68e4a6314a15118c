"""Days and times of day as the clocks of a market show them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from newsbt._typing import Instants

__all__ = ["local_instants", "utc_instants"]


def local_instants(instants: Instants, zone: str) -> Instants:
    """What a zone's clocks show at instants of UTC, of any shape."""
    return _converted(instants, lambda index: index.tz_localize("UTC").tz_convert(zone).tz_localize(None))


def utc_instants(local: Instants, zone: str) -> Instants:
    """When a zone's clocks show that, of any shape.

    The first time where they show it twice, and where they skip it, the instant at which they do.

    >>> march = np.array(["2025-03-07T08:45", "2025-03-10T08:45"], dtype="M8[ns]")
    >>> utc_instants(march, "America/New_York").astype("M8[m]").tolist()
    [datetime.datetime(2025, 3, 7, 13, 45), datetime.datetime(2025, 3, 10, 12, 45)]
    """
    twice = np.ones(local.size, dtype=bool)
    return _converted(
        local,
        lambda index: (
            index.tz_localize(zone, ambiguous=twice, nonexistent="shift_forward").tz_convert("UTC").tz_localize(None)
        ),
    )


def _converted(instants: Instants, convert: Callable[[pd.DatetimeIndex], pd.DatetimeIndex]) -> Instants:
    flat = pd.DatetimeIndex(instants.astype("M8[ns]").reshape(-1))
    found: Instants = convert(flat).to_numpy().astype("M8[ns]").reshape(instants.shape)
    return found
