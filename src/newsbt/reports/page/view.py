"""A run's record as the parts of the page read it: rows by kind, looks, curves, and documents that may be damaged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from newsbt.domain.evidence_documents import EvidenceDocument
from newsbt.domain.record import RunRecord
from newsbt.domain.run_documents import ContextDocument, RunDocument
from newsbt.errors import DataError
from newsbt.reports.table_columns import Row
from newsbt.reports.theme import Look, look_of, looks

__all__ = ["PageView", "metric"]


def metric(row: Row | None, key: str) -> float | None:
    """A metric of a row as a finite number, None where it has none."""
    value = None if row is None else (row.get("metrics") or {}).get(key)
    if isinstance(value, bool) or not isinstance(value, float | int):
        return None
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True)
class PageView:
    """What the page is made from. Everything that a folder may lack or hold damaged has an empty value here, and a
    sentence in :attr:`troubles`."""

    record: RunRecord

    @cached_property
    def document(self) -> RunDocument:
        return self.record.document

    @cached_property
    def rows(self) -> Sequence[Row]:
        return self.record.rows

    @cached_property
    def strategies(self) -> list[Row]:
        return [row for row in self.rows if (row.get("kind") or "strategy") == "strategy"]

    @cached_property
    def benchmark(self) -> Row | None:
        return self.document.get("benchmark") or None

    @cached_property
    def looks(self) -> dict[str, Look]:
        return looks(self.rows)

    def look(self, name: str) -> Look:
        return look_of(self.looks, name)

    @cached_property
    def cash(self) -> float | None:
        cash = (self.document.get("account") or {}).get("cash")
        return float(cash) if isinstance(cash, float | int) and cash > 0 else None

    @cached_property
    def currency(self) -> str:
        return str((self.document.get("account") or {}).get("currency") or "account currency")

    @cached_property
    def troubles(self) -> list[str]:
        """Sentences about what of the folder could not be read; complete once all parts have asked."""
        return []

    def table(self, name: str) -> pd.DataFrame | None:
        """A table of the run, None where the folder lacks it or it is damaged."""
        try:
            return self.record.table(name)
        except (DataError, OSError, ValueError, KeyError) as error:
            sentence = f"{name} could not be read: {error}"
            if sentence not in self.troubles:
                self.troubles.append(sentence)
            return None

    @cached_property
    def curves(self) -> dict[str, pd.DataFrame]:
        """The equity table of each row of the results table that has one."""
        curves = self.table("equity")
        if curves is None or curves.empty:
            return {}
        by_name = {str(name): part for name, part in curves.groupby("strategy", sort=False)}
        names = [str(row.get("name")) for row in self.rows]
        return {name: by_name[name] for name in names if name in by_name and by_name[name]["equity"].notna().any()}

    @cached_property
    def context(self) -> ContextDocument:
        """context.json, empty where there is none."""
        found: ContextDocument = self._extra("context")
        return found

    @cached_property
    def evidence(self) -> EvidenceDocument:
        """evidence.json, empty where there is none."""
        found: EvidenceDocument = self._extra("evidence")
        return found

    def _extra(self, name: str) -> Any:
        try:
            found = self.record.extra(name)
        except (DataError, OSError, ValueError) as error:
            self.troubles.append(f"{name}.json could not be read: {error}")
            return {}
        if found is not None and not isinstance(found, Mapping):
            self.troubles.append(f"{name}.json holds no object; expected one")
        return found if isinstance(found, Mapping) else {}

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """The events table of the strategies, without baselines."""
        frame = self.table("events")
        names = {str(row.get("name")) for row in self.strategies}
        return None if frame is None else frame[frame["strategy"].isin(names)]

    @cached_property
    def headlines(self) -> dict[str, str]:
        """By event id, the headline where the folder tells it."""
        found = {}
        for item in self.context.get("events") or ():
            if isinstance(item, Mapping) and item.get("headline"):
                found[str(item.get("id"))] = str(item["headline"])
        return found

    def title_of(self, event_id: str, most: int = 90) -> str:
        """What an event is called in lists: its headline, or its id."""
        text = self.headlines.get(event_id, event_id)
        return text if len(text) <= most else text[: most - 1].rstrip() + "…"
