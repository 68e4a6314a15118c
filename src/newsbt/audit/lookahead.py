"""Proof that a strategy does not look ahead: whatever the future, the past stays as it was."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from newsbt.assembly import Components, StrategySpec
from newsbt.audit.apart import CAN_FORK, apart, each_apart
from newsbt.audit.cuts import LEAST_CUTS, cuts_of, spread
from newsbt.audit.decisions import Decisions, decisions_of, first_moved
from newsbt.audit.opened_files import noticing
from newsbt.audit.perturbed_futures import KINDS, Cut, Future, futures, one_thing
from newsbt.audit.proof import AGAIN, WALL_CLOCK, Difference, OpenedFile, Proof, difference
from newsbt.audit.wall_clock import another_time, move_wall_clock
from newsbt.domain.entries import Entries
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import NewsbtError, StrategyError
from newsbt.simulation.account_terms import PositionTerms
from newsbt.simulation.grid import Targets
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs
from newsbt.steps.simulate import simulator, terms_of

__all__ = ["look_ahead"]

EPSILON = 1e-9  # of the account's cash: an equity that differs by less is the same


def look_ahead(
    prepared: PreparedRun,
    inputs: RunInputs,
    specs: Sequence[StrategySpec],
    *,
    cuts: int | None = None,
    seed: int = 7,
    progress: Progress | None = None,
) -> dict[str, Proof]:
    """For each strategy by name: whether a change of the future changes anything of its past.

    Prices, rates, announcements, relations, memberships, statuses and listings that could not be known when an order
    had to be in are changed, at the cuts of :func:`~newsbt.audit.cuts.cuts_of`, and the whole pipeline runs again; so
    it does with a market unexpectedly closed, with nothing coming after, and with another time on the wall clock.
    Signals and orders that had to be in by then, and fills and equity of the rows before, must be as they were; the bar
    in which an entry fills is part of the future. Every world is asked in a process of its own.

    Raises
    ------
    StrategyError
        A strategy fails in the run as it is.
    """
    progress = progress or SilentProgress()
    # What is derived from all prices of the run must not differ because some of them do.
    components = prepared.components
    account = components.config.account.model_copy(update={"currency": prepared.market.currency})
    components = dataclasses.replace(components, config=components.config.model_copy(update={"account": account}))
    prepared = dataclasses.replace(prepared, components=components)
    _load_engine(prepared)
    of_run = _files_of_run(components, inputs)
    asked = zip(specs, each_apart(partial(_asked, prepared, spec, of_run) for spec in specs), strict=True)
    state = {spec.name: _State(spec=spec, decided=decided, files=files) for spec, (decided, files) in asked}
    for one, unsteady, moved in _asked_again(prepared, list(state.values())):
        one.unsteady, one.difference = unsteady, None if unsteady is not None else moved
    worlds = _worlds(prepared, inputs, state, cuts, seed)
    progress.stage("look ahead", len(worlds))
    begun: deque[tuple[_World, list[_State]]] = deque()

    def tasks() -> Iterator[Callable[[], dict[str, Difference | None] | None]]:
        for world in worlds:
            if mine := [one for name in world.names if (one := state[name]).goes_on]:
                begun.append((world, mine))
                yield partial(_differences, world.make, mine)
            else:
                progress.advance()

    for differences in each_apart(tasks()):
        world, mine = begun.popleft()
        for one in mine:
            if differences is not None and one.goes_on:
                one.futures += 1
                one.difference = differences[one.spec.name]
                if one.difference is not None and one.difference.what == ", ".join(KINDS):
                    one.difference = apart(partial(_single, prepared, inputs, world.cut, seed, one)) or one.difference
        progress.advance()
    return {name: one.proof() for name, one in state.items()}


@dataclass
class _State:
    spec: StrategySpec
    decided: Decisions
    files: tuple[OpenedFile, ...]
    unsteady: Difference | None = None
    difference: Difference | None = None
    cuts: int = 0
    futures: int = 0

    @property
    def goes_on(self) -> bool:
        return self.difference is None and self.unsteady is None

    def proof(self) -> Proof:
        return Proof(
            difference=self.difference, cuts=self.cuts, futures=self.futures, decisions=len(self.decided.found),
            by_row=self.decided.by_row, unsteady=self.unsteady, files=self.files,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _World:
    """A future after a cut, and the strategies that are asked in it."""

    cut: Cut
    make: Callable[[], Future | None]
    names: list[str] = field(default_factory=list)


def _worlds(
    prepared: PreparedRun, inputs: RunInputs, state: Mapping[str, _State], most: int | None, seed: int
) -> list[_World]:
    """Everything else is another at each cut, and once more at some; days that close and ends come at fewer."""
    found: dict[tuple[Cut, int], _World] = {}
    for name, one in state.items():
        cuts = cuts_of(one.decided, most)
        one.cuts = len(cuts)
        at = (cuts, spread(cuts, LEAST_CUTS), spread(cuts, LEAST_CUTS // 2), spread(cuts, LEAST_CUTS // 2))
        for cut in cuts:
            for k, make in enumerate(futures(prepared, inputs, cut, seed)):
                if cut in at[k]:
                    found.setdefault((cut, k), _World(cut=cut, make=make)).names.append(name)
    return sorted(found.values(), key=lambda world: (world.cut.row, world.cut.market, world.cut.at))


def _load_engine(prepared: PreparedRun) -> None:
    """Have the compiled engine at hand before this process is copied: each copy would load it anew."""
    no, zero = np.empty(0, dtype=np.int64), np.zeros(prepared.market.panel.shape)
    one = np.empty(0)
    entries = Entries(event=no, ticker=no, sign=no, weight=one, row=no, point=no, bound=one)
    for nothing in (entries, Targets(grid=zero, causes={})):
        simulator(prepared.market, None)(
            terms_of(prepared.components.config, prepared.market, PositionTerms()), nothing
        )


def _files_of_run(components: Components, inputs: RunInputs) -> frozenset[str]:
    fx = () if inputs.fx is None else inputs.fx.files
    files = (*inputs.batch.files, *inputs.prices.files, *fx, *components.files, *inputs.digests, *components.digests)
    return frozenset(str(Path(file).resolve()) for file in files)


def _asked(
    prepared: PreparedRun, spec: StrategySpec, of_run: frozenset[str]
) -> tuple[Decisions, tuple[OpenedFile, ...]]:
    """What a strategy decides in the world as it is, and the files that it opens."""
    source = _source_of(spec)
    decided, asked = noticing(partial(decisions_of, prepared, spec), source)
    _, made = noticing(partial(_made_again, spec), source)
    files = [
        OpenedFile(path=path, where=where, of_run=str(Path(path).resolve()) in of_run, when=when)
        for when, opened in (("asked", asked), ("made", made))
        for path, where in opened
    ]
    return decided, tuple(file for file in files if file.of_run or file.when == "asked")


def _source_of(spec: StrategySpec) -> str:
    cls = spec.strategy if spec.is_backtrader else type(spec.strategy)
    try:
        return inspect.getsourcefile(cls) or ""
    except (TypeError, OSError):  # a class of a notebook has no file
        return ""


def _made_again(spec: StrategySpec) -> None:
    """Make the strategy once more from its parameters; one of backtrader's was made when it was asked."""
    if not spec.is_backtrader:
        with contextlib.suppress(Exception):
            dataclasses.replace(spec.strategy)


def _asked_again(
    prepared: PreparedRun, every: Sequence[_State]
) -> Iterator[tuple[_State, Difference | None, Difference | None]]:
    """For each strategy what differs when it is asked again, and what when the clock on the wall shows another time."""
    first = prepared.market.panel.dates[0].astype("M8[D]").item()
    early = datetime(first.year, first.month, first.day, 3, 7, 11, tzinfo=UTC)
    clocks = (early, another_time(datetime.now(UTC))) if CAN_FORK else ()  # this process's own clock stays
    found = each_apart(partial(_at_another_time, prepared, one, clock) for one in every for clock in (None, *clocks))
    for one in every:
        again = next(found)
        moved = [next(found) for _ in clocks]
        yield one, again, next((found for found in moved if found is not None), None)


def _at_another_time(prepared: PreparedRun, one: _State, clock: datetime | None) -> Difference | None:
    if clock is not None:
        move_wall_clock(clock)
    try:
        changed = decisions_of(prepared, one.spec)
    except StrategyError:
        if clock is None:
            raise
        return None  # what fails is the clock that was put in place of the real one, perhaps
    moved = first_moved(one.decided.found, changed.found)
    if moved is None:
        return None
    at = np.datetime64(datetime.now(UTC).replace(tzinfo=None) if clock is None else clock.replace(tzinfo=None), "ns")
    return difference(one.decided, AGAIN if clock is None else WALL_CLOCK, at, *moved)


def _differences(make: Callable[[], Future | None], asked: Sequence[_State]) -> dict[str, Difference | None] | None:
    """By strategy the first difference in another world; None where there is no such world."""
    future = make()
    other = None if future is None else _prepared(future)
    if future is None or other is None:
        return None
    found = each_apart([partial(_differing, one.decided, other, one.spec, future) for one in asked], 1)
    return dict(zip((one.spec.name for one in asked), found, strict=True))


def _prepared(future: Future) -> PreparedRun | None:
    """The other world; None where it is none, such as without any price."""
    try:
        return prepare_inputs(future.components, future.inputs, SilentProgress())
    except NewsbtError:
        return None


def _single(prepared: PreparedRun, inputs: RunInputs, cut: Cut, seed: int, one: _State) -> Difference | None:
    """The same difference with a single thing changed, where one is enough."""
    for future in one_thing(prepared.components, prepared.market, inputs, cut, seed):
        found = _differences(partial(_given, future), [one])
        if found is not None and found[one.spec.name] is not None:
            return found[one.spec.name]
    return None


def _given(future: Future) -> Future:
    return future


def _differing(decided: Decisions, other: PreparedRun, spec: StrategySpec, future: Future) -> Difference | None:
    """The first decision, fill or equity up to the cut that is another in the other world."""
    cut = future.cut
    try:
        changed = decisions_of(other, spec)
    except StrategyError as error:
        message = str(error).splitlines()[-1]
        return difference(decided, future.what, cut.at, ("error", None, None, 0), cut.row, None, message)
    last = len(other.market.panel.clock) - 1
    moved = first_moved(
        decided.in_time(cut, last, moves_bars=future.moves_bars),
        changed.in_time(cut, last, moves_bars=future.moves_bars),
    )
    moved = moved or first_moved(decided.done_before(cut.row), changed.done_before(cut.row))
    if moved is not None:
        return difference(decided, future.what, cut.at, *moved, cut_row=cut.row)
    rows = min(cut.row, last + 1)
    mine, theirs = decided.equity[:rows], changed.equity[:rows]
    apart_at = np.flatnonzero(np.abs(mine - theirs) > EPSILON)
    if len(apart_at):
        row = int(apart_at[0])
        return difference(
            decided, future.what, cut.at, ("equity", None, None, 0), row, float(mine[row]), float(theirs[row]),
            cut_row=cut.row,
        )  # fmt: skip
    return None
