"""On how many sessions a fold of a walk-forward may be chosen, by hand: of sessions 0 to 4, tested from 2 on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from made_runs import ledger, panel
from newsbt.domain.ledger import LOT
from newsbt.sweeps.folds import Folds

OPEN = -1


def folds(embargo: int) -> Folds:
    return Folds(first=np.array([2], dtype=np.int64), sessions=5, embargo=embargo)


def trained(*held: tuple[int, int], embargo: int = 0, days: tuple[int, ...] = (0, 1, 2, 3, 4)) -> int:
    """Of lots by the rows of their entries and exits; `days` are the sessions of the rows."""
    lots = np.zeros(len(held), dtype=LOT)
    lots["entry_row"], lots["exit_row"] = zip(*held, strict=True)
    market = panel()
    market = replace(market, clock=replace(market.clock, dates=market.dates[list(days)]))
    (count,) = folds(embargo).training(replace(ledger([1.0] * 5), lots=lots), market)
    return count


@pytest.mark.parametrize(
    ("held", "sessions"),
    [
        (((0, 1),), 2),  # over before the block
        (((0, 1), (1, 2)), 1),  # left in the block's first session: its outcome is not known before
        (((0, 2), (1, 4)), 0),
        (((1, OPEN),), 1),  # never left
        (((2, 3),), 2),  # entered in the block
    ],
)
def test_a_session_is_trained_on_when_what_was_held_in_it_is_over(
    held: tuple[tuple[int, int], ...], sessions: int
) -> None:
    assert trained(*held) == sessions


def test_the_embargo_leaves_out_further_sessions_and_none_below_the_first() -> None:
    assert trained((0, 1), embargo=1) == 1
    assert trained((1, 3), embargo=1) == 0
    assert trained((0, 3), embargo=2) == 0


def test_bars_count_by_their_sessions() -> None:
    """Rows 2 and 3 are session 1, row 4 is session 2."""
    days = (0, 0, 1, 1, 2)
    assert trained((0, 3), days=days) == 2
    assert trained((2, 4), days=days) == 1
