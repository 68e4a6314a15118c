"""The best variants of a sweep as a table for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from newsbt.reports.text import clean

__all__ = ["Row", "fold_view", "number", "plain", "sweep_view"]

PERCENT = ("total_return", "cagr", "max_drawdown", "volatility", "hit_rate")
SHOWN = ("total_return", "sharpe", "max_drawdown", "hit_rate", "trades", "refusals")
LOWER_IS_BETTER = ("volatility", "turnover", "total_costs", "slippage_cost", "refusals")


class Row(Protocol):
    """What is read of a variant."""

    @property
    def params(self) -> Mapping[str, Any]: ...

    @property
    def metrics(self) -> Mapping[str, float]: ...

    @property
    def error(self) -> str: ...


class Fold(Protocol):
    """What is read of a fold of a walk-forward test."""

    @property
    def params(self) -> Mapping[str, Any]: ...

    @property
    def value(self) -> float: ...

    @property
    def first(self) -> str: ...

    @property
    def last(self) -> str: ...


def sweep_view(
    outcomes: Sequence[Row],
    metric: str,
    top: int,
    strategy: str,
    walked: Mapping[str, float] | None = None,
    width: int = 120,
) -> Table:
    """The `top` variants by a metric, best first, those without a value last and those that failed after them.

    `walked` are the metrics of a walk-forward test, which is a row of its own above them. Of the other metrics, as many
    are shown as `width` characters hold.
    """
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0

    def rank(place: int) -> tuple[bool, bool, float, int]:
        value = outcomes[place].metrics.get(metric, math.nan)
        undefined = math.isnan(value)
        return bool(outcomes[place].error), undefined, 0.0 if undefined else -sign * value, place

    order = sorted(range(len(outcomes)), key=rank)[:top]
    keys = list(outcomes[0].params) if outcomes else []
    best = [outcomes[place] for place in order]
    chosen = [[clean(plain(item.params[key])) for item in best] for key in keys]
    heads = [clean(_short(key, keys)) for key in keys]
    sources: list[Mapping[str, float]] = [*([] if walked is None else [walked]), *(item.metrics for item in best)]
    room = width - 1 - sum(_room(head, cells) for head, cells in zip(heads, chosen, strict=True))
    room -= 0 if walked is None else _room("chosen on", ["the past only"])
    columns: list[str] = []
    for name in dict.fromkeys((metric, *SHOWN)):
        room -= _room(name.replace("_", " "), [number(name, item.get(name, math.nan)) for item in sources])
        if columns and room < 0:
            break
        columns.append(name)

    title = Text(f"{clean(strategy)}: best {len(order)} of {len(outcomes)} by {metric}")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    if walked is not None:
        table.add_column("chosen on", no_wrap=True)
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for name in columns:
        table.add_column(name.replace("_", "\n"), justify="right")
    if walked is not None:
        blank = ["" for _ in keys]
        table.add_row("the past only", *blank, *(number(name, walked.get(name, math.nan)) for name in columns))
        table.add_section()
    for k, item in enumerate(best):
        cells = [*([] if walked is None else [Text("everything")]), *(Text(values[k]) for values in chosen)]
        if item.error:
            table.add_row(*cells, Text(clean(f"failed: {item.error}")))
            continue
        table.add_row(*cells, *(number(name, item.metrics.get(name, math.nan)) for name in columns))
    return table


def _room(head: str, cells: Sequence[str]) -> int:
    """Characters that a column takes, with its margins; a head may take several lines."""
    return 3 + max([len(word) for word in head.split()] + [len(cell) for cell in cells])


def fold_view(folds: Sequence[Fold], metric: str) -> Table:
    """Which variant each fold of a walk-forward test chose."""
    keys = list(folds[0].params) if folds else []
    table = Table(title=Text("Walk-forward"), title_justify="left", box=SIMPLE_HEAD)
    table.add_column("tested")
    for key in keys:
        table.add_column(Text(clean(_short(key, keys))), overflow="fold")
    table.add_column(f"{metric.replace('_', ' ')} in training", justify="right")
    for fold in folds:
        cells = [Text(clean(plain(fold.params[key]))) for key in keys]
        table.add_row(f"{fold.first} to {fold.last}", *cells, number(metric, fold.value))
    return table


def _short(key: str, keys: Sequence[str]) -> str:
    """The last word of a dotted key, where no other key ends with it."""
    last = key.rpartition(".")[2]
    return last if sum(other.rpartition(".")[2] == last for other in keys) == 1 else key


def plain(value: Any) -> str:
    """A swept value in a cell."""
    if isinstance(value, list | tuple):
        return ";".join(plain(item) for item in value) or "[]"
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def number(name: str, value: float) -> str:
    """A metric in a cell."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "inf"
    if name in PERCENT:
        return f"{value:+.1%}"
    return f"{value:,.0f}" if name in ("trades", "refusals", "fills", "final_equity", "total_costs") else f"{value:.2f}"
