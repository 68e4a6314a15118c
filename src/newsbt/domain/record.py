"""A run as its folder holds it: what tables and pages are made from, whether it has just ended or lies on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from newsbt.domain.run_documents import RunDocument, StrategyDocument
from newsbt.domain.showing import brief
from newsbt.domain.verdict import Audited, Verdict, code_of, verdict_of

__all__ = ["EXTRAS", "TABLES", "RunRecord"]

TABLES = ("equity", "fills", "refusals", "trades", "signals", "events", "explanations")
EXTRAS = ("context", "evidence")


def _nothing(_name: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The document of run.json and, on demand, the tables beside it.

    `document` holds plain JSON values only: fractions, None where undefined. `table_of` gives one of
    :data:`TABLES` as a frame with all strategies below each other; :meth:`table` asks it once for each.
    `run_id` is the folder's name, `path` its place; both are empty before the run is written. `extra_of` gives one of
    :data:`EXTRAS`, documents that a folder may hold beside the contract's files; None where it does not. `audits_of`
    gives what audits have found until now, by the hash of a strategy's source.
    """

    run_id: str
    document: RunDocument
    table_of: Callable[[str], pd.DataFrame] = field(repr=False)
    path: str | None = None
    extra_of: Callable[[str], Any] = field(default=_nothing, repr=False)
    audits_of: Callable[[], Mapping[str, Audited]] = field(default=dict, repr=False)

    __repr__ = brief

    @property
    def name(self) -> str:
        return str(self.document.get("name", self.run_id))

    @cached_property
    def rows(self) -> Sequence[StrategyDocument]:
        """The results table, a mapping for each strategy, then each baseline, then the benchmark."""
        rows = list(self.document.get("strategies") or ())
        benchmark = self.document.get("benchmark")
        if benchmark and not any(row.get("kind") == "benchmark" for row in rows):
            rows.append(benchmark)
        order = {"strategy": 0, "baseline": 1, "benchmark": 2}
        return sorted(rows, key=lambda row: order.get(str(row.get("kind")), 0))

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """One word on each strategy, by name."""
        hashes = self.document.get("hashes") or {}
        found = [hashes.get(key) for key in ("strategies", "components")]
        sources, components = (one if isinstance(one, dict) else {} for one in found)
        audits = self.audits_of() if sources else {}
        codes = {name: code_of(source, components) for name, source in sources.items()}
        return {
            str(row.get("name")): verdict_of(row, audits.get(codes.get(str(row.get("name")), ""), "not audited"))
            for row in self.rows
            if row.get("kind") == "strategy"
        }

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str) -> pd.DataFrame:
        """One of :data:`TABLES`. Callers must not change it."""
        if name not in self._tables:
            self._tables[name] = self.table_of(name)
        return self._tables[name]

    @cached_property
    def _extras(self) -> dict[str, Any]:
        return {}

    def extra(self, name: str) -> Any:
        """One of :data:`EXTRAS` as plain JSON values, None where the run has none. Callers must not change it."""
        if name not in self._extras:
            self._extras[name] = self.extra_of(name)
        return self._extras[name]
