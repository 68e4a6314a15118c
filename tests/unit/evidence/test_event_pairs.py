"""What a strategy's lots made on their notional, before and after what trading cost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from newsbt.evidence.event_pairs import _traded

NAMES = ("event", "quantity", "entry_notional", "pnl", "costs", "slippage_cost")


def test_gross_is_net_with_costs_and_slippage_put_back_longs_and_shorts_apart() -> None:
    rows = [
        (0, 10, 100.0, 5.0, 2.0, 1.0),
        (1, 10, 200.0, -4.0, 1.0, 1.0),
        (2, -10, 100.0, 3.0, 0.5, 0.5),
        (-1, 10, 100.0, 50.0, 0.0, 0.0),  # of no event
        (3, 10, 0.0, 0.0, 0.0, 0.0),  # nothing was paid
    ]
    lots = np.array(rows, dtype=[(name, float) for name in NAMES])
    books: Any = SimpleNamespace(name="Mine", ledger=SimpleNamespace(lots=lots))
    found = _traded(books)
    assert found["Mine: long"] == {"lots": 2, "net_return": (0.05 - 0.02) / 2, "gross_return": (0.08 - 0.01) / 2}
    assert found["Mine: short"] == {"lots": 1, "net_return": 0.03, "gross_return": 0.04}
