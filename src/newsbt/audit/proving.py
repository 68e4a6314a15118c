"""How often chance alone would pass a config's own test, and how large an effect would have to be to be seen."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np

from newsbt.assembly import Components, StrategySpec
from newsbt.audit.apart import each_apart
from newsbt.audit.moved_instants import moved_instants
from newsbt.audit.null_prices import NullPrices, drawn_signs, null_prices, planted_at
from newsbt.audit.power_study import EFFECTS, LEVEL, PowerStudy, Share, StrategyPower
from newsbt.domain.command_documents import FloorJson
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.domain.results import StrategyResult
from newsbt.errors import StrategyError
from newsbt.evidence.common_calendars import p_alone
from newsbt.evidence.contract import Case, RowEvidence, why_not_moved
from newsbt.evidence.detection_floor import DETECTION_FLOOR
from newsbt.evidence.placebo_runs import PLACEBO, candidate_of
from newsbt.kernels.code_wait import work_seconds
from newsbt.steps.evaluate import result_of
from newsbt.steps.prepare import PreparedRun, prepare_inputs, read_inputs
from newsbt.steps.simulate import strategy_books
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.steps.summarise import notices_of

__all__ = ["LEAST_WORLDS", "prove"]

LEAST_WORLDS = 40
INDEPENDENT = "independent_days"
SECONDS = 70.0  # after which no world is begun, where nobody says how many there are to be
ONE_TICKER = "one ticker with prices can be traded: nothing moves with it, and nothing can be told from the market"
ONE_EVENT = "one event was traded: null prices would compare a single outcome with itself"
ONE_DATE = "all events that were traded came on one date: null prices would compare a single outcome with itself"


def prove(
    components: Components, *, worlds: int | None = None, seed: int | None = None, progress: Progress | None = None
) -> PowerStudy:
    """Run every strategy of a config in worlds of its own market without any effect of news, and with planted ones.

    Parameters
    ----------
    worlds : int, optional
        How many; by default as many as about a minute allows, at least 40.
    seed : int, optional
        By default `evaluation.seed`. World k of a seed is the same however many there are.

    Raises
    ------
    ConfigError, DataError, StrategyError
        As a run.
    """
    progress = progress or SilentProgress()
    progress.stage("load", None)
    began = time.monotonic()
    config = components.config
    evaluation = config.evaluation.model_copy(update={"bootstrap": 0})  # of what is looked at, nothing needs it
    components = replace(components, config=config.model_copy(update={"evaluation": evaluation}))
    seed = evaluation.seed if seed is None else seed
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, progress)
    own = _asked(prepared, components.strategies)
    reasons = {spec.name: _why_not(prepared, spec, own) for spec in components.strategies}
    tested = [spec for spec in components.strategies if not reasons[spec.name]]
    results: list[dict[str, WorldResult]] = []
    if tested:
        source = null_prices(components, prepared.market)
        source.market_of(np.ones(len(prepared.market.panel.dates), dtype=np.int64))  # compiled before it is copied
        progress.stage("worlds", worlds or LEAST_WORLDS)
        for result in each_apart(_tasks(source, prepared, tested, seed, worlds, began)):
            results.append(result)
            progress.advance()
    floors = _floors(prepared, tested, own) if tested else {}
    return PowerStudy(
        name=config.name,
        worlds=len(results),
        seed=seed,
        strategies=tuple(
            _summed(spec.name, own, reasons[spec.name], results, floors.get(spec.name))
            for spec in components.strategies
        ),
        notices=notices_of(components, inputs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldResult:
    """One strategy in one null world: its p and return, and the place in EFFECTS of the smallest effect that was seen,
    past the last where none was."""

    p: float
    why: str
    total_return: float
    seen_from: int


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Strategies' books in a world, with their p-values, why there is none, and what calendars they met: the
    method and its weeks."""

    books: Mapping[str, SimulatedStrategy]
    p: Mapping[str, float]
    why: Mapping[str, str]
    met: Mapping[str, tuple[str, int] | None]


def _asked(prepared: PreparedRun, specs: Sequence[StrategySpec]) -> _Asked:
    """Run strategies and ask for the p of each as a run does."""
    movable = [spec for spec in specs if not spec.is_backtrader]
    books = {spec.name: strategy_books(prepared, spec, engine="compiled") for spec in movable}
    rows = [_row(prepared, one) for one in books.values()]
    found = PLACEBO.find(Case(prepared=prepared, simulated=books, rows=rows)).rows
    return _Asked(
        books=books,
        p={name: found[name].metrics["placebo_p"] for name in books},
        why={name: found[name].reasons.get("placebo_p", "") for name in books},
        met={name: _met(found[name]) for name in books},
    )


def _met(found: RowEvidence) -> tuple[str, int] | None:
    """The calendars that a section on the placebo tells; None where others do not meet them as well."""
    section = found.section
    if not isinstance(section, Mapping) or section["use"] == INDEPENDENT:
        return None
    return str(section["use"]), int(section["weeks"])


def _row(prepared: PreparedRun, books: SimulatedStrategy) -> StrategyResult:
    return result_of(prepared, books, None, began=work_seconds())


def _why_not(prepared: PreparedRun, spec: StrategySpec, own: _Asked) -> str:
    """Why null worlds would say nothing about a strategy; empty where they say something."""
    if spec.is_backtrader:
        return "a strategy that sends orders of its own is not moved, and has no p"
    panel, items = prepared.market.panel, prepared.market.universe.instruments
    tradable = [n for n, item in enumerate(items) if panel.has_prices[n] and item.tradable and not item.is_index]
    if len(tradable) < 2:
        return ONE_TICKER
    books = own.books[spec.name]
    why = why_not_moved(books) or own.why[spec.name]
    if why:
        return why
    events = np.unique(books.ledger.lots["event"][books.ledger.lots["event"] >= 0])
    if len(events) < 2:
        return ONE_EVENT if len(events) else "no event was traded"
    days = np.unique(prepared.news.events.known_at[events].astype("M8[D]"))
    return ONE_DATE if len(days) < 2 else ""


def _tasks(
    source: NullPrices, prepared: PreparedRun, specs: Sequence[StrategySpec], seed: int, worlds: int | None,
    began: float,
) -> Iterator[Callable[[], dict[str, WorldResult]]]:  # fmt: skip
    """Worlds to be asked in, until there are as many as were wanted, or time is up."""
    k = 0
    while k < worlds if worlds is not None else (k < LEAST_WORLDS or time.monotonic() - began < SECONDS):
        yield partial(_world, source, prepared, specs, seed, k)
        k += 1


def _world(
    source: NullPrices, prepared: PreparedRun, specs: Sequence[StrategySpec], seed: int, k: int
) -> dict[str, WorldResult]:
    """What the strategies make of null world k, and of effects that are planted in it at their own entries."""
    try:
        return _results(source, prepared, specs, seed, k)
    except StrategyError as error:
        raise StrategyError(
            f"in null world {k} (seed {seed}), whose prices are not the run's: {error}", code=error.code
        ) from error


def _results(
    source: NullPrices, prepared: PreparedRun, specs: Sequence[StrategySpec], seed: int, k: int
) -> dict[str, WorldResult]:
    sign = drawn_signs(prepared.market.panel, np.random.default_rng([seed, k]))
    world = replace(prepared, market=source.market_of(sign))
    null = _asked(world, specs)
    found = {}
    for spec in specs:
        ledger, p, met = null.books[spec.name].ledger, null.p[spec.name], null.met[spec.name]

        def is_seen(
            effect: float, spec: StrategySpec = spec, ledger: Ledger = ledger, met: tuple[str, int] | None = met
        ) -> bool:
            planted = planted_at(ledger, effect, world.market.panel)
            return _is_seen(replace(prepared, market=source.market_of(sign, planted)), spec, met)

        seen = 0 if p <= LEVEL else _seen_from(is_seen)
        found[spec.name] = WorldResult(p=p, why=null.why[spec.name], total_return=ledger.total_return, seen_from=seen)
    return found


def _seen_from(is_seen: Callable[[float], bool]) -> int:
    """The place of the smallest effect that is seen, by halving: where an effect is seen, a larger one is."""
    low, high = 0, len(EFFECTS)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_seen(EFFECTS[middle]) else (middle + 1, high)
    return low


def _is_seen(world: PreparedRun, spec: StrategySpec, met: tuple[str, int] | None) -> bool:
    """Whether a strategy's p is at most 5 % in a world, on the calendars `met` in the null world."""
    books = strategy_books(world, spec, engine="compiled")
    case = Case(prepared=world, simulated={spec.name: books}, rows=[_row(world, books)])
    if met is None:
        return PLACEBO.find(case).rows[spec.name].metrics["placebo_p"] <= LEVEL
    if why_not_moved(books):
        return False
    evaluation = world.components.config.evaluation
    p = p_alone(
        world.market, candidate_of(case, books), taken=met[0], weeks=met[1],
        draws=evaluation.placebo.draws, seed=evaluation.seed,
    )  # fmt: skip
    return p <= LEVEL


def _summed(
    name: str, own: _Asked, reason: str, every: Sequence[Mapping[str, WorldResult]], floor: FloorJson | None
) -> StrategyPower:
    if reason:
        return StrategyPower(name=name, p=own.p.get(name, math.nan), reason=reason)
    results, books = [result[name] for result in every], own.books[name]
    given = [result for result in results if not math.isnan(result.p)]
    why = Counter(result.why for result in results if math.isnan(result.p)).most_common(1)
    return StrategyPower(
        name=name,
        p=own.p[name],
        trades=int((books.ledger.lots["event"] >= 0).sum()),
        mean_return=float(np.mean([result.total_return for result in results])),
        by_chance=Share(found=sum(result.p <= LEVEL for result in given), of=len(given)),
        withheld=len(results) - len(given),
        why=why[0][0] if why else "",
        power={
            effect: Share(found=sum(result.seen_from <= k for result in results), of=len(results))
            for k, effect in enumerate(EFFECTS)
        },
        floor=floor,
    )


def _floors(prepared: PreparedRun, specs: Sequence[StrategySpec], own: _Asked) -> Mapping[str, FloorJson]:
    """The detection floors of the run itself, as `newsbt audit` has them."""
    asked = [(spec, own.books[spec.name]) for spec in specs]
    moved = moved_instants(prepared, asked, prepared.components.config.evaluation.placebo.draws)
    case = Case(
        prepared=prepared, simulated={spec.name: books for spec, books in asked},
        moved={name: one.runs for name, one in moved.items()},
    )  # fmt: skip
    return {name: cast(FloorJson, found.section) for name, found in DETECTION_FLOOR.find(case).rows.items()}
