"""What a `position:` block of a config means to the engines, and which of its keys a kind of strategy reads."""

from __future__ import annotations

import math
from datetime import timedelta

from newsbt.config.models import PositionConfig, SessionCount, SizerConfig
from newsbt.error_codes import ErrorCode
from newsbt.simulation.account_terms import Hold, PositionTerms

__all__ = ["OF_EVENTS", "OF_GRIDS", "not_of_own_orders", "position_terms", "unread_keys"]

# Keys of a `position:` that only one kind of signal reads.
OF_EVENTS = frozenset({"hold", "on_repeat", "event_weight"})
OF_GRIDS = frozenset({"rebalance", "min_trade"})


def position_terms(position: PositionConfig) -> PositionTerms:
    """The engine's terms of a `position:` block."""
    hold, weight = position.hold, position.weight
    return PositionTerms(
        weight=math.nan if isinstance(weight, SizerConfig) else weight,
        hold=None if hold is None else _hold(hold),
        stop_loss=position.stop_loss,
        take_profit=position.take_profit,
        trailing_stop=position.trailing_stop,
        max_positions=position.max_positions,
        event_weight=position.event_weight,
        on_repeat=position.on_repeat,
        min_trade=position.min_trade,
        rebalance=position.rebalance,
    )


def _hold(hold: int | SessionCount | timedelta) -> Hold:
    if isinstance(hold, int):
        return Hold("bars", hold)
    if isinstance(hold, SessionCount):
        return Hold("sessions", hold.sessions)
    return Hold("duration", round(hold.total_seconds() * 1_000_000_000))


def not_of_own_orders(position: PositionConfig, k: int) -> list[tuple[ErrorCode, tuple[str | int, ...], str]]:
    """Code, key and message of what the k-th strategy's `position:` asks that its own orders decide."""
    message = "a BacktraderStrategy sizes and leaves positions by its own orders; leave '{}' out"
    return [
        ("bad_value", ("strategies", k, "position", name), message.format(name))
        for name in sorted(_changed(position) - {"hedge"})
    ]


def unread_keys(position: PositionConfig, *, is_grid: bool) -> str | None:
    """A sentence about keys of a `position:` that are for the other kind of signals, grids or events; None: no such."""
    unread = sorted(_changed(position) & (OF_EVENTS if is_grid else OF_GRIDS))
    if not unread:
        return None
    keys = " and ".join(f"position.{name}" for name in unread)
    answered, other = ("a grid", "signals of events") if is_grid else ("signals of events", "a grid")
    return f"{keys}: not read, for the strategy answers {answered}; leave out what is for {other}"


def _changed(position: PositionConfig) -> set[str]:
    """What was set to another value than its default; a run folder's config writes every default out."""
    defaults = PositionConfig()
    return {name for name in position.model_fields_set if getattr(position, name) != getattr(defaults, name)}
