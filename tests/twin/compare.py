"""Whether a product's ledger and the twin's books say the same, with the first difference in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from newsbt.domain.ledger import Ledger, Outcome, Reason

from .result import FillRecord, LotRecord, RefusalRecord, TwinResult

CLOSE = {"price": 1e-12, "price_account": 1e-12, "entry_price": 1e-12, "exit_price": 1e-12, "entry_notional": 1e-12,
         "costs": 1e-9, "slippage_cost": 1e-9, "pnl": 1e-9, "wanted": 0.0, "would_have_returned": 1e-9}  # fmt: skip
"""Relative tolerances; all else is exact. Sums (pnl, costs of lots) and differences get the looser one."""


def instant_of(at: np.datetime64) -> datetime | None:
    """Of nanoseconds UTC; sessions and bars have whole seconds."""
    return None if np.isnat(at) else datetime.fromtimestamp(int(at.astype("M8[s]").astype(np.int64)), tz=UTC)


def number_of(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def label(
    ledger: Ledger,
    tickers: Sequence[str],
    event_ids: Sequence[str],
    dates: Sequence[date],
    outcomes: Mapping[tuple[str, str], str] | Sequence[tuple[str, str]],
) -> TwinResult:
    """A ledger in words.

    `outcomes` are ready by (event_id, signalled ticker), or the pairs of the ledger's K entries in their order.
    """
    event = [*event_ids, ""]  # -1 belongs to none
    fills = [
        FillRecord(
            at=instant_of(row["at"]),
            date=dates[row["row"]],
            ticker=tickers[row["ticker"]],
            side="buy" if row["side"] > 0 else "sell",
            quantity=int(row["quantity"]),
            price=float(row["price"]),
            price_account=float(row["price_account"]),
            costs=float(row["costs"]),
            slippage_cost=float(row["slippage_cost"]),
            event_id=event[row["event"]],
            reason=Reason(int(row["reason"])).word,
            lot=int(row["lot"]),
        )
        for row in ledger.fills
    ]
    refusals = [
        RefusalRecord(
            at=instant_of(row["at"]),
            date=dates[row["row"]],
            ticker=tickers[row["ticker"]],
            side="buy" if row["side"] > 0 else "sell",
            reason=Outcome(int(row["reason"])).word,
            wanted=number_of(row["wanted"]),
            filled=int(row["filled"]),
            would_have_returned=number_of(row["would_have_returned"]),
            event_id=event[row["event"]],
            is_entry=bool(row["is_entry"]),
        )
        for row in ledger.refusals
    ]
    lots = [
        LotRecord(
            ticker=tickers[row["ticker"]],
            event_id=event[row["event"]],
            entry_at=instant_of(row["entry_at"]),
            exit_at=instant_of(row["exit_at"]),
            entry_on=dates[row["entry_row"]],
            exit_on=None if row["exit_row"] < 0 else dates[row["exit_row"]],
            quantity=int(row["quantity"]),
            open_quantity=int(row["open_quantity"]),
            entry_price=float(row["entry_price"]),
            exit_price=number_of(row["exit_price"]),
            entry_notional=float(row["entry_notional"]),
            pnl=float(row["pnl"]),
            costs=float(row["costs"]),
            slippage_cost=float(row["slippage_cost"]),
            reason=Reason(int(row["reason"])).word,
        )
        for row in ledger.lots
    ]
    if not isinstance(outcomes, Mapping):
        words = [Outcome(int(code)).word for code in ledger.outcome]
        outcomes = dict(zip(outcomes, words, strict=True))
    return TwinResult(
        fills=fills,
        refusals=refusals,
        lots=lots,
        outcomes=dict(outcomes),
        equity=ledger.equity.tolist(),
        cash=ledger.cash.tolist(),
        borrow_cost=float(ledger.borrow_cost),
        dividends=float(ledger.dividends),
        gross=ledger.gross.tolist(),
        stale=ledger.stale.tolist(),
    )


def is_same(twin: Any, other: Any, relative: float, absolute: float = 0.0) -> bool:
    if isinstance(twin, float | int) and isinstance(other, float | int):
        return math.isclose(twin, other, rel_tol=relative, abs_tol=absolute)
    return bool(twin == other)


def assert_same_records(what: str, twin: Sequence[Any], other: Sequence[Any], scale: float) -> None:
    """Record by record; `scale` is the account's cash, a billionth of a billionth part of which is nothing."""
    for n in range(max(len(twin), len(other))):
        if n >= len(twin):
            raise AssertionError(f"{what} {n} is one too many: {other[n]}\nthe twin has {len(twin)}: {list(twin)}")
        if n >= len(other):
            raise AssertionError(f"{what} {n} is missing: {twin[n]}\nthe product has {len(other)}: {list(other)}")
        for item in fields(twin[n]):
            mine, theirs = getattr(twin[n], item.name), getattr(other[n], item.name)
            loose = item.name in ("pnl", "costs", "slippage_cost", "would_have_returned")
            absolute = 1e-12 * (1.0 if item.name == "would_have_returned" else scale) if loose else 0.0
            if not is_same(mine, theirs, CLOSE.get(item.name, 0.0), absolute):
                raise AssertionError(
                    f"{what} {n}: `{item.name}` is {mine!r} by the twin, {theirs!r} by the product\n"
                    f"twin:    {twin[n]}\nproduct: {other[n]}"
                )


def assert_same_series(what: str, twin: Sequence[float], other: Sequence[float], scale: float) -> None:
    assert len(twin) == len(other), f"{what}: {len(twin)} rows by the twin, {len(other)} by the product"
    for t, (mine, theirs) in enumerate(zip(twin, other, strict=True)):
        assert is_same(mine, theirs, 1e-9, 1e-9 * scale), (
            f"{what} of row {t} is {mine!r} by the twin, {theirs!r} by the product"
        )


def assert_same(twin: TwinResult, product: TwinResult) -> None:
    """Raise an AssertionError that names the first difference: fills, refusals, outcomes, lots, then the series."""
    scale = max([abs(value) for value in twin.equity], default=1.0)
    assert_same_records("fill", twin.fills, product.fills, scale)
    assert_same_records("refusal", twin.refusals, product.refusals, scale)
    for pair in sorted(twin.outcomes.keys() | product.outcomes.keys()):
        mine, theirs = twin.outcomes.get(pair), product.outcomes.get(pair)
        assert mine == theirs, f"outcome of {pair} is {mine!r} by the twin, {theirs!r} by the product"
    assert_same_records("lot", twin.lots, product.lots, scale)
    for name in ("cash", "gross", "stale", "equity"):
        assert_same_series(name, getattr(twin, name), getattr(product, name), scale)
    for name in ("borrow_cost", "dividends"):
        assert_same_series(name, [getattr(twin, name)], [getattr(product, name)], scale)
