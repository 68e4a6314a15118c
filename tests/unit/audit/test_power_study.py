"""What null worlds say of a strategy: shares with intervals, and the effect that most worlds show."""

from __future__ import annotations

import pytest

from newsbt.audit.power_study import EFFECTS, Share, StrategyPower


def test_shares_have_wilsons_interval() -> None:
    told = Share(found=2, of=40).as_dict()
    assert told["share"] == 0.05 and (round(told["low"], 3), round(told["high"], 3)) == (0.014, 0.165)
    assert Share(found=0, of=0).as_dict()["share"] is None


def test_the_visible_effect_lies_between_the_two_that_enclose_it() -> None:
    def power(*found: int) -> float:
        shares = {effect: Share(found=k, of=10) for effect, k in zip(EFFECTS, found, strict=True)}
        return StrategyPower(name="x", power=shares).visible

    assert power(0, 2, 6, 10, 10) == pytest.approx(0.015)
    assert power(8, 9, 9, 9, 9) == EFFECTS[0]
    assert power(0, 0, 1, 2, 7) != power(0, 0, 1, 2, 7)  # NaN
