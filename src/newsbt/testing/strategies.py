"""Proof that a strategy is causal and well-behaved: what comes later must not move what was decided before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from newsbt.catalog import find_class, is_backtrader_strategy
from newsbt.errors import NewsbtError, Problem, nearest
from newsbt.pipeline.preparing import Prepared
from newsbt.ports import StepStrategy, Strategy
from newsbt.testing.decisions import Decisions, Moved, answered, ordered
from newsbt.testing.futures import FUTURES, Cut, other_future
from newsbt.testing.market import SmallMarket, small_market

__all__ = ["StrategyCheck", "check_strategy", "load_strategy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCheck:
    """What :func:`check_strategy` looked at.

    Attributes
    ----------
    kind : {'events', 'grid', 'orders'}
    decisions : int
        Signals, cells of a grid other than 0, or orders, in the market as it is. 0: the strategy did nothing here, and
        nothing was proved; give it a `market` of which it takes notice.
    futures : int
        How many other futures it was shown.
    """

    kind: str
    decisions: int
    futures: int


def check_strategy(
    strategy: Any,
    params: Mapping[str, Any] | None = None,
    *,
    market: SmallMarket | None = None,
    cuts: int = 8,
    seed: int = 7,
    **more: Any,
) -> StrategyCheck:
    """Prove a strategy causal, deterministic, in range, and no danger to what it is handed.

    It is run on a small market, and again on markets that are the same up to a row and different in everything after
    it: prices, volumes, rates, announcements, relations and memberships. Signals, orders and fills up to that row must
    be the same. An event's signal may use what was known, and bars that had closed, when its entry had to be in; a
    grid's row t may use rows up to t.

    Parameters
    ----------
    strategy : Strategy, StepStrategy, or a BacktraderStrategy class
        An instance; or a class with its parameters.
    params : mapping, optional
        Parameters of a class; keywords may be given instead.
    market : SmallMarket, optional
        By default one whose themes, event types and issuers are those that the strategy's own parameters name.
    cuts : int
        How many rows to part at; three futures each.
    seed : int
        Of the other futures.

    Returns
    -------
    StrategyCheck
        `decisions` says how much was there to be proved.

    Raises
    ------
    AssertionError
        It names the first event, ticker and row that moved, or what else is wrong.
    TypeError
        `strategy` is none of newsbt's three kinds.

    Examples
    --------
    >>> from newsbt.strategies.named_tickers import NamedTickers
    >>> check_strategy(NamedTickers()).kind
    'events'
    """
    strategy, given = _instance(strategy, {**(params or {}), **more})
    market = market or _market_for(strategy, given)
    decide = _decider(strategy, given)
    prepared = _prepared(market, strategy)
    first = _asked(decide, prepared)
    again = _asked(decide, prepared)
    moved = again.first_difference(first, None)
    if moved is not None:
        raise AssertionError(f"{_name(strategy)} is not deterministic: asked twice, {moved}")
    shown = 0
    for cut in _cuts(prepared, first, cuts, seed):
        for kind in FUTURES:
            other = other_future(market, prepared, cut, kind, seed)
            changed = _prepared(other, strategy)
            shown += 1
            moved = _asked(decide, changed).first_difference(first, cut)
            if moved is not None:
                raise AssertionError(_told(strategy, moved, cut))
    return StrategyCheck(kind=first.kind, decisions=len(first), futures=shown)


def load_strategy(path: str | Path, name: str) -> Any:
    """The class `name` of a Python file, loaded as ``use: path.py:Name`` loads it.

    Raises
    ------
    ConfigError
        There is no such file or class, or the file's own code raises.
    """

    def report(code: str, key: tuple[str | int, ...], message: str) -> Problem:
        return Problem(code=code, message=message, key=".".join(map(str, key)))

    return find_class("strategies", f"{path}:{name}", Path.cwd(), report)


def _instance(strategy: Any, params: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    if isinstance(strategy, type) and issubclass(strategy, Strategy | StepStrategy):
        return strategy(**params), {}
    if isinstance(strategy, Strategy | StepStrategy):
        return (replace(strategy, **params) if params else strategy), {}  # type: ignore[type-var]
    if isinstance(strategy, type) and is_backtrader_strategy(strategy):
        known = tuple(strategy.params._getkeys())  # type: ignore[attr-defined]
        for name in params:
            if name not in known:
                raise TypeError(f"{strategy.__name__} has no parameter {name!r}{nearest(name, known)}")
        return strategy, params
    raise TypeError(
        f"check_strategy takes an instance of newsbt.Strategy or newsbt.StepStrategy, or a newsbt.BacktraderStrategy "
        f"class, not {strategy!r}"
    )


def _market_for(strategy: Any, params: Mapping[str, Any]) -> SmallMarket:
    """A market of which the strategy takes notice, as far as its parameters have the usual names."""

    def own(name: str) -> tuple[str, ...]:
        if name in params:
            value = params[name]
        elif isinstance(strategy, type):
            value = getattr(getattr(strategy, "params", None), name, ())
        else:
            value = getattr(strategy, name, ())
        if isinstance(value, str):
            return (value,)
        return tuple(value) if isinstance(value, tuple | list | frozenset | set) else ()

    types = own("event_types") or own("event_type")
    return small_market(
        themes=own("themes") or own("theme") or ("ai", "chinese_ai"),
        event_types=types or ("model_release", "earnings"),
        issuers=own("issuers") or own("issuer"),
    )


def _decider(strategy: Any, params: Mapping[str, Any]) -> Callable[[Prepared], Decisions]:
    if isinstance(strategy, type):
        return lambda prepared: ordered(prepared, strategy, params)
    return lambda prepared: answered(prepared, strategy)


def _asked(decide: Callable[[Prepared], Decisions], prepared: Prepared) -> Decisions:
    try:
        return decide(prepared)
    except NewsbtError as error:
        raise AssertionError(str(error)) from error


def _prepared(market: SmallMarket, strategy: Any) -> Prepared:
    return market.prepared(None if isinstance(strategy, type) else strategy)


def _cuts(prepared: Prepared, decisions: Decisions, count: int, seed: int) -> Iterator[Cut]:
    """Rows in which something was decided, evenly over time, and a few others; the last row of all is one."""
    clock = prepared.panel.clock
    rng = np.random.default_rng(seed)
    wanted = decisions.places()
    chosen = wanted[:: max(1, len(wanted) // max(1, count - 2))][:count]
    sessions = [(int(t), int(m)) for t, m in np.argwhere(clock.session_of >= 0) if t > 0]
    others = [sessions[k] for k in rng.choice(len(sessions), min(2, len(sessions)), replace=False)]
    for row, market in sorted(dict.fromkeys([*chosen, *others])):
        yield Cut.before(clock, row, market, by_row=decisions.by_row)


def _name(strategy: Any) -> str:
    return strategy.__name__ if isinstance(strategy, type) else type(strategy).__name__


def _told(strategy: Any, moved: Moved, cut: Cut) -> str:
    known = str(cut.at.astype("M8[m]"))
    return (
        f"{_name(strategy)} looks ahead: {moved}, when all that differs is what comes after {known}Z "
        f"(bars of row {cut.row} on, later announcements, relations and rates)"
    )
