"""A small world in a user's own terms: tickers, dates, instants and prices, no arrays and no positions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

Key = date | datetime  # of a row: its session's date, or the opening instant of an intraday bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A listing, or an index: board `index`."""

    ticker: str
    exchange: str
    board: str
    currency: str
    lot_size: int | None = None
    tradable: bool = True
    shortable: bool | None = None
    proxy: str = ""
    sector_index: str = ""
    listed_on: date | None = None
    delisted_on: date | None = None

    @property
    def is_index(self) -> bool:
        return self.board == "index"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSpan:
    """A status, such as `st`, on the days from `from_on` to `to_on`; None is open."""

    ticker: str
    status: str
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One row of one market: its session, or one bar time of it. Instants are UTC."""

    date: date
    open_at: datetime
    close_at: datetime
    cutoff_at: datetime  # T2: known exactly then is in time


@dataclass(frozen=True, slots=True)
class Bar:
    """None is a blank cell."""

    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None = 1_000_000.0
    dividend: float = 0.0
    split: float = 1.0
    prev_close: float | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A strategy's signal for one ticker on one event."""

    ticker: str
    signal: float
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    event_id: str
    known_at: datetime
    views: tuple[View, ...]
    resumes: bool = False
    """Whether it says that trading resumes (T3)."""


@dataclass(frozen=True, slots=True)
class News:
    """An announcement that names tickers, for a strategy that is asked row by row."""

    event_id: str
    published_at: datetime
    tickers: tuple[str, ...]
    sentiment: float | None
    relevance: float | None


@dataclass(frozen=True, slots=True)
class Cause:
    """An event that first counts in a grid's row `key`, and by how much it may have changed a ticker's signal there."""

    key: Key
    ticker: str
    event_id: str
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ByVolatility:
    """X23: the weight at which a position moves by `target` a year."""

    target: float
    window: int
    max_weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    weight: float | ByVolatility = 0.05
    hold: int | timedelta | None = 5
    hold_unit: str = "bars"  # bars or sessions; a timedelta is a duration
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing_stop: float | None = None
    max_positions: int | None = None
    event_weight: float | None = None
    on_repeat: str = "extend"
    min_trade: float = 0.001
    rebalance: str = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    same_close: bool = False
    limit_distance: float | None = None  # X22, where entries are limit orders
    market_rules: bool = True
    costs: str = "zero"  # zero, flat or market_schedule
    commission_bps: float = 0.0
    minimum: float = 0.0  # account currency
    slippage_bps: float = 0.0
    half_spread_ticks: float = 0.0
    impact: float = 0.0  # coefficient of the square root of quantity over volume
    impact_window: int = 20
    participation: float | None = None
    reject_short_cash: bool = False
    borrow_bps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`slots[mic][key]` are the market's rows of the run; `previous_cutoff[mic]` is the cut-off of its last session
    before the first row, None where the calendar starts later. `close_before[ticker]` is the last close read from
    before the run. `fx[currency]` are dated rates in account currency per unit, ascending. `grid[key][ticker]`,
    where given, is traded by X21 in place of the events' views; `causes` are the events that moved it. Where
    `step` names a strategy of `steps`, it makes that grid row by row, some of them from `news`."""

    instruments: tuple[Instrument, ...]
    slots: dict[str, dict[Key, Slot]]
    bars: dict[tuple[str, Key], Bar]
    events: tuple[Event, ...] = ()
    previous_cutoff: dict[str, datetime | None] = field(default_factory=dict)
    close_before: dict[str, float] = field(default_factory=dict)
    fx: dict[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)
    statuses: tuple[StatusSpan, ...] = ()
    position: Position = Position()
    execution: Execution = Execution()
    currency: str = "HKD"
    cash: float = 1_000_000.0
    grid: dict[Key, dict[str, float]] | None = None
    causes: tuple[Cause, ...] = ()
    step: str | None = None
    news: tuple[News, ...] = ()
    intraday: bool = False

    @property
    def rows(self) -> list[Key]:
        """T6, T9: the union of the markets' rows."""
        return sorted({key for market in self.slots.values() for key in market})

    def row_date(self, t: int) -> date:
        """The session a row belongs to; the same in all markets that trade in it."""
        key = self.rows[t]
        return next(market[key].date for market in self.slots.values() if key in market)
