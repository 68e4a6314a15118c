"""A metric that a kind of evidence adds to every row of the results table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["EvidenceMetric", "Unit"]

Unit: TypeAlias = Literal["percent", "share", "ratio", "probability", "money", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMetric:
    """Its key, a sentence that defines it, and how people read it.

    Tables have a column `title` for it; none where that is empty. `rank` orders columns by how soon a narrow terminal
    gives them up, 0 last.
    """

    key: str
    definition: str
    title: str = ""
    unit: Unit = "ratio"
    rank: int = 32
