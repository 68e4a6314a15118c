"""What a run reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.entity import Universe
from newsbt.domain.fx_table import FxTable
from newsbt.domain.price_table import PriceTable
from newsbt.domain.showing import brief
from newsbt.events.labels import Labelled
from newsbt.prices.source import PriceSource

__all__ = ["RunInputs"]


@dataclass(frozen=True, kw_only=True)
class RunInputs:
    """Everything a run reads, price rows when they are asked for. `labelled` is what labels made elsewhere tell,
    `notices` what must stand beside numbers that are made of the prices, `digests` the hashes of what was read, by
    absolute path."""

    universe: Universe
    batch: AnnouncementBatch
    prices: PriceSource
    fx: FxTable | None
    labelled: Labelled = field(default_factory=Labelled)
    notices: tuple[str, ...] = ()
    digests: Mapping[Path, str] = field(default_factory=dict)

    __repr__ = brief

    @property
    def table(self) -> PriceTable:
        return self.prices.table

    def with_table(self, table: PriceTable) -> RunInputs:
        """The same with other price rows."""
        return replace(self, prices=PriceSource.of_table(table, self.prices.digests))
