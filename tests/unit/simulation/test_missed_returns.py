"""R2: what refused entries would have earned."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from newsbt.domain.entries import FillPoint
from newsbt.domain.ledger import REFUSAL
from newsbt.simulation.missed_returns import missed_values
from twin.convert import to_product
from twin.handmade import A, world
from twin.scenario import Bar


@pytest.mark.rule("R2")
def test_what_refused_entries_would_have_earned_in_the_accounts_currency() -> None:
    """100 shares of 10 at the open and of 12 at the close, a rate of 2, a return of a half; below one lot 0 whatever it
    would have returned, and unknown where no size or no return is known."""
    scenario = world({A: [Bar(10, 12, 10, 12)] * 2}, currency="USD", fx={"HKD": ((date(2025, 1, 1), 2.0),)})
    refusals = np.zeros(5, dtype=REFUSAL)
    refusals["row"] = 1
    refusals["point"] = [FillPoint.OPEN, FillPoint.CLOSE, FillPoint.OPEN, FillPoint.OPEN, FillPoint.OPEN]
    refusals["wanted"] = [100, 100, 0, math.nan, 100]
    refusals["would_have_returned"] = [0.5, 0.5, math.nan, 0.5, math.nan]
    found = missed_values(refusals, to_product(scenario).terms)
    assert found.tolist()[:3] == [1000.0, 1200.0, 0.0]
    assert np.isnan(found[3:]).all()
