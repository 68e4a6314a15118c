"""From a checked config to the components of a run: readers, models and strategies, every fault of theirs in one go."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from newsbt import catalog
from newsbt.analysis.user_metrics import own_metrics
from newsbt.config.blocks import Component
from newsbt.config.loading import LoadedConfig
from newsbt.config.models import PositionConfig, RunConfig, SizerConfig, StrategyConfig
from newsbt.config.source_models import AnnouncementReaderConfig, DedupeConfig
from newsbt.configured_paths import Faults, check_there, resolved, with_paths
from newsbt.domain.entity import Universe
from newsbt.domain.read_files import recording
from newsbt.domain.showing import brief
from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, Problem, nearest
from newsbt.events.understood_reader import UnderstoodReader
from newsbt.left_over import settled
from newsbt.linking.universe_tables import read_universe
from newsbt.markets.dated_rules import Rulebook
from newsbt.markets.guessed_market import guessed_instrument
from newsbt.markets.rulebook import load_rulebook
from newsbt.ports import (
    AnnouncementReader,
    CostModel,
    FxReader,
    Labeller,
    LabelReader,
    Linker,
    PriceReader,
    Sizer,
    SlippageModel,
    TextReader,
    TypesLabeller,
)
from newsbt.ports.conformance import misfit, strategy_misfit
from newsbt.ports.strategy_contract import NewsWanted
from newsbt.runs.locations import project_of
from newsbt.simulation.position_block import not_of_own_orders

if TYPE_CHECKING:  # what understands texts is not loaded for tables
    from newsbt.events.labelling.understanding import Understanding

__all__ = ["Components", "StrategySpec", "assemble", "sizer_of"]

OURS = frozenset({"use", "params", "dedupe", "on_unlabelled"})  # keys of a block that are no parameters of its class


@dataclass(frozen=True, kw_only=True)
class StrategySpec:
    """One strategy of a run, and the terms it trades on.

    `strategy` is an instance of Strategy or StepStrategy, or a BacktraderStrategy class with its `params`; `sizer` is
    what `position.weight` names, None where it is a number.
    """

    name: str
    strategy: Any
    position: PositionConfig
    sizer: Sizer | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    analyzers: tuple[Any, ...] = ()
    source_hash: str = ""

    __repr__ = brief

    @property
    def is_backtrader(self) -> bool:
        return self.kind == "orders"

    @cached_property
    def kind(self) -> Literal["events", "steps", "orders", ""]:
        """How it answers: see `catalog.strategy_kind`."""
        return catalog.strategy_kind(self.strategy if isinstance(self.strategy, type) else type(self.strategy))

    @cached_property
    def wanted(self) -> NewsWanted:
        """What its parameters say of the news it looks for."""
        return NewsWanted.of(self.strategy)

    @property
    def hops(self) -> int:
        """How many relations away its links reach."""
        return self.wanted.hops


@dataclass(frozen=True, kw_only=True)
class Components:
    """What a run is made of. `files` are the inputs that are not read by a reader of their own, `digests` the hashes of
    those that were read already; `handed_over` has the hashes of DataFrames that stand in for files, by name; `verify`
    asks for both engines to keep each strategy's books and to agree on them; `dedupe` has the terms of the readers, by
    their place, whose stories are merged; `types` is a file of types of events beside the usual ones, or with
    `extraction.extend` false instead of them; `problem` is a fault at a key of the config, with its file and line, for
    what shows only once the data is read."""

    config: RunConfig
    document: Mapping[str, Any]
    problem: Callable[[ErrorCode, str, str], Problem] = field(repr=False)
    read_universe: Callable[[], Universe]
    rulebook: Rulebook
    readers: tuple[AnnouncementReader, ...]
    prices: tuple[PriceReader, ...]
    fx: FxReader | None
    linker: Linker
    costs: CostModel
    slippage: SlippageModel
    strategies: tuple[StrategySpec, ...]
    labels: tuple[LabelReader, ...] = ()
    labellers: tuple[Labeller, ...] = ()
    dedupe: Mapping[int, DedupeConfig] = field(default_factory=dict)
    types: Path | None = None
    files: tuple[Path, ...] = ()
    digests: Mapping[Path, str] = field(default_factory=dict)
    handed_over: Mapping[str, str] = field(default_factory=dict)
    verify: bool = False

    __repr__ = brief

    @property
    def classes(self) -> tuple[type, ...]:
        """Of all readers, models and sizers."""
        fx = () if self.fx is None else (self.fx,)
        sizers = (spec.sizer for spec in self.strategies if spec.sizer is not None)
        news = (*self.readers, *self.labels, *self.labellers, self.linker)
        parts = (*news, *self.prices, *fx, self.costs, self.slippage, *sizers)
        return tuple(type(part) for part in parts)

    def understanding(self) -> Understanding:
        """How the texts of a run are understood: by the config's labellers, one after the other, or by the rules."""
        from newsbt.events.labelling.chain import Chain
        from newsbt.events.labelling.rule_labeller import Rules
        from newsbt.events.labelling.understanding import Understanding

        parts, types, blocks = self.labellers or (Rules(),), self.types, self.config.labeller or ()
        if types is not None:
            extend = self.config.extraction.extend
            parts = tuple(one.with_types(types, extend) if isinstance(one, TypesLabeller) else one for one in parts)
        labeller = parts[0] if len(parts) == 1 else Chain(of=parts)
        return Understanding(labeller, blocks[-1].on_unlabelled if blocks else "error")

    @property
    def hops(self) -> int:
        """How many relations away the run links: as far as the strategy that reaches furthest."""
        return max((spec.hops for spec in self.strategies), default=1)


def assemble(loaded: LoadedConfig, only: Sequence[str] = (), *, skip: Container[str] = ()) -> Components:
    """Find and build every component of a config.

    Parameters
    ----------
    only : sequence of str
        Names of the strategies to run; empty: all.
    skip : container of str
        Blocks that the caller provides itself: announcements, prices, universe, fx, strategies; and tables of a
        universe, such as ``universe.relations``.

    Raises
    ------
    ConfigError
        With every unknown name, parameter and missing file at once.
    """
    loaded = settled(loaded)
    config, faults = loaded.config, Faults(loaded)
    sources = [] if "prices" in skip else list(config.prices)
    rates = None if "fx" in skip else config.fx
    tables = _universe_files(loaded, faults, skip)
    book = config.execution.market_rules
    before = len(faults.problems)
    rule_file = resolved(loaded, faults, ("execution", "market_rules"), book) if isinstance(book, str) else None
    with recording() as seen:
        rulebook: Any = faults.attempt(load_rulebook, rule_file) if len(faults.problems) == before else None
    types = _types(loaded, faults)
    news = _news(loaded, faults, [] if "announcements" in skip else config.announcements, types)
    reading = partial(read_universe, on_bad_row=config.universe.on_bad_row)
    if rulebook is not None:
        reading = partial(reading, exchanges=tuple(rulebook.exchanges), boards=rulebook.boards)
    components = Components(
        config=config,
        document=loaded.document,
        problem=loaded.problem,
        read_universe=partial(reading, guess=partial(guessed_instrument, rulebook=rulebook), **tables),
        rulebook=rulebook,
        readers=tuple(news.readers),
        labels=tuple(news.labels),
        labellers=tuple(
            _component(loaded, faults, "labellers", item, ("labeller", k))
            for k, item in enumerate(config.labeller or ())
        ),
        dedupe=news.dedupe,
        types=types,
        prices=tuple(_component(loaded, faults, "providers", item, ("prices", k)) for k, item in enumerate(sources)),
        fx=None if rates is None else _component(loaded, faults, "fx", rates, ("fx",)),
        linker=_component(loaded, faults, "linkers", config.linker, ("linker",)),
        costs=_component(loaded, faults, "costs", config.execution.costs, ("execution", "costs")),
        slippage=_component(loaded, faults, "slippage", config.execution.slippage, ("execution", "slippage")),
        strategies=() if "strategies" in skip else tuple(_strategies(loaded, faults, only)),
        files=(*tables.values(), *filter(None, (rule_file, types))),
        digests=seen,
    )
    faults.attempt(own_metrics)
    if faults.problems:
        raise ConfigError.of(faults.problems)
    return components


def _component(loaded: LoadedConfig, faults: Faults, kind: str, item: Component, key: tuple[str | int, ...]) -> Any:
    """An instance from a block with `use:`; options the user set must be parameters of its class."""
    report = faults.report_at(*key)
    cls = faults.attempt(catalog.find_class, kind, item.use, loaded.folder, report)
    if cls is None:
        return None
    options = {name: getattr(item, name) for name in item.model_fields_set if name not in OURS}
    params = with_paths(loaded, faults, key, cls, {**item.params, **options})
    if folder := catalog.project_folder(cls):
        if params.get("path") is None:
            params["path"] = project_of(loaded.folder) / folder
        if loaded.path is not None and "config" in (catalog.parameters_of(cls) or ()):
            params.setdefault("config", str(loaded.path))
    elif isinstance(params.get("path"), Path) and not getattr(cls, "is_made_later", False):
        check_there(faults, (*key, "path"), params["path"])
    made = faults.attempt(catalog.build, cls, params, report, at=())
    if made is not None and item.use not in catalog.BUILT_IN[kind]:
        fault = misfit(kind, made)
        if fault:
            faults.add("bad_component", (*key, "use"), fault)
    return made


@dataclass
class _News:
    """What the blocks of `announcements:` are made into."""

    readers: list[AnnouncementReader] = field(default_factory=list)
    labels: list[LabelReader] = field(default_factory=list)
    dedupe: dict[int, DedupeConfig] = field(default_factory=dict)


def _types(loaded: LoadedConfig, faults: Faults) -> Path | None:
    """The config's file of types of events, its faults noted; None where it names none that can be read."""
    given = loaded.config.extraction
    if given.types is None:
        if not given.extend:
            faults.add("bad_value", ("extraction", "extend"), "extend: false needs types to stand alone")
        return None
    from newsbt.events.extraction.event_types import read_types

    path, before = resolved(loaded, faults, ("extraction", "types"), given.types), len(faults.problems)
    check_there(faults, ("extraction", "types"), path)
    if len(faults.problems) == before:
        faults.attempt(read_types, path, extend=given.extend)
    return path if len(faults.problems) == before else None


def _news(
    loaded: LoadedConfig, faults: Faults, blocks: Sequence[AnnouncementReaderConfig], types: Path | None
) -> _News:
    """Readers of announcements, and of labels, which stand among them; those of texts are told the types of events."""
    found = _News()
    for k, block in enumerate(blocks):
        key = ("announcements", k)
        made = _component(loaded, faults, "readers", block, key)
        if types is not None and isinstance(made, TextReader):
            made = made.with_types(types, loaded.config.extraction.extend)
        if isinstance(made, LabelReader):
            found.labels.append(made)
            if block.dedupe is not None:
                message = "labels are no announcements; put dedupe at the reader of those"
                faults.add("bad_value", (*key, "dedupe"), message)
        elif made is not None:
            if isinstance(block.dedupe, DedupeConfig):
                found.dedupe[len(found.readers)] = block.dedupe
            elif block.dedupe is None and isinstance(made, UnderstoodReader):
                found.dedupe[len(found.readers)] = DedupeConfig(threshold=None)
            found.readers.append(made)
    return found


def _strategies(loaded: LoadedConfig, faults: Faults, only: Sequence[str]) -> list[StrategySpec]:
    configured = loaded.config.strategies
    known = [item.name for item in configured]
    for name in only:
        if name not in known:
            message = (
                f"there is no strategy '{name}' in this config; there are {', '.join(known)}{nearest(name, known)}"
            )
            faults.add("unknown_name", ("strategies",), message)
    specs = []
    for k, item in enumerate(configured):
        if only and item.name not in only:
            continue
        report = faults.report_at("strategies", k)
        cls = faults.attempt(catalog.find_class, "strategies", item.use, loaded.folder, report)
        if cls is None:
            continue
        kind = catalog.strategy_kind(cls)
        if kind in ("events", "steps"):
            params = with_paths(loaded, faults, ("strategies", k, "params"), cls, item.params)
            made = faults.attempt(catalog.build, cls, params, report)
            fault = "" if made is None else strategy_misfit(made)
            if fault:
                faults.add("bad_component", ("strategies", k, "use"), fault)
            if item.analyzers:
                faults.add("bad_value", ("strategies", k, "analyzers"), "analyzers are for BacktraderStrategy classes")
            spec = StrategySpec(
                name=item.name, strategy=made, position=item.position, sizer=_sizer(loaded, faults, k),
                source_hash=catalog.source_hash(cls),
            )  # fmt: skip
        elif kind == "orders":
            spec = _backtrader_spec(faults, item, cls, k)
        else:
            message = (
                f"{item.use} is a {cls.__name__}, which is no newsbt strategy; derive it from newsbt.Strategy, "
                "newsbt.StepStrategy or newsbt.BacktraderStrategy"
            )
            faults.add("bad_component", ("strategies", k, "use"), message)
            continue
        specs.append(spec)
    return specs


def sizer_of(loaded: LoadedConfig, k: int) -> Sizer | None:
    """What the k-th strategy's `position.weight` names; None where it is a number.

    Raises
    ------
    ConfigError
    """
    loaded = settled(loaded)
    faults = Faults(loaded)
    found = _sizer(loaded, faults, k)
    if faults.problems:
        raise ConfigError.of(faults.problems)
    return found


def _sizer(loaded: LoadedConfig, faults: Faults, k: int) -> Sizer | None:
    weight = loaded.config.strategies[k].position.weight
    if not isinstance(weight, SizerConfig):
        return None
    made: Sizer | None = _component(loaded, faults, "sizers", weight, ("strategies", k, "position", "weight"))
    return made


def _backtrader_spec(faults: Faults, item: StrategyConfig, cls: Any, k: int) -> StrategySpec:
    known = tuple(cls.params._getkeys())
    for name in item.params:
        if name not in known:
            message = (
                f"unknown parameter '{name}' of {cls.__name__}{nearest(name, known) or '; it has ' + ', '.join(known)}"
            )
            faults.add("unknown_key", ("strategies", k, "params", name), message)
    for code, key, message in not_of_own_orders(item.position, k):
        faults.add(code, key, message)
    analyzers = tuple(
        faults.attempt(catalog.find_analyzer, one.use, one.params, faults.report_at("strategies", k, "analyzers", j))
        for j, one in enumerate(item.analyzers)
    )
    return StrategySpec(
        name=item.name, strategy=cls, position=item.position, params=dict(item.params), analyzers=analyzers,
        source_hash=catalog.source_hash(cls),
    )  # fmt: skip


def _universe_files(loaded: LoadedConfig, faults: Faults, skip: Container[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    if "universe" in skip:
        return found
    for name in ("instruments", "relations", "memberships", "status"):
        text = getattr(loaded.config.universe, name)
        if text is None or f"universe.{name}" in skip:
            continue
        path = resolved(loaded, faults, ("universe", name), text)
        check_there(faults, ("universe", name), path)
        found[name] = path
    return found
