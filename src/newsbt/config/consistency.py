"""What one part of a config asks of another.

These checks read the plain tree rather than the models, and pass over what has the wrong type, so that they report
their faults beside those of single values and not one run of the command later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from newsbt._plain import PlainValue
from newsbt.config.field_types import Day
from newsbt.config.models import BASELINES, ExecutionConfig, PositionConfig, RunConfig
from newsbt.error_codes import ErrorCode
from newsbt.errors import nearest

__all__ = ["Clash", "clashes"]

SWEPT_BLOCKS: Mapping[str, type[BaseModel] | None] = {
    "params": None,
    "position": PositionConfig,
    "execution": ExecutionConfig,
}
NOT_SWEPT = ("name", "strategies", "sweep", "output", "pull")


@dataclass(frozen=True, slots=True)
class Clash:
    """A fault between parts: where it is reported, its code, and the whole message."""

    path: tuple[str | int, ...]
    code: ErrorCode
    message: str


def clashes(tree: Mapping[str, PlainValue]) -> Iterator[Clash]:
    """All faults between the parts of a config, in the order of its keys."""
    yield from _period(_mapping(tree.get("period")))
    strategies = [_mapping(item) for item in _sequence(tree.get("strategies"))]
    baselines = _sequence(tree.get("baselines", BASELINES))
    yield from _names(strategies, baselines)
    yield from _hedges(strategies, tree.get("benchmark"))
    yield from _repeated_baselines(baselines)
    sweep = tree.get("sweep")
    if isinstance(sweep, Mapping):
        yield from _sweep(sweep, [item.get("name") for item in strategies])


def _mapping(value: PlainValue) -> Mapping[str, PlainValue]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: PlainValue) -> Sequence[PlainValue]:
    return value if isinstance(value, list | tuple) else ()


def _period(period: Mapping[str, PlainValue]) -> Iterator[Clash]:
    try:
        start, end = (Day().check(period.get(key)) for key in ("start", "end"))
    except PydanticCustomError:
        return
    if start > end:
        yield Clash(("period", "start"), "bad_value", f"the start {start} is after the end {end}; swap them")


def _names(strategies: Sequence[Mapping[str, PlainValue]], baselines: Sequence[PlainValue]) -> Iterator[Clash]:
    first: dict[str, int] = {}
    for index, strategy in enumerate(strategies):
        name, path = strategy.get("name"), ("strategies", index, "name")
        if not isinstance(name, str):
            continue
        if name in first:
            message = f"two strategies are called {name!r} (strategies[{first[name]}] too); give each its own name"
            yield Clash(path, "duplicate", message)
        elif name in baselines:
            yield Clash(path, "duplicate", f"{name!r} is the name of a baseline; choose another")
        first.setdefault(name, index)


def _hedges(strategies: Sequence[Mapping[str, PlainValue]], benchmark: PlainValue) -> Iterator[Clash]:
    for index, strategy in enumerate(strategies):
        if benchmark is None and _mapping(strategy.get("position")).get("hedge") == "benchmark":
            path = ("strategies", index, "position", "hedge")
            yield Clash(path, "bad_value", "a hedge with the benchmark needs the top-level key `benchmark`")


def _repeated_baselines(baselines: Sequence[PlainValue]) -> Iterator[Clash]:
    for index, name in enumerate(baselines):
        if name in baselines[:index]:
            yield Clash(("baselines", index), "duplicate", f"the baseline {name!r} stands twice; keep one")


def _sweep(sweep: Mapping[str, PlainValue], names: Sequence[PlainValue]) -> Iterator[Clash]:
    wanted = sweep.get("strategy")
    known = [name for name in names if isinstance(name, str)]
    if wanted is None and len(names) > 1:
        yield Clash(("sweep", "strategy"), "missing_key", "there are several strategies; name the one to sweep")
    elif isinstance(wanted, str) and wanted not in known:
        message = f"expected the name of a strategy of this config, got {wanted!r}{nearest(wanted, known)}"
        yield Clash(("sweep", "strategy"), "bad_value", message)
    if sweep.get("search") in ("random", "optuna") and sweep.get("trials") is None:
        yield Clash(("sweep", "trials"), "missing_key", f"a {sweep['search']} search needs the number of trials")
    for dotted in _mapping(sweep.get("grid")):
        yield from _swept_key(dotted)


def _swept_key(dotted: str) -> Iterator[Clash]:
    head, _, rest = dotted.partition(".")
    path = ("sweep", "grid", dotted)
    if head in SWEPT_BLOCKS:
        block = SWEPT_BLOCKS[head]
        field = rest.split(".")[0]
        if not rest:
            yield Clash(path, "bad_value", f"expected a key inside {head!r}, such as {head}.name")
        elif block is not None and field not in block.model_fields:
            hint = nearest(field, block.model_fields)
            yield Clash(path, "unknown_key", f"{head!r} has no key {field!r}{hint}")
    elif head in NOT_SWEPT or head not in RunConfig.model_fields:
        hint = nearest(head, SWEPT_BLOCKS)
        yield Clash(path, "unknown_key", f"expected a key that starts with params., position. or execution.{hint}")
