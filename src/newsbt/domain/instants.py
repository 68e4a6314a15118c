"""Instants of arrays as those of Python."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

__all__ = ["utc"]


def utc(at: np.datetime64) -> datetime:
    """An instant in UTC, to the second, with its zone.

    Examples
    --------
    >>> utc(np.datetime64("2025-03-06T01:30", "ns")).isoformat()
    '2025-03-06T01:30:00+00:00'
    """
    return datetime.fromtimestamp(int(at.astype("M8[s]").astype(np.int64)), UTC)
