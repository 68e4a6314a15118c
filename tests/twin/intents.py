"""From events to intents: T2, T5, T7, S3, X4's `event_weight`, X18, in the order of X5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .scenario import Event, Instrument, Key, Scenario, View
from .weights import weight_of


@dataclass(frozen=True, slots=True)
class Intent:
    event_id: str
    signalled: str
    ticker: str  # the traded one
    sign: int
    weight: float | None  # of equity, None where nobody knows
    t: int
    at_close: bool


def instrument_of(scenario: Scenario, ticker: str) -> Instrument:
    return next(item for item in scenario.instruments if item.ticker == ticker)


def traded(scenario: Scenario, ticker: str) -> str:
    """X18."""
    item = instrument_of(scenario, ticker)
    return item.proxy if item.is_index and item.proxy else ticker


def is_tradable_bar(scenario: Scenario, ticker: str, key: Key) -> bool:
    """T4. Indices need no volume."""
    bar = scenario.bars.get((ticker, key))
    if bar is None or bar.open is None or bar.high is None or bar.low is None or bar.close is None:
        return False
    if instrument_of(scenario, ticker).is_index:
        return True
    return bar.volume is None or bar.volume > 0


def first_key(scenario: Scenario, mic: str, known_at: datetime) -> Key | str:
    """T2, T5: the row an event can first be traded in by the calendar, or why there is none."""
    previous = scenario.previous_cutoff.get(mic)
    if previous is not None and known_at <= previous:
        return "before_period"
    for key in sorted(scenario.slots[mic]):
        if known_at <= scenario.slots[mic][key].cutoff_at:
            return key
    return "after_period"


def close_key(scenario: Scenario, mic: str, known_at: datetime) -> Key | None:
    """T7: the row whose close an event known inside a session is in time for."""
    sessions: dict[date, list[Key]] = {}
    for key in sorted(scenario.slots[mic]):
        sessions.setdefault(scenario.slots[mic][key].date, []).append(key)
    for keys in sessions.values():
        open_at = scenario.slots[mic][keys[0]].open_at
        close_at = scenario.slots[mic][keys[-1]].close_at
        if open_at <= known_at <= close_at - timedelta(hours=1):
            return keys[-1]
    return None


def place_view(scenario: Scenario, event: Event, view: View) -> tuple[Key, bool] | str:
    """The row and whether it is its close, or `before_period` / `after_period`; T3 where trading resumes."""
    placed = place_by_calendar(scenario, event.known_at, view)
    ticker = traded(scenario, view.ticker)
    if isinstance(placed, str) or not event.resumes or is_tradable_bar(scenario, ticker, placed[0]):
        return placed
    later = [key for key in scenario.rows if key > placed[0] and is_tradable_bar(scenario, ticker, key)]
    return (later[0], False) if later else "after_period"


def place_by_calendar(scenario: Scenario, known_at: datetime, view: View) -> tuple[Key, bool] | str:
    ticker = traded(scenario, view.ticker)
    mic = instrument_of(scenario, ticker).exchange
    if scenario.execution.same_close and view.delay == 0:
        at_close = close_key(scenario, mic, known_at)
        if at_close is not None:
            return at_close, True
    first = first_key(scenario, mic, known_at)
    if isinstance(first, str):
        return first
    if view.delay == 0:
        return first, False
    later = [k for k in scenario.rows if k > first and is_tradable_bar(scenario, ticker, k)]  # S3
    if len(later) < view.delay:
        return "after_period"
    return later[view.delay - 1], False


def place(scenario: Scenario) -> tuple[list[Intent], dict[tuple[str, str], str]]:
    """All intents in the order of X5 inside a market, and the outcomes of those that are outside the run."""
    order = [item.ticker for item in scenario.instruments]
    position = scenario.position
    keyed = []
    outcomes: dict[tuple[str, str], str] = {}
    for event in scenario.events:
        views = [view for view in event.views if view.signal != 0]
        for view in views:
            placed = place_view(scenario, event, view)
            if isinstance(placed, str):
                outcomes[event.event_id, view.ticker] = placed
                continue
            key, at_close = placed
            ticker, t = traded(scenario, view.ticker), scenario.rows.index(key)
            weight = weight_of(scenario, ticker, t)
            if weight is not None:
                every = [(weight_of(scenario, traded(scenario, one.ticker), t), abs(one.signal)) for one in views]
                total = sum(size * known for known, size in every if known is not None)
                scale = 1.0
                if position.event_weight is not None and total > position.event_weight:
                    scale = position.event_weight / total
                weight = weight * abs(view.signal) * scale
            intent = Intent(
                event_id=event.event_id,
                signalled=view.ticker,
                ticker=ticker,
                sign=1 if view.signal > 0 else -1,
                weight=weight,
                t=t,
                at_close=at_close,
            )
            rank = (event.known_at, event.event_id, -abs(view.signal), order.index(ticker), order.index(view.ticker))
            keyed.append((rank, intent))
    return [intent for _, intent in sorted(keyed, key=lambda pair: pair[0])], outcomes
