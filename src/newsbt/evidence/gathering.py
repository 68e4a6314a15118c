"""Everything that stands beside the rows of a run: each kind of evidence, asked in turn."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from newsbt.analysis.user_metrics import entry_point_of, own_metrics
from newsbt.domain.metrics import is_known
from newsbt.domain.results import StrategyResult
from newsbt.errors import ConfigError, Problem
from newsbt.evidence import registry
from newsbt.evidence.contract import Case, Evidence, Part, RowEvidence
from newsbt.evidence.trial_keys import own_trials
from newsbt.steps.run_result import Judged

__all__ = ["gather", "refuse_names_of_evidence"]

NOT_CHOSEN = "not a strategy that was chosen"
UNDEFINED = "undefined"


def refuse_names_of_evidence() -> None:
    """A user's metric may not be called as a metric of evidence is.

    Raises
    ------
    ConfigError
        One is; it names both.
    """
    taken = {metric.key: kind.name for kind in registry.EVIDENCE for metric in kind.metrics}
    faults = [
        f"{entry_point_of(metric)} calls itself {metric.name!r}, which is a metric of the evidence "
        f"{taken[metric.name]!r}; choose another"
        for metric in own_metrics()
        if metric.name in taken
    ]
    if faults:
        raise ConfigError.of([Problem(code="bad_component", message=fault) for fault in faults])


def gather(case: Case) -> Judged:
    """The rows of a run with all evidence, and what belongs to no single row."""
    kinds = [kind for kind in registry.EVIDENCE if "run" in kind.asked_by]
    case = dataclasses.replace(case, kinds=registry.EVIDENCE)
    sections: dict[str, object] = {}
    parts: dict[str, list[Part]] = {}
    for kind in kinds:
        found = kind.find(case)
        rows = [found.rows.get(row.name, RowEvidence()).beside(row, kind.name) for row in case.rows]
        case = dataclasses.replace(case, rows=rows)
        if found.section is not None:
            sections[kind.name] = found.section
        for name, more in found.parts.items():
            parts.setdefault(name, []).extend(more)
    judged = []
    for row in case.rows:
        judged.append(_whole(row, kinds))
        judged += [_part(part, kinds) for part in parts.get(row.name, ())]
    return Judged(
        rows=judged,
        sections=sections,
        definitions={metric.key: metric.definition for kind in kinds for metric in kind.metrics},
        trials=own_trials(case),
    )


def _whole(row: StrategyResult, kinds: Sequence[Evidence]) -> StrategyResult:
    """A row with every kind's metrics, and why they are undefined where nothing was found."""
    why = UNDEFINED if row.kind == "strategy" else NOT_CHOSEN
    keys = [metric.key for kind in kinds for metric in kind.metrics]
    nothing = {key: why for key in keys if math.isnan(row.number(key))}
    known = row.reasons if row.kind == "strategy" else {}
    return _filled(row, {key: known.get(key) or value for key, value in nothing.items()}, kinds)


def _part(part: Part, kinds: Sequence[Evidence]) -> StrategyResult:
    """The row of a part, with the evidence there is of parts."""
    case = part.case
    for kind in kinds:
        if kind.of_parts:
            found = kind.find(case)
            rows = [found.rows.get(row.name, RowEvidence()).beside(row, kind.name) for row in case.rows]
            case = dataclasses.replace(case, rows=rows)
    (row,) = case.rows
    unknown = {metric.key: part.why for kind in kinds if not kind.of_parts for metric in kind.metrics}
    row = _filled(row, unknown, kinds)
    return dataclasses.replace(row, warnings=(*row.warnings, part.warning))


def _filled(row: StrategyResult, reasons: dict[str, str], kinds: Sequence[Evidence]) -> StrategyResult:
    """The row without a value where a reason is given, and with the columns of evidence."""
    return dataclasses.replace(
        row,
        metrics={**row.metrics, **dict.fromkeys(reasons, math.nan)},
        reasons={**row.reasons, **reasons},
        columns=tuple(metric for kind in kinds for metric in kind.metrics if metric.title and not is_known(metric.key)),
    )
