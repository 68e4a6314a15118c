"""The curve of an account's size: the same entries with other cash."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from newsbt.evidence.account_capacity import CAPACITY, SIZES


@dataclass(frozen=True)
class Terms:
    cash: float
    currency: str = "HKD"


def test_each_size_is_a_rerun_of_the_same_entries_with_that_cash() -> None:
    entries, asked = ["an entry"], []

    def total_returns(_books: Any, reruns: list[Any]) -> np.ndarray:
        asked.extend(reruns)
        return np.array([1 / rerun.terms.cash for rerun in reruns])

    books = SimpleNamespace(read_news=True, terms=Terms(cash=5.0), placed=SimpleNamespace(entries=entries))
    case: Any = SimpleNamespace(total_returns=total_returns, strategies=[(books, SimpleNamespace(name="S"))])
    found = CAPACITY.find(case).rows["S"].section
    assert found == [{"size": size, "total_return": 1 / size} for size in SIZES]
    assert [(one.terms.cash, one.terms.currency, one.entries) for one in asked] == [(s, "HKD", entries) for s in SIZES]


def test_what_cannot_be_moved_has_no_curve() -> None:
    books = SimpleNamespace(read_news=True, terms=Terms(cash=5.0), placed=SimpleNamespace(entries=[]))
    case: Any = SimpleNamespace(strategies=[(books, SimpleNamespace(name="S"))])
    assert CAPACITY.find(case).rows["S"].section is None
