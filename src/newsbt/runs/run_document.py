"""run.json: everything about a run that is no table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.command_documents import RunJson
from newsbt.domain.ledger import Outcome
from newsbt.domain.record import RunRecord
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.domain.run_documents import ListingJson, RunDocument, StrategyDocument
from newsbt.runs.context_document import context_document
from newsbt.runs.json_values import plain
from newsbt.runs.naming import folder_name
from newsbt.runs.run_tables import frame_of

__all__ = ["FORMAT", "extra_document", "record_of", "run_document", "strategy_document", "summary_document"]

FORMAT = 1  # raised when a reader of older folders has to tell them apart

INFINITE = "infinite: gains and no losses"
NO_VALUE = "no value"


def run_document(result: RunResult) -> RunDocument:
    """What run.json holds, in plain JSON values.

    It says nothing about when and where a run took place but in `timings` and `versions`, so that equal inputs
    give equal documents; the folder's name is the run's id.
    """
    summary = result.summary
    shown = _with_benchmark(result)
    document = {
        "format": FORMAT,
        "name": result.name,
        "period": {"start": summary.first_date, "end": summary.last_date, "rows": summary.rows},
        "periods_per_year": summary.periods_per_year,
        "exchanges": summary.exchanges,
        "account": {"cash": shown[0].ledger.initial_cash if shown else None, "currency": summary.currency},
        "tickers": {"universe": summary.tickers, "with_prices": summary.tickers_with_prices},
        "strategies": [strategy_document(item) for item in result.strategies],
        "benchmark": None if result.benchmark is None else strategy_document(result.benchmark),
        "definitions": result.definitions,
        "counts": summary.counts,
        "drops": summary.drops,
        "not_linked": summary.not_linked,
        "without_sign": summary.without_sign,
        "unused": [one.as_dict() for one in summary.unused],
        "refusals": {item.name: _by_reason(item) for item in shown},
        "listings": _listings(result),
        "hindsight": summary.hindsight,
        "notices": summary.notices,
        "doubts": summary.doubts,
        "read_as": summary.read_as,
        "spans": summary.spans,
        "seed": result.seed,
        "hashes": result.hashes,
        "timings": {"started_at": result.started_at, **_timings(result)},
        "versions": result.versions,
    }
    answer: RunDocument = plain(document)
    if result.verified is not None:
        answer["verified"] = list(result.verified)
    return answer


def strategy_document(item: StrategyResult) -> StrategyDocument:
    """One row of the results table, as `newsbt run --json` prints it and run.json keeps it.

    A metric without a value is None, and `reasons` says why under the same key.
    """
    reasons = {key: str(reason) for key, reason in item.reasons.items() if reason}
    metrics: dict[str, float | str | None] = {}
    for key, value in item.metrics.items():
        if isinstance(value, float) and math.isinf(value):
            reasons.setdefault(key, INFINITE if value > 0 else "minus infinity")
        elif isinstance(value, float) and math.isnan(value):
            reasons.setdefault(key, NO_VALUE)
        metrics[key] = plain(value)
    document: StrategyDocument = {
        "name": item.name,
        "engine": item.engine,
        "kind": item.kind,
        "metrics": metrics,
        "reasons": reasons,
        "counts": plain(item.counts),
        "warnings": list(item.warnings),
        "analyzers": plain(item.analyzers),
    }
    if item.columns:
        document["columns"] = [
            {"key": one.key, "title": one.title, "unit": one.unit, "rank": one.rank} for one in item.columns
        ]
    return document


def summary_document(record: RunRecord) -> RunJson:
    """A run's entry in the document of `newsbt run --json`."""
    document = record.document
    found: RunJson = {
        "run_id": record.run_id,
        "path": record.path,
        "name": record.name,
        "strategies": document["strategies"],
        "verdicts": {name: verdict.as_dict() for name, verdict in record.verdicts.items()},
        "benchmark": document["benchmark"],
        "counts": document["counts"],
        "notices": document["notices"],
    }
    return {**found, "verified": document["verified"]} if "verified" in document else found


def record_of(result: RunResult) -> RunRecord:
    """A finished run in the shape that tables and pages are made from, before or after it is written."""

    def table_of(name: str) -> pd.DataFrame:
        return frame_of(_with_benchmark(result), name)

    def extra_of(name: str) -> Any:
        return extra_document(result, name)

    return RunRecord(
        run_id=folder_name(result.name, result.started_at, result.run_id),
        document=run_document(result),
        table_of=table_of,
        path=result.path,
        extra_of=extra_of,
    )


def extra_document(result: RunResult, name: str) -> Any:
    """What ``<name>.json`` of the run folder holds, one of `domain.record.EXTRAS`; None where there is nothing."""
    if name == "context":
        return plain(context_document(result))
    sections: dict[str, Any] = dict(result.evidence)
    for item in result.strategies:
        for section, found in item.evidence.items():
            sections[section] = {**sections.get(section, {}), item.name: found}
    return plain(sections) or None


def _with_benchmark(result: RunResult) -> tuple[StrategyResult, ...]:
    if result.benchmark is None or any(item.name == result.benchmark.name for item in result.strategies):
        return result.strategies
    return (*result.strategies, result.benchmark)


def _listings(result: RunResult) -> dict[str, ListingJson]:
    """Market and sector of each ticker that was traded, by ticker."""
    if result.context is None:
        return {}
    known = {item.ticker: item for item in result.context.instruments}
    traded = {str(ticker) for item in result.strategies for ticker in item.trades["ticker"].unique()}
    return {
        ticker: {"market": known[ticker].exchange, "sector": known[ticker].sector}
        for ticker in sorted(traded)
        if ticker in known
    }


def _by_reason(item: StrategyResult) -> dict[str, int]:
    counted = np.bincount(item.ledger.refusals["reason"], minlength=max(Outcome) + 1)
    found = {outcome.word: int(counted[outcome]) for outcome in Outcome if counted[outcome]}
    return dict(sorted(found.items()))


def _timings(result: RunResult) -> Mapping[str, float | Mapping[str, float]]:
    """Seconds by stage, `simulate` by strategy."""
    if "simulate" in result.timings:
        return result.timings
    return {**result.timings, "simulate": {item.name: item.seconds for item in _with_benchmark(result)}}
