"""The terms of a run as the tuples of plain arrays that the kernels read."""

from __future__ import annotations

import math

import numpy as np

from newsbt._typing import Floats, Instants, Ints
from newsbt.kernels.codes import ADD, EXTEND, IGNORE
from newsbt.kernels.engine_state import Costs, Market, Position, RuleArrays
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.missed_returns import hold_of, read_only

__all__ = ["costs_of", "market_of", "nanoseconds", "position_of", "rules_of"]

NO_FLOATS: Floats = np.empty((0, 0))
NO_INTS: Ints = np.empty((0, 0), dtype=np.int64)
NO_FLOATS.setflags(write=False)
NO_INTS.setflags(write=False)
REPEATS = {"extend": EXTEND, "ignore": IGNORE, "add": ADD}


def nanoseconds(instants: Instants) -> Ints:
    """Instants as whole nanoseconds, NaT being the smallest number."""
    found: Ints = read_only(np.asarray(instants).astype("M8[ns]", copy=False).view(np.int64), np.int64)
    return found


def market_of(terms: AccountTerms) -> Market:
    panel = terms.panel
    clock, hold = panel.clock, terms.position.hold
    by_session = hold is not None and hold.unit == "sessions"
    has_actions = bool(panel.has_actions.any())
    return Market(
        open=read_only(panel.open, np.float64),
        high=read_only(panel.high, np.float64),
        low=read_only(panel.low, np.float64),
        close=read_only(panel.close, np.float64),
        volume=read_only(panel.volume, np.float64),
        tradable=read_only(panel.tradable, np.bool_),
        reference=read_only(panel.reference, np.float64),
        mark=read_only(panel.mark, np.float64),
        dividend=read_only(panel.dividend, np.float64) if has_actions else NO_FLOATS,
        split=read_only(panel.split, np.float64) if has_actions else NO_FLOATS,
        has_actions=read_only(panel.has_actions, np.bool_),
        market_of=read_only(panel.market_of, np.int64),
        open_at=nanoseconds(clock.open_at),
        close_at=nanoseconds(clock.close_at),
        session_of=read_only(clock.session_of, np.int64),
        session_number=read_only(panel.session_number, np.int64) if by_session else NO_INTS,
    )


def rules_of(terms: AccountTerms) -> RuleArrays:
    rules = terms.rules
    applied = rules.applied
    return RuleArrays(
        applied=applied,
        may_trade=read_only(terms.may_trade, np.bool_),
        lot_step=read_only(rules.lot_step, np.int64) if applied else NO_INTS,
        lot_minimum=read_only(rules.lot_minimum, np.int64) if applied else NO_INTS,
        limit_up=read_only(rules.limit_up, np.float64) if applied else NO_FLOATS,
        limit_down=read_only(rules.limit_down, np.float64) if applied else NO_FLOATS,
        tick=read_only(rules.tick, np.float64) if applied else NO_FLOATS,
        t_plus_one=read_only(rules.t_plus_one, np.bool_),
        can_short=read_only(rules.can_short, np.bool_),
    )


def costs_of(terms: AccountTerms) -> Costs:
    fees, fx, slippage = terms.fees, terms.fx, terms.slippage
    return Costs(
        components=read_only(fees.components, fees.components.dtype),
        span=read_only(fees.span, np.int64),
        class_of=read_only(fees.class_of if len(fees.span) > 1 else NO_INTS, np.int32),
        currency_of=read_only(fx.currency_of, np.int64),
        fill_rate=read_only(fx.fill_rate, np.float64),
        mark_rate=read_only(fx.mark_rate, np.float64),
        days=read_only(terms.days, np.int64),
        slippage_rate=float(slippage.rate),
        half_spread=NO_FLOATS if slippage.half_spread is None else read_only(slippage.half_spread, np.float64),
        impact=NO_FLOATS if slippage.impact is None else read_only(slippage.impact, np.float64),
    )


def position_of(terms: AccountTerms) -> Position:
    position = terms.position
    unit, count = hold_of(terms)
    return Position(
        hold_unit=unit,
        hold_count=count,
        stop_loss=_or_nan(position.stop_loss),
        take_profit=_or_nan(position.take_profit),
        trailing_stop=_or_nan(position.trailing_stop),
        max_positions=-1 if position.max_positions is None else position.max_positions,
        on_repeat=REPEATS[position.on_repeat],
        participation=_or_nan(terms.participation),
        reject_short_cash=terms.reject_short_cash,
        borrow_per_day=terms.borrow_bps / 10_000 / 360,
        weight=position.weight,
        min_trade=position.min_trade,
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)
