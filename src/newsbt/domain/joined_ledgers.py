"""Several strategies' books as one, so that what is worked out of many is worked out at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from newsbt._typing import Bools, Floats, Instants, Ints
from newsbt.domain.ledger import Ledger

__all__ = ["FillColumns", "JoinedLedgers", "LotColumns"]


class LotColumns(NamedTuple):
    """What `ledger.LOT` has of L lots, by column: each (L,)."""

    ticker: Ints
    event: Ints
    entry_row: Ints
    entry_at: Instants
    exit_row: Ints
    quantity: Ints
    entry_notional: Floats

    def chosen(self, which: Ints | Bools) -> LotColumns:
        return LotColumns._make(column[which] for column in self)


class FillColumns(NamedTuple):
    """What `ledger.FILL` has of F fills, by column: each (F,)."""

    ticker: Ints
    row: Ints
    at: Instants
    side: Ints
    quantity: Ints
    lot: Ints

    def chosen(self, which: Ints | Bools) -> FillColumns:
        return FillColumns._make(column[which] for column in self)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedLedgers:
    """The books of A ledgers over the same T rows, one after the other; money in account currency.

    `lots`, L, and `fills`, F, are those of all, in the order of the ledgers; a fill's `lot` is one of the L. `of_lot`
    (L,) says whose each lot is, from 0 on. `equity` and `gross` are (A, T), `initial_cash` (A,).
    """

    lots: LotColumns
    fills: FillColumns
    of_lot: Ints
    equity: Floats
    gross: Floats
    initial_cash: Floats

    @classmethod
    def of(cls, ledgers: Sequence[Ledger]) -> JoinedLedgers:
        lots = np.array([len(one.lots) for one in ledgers], dtype=np.int64)
        fills = FillColumns._make(np.concatenate([one.fills[name] for one in ledgers]) for name in FillColumns._fields)
        before = np.repeat(np.cumsum(lots) - lots, [len(one.fills) for one in ledgers])
        return cls(
            lots=LotColumns._make(np.concatenate([one.lots[name] for one in ledgers]) for name in LotColumns._fields),
            fills=fills._replace(lot=fills.lot + before),
            of_lot=np.repeat(np.arange(len(ledgers)), lots),
            equity=np.stack([one.equity for one in ledgers]),
            gross=np.stack([one.gross for one in ledgers]),
            initial_cash=np.array([one.initial_cash for one in ledgers]),
        )

    def __len__(self) -> int:
        return len(self.equity)
