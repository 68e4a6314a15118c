"""Proof that a strategy is causal and well-behaved: what comes later must not move what was decided before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newsbt.audit.apart import apart
from newsbt.audit.decisions import Decisions, decisions_of, first_moved
from newsbt.audit.lookahead import look_ahead
from newsbt.audit.proof import OpenedFile
from newsbt.catalog import find_class, strategy_kind, values_of
from newsbt.domain.progress import SilentProgress
from newsbt.domain.showing import brief
from newsbt.error_codes import ErrorCode
from newsbt.errors import NewsbtError, Problem, nearest
from newsbt.ports.conformance import strategy_misfit
from newsbt.steps.prepare import prepare_inputs, read_inputs
from newsbt.testing.small_market import SmallMarket, small_market, spec_of

__all__ = ["StrategyCheck", "check_strategy", "load_strategy"]

__tracebackhide__ = True  # pytest shows the frames of the test and of what it hands over


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
    files : tuple
        What it opened while it was asked: what it read there is the same in every future, and so not proved.
    """

    kind: str
    decisions: int
    futures: int
    files: tuple[OpenedFile, ...] = ()

    __repr__ = brief


def check_strategy(
    strategy: Any,
    params: Mapping[str, Any] | None = None,
    *,
    market: SmallMarket | None = None,
    cuts: int | None = None,
    seed: int = 7,
    full_traceback: bool = False,
    **more: Any,
) -> StrategyCheck:
    """Prove a strategy causal, deterministic, in range, and no danger to what it is handed.

    The proof is that of ``newsbt audit``, on a small market: it is run again on markets that are the same up to an
    instant and different in everything after it: prices, volumes, rates, announcements, relations, memberships,
    statuses, listings, the calendar. Each is asked in a process of its own where the system can copy processes, so that
    nothing which the strategy remembers of one hides a peek in another. Signals, orders, fills and equity up to there
    must be the same. An event's signal may use what was known, and bars that had closed, when its entry had to be in; a
    grid's row t may use rows up to t.

    Parameters
    ----------
    strategy : Strategy, StepStrategy, or a BacktraderStrategy class
        An instance; or a class with its parameters.
    params : mapping, optional
        Parameters of a class; keywords may be given instead.
    market : SmallMarket, optional
        By default one whose themes, event types and issuers are those that the strategy's own parameters name.
    cuts : int, optional
        At how many decisions to part, two to four futures each; by default at every one of fewer than a hundred, and at
        16 otherwise.
    seed : int
        Of the other futures.
    full_traceback : bool
        Show newsbt's own frames too where the strategy raises. Without it, its error names the strategy's own lines,
        and pytest shows the line of the test alone.

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
    __tracebackhide__ = not full_traceback
    strategy, given = _instance(strategy, {**(params or {}), **more})
    market = market or _market_for(strategy, given)
    spec = spec_of(strategy, given)
    try:
        components = replace(market.components(), strategies=(spec,))
        inputs = read_inputs(components)
        prepared = prepare_inputs(components, inputs, SilentProgress())
        _check_same(spec.name, *apart(lambda: (decisions_of(prepared, spec), decisions_of(prepared, spec))))
        proof = look_ahead(prepared, inputs, [spec], cuts=cuts, seed=seed)[spec.name]
    except NewsbtError as error:
        raise AssertionError(str(error)) from (error if full_traceback else None)
    if proof.difference is not None:
        raise AssertionError(f"{spec.name} looks ahead: {proof.difference}")
    for file in proof.files:
        if file.of_run:
            raise AssertionError(f"{spec.name} looks ahead: {file}")
    if proof.unsteady is not None:
        raise AssertionError(f"{spec.name} is not deterministic: {proof.unsteady}")
    kind = "orders" if spec.is_backtrader else "grid" if proof.by_row else "events"
    return StrategyCheck(kind=kind, decisions=proof.decisions, futures=proof.futures, files=proof.files)


def load_strategy(path: str | Path, name: str) -> Any:
    """The class `name` of a Python file, loaded as ``use: path.py:Name`` loads it.

    Parameters
    ----------
    path : path
        A Python file, from the working directory.
    name : str
        Of the class in it.

    Returns
    -------
    type
        For :func:`check_strategy`, or to be made with parameters.

    Raises
    ------
    ConfigError
        There is no such file or class, or the file's own code raises.

    Examples
    --------
    >>> load_strategy("strategies/mine.py", "Mine")
    Traceback (most recent call last):
        ...
    newsbt.errors.ConfigError: use: there is no file ...
    """

    def report(code: ErrorCode, key: tuple[str | int, ...], message: str) -> Problem:
        return Problem(code=code, message=message, key=".".join(map(str, key)))

    return find_class("strategies", f"{path}:{name}", Path.cwd(), report)


def _instance(strategy: Any, params: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    kind = strategy_kind(strategy if isinstance(strategy, type) else type(strategy))
    if kind in ("events", "steps"):
        made = strategy(**params) if isinstance(strategy, type) else replace(strategy, **params)
        fault = strategy_misfit(made)
        if fault:
            raise AssertionError(fault)
        return made, {}
    if kind == "orders" and isinstance(strategy, type):
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

    values = {**values_of(strategy), **params}

    def own(name: str) -> tuple[str, ...]:
        value = values.get(name, ())
        if isinstance(value, str):
            return (value,)
        return tuple(value) if isinstance(value, tuple | list | frozenset | set) else ()

    types = own("event_types") or own("event_type")
    return small_market(
        themes=own("themes") or own("theme") or ("ai", "chinese_ai"),
        event_types=types or ("model_release", "earnings"),
        issuers=own("issuers") or own("issuer"),
    )


def _check_same(name: str, first: Decisions, again: Decisions) -> None:
    moved = first_moved(first.found, again.found)
    if moved is not None:
        kind, ticker, event, _ = moved.key
        about = ticker if event is None else f"{ticker} on event {event}"
        raise AssertionError(
            f"{name} is not deterministic: asked twice, the {kind} for {about} on {first.clock.dates[moved.row]} "
            f"(row {moved.row}) is {moved.before} and {moved.after}"
        )
