"""What the twin and a labelled product ledger have in common: records in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRecord:
    at: datetime
    date: date
    ticker: str
    side: str
    quantity: int
    price: float
    price_account: float
    costs: float
    slippage_cost: float
    event_id: str
    reason: str
    lot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRecord:
    at: datetime
    date: date
    ticker: str
    side: str
    reason: str
    wanted: float | None
    filled: int
    would_have_returned: float | None
    event_id: str
    is_entry: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRecord:
    ticker: str
    event_id: str
    entry_at: datetime
    exit_at: datetime | None
    entry_on: date
    exit_on: date | None
    quantity: int
    open_quantity: int
    entry_price: float
    exit_price: float | None
    entry_notional: float
    pnl: float
    costs: float
    slippage_cost: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinResult:
    """`outcomes` goes by (event_id, ticker as signalled); `equity` and `cash` have a value a row."""

    fills: list[FillRecord]
    refusals: list[RefusalRecord]
    lots: list[LotRecord]
    outcomes: dict[tuple[str, str], str]
    equity: list[float]
    cash: list[float]
    borrow_cost: float = 0.0
    dividends: float = 0.0
    gross: list[float] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
