"""The best variants of a sweep as a table for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.text import Text

from newsbt._plain import PlainValue
from newsbt.domain.metrics import first_to_last, sweep_columns
from newsbt.reports import table_columns
from newsbt.reports.tabular import TerminalTable, figure, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["VariantLine", "fold_view", "number", "plain", "sweep_view"]


class VariantLine(Protocol):
    """What is read of a variant."""

    @property
    def params(self) -> Mapping[str, PlainValue]: ...

    @property
    def metrics(self) -> Mapping[str, float]: ...

    @property
    def error(self) -> str: ...


class FoldLine(Protocol):
    """What is read of a fold of a walk-forward test."""

    @property
    def params(self) -> Mapping[str, PlainValue]: ...

    @property
    def value(self) -> float: ...

    @property
    def first(self) -> str: ...

    @property
    def last(self) -> str: ...


def sweep_view(
    outcomes: Sequence[VariantLine], metric: str, top: int, strategy: str, walked: Mapping[str, float] | None = None
) -> Group:
    """The `top` variants by a metric, best first, those without a value last and those that failed after them.

    `walked` are the metrics of a walk-forward test, which is a row of its own above them.
    """
    sign = first_to_last(metric)

    def rank(index: int) -> tuple[bool, bool, float, int]:
        value = outcomes[index].metrics.get(metric, math.nan)
        undefined = math.isnan(value)
        return bool(outcomes[index].error), undefined, 0.0 if undefined else sign * value, index

    order = sorted(range(len(outcomes)), key=rank)[:top]
    keys = list(outcomes[0].params) if outcomes else []
    names = list(dict.fromkeys((metric, *sweep_columns())))
    heads = [token("chosen on", 0)] if walked is not None else []
    heads += [prose(_short(key, keys), 2) for key in keys]
    heads += [figure(name.replace("_", "\n"), 1 if name == metric else 3 + k) for k, name in enumerate(names)]
    rows: list[list[str]] = []
    if walked is not None:
        rows.append(["the past only", *("" for _ in keys), *_numbers(walked, names)])
    failures: list[RenderableType] = []
    for item in (outcomes[index] for index in order):
        values = [plain(item.params[key]) for key in keys]
        rows.append([*(["everything"] if walked is not None else []), *values, *_numbers(item.metrics, names)])
        if item.error:
            failures.append(Prose(f"{', '.join(values)} failed: {item.error}", indent=2))
    title = Prose(f"{strategy}: best {len(order)} of {len(outcomes)} by {metric}", "bold")
    return Group(title, TerminalTable(heads, rows, breaks=() if walked is None else {0}), *failures)


def _numbers(metrics: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [number(name, metrics.get(name, math.nan)) for name in names]


def fold_view(folds: Sequence[FoldLine], metric: str) -> Group:
    """Which variant each fold of a walk-forward test chose."""
    keys = list(folds[0].params) if folds else []
    heads = [token("tested", 0), *(prose(_short(key, keys), 2) for key in keys)]
    heads.append(figure(f"{metric.replace('_', ' ')}\nin training", 1))
    rows = [
        [f"{fold.first} to {fold.last}", *(plain(fold.params[key]) for key in keys), number(metric, fold.value)]
        for fold in folds
    ]
    return Group(Text(""), Prose("Walk-forward", "bold"), TerminalTable(heads, rows))


def _short(key: str, keys: Sequence[str]) -> str:
    """The last word of a dotted key, where no other key ends with it."""
    last = key.rpartition(".")[2]
    return last if sum(other.rpartition(".")[2] == last for other in keys) == 1 else key


def plain(value: PlainValue) -> str:
    """A swept value in a cell."""
    if isinstance(value, list | tuple):
        return ";".join(plain(item) for item in value) or "[]"
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def number(name: str, value: float) -> str:
    """A metric in a cell, as the results table shows it."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return table_columns.number(name, value)
