"""X7: the tests that come before prices, volume and cash, each at its boundary."""

from __future__ import annotations

import math

import pytest

from newsbt.kernels._compile import plain
from newsbt.kernels.codes import (
    BELOW_ONE_LOT,
    FILLED,
    LONG,
    MAX_POSITIONS,
    NO_RATE,
    NO_REFERENCE_PRICE,
    NO_SHORT,
    NONE,
    NOT_TRADABLE,
    NOT_TRADING,
    SHORT,
    UNKNOWN_LOT,
)
from newsbt.kernels.rules.admission import first_failed, has_slot

pytestmark = pytest.mark.rule("X7")


@pytest.mark.parametrize(
    ("why", "asked"),
    [
        (NOT_TRADABLE, (False, False, math.nan, math.nan, 0, NONE, SHORT, False, False)),
        (NOT_TRADING, (True, False, math.nan, math.nan, 0, NONE, SHORT, False, False)),
        (NO_REFERENCE_PRICE, (True, True, math.nan, math.nan, 0, NONE, SHORT, False, False)),
        (NO_REFERENCE_PRICE, (True, True, math.inf, math.nan, 0, NONE, SHORT, False, False)),
        (NO_RATE, (True, True, 10.0, math.nan, 0, NONE, SHORT, False, False)),
        (UNKNOWN_LOT, (True, True, 10.0, 7.8, 0, 100, SHORT, False, False)),
        (UNKNOWN_LOT, (True, True, 10.0, 7.8, 1, NONE, SHORT, False, False)),
        (NO_SHORT, (True, True, 10.0, 7.8, 1, 0, SHORT, False, False)),
        (MAX_POSITIONS, (True, True, 10.0, 7.8, 1, 0, SHORT, True, False)),
        (MAX_POSITIONS, (True, True, 10.0, 7.8, 1, 0, LONG, False, False)),
        (BELOW_ONE_LOT, (True, True, 10.0, 7.8, 1, 0, LONG, False, True)),
        (FILLED, (True, True, 10.0, 7.8, 1, 1, LONG, False, True)),
        (FILLED, (True, True, 10.0, 7.8, 1, 1, SHORT, True, True)),
    ],
)
def test_the_first_test_that_fails_is_the_reason(why: int, asked: tuple) -> None:
    assert plain(first_failed)(*asked) == why


@pytest.mark.parametrize(
    ("most", "taken", "has_one", "admitted"),
    [
        (-1, 9, False, True), (0, 0, False, False), (1, 0, False, True), (1, 1, False, False), (2, 2, False, False),
        (2, 1, False, True), (2, 2, True, True),
    ],
)  # fmt: skip
def test_places(most: int, taken: int, has_one: bool, admitted: bool) -> None:
    assert plain(has_slot)(most, taken, has_one) is admitted
