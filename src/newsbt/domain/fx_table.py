"""Exchange rates as read: what readers of rates answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from newsbt._typing import Days, Floats
from newsbt.domain.showing import brief

__all__ = ["FxTable"]


@dataclass(frozen=True, kw_only=True, eq=False)
class FxTable:
    """Rates by pair.

    Attributes
    ----------
    rates : mapping
        ``rates["USDHKD"]`` is days (R,), ascending, and HKD per USD (R,) on each.
    rows_read : int, bad_rows : mapping
        Rows of the source, and how many were bad, by reason (T8).
    files : tuple of Path
        What was read.
    remedy : str
        What to do about a pair that is missing; blank where that is to add it to the source.

    Examples
    --------
    >>> import numpy as np
    >>> from newsbt import FxTable
    >>> days = np.array(["2025-03-05", "2025-03-06"], dtype="datetime64[D]")
    >>> table = FxTable(rates={"USDHKD": (days, np.array([7.77, 7.78]))}, rows_read=2)
    >>> float(table.rates["USDHKD"][1][0])
    7.77
    """

    rates: Mapping[str, tuple[Days, Floats]]
    rows_read: int = 0
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Path, ...] = ()
    remedy: str = ""

    __repr__ = brief
