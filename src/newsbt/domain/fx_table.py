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
    """Rates by pair: ``rates["USDHKD"]`` is days (R,), ascending, and HKD per USD (R,) on each. `remedy` says
    what to do about a pair that is missing, blank where that is to add it to the source."""

    rates: Mapping[str, tuple[Days, Floats]]
    rows_read: int = 0
    bad_rows: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Path, ...] = ()
    remedy: str = ""

    __repr__ = brief
