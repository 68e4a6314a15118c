"""What variants share: inputs are read, panels placed and signals asked once for all of them that can."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow

from newsbt._plain import PlainValue
from newsbt._typing import Days, Floats
from newsbt.analysis.evaluation import last_rows
from newsbt.assembly import Components, StrategySpec, assemble, sizer_of
from newsbt.config.loading import LoadedConfig
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.progress import SilentProgress
from newsbt.domain.read_files import check_same
from newsbt.errors import ConfigError, NewsbtError, StrategyError
from newsbt.evidence.label_cutoff import halves_of
from newsbt.ports import EventView, Sizer
from newsbt.simulation.account_terms import PositionTerms
from newsbt.simulation.entry_rows import PlacedSignals, Sizing
from newsbt.simulation.grid import Targets
from newsbt.simulation.position_block import OF_EVENTS, OF_GRIDS, position_terms
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs, read_inputs
from newsbt.steps.run_hashes import hashes_of
from newsbt.steps.simulate import refuse_mode, simulator, sizing_of, strategy_books, targets_of, terms_of
from newsbt.steps.strategy_signals import StrategyAnswer, ask, blamed, view_of
from newsbt.sweeps.folds import Folds
from newsbt.sweeps.outcome_keys import OutcomeKeys, context_key
from newsbt.sweeps.sharing_keys import ACCOUNTING, READ_BLOCKS, group_key, is_under, part_of, read_key
from newsbt.sweeps.variant_result import METRICS, VariantNumbers, VariantResult, ledger_outcome
from newsbt.sweeps.variant_worker import SharedMarket, VariantWorker
from newsbt.sweeps.variants import Variant

__all__ = ["Plan", "SweepContext"]

T = TypeVar("T")
Changes = list[tuple[str, PlainValue]]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What variants of one group are run with: signals on a track, or the ledger of a strategy's own orders."""

    prepared: PreparedRun
    track: SharedMarket | None = None
    wanted: Entries | Targets | None = None
    ledger: Callable[[], Ledger] | None = None


class _Recent(OrderedDict[str, T]):
    """The few values that were made last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def get_or(self, key: str, make: Callable[[], T]) -> T:
        if key not in self:
            self[key] = make()
        self.move_to_end(key)
        while len(self) > self.most:
            self.popitem(last=False)
        return self[key]


@dataclass(kw_only=True)
class SweepContext:
    """Runs variants of one strategy of a config, keeping what several of them share.

    Keys of a variant: ``params.x`` and ``position.x`` of the strategy, anything else of the whole config. `plan` is for
    one thread, `run` with a plan for any number of them, each with a `Lane` of its own.

    `given` hands out inputs that were read elsewhere, by `read_key`; without it they are read here. `read` has the
    hashes that outcomes go by: a file that is read again and has changed fails the variant.
    """

    loaded: LoadedConfig
    strategy: str
    given: Callable[[str], RunInputs] | None = None
    read: dict[Path, str] = field(default_factory=dict)
    _inputs: _Recent[RunInputs] = field(default_factory=lambda: _Recent(2))
    _markets: _Recent[PreparedRun] = field(default_factory=lambda: _Recent(2))
    _tracks: _Recent[SharedMarket] = field(default_factory=lambda: _Recent(8))
    _views: _Recent[EventView] = field(default_factory=lambda: _Recent(1))
    _answers: _Recent[tuple[PreparedRun, StrategySpec, StrategyAnswer]] = field(default_factory=lambda: _Recent(1))
    _placed: _Recent[Targets | PlacedSignals] = field(default_factory=lambda: _Recent(1))
    _wanted: _Recent[Entries | Targets] = field(default_factory=lambda: _Recent(4))
    _values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    _sizers: dict[str, Sizer | None] = field(default_factory=dict)
    _data: dict[str, str] = field(default_factory=dict)  # hashes of what the base reads, by file
    notices: tuple[str, ...] = field(default=(), init=False)  # of the base's labels, once it is read

    @cached_property
    def base(self) -> PreparedRun:
        """The config as it stands, without any variant's values."""
        found = self._market({})
        inputs = self.inputs({})
        self.notices = inputs.labelled.notices
        self._data.update(hashes_of(found.components, inputs)["data"])
        block = self.loaded.config.sweep
        if block is None or not any(part_of(key) == 0 for key in block.grid):
            self._inputs.clear()  # nothing will be placed anew: as much memory as the panel's own
        pyarrow.default_memory_pool().release_unused()  # what reading Parquet took, before threads ask for theirs
        return found

    @cached_property
    def keys(self) -> OutcomeKeys:
        """What the variants' outcomes go by."""
        components = self.base.components
        context = context_key(self.loaded, self._index, components, self._data, self.folds)
        return OutcomeKeys(self.loaded, context, self.read)

    @cached_property
    def folds(self) -> Folds | None:
        """The folds of the config's `sweep.walk_forward`, None where it has none.

        Raises ConfigError where the run is too short for them.
        """
        block = self.loaded.config.sweep
        walk = None if block is None else block.walk_forward
        if walk is None:
            return None
        try:
            return Folds.of(self.sessions, walk.folds, walk.embargo)
        except ValueError as error:
            raise ConfigError.of(
                [self.loaded.problem("bad_value", ("sweep", "walk_forward"), f"{error}; use fewer folds")]
            ) from None

    @property
    def sessions(self) -> int:
        """How many sessions, and so returns, a run of the config has."""
        return len(last_rows(self.base.market.panel.dates))

    @property
    def dates(self) -> Days:
        """(n,): the sessions."""
        dates = self.base.market.panel.dates
        return dates[last_rows(dates)]

    @property
    def is_backtrader(self) -> bool:
        """Whether the strategy's orders need backtrader itself, and so a process of their own to run beside others."""
        return self.base.components.strategies[0].is_backtrader

    @property
    def periods_per_year(self) -> float:
        return self.base.market.periods_per_year

    def plan(self, variant: Variant) -> Plan:
        """Read, place and ask what a variant, and all of its `group_key`, need.

        Raises
        ------
        NewsbtError
            None of them can run.
        """
        params = variant.params
        market, own, sizes, money = group_key(variant)
        if self.is_backtrader:
            return self._order_plan(params)
        track = self._tracks.get_or(market + money, lambda: self._track(params))
        prepared, spec, answer = self._answers.get_or(market + own, lambda: self._ask(params, market))
        sized = self._sized(spec, params)
        placed = self._placed.get_or(market + own, lambda: _placed(prepared, sized, answer))
        wanted = self._wanted.get_or(market + own + sizes, lambda: _at_size(placed, sizing_of(prepared.market, sized)))
        if isinstance(wanted, Entries):
            refuse_mode(spec.name, sized.position.mode)
        _refuse_unread(spec.name, params, is_grid=isinstance(wanted, Targets))
        return Plan(prepared=prepared, track=track, wanted=wanted)

    def run(self, plan: Plan, variant: Variant, key: str, lane: VariantWorker) -> VariantResult:
        """One variant; what it ends with, where it fails, is its `error`."""
        try:
            numbers = self._numbers(plan, variant, lane)
        except Exception as error:  # whatever one variant comes to, the others go on
            return failed(variant, key, error)
        return VariantResult(number=variant.number, key=key, params=variant.params, **numbers)

    def returns_of(self, variant: Variant) -> Floats:
        """(n,): returns by session of one variant, run anew."""
        plan = self.plan(variant)
        if plan.track is None or self._hedge(variant.params) is not None:
            return self._by_ledger(plan, variant)[1]
        assert plan.wanted is not None
        return VariantWorker().returns(plan.track, self.position(variant.params), plan.wanted)

    def parts_of(self, variant: Variant) -> Mapping[str, Mapping[str, float]]:
        """The metrics of one variant on the events of each side of the labels' cut-off, as a run's rows have them;
        nothing where no labels have one."""
        prepared = self._market(variant.params)
        if not prepared.news.cutoffs:
            return {}
        components = self._components(self.changes(variant.params))
        prepared = _charged(prepared, components)
        (spec,) = components.strategies
        found = {}
        for side, half in halves_of(prepared):
            numbers, _ = ledger_outcome(
                strategy_books(half, spec).ledger, half.market.panel, half.market.periods_per_year, None
            )
            values = numbers["values"]
            found[side] = {} if values is None else dict(zip(METRICS, values.tolist(), strict=True))
        return found

    def _numbers(self, plan: Plan, variant: Variant, lane: VariantWorker) -> VariantNumbers:
        if plan.track is None or self._hedge(variant.params) is not None:
            return self._by_ledger(plan, variant)[0]
        assert plan.wanted is not None
        return lane.run(plan.track, self.position(variant.params), plan.wanted)

    def _by_ledger(self, plan: Plan, variant: Variant) -> tuple[VariantNumbers, Floats]:
        """The numbers of what keeps a ledger: own orders, and books that stand beside their hedge."""
        market = plan.prepared.market
        if plan.ledger is not None:
            ledger = plan.ledger()
        else:
            assert plan.track is not None and plan.wanted is not None
            terms = replace(plan.track.terms, position=self.position(variant.params))
            ledger = simulator(market, self._hedge(variant.params))(terms, plan.wanted)
        return ledger_outcome(ledger, market.panel, market.periods_per_year, self._folds_of(market.panel))

    def _hedge(self, params: Mapping[str, PlainValue]) -> str | None:
        """What a variant's books are hedged with."""
        key = "position.hedge"
        if key not in params:
            return self.loaded.config.strategies[self._index].position.hedge
        found: str | None = self._value("hedge", [(key, params[key])])[0]
        return found

    def position(self, params: Mapping[str, PlainValue]) -> PositionTerms:
        """The engine's terms of a variant's position."""
        fields = {name: found for name, found in self._fields(params).items() if name not in ("mode", "hedge")}
        return replace(self._base_terms, **{name: engines for name, (_, engines) in fields.items()})

    @cached_property
    def _base_terms(self) -> PositionTerms:
        return position_terms(self.loaded.config.strategies[self._index].position)

    @property
    def _index(self) -> int:
        return [item.name for item in self.loaded.config.strategies].index(self.strategy)

    def _sized(self, spec: StrategySpec, params: Mapping[str, PlainValue]) -> StrategySpec:
        """The strategy with what of a variant's position decides its entries; a fault elsewhere in it is not the whole
        group's."""
        fields = self._fields({key: value for key, value in params.items() if part_of(key) == 2})
        if not fields:
            return spec
        changed = spec.position.model_copy(update={name: read for name, (read, _) in fields.items()})
        sizer = spec.sizer
        if "weight" in fields:
            weight = [(key, value) for key, value in params.items() if is_under(key, ("position.weight",))]
            name = repr(weight)
            if name not in self._sizers:
                self._sizers[name] = sizer_of(self.loaded.override(self.changes(dict(weight))), self._index)
            sizer = self._sizers[name]
        return replace(spec, position=changed, sizer=sizer)

    def _fields(self, params: Mapping[str, PlainValue]) -> dict[str, tuple[Any, Any]]:
        """What a variant sets of its position, by field: as `_value`."""
        changes: dict[str, Changes] = {}
        for key, value in params.items():
            if key.startswith("position."):
                changes.setdefault(key.split(".")[1], []).append((key, value))
        return {name: self._value(name, found) for name, found in changes.items()}

    def _value(self, field_name: str, changes: Changes) -> tuple[Any, Any]:
        """A position's field as the config reads it and as the engine does; checked once for all variants."""
        name = repr(changes)
        if name not in self._values:
            changed = self.loaded.override(self.changes(dict(changes))).config.strategies[self._index].position
            read = getattr(changed, field_name)
            self._values[name] = read, getattr(position_terms(changed), field_name, read)
        return self._values[name]

    def _change(self, key: str, value: PlainValue) -> tuple[str, PlainValue]:
        own = key.startswith(("params.", "position."))
        return (f"strategies.{self._index}.{key}" if own else key), value

    def changes(self, params: Mapping[str, PlainValue], wanted: Callable[[str], bool] = lambda _: True) -> Changes:
        """A variant's values as overrides of the config."""
        return [self._change(key, value) for key, value in params.items() if wanted(key)]

    def _components(self, changes: Changes) -> Components:
        loaded = self.loaded.override(changes) if changes else self.loaded
        skip = () if self.given is None else READ_BLOCKS
        return assemble(loaded, [self.strategy], skip=skip)

    def _market(self, params: Mapping[str, PlainValue]) -> PreparedRun:
        """Everything placed on rows, without a variant's accounting and own values."""
        changes = self.changes(params, lambda key: not is_under(key, ("params", "position", *ACCOUNTING)))

        def make() -> PreparedRun:
            components = self._components(changes)
            inputs = self.inputs(params, components)
            if changes:  # one panel of many, which nobody will ask for again
                inputs = replace(inputs, prices=inputs.prices.not_kept())
            return prepare_inputs(components, inputs, SilentProgress())

        if not changes and "base" in self.__dict__:
            return self.base
        return self._markets.get_or(json.dumps(changes, default=str), make)

    def inputs(self, params: Mapping[str, PlainValue], components: Components | None = None) -> RunInputs:
        """What a variant reads."""
        key = read_key(params)
        if self.given is not None:
            given = self.given
            return self._inputs.get_or(key, lambda: given(key))
        if components is None:
            components = self._components(self.changes(params, lambda key: is_under(key, READ_BLOCKS)))
        known = components

        def make() -> RunInputs:
            found = read_inputs(known)
            check_same(self.read, {**known.digests, **found.digests, **found.prices.digests})
            return found

        return self._inputs.get_or(key, make)

    def _track(self, params: Mapping[str, PlainValue]) -> SharedMarket:
        prepared = self._market(params)
        changes = self.changes(params, lambda key: not is_under(key, ("params", "position")))
        if any(is_under(key, ACCOUNTING) for key, _ in changes):
            prepared = _charged(prepared, self._components(changes))
        panel, per_year = prepared.market.panel, prepared.market.periods_per_year
        terms = terms_of(prepared.components.config, prepared.market, self._base_terms)
        return SharedMarket(terms=terms, periods_per_year=per_year, folds=self._folds_of(panel))

    def _folds_of(self, panel: MarketPanel) -> Folds | None:
        """The config's folds, where a variant's run has its sessions."""
        folds = self.folds
        if folds is None or len(last_rows(panel.dates)) == folds.sessions:
            return folds
        raise StrategyError(
            "walk-forward compares variants on common sessions; this one has others", code="unsupported"
        )

    def _ask(self, params: Mapping[str, PlainValue], market: str) -> tuple[PreparedRun, StrategySpec, StrategyAnswer]:
        prepared = self._market(params)
        components = self._components(
            self.changes(params, lambda key: not is_under(key, ("position", *ACCOUNTING)))
        )  # fmt: skip
        prepared = replace(prepared, components=components)
        (spec,) = components.strategies
        if spec.hops > self._market(params).components.strategies[0].hops:
            # Links reach as far as the strategy that was there when they were made.
            prepared = prepare_inputs(components, self.inputs(params, components), SilentProgress())
        setups = prepared.market, prepared.news
        view = self._views.get_or(f"{market}hops={spec.hops}", lambda: view_of(*setups, spec.hops))
        return prepared, spec, ask(*setups, spec, view)

    def _order_plan(self, params: Mapping[str, PlainValue]) -> Plan:
        prepared = _charged(self._market(params), self._components(self.changes(params)))
        (spec,) = prepared.components.strategies
        return Plan(prepared=prepared, ledger=lambda: strategy_books(prepared, spec).ledger)


def _charged(prepared: PreparedRun, components: Components) -> PreparedRun:
    """The same market with other components' costs, slippage and account."""
    market = prepared.market
    charged = replace(
        market,
        fees=components.costs.table(market.panel, market.universe, components.rulebook),
        slippage=components.slippage.table(market.panel, market.rules),
    )
    return replace(prepared, components=components, market=charged)


def _refuse_unread(name: str, params: Mapping[str, PlainValue], *, is_grid: bool) -> None:
    """Variants that differ in what nobody reads are one configuration, and would count as several trials."""
    unread = [f"position.{key}" for key in sorted(OF_EVENTS if is_grid else OF_GRIDS) if f"position.{key}" in params]
    if unread:
        answered = "a grid" if is_grid else "signals of events"
        raise StrategyError(
            f"strategy {name!r} answers {answered}, for which {' and '.join(unread)} is not read; take it out of "
            "`sweep.grid`",
            code="bad_value",
        )


def failed(variant: Variant, key: str, error: Exception) -> VariantResult:
    """The outcome of a variant that could not run."""
    message = str(error) if isinstance(error, NewsbtError) else f"{type(error).__name__}: {error}"
    return VariantResult(number=variant.number, key=key, params=variant.params, error=message or type(error).__name__)


def _placed(prepared: PreparedRun, spec: StrategySpec, answer: StrategyAnswer) -> Targets | PlacedSignals:
    market, news = prepared.market, prepared.news
    if answer.signal.array is not None:
        return targets_of(market, news, spec, answer)
    assert answer.signal.events is not None
    return blamed(
        spec.name, market.placer.signals, answer.signal.events, news.events, news.placement, news.close_rows,
        sizing_of(market, spec),
    )  # fmt: skip


def _at_size(placed: Targets | PlacedSignals, sizing: Sizing) -> Entries | Targets:
    """What was placed for one size, at another: rows and order stay."""
    if isinstance(placed, Targets):
        return replace(placed, weights=sizing.weights)
    entries = placed.entries
    inside = np.flatnonzero(placed.entry >= 0)
    order = inside[np.argsort(placed.entry[inside])]
    return replace(entries, weight=placed.shares(order, sizing).at(entries.row, entries.ticker))
