"""What a run reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from newsbt.domain.entity import Universe
from newsbt.domain.showing import brief
from newsbt.events.batch import AnnouncementBatch
from newsbt.events.labels import Labelled
from newsbt.prices.fx import FxTable
from newsbt.prices.source import PriceSource
from newsbt.prices.table import PriceTable

__all__ = ["Inputs"]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Everything a run reads, price rows when they are asked for. `labelled` is what labels made elsewhere tell."""

    universe: Universe
    batch: AnnouncementBatch
    prices: PriceSource
    fx: FxTable | None
    labelled: Labelled = field(default_factory=Labelled)

    __repr__ = brief

    @property
    def table(self) -> PriceTable:
        return self.prices.table

    def with_table(self, table: PriceTable) -> Inputs:
        """The same with other price rows."""
        return replace(self, prices=PriceSource.of_table(table))
