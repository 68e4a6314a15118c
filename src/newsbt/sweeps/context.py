"""What variants share: inputs are read once, panels placed once for each setting of execution, signals asked once."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from newsbt.analysis.evaluation import last_rows
from newsbt.analysis.inference.overfitting import BlockSums
from newsbt.assembly import Components, assemble, position_terms
from newsbt.config.loading import LoadedConfig
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Ledger
from newsbt.domain.progress import SilentProgress
from newsbt.errors import NewsbtError
from newsbt.pipeline.asking import ask, hops_of, traded_grid
from newsbt.pipeline.preparing import Inputs, Prepared, prepare_inputs, read_inputs
from newsbt.pipeline.trading import causes_of, strategy_books, terms_of
from newsbt.simulation.grid import Targets
from newsbt.simulation.placing import place_signals
from newsbt.simulation.terms import PositionTerms, Terms
from newsbt.sweeps.outcome import BLOCKS, Outcome, measure
from newsbt.sweeps.variants import Variant

__all__ = ["SweepContext"]

READ_BLOCKS = ("universe", "announcements", "prices", "fx")


@dataclass(kw_only=True)
class SweepContext:
    """Runs single variants of one strategy of a config, keeping what several of them share.

    Keys of a variant: ``params.x`` and ``position.x`` of the strategy, anything else of the whole config. Not safe to
    fill from several threads: `warm` a group of variants first, then `run` may be called from any number of them.
    """

    loaded: LoadedConfig
    strategy: str
    _inputs: dict[str, Inputs] = field(default_factory=dict)
    _prepared: dict[str, Prepared] = field(default_factory=dict)
    _asked: dict[str, _Asked] = field(default_factory=dict)

    def context_key(self) -> str:
        """A hash of everything that decides an outcome but the variant's own values."""
        prepared = self._prepared_for({})
        document = {key: value for key, value in self.loaded.document.items() if key not in ("sweep", "output", "name")}
        spec = prepared.components.strategies[0]
        content = [document, prepared.hashes["data"], spec.source_hash, self.strategy]
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def sessions(self) -> int:
        """How many sessions, and so returns, a run of the config has."""
        return len(last_rows(self._prepared_for({}).panel.dates))

    @property
    def is_backtrader(self) -> bool:
        """Whether the strategy's orders need backtrader itself, and so a process of their own to run beside others."""
        return self._prepared_for({}).components.strategies[0].is_backtrader

    @property
    def periods_per_year(self) -> float:
        return self._prepared_for({}).periods_per_year

    def signal_key(self, variant: Variant) -> str:
        """Equal for variants that share their signals: they differ in `position` only."""
        outer, own = self._changes(variant.params), self._changes(variant.params, "params.")
        return json.dumps([outer, own], sort_keys=True, default=str)

    def forget_signals(self) -> None:
        """Drop what was asked so far; what was read and placed stays."""
        self._asked.clear()

    def warm(self, variant: Variant) -> None:
        """Read, place and ask what a variant needs; an error is left for `run` to meet again."""
        try:
            self._asked_for(variant.params)
        except NewsbtError:
            return

    def run(self, variant: Variant, key: str) -> Outcome:
        """One variant; what it ends with, where it fails, is its `error`."""
        try:
            prepared, ledger = self._simulate(variant.params)
            return _outcome(variant, key, prepared, ledger)
        except NewsbtError as error:
            return Outcome(number=variant.number, key=key, params=variant.params, error=str(error))

    def returns_of(self, variant: Variant) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Session dates and returns of one variant, run anew."""
        prepared, ledger = self._simulate(variant.params)
        rows = last_rows(prepared.panel.dates)
        _, returns = measure(ledger, prepared.panel.dates, rows, prepared.periods_per_year)
        return prepared.panel.dates[rows], returns

    def _simulate(self, params: Mapping[str, Any]) -> tuple[Prepared, Ledger]:
        asked = self._asked_for(params)
        prepared = asked.prepared
        if asked.books is not None:
            return prepared, asked.books()
        position = self._position(params)
        terms = terms_of(prepared, position)
        return prepared, _compiled(terms, asked.wanted(position))

    def _position(self, params: Mapping[str, Any]) -> PositionTerms:
        changed = self.loaded.override(self._changes(params, "position."))
        (item,) = (item for item in changed.config.strategies if item.name == self.strategy)
        return position_terms(item.position)

    def _changes(self, params: Mapping[str, Any], *heads: str) -> list[tuple[str, Any]]:
        """The variant's values as overrides of the config: those whose key starts with one of these, or, where none
        is named, those of the config itself."""
        place = [item.name for item in self.loaded.config.strategies].index(self.strategy)
        found = []
        for key, value in params.items():
            own = key.startswith(("params.", "position."))
            if any(key.startswith(head) for head in heads) if heads else not own:
                found.append((f"strategies.{place}.{key}" if own else key, value))
        return found

    def _prepared_for(self, params: Mapping[str, Any]) -> Prepared:
        changes = self._changes(params)
        key = json.dumps(changes, sort_keys=True, default=str)
        if key not in self._prepared:
            loaded = self.loaded.override(changes) if changes else self.loaded
            components = assemble(loaded, [self.strategy])
            self._prepared[key] = prepare_inputs(components, self._inputs_of(components, changes), SilentProgress())
        return self._prepared[key]

    def _inputs_of(self, components: Components, changes: list[tuple[str, Any]]) -> Inputs:
        read = [(key, value) for key, value in changes if key.split(".")[0] in READ_BLOCKS]
        key = json.dumps(read, sort_keys=True, default=str)
        if key not in self._inputs:
            self._inputs[key] = read_inputs(components)
        return self._inputs[key]

    def _asked_for(self, params: Mapping[str, Any]) -> _Asked:
        outer, own = self._changes(params), self._changes(params, "params.")
        key = json.dumps([outer, own], sort_keys=True, default=str)
        if key not in self._asked:
            prepared = self._prepared_for(params)
            loaded = self.loaded.override(outer + own) if outer or own else self.loaded
            components = assemble(loaded, [self.strategy])
            self._asked[key] = _Asked.of(replace(prepared, components=components))
        return self._asked[key]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A strategy's answer on one panel; `wanted` makes entries or targets of it for a position, `books` is for
    strategies whose orders only their own engine can work."""

    prepared: Prepared
    wanted: Callable[[PositionTerms], Entries | Targets]
    books: Callable[[], Ledger] | None = None

    @classmethod
    def of(cls, prepared: Prepared) -> _Asked:
        (spec,) = prepared.components.strategies
        if spec.is_backtrader:
            return cls(prepared=prepared, wanted=_never, books=lambda: strategy_books(prepared, spec).ledger)
        signal = ask(prepared, spec)
        if signal.array is not None:
            targets = Targets(grid=traded_grid(prepared, signal.array), causes=causes_of(prepared, hops_of(spec), grid))
            return cls(prepared=prepared, wanted=lambda position: targets)  # noqa: ARG005
        assert signal.events is not None
        frame = signal.events
        made: dict[tuple[float, float | None], Entries] = {}

        def wanted(position: PositionTerms) -> Entries:
            sizes = (position.weight, position.event_weight)
            if sizes not in made:
                placed = place_signals(
                    frame, prepared.events, prepared.universe, prepared.panel, prepared.placement,
                    prepared.close_rows, position.weight, position.event_weight,
                )  # fmt: skip
                made[sizes] = placed.entries
            return made[sizes]

        return cls(prepared=prepared, wanted=wanted)


def _never(position: PositionTerms) -> Entries:
    raise AssertionError(f"orders of its own have no entries: {position}")


def _compiled(terms: Terms, wanted: Entries | Targets) -> Ledger:
    from newsbt.simulation.compiled import simulate

    return simulate(terms, wanted)


def _outcome(variant: Variant, key: str, prepared: Prepared, ledger: Ledger) -> Outcome:
    dates = prepared.panel.dates
    metrics, returns = measure(ledger, dates, last_rows(dates), prepared.periods_per_year)
    blocks, offset = None, math.nan
    if len(returns) // BLOCKS >= 5 and np.isfinite(returns).all():
        sums = BlockSums.of(returns[:, None], BLOCKS)
        blocks = np.vstack([sums.sums.T, sums.squares.T, sums.smallest.T, sums.largest.T])
        offset = float(sums.offset[0])
    return Outcome(
        number=variant.number,
        key=key,
        params=variant.params,
        metrics=metrics,
        per_bar_sharpe=metrics["sharpe"] / math.sqrt(prepared.periods_per_year),
        offset=offset,
        blocks=blocks,
    )
