"""What must be right before any variant runs: the sweep's own keys, and the names of everything that it varies."""

from __future__ import annotations

from newsbt._plain import PlainValue
from newsbt.assembly import assemble
from newsbt.config.loading import LoadedConfig
from newsbt.config.models import SweepConfig
from newsbt.errors import ConfigError, Problem
from newsbt.sweeps.variant_result import METRICS, SERIES
from newsbt.sweeps.variants import count

__all__ = ["check_sweep", "size_of", "strategy_of", "sweep_block"]

NAMES = ("unknown_key", "unknown_name", "bad_override")


def sweep_block(loaded: LoadedConfig) -> SweepConfig:
    """The config's `sweep:` block; ConfigError where it has none."""
    block = loaded.config.sweep
    if block is None:
        message = "the config has no `sweep:` block; give it one, such as `sweep: {grid: {position.hold: [1, 3, 5]}}`"
        raise ConfigError.of([loaded.problem("missing_key", ("sweep",), message)])
    return block


def strategy_of(loaded: LoadedConfig) -> str:
    """The name of the strategy that is swept."""
    return sweep_block(loaded).strategy or loaded.config.strategies[0].name


def size_of(loaded: LoadedConfig) -> int:
    """How many variants a config's sweep would run.

    Raises
    ------
    ConfigError
        The config has no sweep, or its grid has no variant.
    """
    block = sweep_block(loaded)
    total = count(block.grid)
    if total == 0:
        empty = [key for key, values in block.grid.items() if not values]
        what = f"{empty[0]!r} has no value" if empty else "it names no key"
        raise ConfigError.of(
            [loaded.problem("bad_value", ("sweep", "grid"), f"the grid has no variant: {what}; give at least one")]
        )
    return total if block.search == "grid" or block.trials is None else min(total, block.trials)


def check_sweep(loaded: LoadedConfig) -> None:
    """Names first: a variant may fail for its value, but a parameter that does not exist stops the sweep.

    Raises
    ------
    ConfigError
        With all unknown parameters, keys and metrics.
    """
    block = sweep_block(loaded)
    size_of(loaded)
    problems: list[Problem] = []
    allowed = METRICS if block.walk_forward is None else SERIES
    if block.metric not in allowed:
        which = "a sweep ranks" if block.walk_forward is None else "walk-forward chooses"
        message = f"{which} by one of {', '.join(allowed)}, not {block.metric!r}"
        problems.append(loaded.problem("bad_value", ("sweep", "metric"), message))
    (spec,) = assemble(loaded, [strategy_of(loaded)]).strategies
    for key, values in block.grid.items():
        if spec.is_backtrader and key.startswith("position.") and key != "position.hedge":
            message = (
                "a BacktraderStrategy sizes and leaves positions by its own orders; sweep its params, or position.hedge"
            )
            problems.append(loaded.problem("bad_value", ("sweep", "grid", key), message))
        else:
            problems.extend(_name_problems(loaded, key, values[0]))
    if problems:
        raise ConfigError.of(problems)


def _name_problems(loaded: LoadedConfig, key: str, value: PlainValue) -> list[Problem]:
    name = strategy_of(loaded)
    index = [item.name for item in loaded.config.strategies].index(name)
    own = key.startswith(("params.", "position."))
    try:
        assemble(loaded.override([(f"strategies.{index}.{key}" if own else key, value)]), [name])
    except ConfigError as error:
        found = [problem for problem in error.problems if problem.code in NAMES]
        return [loaded.problem(problem.code, ("sweep", "grid", key), problem.message) for problem in found]
    return []
