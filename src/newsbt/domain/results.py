"""What a run found: one `StrategyResult` a row of the results table, and the `RunResult` around them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np
import pandas as pd
import pyarrow as pa

from newsbt._plain import JsonValue, PlainValue
from newsbt._typing import Array, Ints
from newsbt.domain.event_table import EventTable
from newsbt.domain.ledger import Ledger, Outcome, Reason
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.metric_table import MetricSpec, MetricValue
from newsbt.domain.metrics import shown_in_repr
from newsbt.domain.object_arrays import objects
from newsbt.domain.references import Named
from newsbt.domain.returns import session_returns, why_no_returns
from newsbt.domain.run_context import RunContext
from newsbt.domain.run_documents import RunHashes
from newsbt.domain.showing import brief, lines, plain_line
from newsbt.domain.text_columns import TextColumn, arrow_texts, text_column
from newsbt.errors import nearest

__all__ = ["OUTCOMES", "Labels", "RunResult", "RunSummary", "StrategyResult"]

SIDES = arrow_texts(["sell", "", "buy"])
REASONS = arrow_texts([reason.word for reason in Reason])
_WORDS = {outcome.value: outcome.word for outcome in Outcome}
OUTCOMES = arrow_texts([_WORDS.get(code, "") for code in range(max(Outcome) + 1)])


MOST = 3  # notices, warnings and reasons


def _is_figure(value: MetricValue | None) -> TypeGuard[float]:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and not np.isnan(value)


def _percent(value: MetricValue | None) -> str:
    return f"{value:+.2%}" if _is_figure(value) else "-"


def _number(value: MetricValue | None) -> str:
    return f"{value:.2f}" if _is_figure(value) else "-"


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What the indices in a ledger stand for."""

    panel: MarketPanel
    events: EventTable

    __repr__ = brief

    @cached_property
    def tickers(self) -> Array:
        return objects(self.panel.tickers)

    @cached_property
    def _arrow_tickers(self) -> pa.Array:
        return arrow_texts(self.panel.tickers)

    def ticker_column(self, columns: Ints) -> TextColumn:
        """Tickers of columns of the panel, for a frame."""
        return text_column(self._arrow_tickers, columns)

    def event_column(self, indices: Ints) -> TextColumn:
        """Ids of events, none for -1, for a frame."""
        return text_column(self.events.arrow_ids, indices)

    def dates(self, rows: Array) -> Array:
        """Session dates as datetime64[s] at midnight, NaT for -1."""
        days = np.append(self.panel.dates.astype("M8[D]"), np.datetime64("NaT", "D"))
        return np.asarray(days[rows].astype("M8[s]"))


def utc(instants: Array) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants.astype("M8[ns]")).tz_localize("UTC")


@dataclass(frozen=True, kw_only=True)
class StrategyResult:
    """One row of the results table with everything behind it.

    `kind` is ``strategy``, ``baseline`` or ``benchmark``. `metrics` are fractions, NaN where undefined with the
    reason in `reasons`; those of `columns` are evidence with columns of its own in tables for people. Tables are
    built on first use, with the columns of the run folder's files.
    """

    name: str
    engine: str
    kind: str
    metrics: Mapping[str, MetricValue]
    reasons: Mapping[str, str]
    counts: Mapping[str, int]
    ledger: Ledger
    labels: Labels
    signals_of: Callable[[], pd.DataFrame] = field(repr=False)
    events_of: Callable[[], pd.DataFrame] = field(repr=False)
    explained: Callable[[], TextColumn] | None = field(default=None, repr=False)
    warnings: tuple[str, ...] = ()
    analyzers: Mapping[str, PlainValue] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[MetricSpec, ...] = ()
    source_hash: str = ""
    seconds: float = 0.0

    def number(self, key: str) -> float:
        """A metric that is a number; NaN where it is undefined."""
        value = self.metrics.get(key, math.nan)
        return float(value) if isinstance(value, float | int) else math.nan

    def __repr__(self) -> str:
        counts = [f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items()]
        metrics = [
            f"{name} {self.metrics[name]:,.4g}" for name in shown_in_repr() if _is_figure(self.metrics.get(name))
        ]
        shown = [
            plain_line(f"{type(self).__name__} {self.name!r}: {self.kind}, engine {self.engine}"),
            *(f"  {', '.join(metrics[at : at + 4])}" for at in range(0, len(metrics), 4)),
            *(f"  {', '.join(counts[at : at + 5])}" for at in range(0, len(counts), 5)),
            *(f"  {name} undefined: {self.reasons[name]}" for name in shown_in_repr() if name in self.reasons),
            *(f"  ! {plain_line(warning)}" for warning in self.warnings[:MOST]),
        ]
        return lines([*shown, "  .metrics .reasons .equity .returns .fills .trades .refusals .events .signals"])

    def table(self, name: str) -> pd.DataFrame:
        """The frame of this name; one that nobody has asked for yet is not kept, so that tables of a million rows are
        not all held while they are written."""
        found: pd.DataFrame = getattr(self if name in vars(self) else replace(self), name)
        return found

    @cached_property
    def curve(self) -> pd.DataFrame:
        """`date, strategy, equity, cash, gross_exposure, drawdown`: a row a session, at its last row."""
        last = np.flatnonzero(np.append(np.diff(self.labels.panel.dates).astype(np.int64) != 0, True))
        equity = self.ledger.equity[last]
        peak = np.maximum.accumulate(np.append(self.ledger.initial_cash, equity))[1:]
        with np.errstate(divide="ignore", invalid="ignore"):
            gross = np.where(equity > 0, self.ledger.gross[last] / equity, np.nan)
        return pd.DataFrame(
            {
                "date": self.labels.dates(last),
                "strategy": self.name,
                "equity": equity,
                "cash": self.ledger.cash[last],
                "gross_exposure": gross,
                "drawdown": equity / peak - 1.0,
            }
        )

    @cached_property
    def equity(self) -> pd.Series:
        """Account value at each session's close, account currency, indexed by date."""
        return pd.Series(self.curve["equity"].to_numpy(), index=pd.DatetimeIndex(self.curve["date"]), name=self.name)

    @cached_property
    def returns(self) -> pd.Series:
        """Simple returns by session, the first one over the initial cash; NaN once equity has been zero or less."""
        values = session_returns(self.equity.to_numpy(), self.ledger.initial_cash)
        return pd.Series(values, index=self.equity.index, name=self.name)

    @property
    def lost(self) -> str:
        """Why nothing can be made of the returns, where equity has been zero or less; else empty."""
        return why_no_returns(self.returns.to_numpy(), self.returns.index.to_numpy())

    @cached_property
    def fills(self) -> pd.DataFrame:
        rows = self.ledger.fills
        return pd.DataFrame(
            {
                "strategy": self.name,
                "at": utc(rows["at"]),
                "date": self.labels.dates(rows["row"]),
                "ticker": self.labels.ticker_column(rows["ticker"]),
                "side": text_column(SIDES, rows["side"] + 1),
                "quantity": rows["quantity"],
                "price": rows["price"],
                "price_account": rows["price_account"],
                "costs": rows["costs"],
                "slippage_cost": rows["slippage_cost"],
                "event_id": self.labels.event_column(rows["event"]),
                "reason": text_column(REASONS, rows["reason"]),
            }
        )

    @cached_property
    def refusals(self) -> pd.DataFrame:
        rows = self.ledger.refusals
        return pd.DataFrame(
            {
                "strategy": self.name,
                "at": utc(rows["at"]),
                "date": self.labels.dates(rows["row"]),
                "ticker": self.labels.ticker_column(rows["ticker"]),
                "side": text_column(SIDES, rows["side"] + 1),
                "reason": text_column(OUTCOMES, rows["reason"]),
                "wanted_quantity": rows["wanted"],
                "filled_quantity": rows["filled"],
                "would_have_returned": rows["would_have_returned"],
                "event_id": self.labels.event_column(rows["event"]),
            }
        )

    @cached_property
    def explanations(self) -> pd.DataFrame:
        """`strategy, at, ticker, event_id, reason, explanation`: a sentence for each row of `refusals`."""
        frame = self.refusals[["strategy", "at", "ticker", "event_id", "reason"]].copy()
        frame["explanation"] = self.explained() if self.explained else ""
        return frame

    @cached_property
    def trades(self) -> pd.DataFrame:
        rows = self.ledger.lots
        return pd.DataFrame(
            {
                "strategy": self.name,
                "ticker": self.labels.ticker_column(rows["ticker"]),
                "entry_at": utc(rows["entry_at"]),
                "exit_at": utc(rows["exit_at"]),
                "quantity": rows["quantity"],
                "entry_price": rows["entry_price"],
                "exit_price": rows["exit_price"],
                "pnl": rows["pnl"],
                "return": rows["pnl"] / rows["entry_notional"],
                "costs": rows["costs"],
                "event_id": self.labels.event_column(rows["event"]),
                "exit_reason": text_column(REASONS, rows["reason"]),
            }
        )

    @cached_property
    def signals(self) -> pd.DataFrame:
        """`strategy, date, ticker, event_id, signal`; grids have a row for each change of a ticker's signal."""
        return self.signals_of()

    @cached_property
    def events(self) -> pd.DataFrame:
        """`strategy, event_id, ticker, weight, known_at, first_tradable_at, signal, pnl, costs, refused_reason`."""
        return self.events_of()


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """What a run used: spans, counts, drops and doubts, ready for run.json and the terminal.

    `drops` counts by source and reason, such as ``{"events": {"before_period": 12}, "prices": {"duplicate": 1}}``;
    `not_linked` the announcements that are linked to nothing, dropped ones too, by reason; `without_sign` the events
    that a strategy cannot trade for want of a sign, by strategy; `unused` names the most frequent of what could not be
    resolved or was not used.
    `notices` are sentences that belong beside the results wherever they are shown, such as "simulated sample";
    `doubts` are sentences about the data, `read_as` says of files whose head is not newsbt's own what was
    recognised and assumed, a line for all that were read alike.
    """

    first_date: np.datetime64
    last_date: np.datetime64
    rows: int
    exchanges: tuple[str, ...]
    tickers: int
    tickers_with_prices: int
    currency: str
    periods_per_year: float
    counts: Mapping[str, int]
    drops: Mapping[str, Mapping[str, int]]
    hindsight: Mapping[str, int]
    notices: tuple[str, ...]
    doubts: tuple[str, ...]
    spans: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    not_linked: Mapping[str, int] = field(default_factory=dict)
    without_sign: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[Named, ...] = ()
    read_as: tuple[str, ...] = ()

    __repr__ = brief


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """Everything a run found. `path` is None until it is written.

    `verified` names the rows whose books both engines keep, where that was asked; `context` is what pages tell beside
    the numbers; `evidence` the optional sections of evidence.json, such as a
    placebo's distribution (docs/report.md names them).
    """

    run_id: str
    name: str
    config: Mapping[str, JsonValue]
    strategies: tuple[StrategyResult, ...]  # strategies, then baselines; the benchmark row last among baselines
    benchmark: StrategyResult | None
    summary: RunSummary
    definitions: Mapping[str, str]
    hashes: RunHashes
    versions: Mapping[str, str]
    timings: Mapping[str, float | Mapping[str, float]]
    seed: int
    started_at: str  # UTC, ISO 8601
    trials: Mapping[str, float] = field(default_factory=dict)  # this run's, by key: per-bar Sharpe ratios
    path: str | None = None
    context: RunContext | None = field(default=None, repr=False)
    evidence: Mapping[str, Any] = field(default_factory=dict, repr=False)
    verified: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        used = self.summary
        shown = [
            plain_line(
                f"{type(self).__name__} {self.name!r}: {used.first_date} to {used.last_date}, {used.rows:,} rows,"
                f" {used.tickers_with_prices:,} tickers with prices, {used.currency}"
            ),
            *(f"  ! {plain_line(notice)}" for notice in used.notices[:MOST]),
            f"  {'':<30} {'return':>9} {'Sharpe':>7} {'max. drawdown':>14} {'trades':>7}",
            *(
                f"  {plain_line(item.name, 30):<30} {_percent(item.metrics.get('total_return')):>9}"
                f" {_number(item.metrics.get('sharpe')):>7} {_percent(item.metrics.get('max_drawdown')):>14}"
                f" {item.counts.get('trades', '-'):>7}"
                for item in self.strategies
            ),
        ]
        return lines([*shown, "  .table, and [name] for one strategy" + (f"; {self.path}" if self.path else "")])

    def __getitem__(self, name: str) -> StrategyResult:
        for result in self.strategies:
            if result.name == name:
                return result
        known = [one.name for one in self.strategies]
        raise KeyError(f"no strategy {name!r} in this run{nearest(str(name), known)}; there are {known}")

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a strategy, baseline and benchmark; metrics and counts as columns."""
        rows = [
            {"strategy": item.name, "kind": item.kind, "engine": item.engine, **item.metrics, **item.counts}
            for item in self.strategies
        ]
        return pd.DataFrame(rows).set_index("strategy")
