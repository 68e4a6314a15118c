"""A search that learns: Optuna proposes variants of the grid in batches and is told what became of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from newsbt._plain import PlainValue
from newsbt.domain.metrics import first_to_last
from newsbt.errors import missing_extra
from newsbt.sweeps.variant_result import VariantResult
from newsbt.sweeps.variants import Variant, count

if TYPE_CHECKING:
    import optuna

__all__ = ["search"]

BATCH = 16  # proposals between two answers: a constant, so that --jobs does not change what is proposed
PATIENCE = 50  # batches in a row without a new variant, after which the search has nothing more to propose


def search(
    grid: Mapping[str, Sequence[PlainValue]],
    trials: int,
    metric: str,
    seed: int,
    run: Callable[[list[Variant]], list[VariantResult]],
) -> list[Variant]:
    """`trials` different variants that Optuna's seeded TPE sampler proposes, in grid order.

    The same outcomes give the same proposals: a search that was stopped is proposed the variants that are stored, gets
    their outcomes from there, and goes on. `run` takes a batch and answers in its order.

    Raises
    ------
    UnsupportedError
        Optuna is not installed.
    """
    try:
        import optuna
    except ImportError as error:
        raise missing_extra(error, "sweep.search (else grid or random) is left to", "optuna", "optuna") from None
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=2 * BATCH)
        study = optuna.create_study(sampler=sampler, direction="minimize" if first_to_last(metric) > 0 else "maximize")
        return _searched(study, grid, min(trials, count(grid)), metric, run)
    finally:
        optuna.logging.set_verbosity(verbosity)


def _searched(
    study: optuna.Study, grid: Mapping[str, Sequence[PlainValue]], trials: int, metric: str,
    run: Callable[[list[Variant]], list[VariantResult]],
) -> list[Variant]:  # fmt: skip
    import optuna

    choices = {key: optuna.distributions.CategoricalDistribution(range(len(values))) for key, values in grid.items()}
    known: dict[int, VariantResult] = {}
    found: dict[int, Variant] = {}
    idle = 0
    while len(found) < trials and idle < PATIENCE:
        proposals = [study.ask(choices) for _ in range(BATCH)]
        fresh: dict[int, Variant] = {}
        numbers = []
        for proposal in proposals:
            variant = _variant(grid, proposal.params)
            numbers.append(variant.number)
            if variant.number not in known and len(found) + len(fresh) < trials:
                fresh[variant.number] = variant
        for variant, outcome in zip(fresh.values(), run(list(fresh.values())), strict=True):
            known[variant.number] = outcome
        found |= fresh
        idle = 0 if fresh else idle + 1
        for proposal, number in zip(proposals, numbers, strict=True):
            value = known[number].metric(metric) if number in known else math.nan
            if math.isfinite(value):
                study.tell(proposal, value)
            else:
                study.tell(proposal, state=optuna.trial.TrialState.FAIL)
    return [found[number] for number in sorted(found)]


def _variant(grid: Mapping[str, Sequence[PlainValue]], choices: Mapping[str, int]) -> Variant:
    number = 0
    for key, values in grid.items():
        number = number * len(values) + choices[key]
    return Variant(number, {key: values[choices[key]] for key, values in grid.items()})
