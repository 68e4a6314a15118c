"""A small run made by hand: five sessions, three tickers, two strategies, a baseline and a benchmark.

Nothing here is simulated; the numbers agree with each other as far as tables and folders need them to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.announcement import Announcement
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import FILL, LOT, REFUSAL, Ledger, Outcome, Reason
from newsbt.domain.market_panel import Clock, MarketPanel, frozen_array
from newsbt.domain.metrics import definitions
from newsbt.domain.results import Labels, RunResult, RunSummary, StrategyResult

CASH = 1_000_000.0
DATES = np.array(["2025-03-05", "2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11"], dtype="M8[D]")
TICKERS = ("9988.HK", "0700.HK", "^HSTECH")
EVENT_ID = "qwq-32b-2025-03-06"
STARTED = "2025-08-01T09:30:00+00:00"


def panel() -> MarketPanel:
    shape = (len(DATES), len(TICKERS))
    opens = (DATES.astype("M8[ns]") + np.timedelta64(90, "m")).reshape(-1, 1)
    clock = Clock(
        markets=("XHKG",),
        dates=DATES,
        open_at=opens,
        close_at=opens + np.timedelta64(390, "m"),
        cutoff_at=opens - np.timedelta64(15, "m"),
        session_of=np.arange(len(DATES)).reshape(-1, 1),
        previous_cutoff_at=np.array(["2025-03-04T01:15"], dtype="M8[ns]"),
    )
    price = frozen_array(np.full(shape, 100.0), float)
    unknown = frozen_array(np.full(shape, np.nan), float)
    zero, one = frozen_array(np.zeros(shape), float), frozen_array(np.ones(shape), float)
    return MarketPanel(
        tickers=TICKERS, market_of=np.zeros(3, dtype=np.int64), clock=clock, open=price, high=price, low=price,
        close=price, volume=frozen_array(np.full(shape, 1e6), float), tradable=frozen_array(np.ones(shape), bool),
        close_before=np.full(3, 100.0), dividend=zero, split=one, prev_close=unknown,
        adj_factor=one, has_prices=np.ones(3, dtype=bool),
    )  # fmt: skip


def labels(event_id: str = EVENT_ID) -> Labels:
    published = datetime(2025, 3, 5, 19, 0, tzinfo=UTC)
    item = Announcement(
        event_id=event_id, published_at=published, event_type="model_release", issuer="Alibaba", headline="QwQ-32B"
    )
    events = EventTable(announcements=(item,), known_at=np.array(["2025-03-05T20:05"], dtype="M8[ns]"))
    return Labels(panel=panel(), events=events)


def ledger(equity: Sequence[float], *, trades: bool = True) -> Ledger:
    """A buy of 9988.HK on 2025-03-06, sold three sessions later; one order for 0700.HK refused."""
    at = {day: DATES[day].astype("M8[ns]") + np.timedelta64(90, "m") for day in range(len(DATES))}
    fills = [
        (1, at[1], 0, 1, 500, 100.05, 100.05, 15.0, 25.0, 0, Reason.ENTRY, 0),
        (4, at[4], 0, -1, 500, 109.945, 109.945, 16.0, 27.5, 0, Reason.HOLD, 0),
    ]
    refusals = [(1, at[1], 1, 1, Outcome.LIMIT_UP, 400.0, 0, 0.021, 0, True, False)]
    lots = [(0, 0, 1, at[1], 4, at[4], 500, 0, 100.05, 109.945, 50_025.0, 4916.5, 31.0, 52.5, Reason.HOLD)]
    marks = np.asarray(equity, dtype=float)
    return Ledger(
        fills=np.array(fills if trades else [], dtype=FILL),
        refusals=np.array(refusals if trades else [], dtype=REFUSAL),
        lots=np.array(lots if trades else [], dtype=LOT),
        equity=marks,
        cash=marks - 50_000.0 * trades,
        gross=np.full(len(marks), 50_000.0 * trades),
        stale=np.zeros(len(marks), dtype=np.int64),
        outcome=np.array([Outcome.FILLED] if trades else [], dtype=np.int64),
        initial_cash=CASH,
    )


METRICS: Mapping[str, Any] = {
    "total_return": 0.0049165, "cagr": 0.28, "volatility": 0.12, "sharpe": 1.5, "sharpe_low": 0.03,
    "sharpe_high": 2.97, "sharpe_se": 0.75, "sortino": math.nan,
    "max_drawdown": -0.002, "max_drawdown_peak": None, "max_drawdown_trough": DATES[2].item(), "calmar": 140.0,
    "omega": math.inf, "hit_rate": 1.0, "profit_factor": math.inf, "psr": 0.93, "placebo_p": math.nan,
    "gross_return": 0.005, "total_costs": 31.0, "slippage_cost": 52.5, "unfillable_return": 0.00084,
    "final_equity": 1_004_916.5, "turnover": 5.1, "exposure": 0.8,
}  # fmt: skip
REASONS = {"sortino": "no downside", "placebo_p": "placebo: 0 switches it off"}
COUNTS = {
    "events": 1, "events_linked": 1, "events_traded": 1, "event_dates": 1, "fills": 2, "refusals": 1, "trades": 1,
    "open_trades": 0, "wins": 1, "losses": 0,
}  # fmt: skip
NO_TRADE = "no trades"


def strategy(
    name: str,
    *,
    kind: str = "strategy",
    trades: bool = True,
    labelled: Labels | None = None,
    equity: Sequence[float] = (CASH, 998_000.0, 1_001_000.0, 1_002_000.0, 1_004_916.5),
    **changes: Any,
) -> StrategyResult:
    labelled = labelled or labels()
    event_id = labelled.events.ids[0]

    def signals() -> pd.DataFrame:
        rows = [(name, DATES[1].astype("M8[s]"), "9988.HK", event_id, 1.0)] if trades else []
        return pd.DataFrame(rows, columns=["strategy", "date", "ticker", "event_id", "signal"])

    def events() -> pd.DataFrame:
        known = pd.Timestamp("2025-03-05T20:05", tz="UTC")
        opened = pd.Timestamp("2025-03-06T01:30", tz="UTC")
        rows = [
            (name, event_id, "9988.HK", 1.0, known, opened, 1.0, 4916.5, 31.0, None),
            (name, event_id, "0700.HK", 0.5, known, opened, 1.0, 0.0, 0.0, "limit_up"),
        ]
        columns = [
            "strategy", "event_id", "ticker", "weight", "known_at", "first_tradable_at", "signal", "pnl", "costs",
            "refused_reason",
        ]  # fmt: skip
        return pd.DataFrame(rows if trades else [], columns=columns)

    undefined = (
        {} if trades else dict.fromkeys(("hit_rate", "profit_factor", "sharpe", "sharpe_low", "sharpe_high"), NO_TRADE)
    )
    values: dict[str, Any] = {
        "metrics": {**METRICS, **dict.fromkeys(undefined, math.nan)},
        "reasons": {**REASONS, **undefined},
        "counts": COUNTS if trades else dict.fromkeys(COUNTS, 0),
        "seconds": 0.25,
        "source_hash": "ab" * 32,
        "engine": "backtrader",
    }
    values.update(changes)
    return StrategyResult(
        name=name, kind=kind, ledger=ledger(equity, trades=trades), labels=labelled, signals_of=signals,
        events_of=events, **values,
    )  # fmt: skip


def made_run(
    *,
    name: str = "rival release",
    strategies: Sequence[StrategyResult] | None = None,
    with_benchmark: bool = True,
    started_at: str = STARTED,
    verified: tuple[str, ...] | None = None,
    **changes: Any,
) -> RunResult:
    flat = (CASH, CASH, 1_000_500.0, 1_000_250.0, 1_001_000.0)
    benchmark = strategy("^HSTECH", kind="benchmark", trades=False, equity=flat)
    if strategies is None:
        strategies = (
            strategy("Buy on rival release"),
            strategy("Never", trades=False, warnings=("the queue and not the signal decided who was bought",)),
            strategy("buy_and_hold", kind="baseline"),
            *((benchmark,) if with_benchmark else ()),
        )
    summary: dict[str, Any] = {
        "first_date": DATES[0],
        "last_date": DATES[-1],
        "rows": len(DATES),
        "exchanges": ("XHKG", "XNYS"),
        "tickers": 3,
        "tickers_with_prices": 3,
        "currency": "HKD",
        "periods_per_year": 246.4,
        "counts": {"events": 14, "events_linked": 2},
        "drops": {"events": {"before_period": 12, "after_period": 1}, "prices": {"duplicate": 1}},
        "hindsight": {"relations": 2, "themes": 0},
        "notices": ("simulated sample: these prices are made up", "market rules were not applied"),
        "doubts": ("9988.HK moves by 6.1 times on 2025-03-07",),
        "spans": {"prices": ["2025-01-02", "2025-03-31"]},
    }
    summary.update(changes)
    return RunResult(
        run_id="0123456789ab",
        name=name,
        config={"name": name, "account": {"cash": CASH, "currency": "HKD"}, "period": {"start": DATES[0].item()}},
        strategies=tuple(strategies),
        benchmark=benchmark if with_benchmark else None,
        summary=RunSummary(**summary),
        definitions=definitions(),
        hashes={"config": "01" * 32, "data": {"prices.csv": "02" * 32}},
        versions={"newsbt": "0.1.0", "numpy": "2.4.6"},
        timings={"load": 0.5, "link": 0.1, "analyse": 0.2, "total": 1.0},
        seed=7,
        started_at=started_at,
        verified=verified,
    )
