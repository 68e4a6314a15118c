"""The kernels' numbers are those of the ledger's words."""

from __future__ import annotations

import pytest

from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import Outcome, Reason
from newsbt.kernels import codes
from newsbt.kernels.rules.holding import HOLD_UNITS
from newsbt.simulation.account_terms import REPEATS, Hold

REASONS = ("ENTRY", "HOLD", "STOP_LOSS", "TAKE_PROFIT", "TRAILING_STOP", "REBALANCE", "SPLIT", "OPEN")
OUTCOMES = (
    "FILLED", "NOT_TRADABLE", "NOT_TRADING", "NO_REFERENCE_PRICE", "UNKNOWN_LOT", "NO_SHORT", "MAX_POSITIONS",
    "BELOW_ONE_LOT", "T_PLUS_ONE", "LIMIT_UP", "LIMIT_DOWN", "PARTICIPATION", "CASH", "LIMIT_NOT_REACHED", "NO_RATE",
    "EXTENDED", "IGNORED", "PENDING",
)  # fmt: skip


@pytest.mark.parametrize("name", REASONS)
def test_reasons(name: str) -> None:
    assert getattr(codes, name) == Reason[name]


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes(name: str) -> None:
    assert getattr(codes, name) == Outcome[name]


def test_points_of_a_bar() -> None:
    assert [getattr(codes, f"AT_{point.name}") for point in FillPoint] == list(FillPoint)


def test_opposites_have_two_names() -> None:
    assert (codes.OPPOSITE_EXIT, codes.OPPOSITE_EVENT) == (Reason.OPPOSITE, Outcome.OPPOSITE)


def test_repeats_and_holds_have_a_code_each() -> None:
    assert [getattr(codes, word.upper()) for word in REPEATS] == [0, 1, 2]
    assert [Hold(unit, 1).unit for unit in HOLD_UNITS[1:]] == ["bars", "sessions", "duration"]
