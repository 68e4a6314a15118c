"""The components of a run from what Python hands over: DataFrames and strategies, with or without a config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from newsbt.assembly import Components, StrategySpec, assemble, sizer_of
from newsbt.catalog import source_hash, strategy_kind, values_of
from newsbt.config.loading import LoadedConfig, from_mapping, load
from newsbt.domain.fingerprints import described, frame_hash
from newsbt.errors import ConfigError, Problem, nearest
from newsbt.events.from_frame import FrameAnnouncements
from newsbt.ports.conformance import strategy_misfit
from newsbt.prices.fx_readers import FrameFx
from newsbt.prices.price_readers import FramePrices
from newsbt.simulation.position_block import not_of_own_orders

__all__ = ["changes_of", "components_of", "loaded_of"]

FRAME = "<DataFrame>"  # what the config of a run says of a file that was none
OR_ELSE = {"prices": ", or one for each ticker", "announcements": ", or [] for a run without any"}
UNNAMED = {"name": "notebook"}


def components_of(
    config: str | Path | LoadedConfig | Mapping[str, Any] | None = None,
    *,
    prices: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    announcements: pd.DataFrame | Sequence[Any] | None = None,
    instruments: pd.DataFrame | None = None,
    relations: pd.DataFrame | None = None,
    memberships: pd.DataFrame | None = None,
    status: pd.DataFrame | None = None,
    fx: pd.DataFrame | Mapping[str, float] | None = None,
    strategies: Any = None,
    position: Mapping[str, Any] | None = None,
    cash: float | None = None,
    currency: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    **blocks: Any,
) -> Components:
    """What :func:`newsbt.run` runs, from its own arguments; same errors."""
    names, objects = _names_and_objects(strategies)
    if position is not None and not objects:
        raise ConfigError(
            "position: the block of strategies given as objects, and there are none; "
            "for those of the config use overrides, such as {'strategies.0.position.weight': 0.1}",
            code="bad_value",
        )
    tables = {"instruments": instruments, "relations": relations, "memberships": memberships, "status": status}
    tables = {name: table for name, table in tables.items() if table is not None}
    if config is None:
        needed = {"prices": prices, "announcements": announcements, "instruments": instruments}
        missing = [name for name, table in needed.items() if table is None] + ([] if objects else ["strategies"])
        if missing:
            message = f"newsbt.run needs a config, or DataFrames; missing: {', '.join(missing)}"
            raise ConfigError(message, [Problem(code="missing_key", message=message, key=missing[0])])
    without_news = isinstance(announcements, list | tuple) and not announcements
    frames: dict[str, Any] = {"prices": prices, "announcements": None if without_news else announcements}
    frames["fx"] = None if isinstance(fx, Mapping) else fx
    frames = {name: frame for name, frame in frames.items() if frame is not None}
    _refuse_others({**tables, **frames})
    changes: dict[str, Any] = {f"universe.{name}": FRAME for name in tables}
    changes |= {name: {"use": "csv", "path": FRAME} for name in frames}
    if without_news:
        changes["announcements"] = []
    if isinstance(fx, Mapping):
        changes["fx"] = {"use": "fixed", "rates": fx}
    if objects:
        changes["strategies"] = [_block(name, item, position) for name, item in objects.items()]
        changes["sweep"] = None  # it names strategies that are not there
    changes |= blocks
    changes |= {f"account.{key}": it for key, it in (("cash", cash), ("currency", currency)) if it is not None}
    changes |= changes_of(overrides)
    loaded = loaded_of(config, changes)
    skip = {*frames, *(f"universe.{name}" for name in tables), *(["strategies"] if objects else [])}
    components = assemble(loaded, names, skip=skip)
    if tables:
        components = replace(components, read_universe=partial(components.read_universe, **tables))
    if prices is not None:
        components = replace(components, prices=(_frame_prices(loaded, prices),))
    if "announcements" in frames:
        components = replace(components, readers=(FrameAnnouncements(frame=frames["announcements"]),))
    if "fx" in frames:
        components = replace(components, fx=FrameFx(frame=frames["fx"]))
    if objects:
        components = replace(components, strategies=_specs(loaded, list(objects.values())))
    return replace(
        components, handed_over={f"{name} {FRAME}": frame_hash(frame) for name, frame in {**tables, **frames}.items()}
    )


def _frame_prices(loaded: LoadedConfig, frame: pd.DataFrame | Mapping[str, pd.DataFrame]) -> FramePrices:
    """A reader of a frame under what the config says of it, as `overrides` can: ``{"prices.adjusted": True}``."""
    block = loaded.config.prices[0]
    options = {name: getattr(block, name) for name in block.model_fields_set if name not in ("use", "params")}
    options |= {name: value for name, value in block.params.items() if name != "path"}
    known = [one.name for one in fields(FramePrices) if one.name not in ("frame", "name")]
    for name in options:
        if name not in known:
            raise ConfigError.of(
                [loaded.problem("unknown_key", ("prices", name), f"unknown key {name!r}{nearest(name, known)}")]
            )
    return FramePrices(frame=frame, **options)


def _refuse_others(given: Mapping[str, Any]) -> None:
    """Raise ConfigError unless everything is a DataFrame; prices may also be one for each ticker."""
    for name, table in given.items():
        each = table.values() if name == "prices" and isinstance(table, Mapping) else [table]
        for one in each:
            if not isinstance(one, pd.DataFrame):
                expected = "a pandas DataFrame" + OR_ELSE.get(name, "")
                hint = "; give its .to_pandas()" if hasattr(one, "to_pandas") else ""
                message = f"{name}: expected {expected}, got a {type(one).__name__}{hint}"
                raise ConfigError(message, [Problem(code="wrong_type", message=message, key=name)])


def changes_of(overrides: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Overrides as they were handed over, none for None.

    Raises
    ------
    ConfigError
        They are no mapping.
    """
    if overrides is None or isinstance(overrides, Mapping):
        return overrides or {}
    expected = "a mapping of dotted keys and values, such as {'strategies.0.position.hold': 3}"
    message = f"overrides: expected {expected}, got a {type(overrides).__name__}"
    raise ConfigError(message, [Problem(code="wrong_type", message=message, key="overrides")])


def loaded_of(config: Any, changes: Mapping[str, Any]) -> LoadedConfig:
    """A config from its file, its content or itself, with some of its dotted keys changed."""
    if isinstance(config, LoadedConfig):
        return config.override(changes.items())
    if isinstance(config, str | Path):
        return load(Path(config), changes.items())
    return from_mapping(UNNAMED if config is None else config, overrides=changes.items())


def _names_and_objects(strategies: Any) -> tuple[list[str], dict[str, Any]]:
    """Names of the config's strategies, or strategies by their names; one of the two is empty."""
    if strategies is None:
        return [], {}
    if isinstance(strategies, Mapping):
        items, found = list(strategies.values()), dict(strategies)
    else:
        items = (
            list(strategies) if isinstance(strategies, Sequence) and not isinstance(strategies, str) else [strategies]
        )
        found = _named(items)
    names = [item for item in items if isinstance(item, str)]
    if not items:
        raise ConfigError(
            "strategies: there is none; leave the argument out for those of the config", code="missing_value"
        )
    if not names:
        return [], found
    if len(names) < len(items) or isinstance(strategies, Mapping):
        raise ConfigError(
            f"strategies: {names[0]!r} is a name; give names of the config's strategies, or only objects",
            code="bad_value",
        )
    return names, {}


def _named(items: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in items:
        base = item.__name__ if isinstance(item, type) else type(item).__name__
        name, k = base, 2
        while name in found:
            name, k = f"{base} {k}", k + 1
        found[name] = item
    return found


def _block(name: str, item: Any, position: Mapping[str, Any] | None) -> dict[str, Any]:
    cls = item if isinstance(item, type) else type(item)
    kind = strategy_kind(cls)
    if not kind or (kind == "orders" and cls is not item):
        raise ConfigError(
            f"strategies: {name!r} is a {cls.__name__}; expected an instance of newsbt.Strategy or "
            "newsbt.StepStrategy, or a newsbt.BacktraderStrategy class",
            code="bad_component",
        )
    return {"name": name, "use": f"<{cls.__name__}>", "params": _params(item), "position": dict(position or {})}


def _params(item: Any) -> dict[str, Any]:
    """The parameters of a strategy that is an object: without them two of one class would be the same trial."""
    return {name: described(value) for name, value in values_of(_made(item)).items()}


def _made(item: Any) -> Any:
    """A strategy, of its class where that is handed over; one that sends orders of its own is made while it runs."""
    return item() if isinstance(item, type) and strategy_kind(item) != "orders" else item


def _specs(loaded: LoadedConfig, objects: Sequence[Any]) -> tuple[StrategySpec, ...]:
    specs, problems = [], []
    for k, (block, item) in enumerate(zip(loaded.config.strategies, objects, strict=True)):
        cls = item if isinstance(item, type) else type(item)
        strategy = _made(item)
        if strategy_kind(cls) == "orders":
            problems += [loaded.problem(*fault) for fault in not_of_own_orders(block.position, k)]
        else:
            misfit = strategy_misfit(strategy)
            problems += [loaded.problem("bad_component", ("strategies", k), misfit)] if misfit else []
        specs.append(
            StrategySpec(
                name=block.name,
                strategy=strategy,
                position=block.position,
                sizer=sizer_of(loaded, k),
                source_hash=source_hash(cls),
            )
        )
    if problems:
        raise ConfigError.of(problems)
    return tuple(specs)
