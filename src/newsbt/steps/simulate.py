"""From a strategy's answer to its books: entries, targets or its own orders, on the engine of the config."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from newsbt._typing import Floats, Ints
from newsbt.analysis.evaluation import lot_warning, queue_warning
from newsbt.assembly import Components, StrategySpec
from newsbt.config.models import RunConfig
from newsbt.domain.delivery import Delivery
from newsbt.domain.entity import Universe
from newsbt.domain.entries import Entries
from newsbt.domain.ledger import Ledger
from newsbt.domain.news_sign import sign_values
from newsbt.domain.progress import Progress
from newsbt.errors import StrategyError, UnsupportedError
from newsbt.simulation.account_terms import AccountTerms, PositionTerms
from newsbt.simulation.agreement import check_agreement
from newsbt.simulation.entry_rows import Sizing, traded_columns
from newsbt.simulation.grid import Targets
from newsbt.simulation.on_all_cores import on_all_cores
from newsbt.simulation.position_block import position_terms, unread_keys
from newsbt.simulation.reruns import Rerun
from newsbt.simulation.sizers import asked_weights
from newsbt.steps.announcement_deliveries import deliveries_of
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.hedge import hedge_of
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulated_strategy import SimulatedStrategy
from newsbt.steps.strategy_signals import StrategyAnswer, blamed, signals_of, traded_grid

logger = logging.getLogger(__name__)

Simulate = Callable[[AccountTerms, Entries | Targets], Ledger]

if TYPE_CHECKING:
    from newsbt.simulation.backtrader.own_orders import Sent
    from newsbt.simulation.backtrader.strategy import BacktraderStrategy

__all__ = [
    "Simulate", "answer_books", "refuse_mode", "repeated", "sent_orders", "simulate", "simulator", "sizing_of",
    "strategy_books", "targets_of", "terms_of", "total_returns",
]  # fmt: skip


def strategy_books(prepared: PreparedRun, spec: StrategySpec, *, engine: str | None = None) -> SimulatedStrategy:
    """Ask and simulate one strategy.

    Signals run on another engine than the config's where one is named.
    """
    return answer_books(prepared, spec, signals_of(prepared.market, prepared.news, spec), engine=engine)


def answer_books(
    prepared: PreparedRun, spec: StrategySpec, answer: StrategyAnswer | None, *, engine: str | None = None
) -> SimulatedStrategy:
    """Place and simulate what a strategy answered, or let it send its orders where it answers none; hedge its books
    where it wants that."""
    books = _order_books(prepared, spec) if answer is None else _signal_books(prepared, spec, answer, engine)
    if books.hedge is None:
        return books
    hedges = hedge_of(prepared.market, books.ledger, books.hedge)
    return replace(books, ledger=hedges.beside(books.ledger), hedges=hedges)


def refuse_mode(name: str, mode: str) -> None:
    """Raise StrategyError where signals of events are to be followed as a target."""
    if mode == "target":
        raise StrategyError(
            f"strategy {name!r} answered signals of events, and position.mode: target follows a grid; answer "
            "Signal.grid(array) or set mode: events",
            code="bad_signal",
        )


def simulator(market: MarketSetup, hedge: str | None) -> Simulate:
    """What runs a strategy's signals again, at other instants, in other sizes or on other terms: compiled, and hedged
    as the strategy is."""

    def simulated(terms: AccountTerms, wanted: Entries | Targets) -> Ledger:
        ledger = _on_engine("compiled", terms, wanted)
        return ledger if hedge is None else hedge_of(market, ledger, hedge).beside(ledger)

    return simulated


def repeated(terms: AccountTerms) -> Callable[[Entries | Targets], Ledger]:
    """What runs a strategy's signals on the same terms many times, compiled and not hedged: what the terms are to
    kernels is made once, and no refusal says what it would have returned."""
    from newsbt.simulation.compiled import prepared

    return prepared(terms)


def total_returns(market: MarketSetup, hedge: str | None, reruns: Sequence[Rerun], progress: Progress) -> Floats:
    """(R,): the total return of each run, all in one batch on every core; hedged as the strategy is."""
    if hedge is None:
        from newsbt.simulation.compiled.rerun_batch import total_returns as compiled

        return compiled(reruns, progress)
    run = simulator(market, hedge)
    return np.array(on_all_cores(lambda one: run(one.terms, one.left).total_return, reruns, progress))


def _signal_books(
    prepared: PreparedRun, spec: StrategySpec, answer: StrategyAnswer, engine: str | None
) -> SimulatedStrategy:
    signal = answer.signal
    unread = unread_keys(spec.position, is_grid=signal.array is not None)
    components, market, news = prepared.components, prepared.market, prepared.news
    terms = terms_of(components.config, market, position_terms(spec.position))
    if signal.array is not None:
        targets = targets_of(market, news, spec, answer)
        ledger = simulate(components, terms, targets, engine)
        return SimulatedStrategy(
            name=spec.name, kind="strategy", ledger=ledger, terms=terms, grid=targets.grid, hops=spec.hops,
            read_news=answer.read_news, hedge=spec.position.hedge, warnings=_stated(unread),
            source_hash=spec.source_hash,
        )  # fmt: skip
    refuse_mode(spec.name, spec.position.mode)
    assert signal.events is not None
    placed = blamed(
        spec.name,
        market.placer.signals,
        signal.events,
        news.events,
        news.placement,
        news.close_rows,
        sizing_of(market, spec),
    )
    ledger = simulate(components, terms, placed.entries, engine)
    return SimulatedStrategy(
        name=spec.name, kind="strategy", ledger=ledger, terms=terms, placed=placed, hops=spec.hops,
        hedge=spec.position.hedge, warnings=_stated(unread, lot_warning(ledger), queue_warning(ledger, placed.entries)),
        source_hash=spec.source_hash,
    )  # fmt: skip


def sizing_of(market: MarketSetup, spec: StrategySpec) -> Sizing:
    """What share of equity a strategy's signals ask for in a market (X4, X23)."""
    weight: float | Floats = position_terms(spec.position).weight
    if spec.sizer is not None:
        weight = blamed(spec.name, asked_weights, spec.sizer, market.panel)
    return Sizing(weight=weight, event_weight=spec.position.event_weight)


def _stated(*warnings: str | None) -> tuple[str, ...]:
    return tuple(warning for warning in warnings if warning is not None)


def simulate(
    components: Components, terms: AccountTerms, wanted: Entries | Targets, engine: str | None = None
) -> Ledger:
    """Run entries or targets on an engine, by default the config's.

    Raises
    ------
    EngineError
        The run is to be verified, and the other engine keeps other books.
    """
    name = engine or components.config.execution.engine
    ledger = _on_engine(name, terms, wanted)
    if components.verify:
        other = "backtrader" if name == "compiled" else "compiled"
        check_agreement(ledger, _on_engine(other, terms, wanted), terms.panel, (name, other))
    return ledger


def _on_engine(name: str, terms: AccountTerms, wanted: Entries | Targets) -> Ledger:
    if name == "compiled":
        from newsbt.simulation.compiled import simulate as compiled

        return compiled(terms, wanted)
    from newsbt.simulation.backtrader import simulate as replay

    return replay(terms, wanted)


def terms_of(config: RunConfig, market: MarketSetup, position: PositionTerms) -> AccountTerms:
    """The terms of one strategy: its position block in the run's market."""
    execution = config.execution
    return AccountTerms(
        panel=market.panel,
        rules=market.rules,
        fees=market.fees,
        fx=market.fx,
        position=position,
        cash=config.account.cash,
        may_trade=np.array([item.tradable and not item.is_index for item in market.universe.instruments]),
        slippage=market.slippage,
        participation=execution.participation,
        reject_short_cash=execution.on_short_cash == "reject",
        borrow_bps=execution.borrow_bps,
    )


def _order_books(prepared: PreparedRun, spec: StrategySpec) -> SimulatedStrategy:
    if prepared.components.config.execution.engine == "compiled":
        message = (
            f"strategy {spec.name!r} is a BacktraderStrategy, which only the backtrader engine can run; set "
            "`execution.engine: backtrader`"
        )
        raise UnsupportedError.of([prepared.components.problem("unsupported", "execution.engine", message)])
    if prepared.components.verify:
        logger.warning(
            "%s: a BacktraderStrategy runs on backtrader only, so that there is nothing to verify", spec.name
        )
    from newsbt.simulation.backtrader.strategy import simulate_orders

    terms, deliveries, traded = _delivery_inputs(prepared)
    ledger, found = blamed(
        spec.name, simulate_orders, terms, spec.strategy, spec.params, deliveries, traded, spec.analyzers
    )
    return SimulatedStrategy(
        name=spec.name, kind="strategy", ledger=ledger, terms=terms, engine="backtrader", analyzers=found,
        read_news=_listens(spec.strategy), hedge=spec.position.hedge, source_hash=spec.source_hash,
    )  # fmt: skip


def _delivery_inputs(prepared: PreparedRun) -> tuple[AccountTerms, dict[int, list[Delivery]], Ints]:
    """What orders of a strategy's own run with: terms, announcements by row, and what is traded for each instrument."""
    config, market = prepared.components.config, prepared.market
    deliveries = deliveries_of(market, prepared.news, config.execution.latency)
    return terms_of(config, market, PositionTerms(hold=None)), deliveries, traded_columns(market.universe)


def _listens(cls: type[BacktraderStrategy]) -> bool:
    """Whether a BacktraderStrategy has a use for the announcements that it is told."""
    from newsbt.simulation.backtrader.strategy import BacktraderStrategy

    return cls.on_announcement is not BacktraderStrategy.on_announcement


def sent_orders(prepared: PreparedRun, spec: StrategySpec) -> tuple[list[Sent], Ledger]:
    """Everything that a BacktraderStrategy sends, in order, and its ledger."""
    from newsbt.simulation.backtrader.strategy import simulate_orders

    sent: list[Sent] = []
    terms, deliveries, traded = _delivery_inputs(prepared)
    ledger, _ = blamed(spec.name, simulate_orders, terms, spec.strategy, spec.params, deliveries, traded, (), sent)
    return sent, ledger


def targets_of(market: MarketSetup, news: EventSetup, spec: StrategySpec, answer: StrategyAnswer) -> Targets:
    """A grid by traded ticker, what it is traded at, and what moved it: nothing where the strategy looked at no
    news."""
    assert answer.signal.array is not None
    grid = traded_grid(market.universe, answer.signal.array)
    causes = _causes_of(market.universe, news, spec, grid) if answer.read_news else {}
    return Targets(grid=grid, causes=causes, weights=sizing_of(market, spec).weights)


def _causes_of(
    universe: Universe, news: EventSetup, spec: StrategySpec, grid: Floats
) -> dict[int, list[tuple[int, int, float]]]:
    """Which events may have moved a grid in each row: those of its links that first count there (X21).

    The size of a change is |sign x relevance x weight|, the sign being what the strategy says that it uses, without
    which an event moves nothing; of a strategy that does not say, the sentiment. Blank is 1. Direct links and sector
    indices count; a relation counts where an instrument has none of those in the row. Where the grid rose, bad news
    does not count, where it fell, good news, unless there is nothing else; what is neither counts both ways.
    """
    links, traded, items = news.links, traded_columns(universe), news.events.columns
    stated = spec.wanted.sign
    sentiment, relevance = items.sentiment.numbers(float), items.relevance.numbers(float)
    plain = np.ones(len(items))
    signs = sign_values(stated or "sentiment", sentiment, items.event_type, plain, news.events.type_signs)
    found: dict[tuple[int, int], dict[bool, list[tuple[int, float, bool]]]] = {}
    for k, link in enumerate(links.links):
        row = int(news.link_row[k])
        event = int(links.event[k])
        sign = float(signs[event])
        if row < 0 or link.hop > spec.hops or (stated and math.isnan(sign)):
            continue
        size = _or_one(sign) * _or_one(relevance[event]) * _or_one(link.weight)
        if size != 0.0:
            key = (max(row - 1, 0), int(traded[link.column]))
            neither = math.isnan(sign * link.weight)
            found.setdefault(key, {}).setdefault(link.hop == 0, []).append((event, size, neither))
    causes: dict[int, list[tuple[int, int, float]]] = {}
    for (row, n), by_kind in found.items():
        moved = float(grid[row, n] - (grid[row - 1, n] if row > 0 else 0.0))
        nearest = by_kind.get(True) or by_kind[False]
        helped = [one for one in nearest if one[2] or one[1] * moved > 0.0]
        causes.setdefault(row, []).extend((n, event, abs(size)) for event, size, _ in helped or nearest)
    return causes


def _or_one(value: float) -> float:
    return 1.0 if math.isnan(value) else float(value)
