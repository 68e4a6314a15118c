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

__all__ = ["sweep_view"]

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


def sweep_view(outcomes: Sequence[Row], metric: str, top: int, strategy: str) -> Table:
    """The `top` variants by a metric, best first, those without a value last and those that failed after them."""
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0

    def rank(place: int) -> tuple[bool, bool, float, int]:
        value = outcomes[place].metrics.get(metric, math.nan)
        undefined = math.isnan(value)
        return bool(outcomes[place].error), undefined, 0.0 if undefined else -sign * value, place

    order = sorted(range(len(outcomes)), key=rank)[:top]
    keys = list(outcomes[0].params) if outcomes else []
    columns = list(dict.fromkeys((metric, *SHOWN)))
    title = Text(f"{clean(strategy)}: best {len(order)} of {len(outcomes)} by {metric}")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for key in keys:
        table.add_column(Text(clean(_short(key, keys))), overflow="fold")
    for name in columns:
        table.add_column(name.replace("_", " "), justify="right")
    for place in order:
        item = outcomes[place]
        cells = [Text(clean(_plain(item.params[key]))) for key in keys]
        if item.error:
            table.add_row(*cells, Text(clean(f"failed: {item.error}")))
            continue
        table.add_row(*cells, *(_number(name, item.metrics.get(name, math.nan)) for name in columns))
    return table


def _short(key: str, keys: Sequence[str]) -> str:
    """The last word of a dotted key, where no other key ends with it."""
    last = key.rpartition(".")[2]
    return last if sum(other.rpartition(".")[2] == last for other in keys) == 1 else key


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ";".join(_plain(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _number(name: str, value: float) -> str:
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "inf"
    if name in PERCENT:
        return f"{value:+.1%}"
    return f"{value:,.0f}" if name in ("trades", "refusals", "fills", "final_equity", "total_costs") else f"{value:.2f}"
