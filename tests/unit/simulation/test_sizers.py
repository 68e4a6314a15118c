"""Weights by volatility: from which returns, known when, and what sizers of one's own may answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from newsbt.domain.market_panel import MarketPanel
from newsbt.errors import StrategyError
from newsbt.simulation.sizers import InverseVolatility, asked_weights, daily_volatility
from twin.convert import to_clock, to_panel
from twin.handmade import A, U, flat, world
from twin.scenario import Bar, Scenario

pytestmark = pytest.mark.rule("X23")


def panel_of(scenario: Scenario) -> MarketPanel:
    return to_panel(scenario, to_clock(scenario))


def volatility(bars: list[Bar | None], window: int) -> list[float]:
    found: list[float] = daily_volatility(panel_of(world({U: bars})), window)[:, 0].round(12).tolist()
    return found


def deviation(*returns: float) -> float:
    return round(float(np.std(returns, ddof=1)), 12)


NONE = float("nan")
SMALL = panel_of(world({U: [flat(100)] * 3}))


def test_a_row_knows_the_sessions_before_it() -> None:
    found = volatility([flat(100), flat(110), flat(99), flat(99), flat(500)], 2)
    np.testing.assert_array_equal(found, [NONE, NONE, NONE, deviation(0.1, -0.1), deviation(-0.1, 0.0)])


@pytest.mark.parametrize(
    "between",
    [
        [None],  # no bar
        [flat(77, volume=0.0)],  # quoted, not traded (T4)
        [Bar(None, None, None, 77, 1e6)],  # no open
        [Bar(None, None, None, None, None, 0.0, 4.0), Bar(25, 25, 25, 25, 0.0)],  # a split without a close
    ],
    ids=["nothing", "no volume", "no open", "a split"],
)
def test_days_without_trade_make_no_return(between: list[Bar | None]) -> None:
    later = 25 if len(between) == 2 else 100
    bars = [flat(100), *between, flat(later * 1.1), flat(later * 0.99), flat(later)]
    assert volatility(bars, 2)[-1] == deviation(0.1, -0.1)


def test_dividends_and_splits_are_put_back() -> None:
    """100 to 60 with 20 paid on the old shares, then two for one to 33: -20 % and +10 %."""
    bars = [flat(100), Bar(60, 60, 60, 60, dividend=20.0), Bar(33, 33, 33, 33, split=2.0), flat(33)]
    assert volatility(bars, 2)[-1] == deviation(-0.2, 0.1)


def test_a_weight_is_the_target_over_the_volatility_of_a_year_and_never_above_the_most() -> None:
    panel = panel_of(world({U: [flat(100), flat(110), flat(99), flat(99)]}))
    yearly = np.std([0.1, -0.1], ddof=1) * np.sqrt(252)
    weights = InverseVolatility(target=0.5, window=2).weights(panel)[:, 0]
    np.testing.assert_allclose(weights, [NONE, NONE, NONE, 0.5 / yearly], rtol=1e-12)
    assert InverseVolatility(target=0.5, window=2, max_weight=0.1).weights(panel)[-1, 0] == 0.1
    assert InverseVolatility(target=50.0, window=2).weights(panel)[-1, 0] == 1.0


def test_what_does_not_move_has_no_weight() -> None:
    """Nor does what grows by the same every day, whose returns differ by rounding alone."""
    still = panel_of(world({U: [flat(100)] * 5, A: [flat(100 * 1.1**n) for n in range(5)]}))
    assert np.isnan(InverseVolatility(window=2).weights(still)).all()


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ({"target": 0.0}, "target"), ({"target": np.inf}, "target"), ({"window": 1}, "window"),
        ({"max_weight": 1.1}, "max_weight"), ({"max_weight": 0.0}, "max_weight"),
    ],
    ids=str,
)  # fmt: skip
def test_parameters_that_mean_nothing_are_refused(parameter: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        InverseVolatility(**parameter)


@dataclass(frozen=True, kw_only=True)
class Answers:
    answer: Any

    def weights(self, panel: MarketPanel) -> Any:
        return self.answer(panel.shape) if callable(self.answer) else self.answer


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.5, r"array of shape \(\) and type float64; expected numbers of shape"),
        (np.zeros((2, 2)), r"array of shape \(2, 2\)"),
        (lambda shape: np.full(shape, "much"), "type <U4"),
        (lambda shape: np.full(shape, 1.5), r"answered 1.5 for .* in row 0 \(2025-.*\); expected a share of equity"),
        (lambda shape: np.full(shape, -0.1), "answered -0.1"),
        (lambda shape: np.full(shape, np.inf), "answered inf"),
    ],
    ids=["a number", "another shape", "no numbers", "above 1", "below 0", "infinite"],
)
def test_answers_that_are_no_weights_are_told(answer: Any, words: str) -> None:
    with pytest.raises(StrategyError, match=rf"position.weight: Answers.weights\(\) .*{words}"):
        asked_weights(Answers(answer=answer), SMALL)


def test_weights_are_kept_apart_from_what_a_sizer_holds() -> None:
    own = np.full(SMALL.shape, np.nan)
    asked = asked_weights(Answers(answer=own), SMALL)
    own[:] = 1.0
    assert np.isnan(asked).all() and not asked.flags.writeable


def test_adjusted_prices_are_taken_as_they_are() -> None:
    """Where a factor says what dividends and splits did, these do not count again."""
    panel = panel_of(world({U: [flat(100), Bar(55, 55, 55, 55, split=2.0), flat(49.5), flat(50)]}))
    factor = panel.adj_factor.copy()
    factor[0] = 0.5
    factor.setflags(write=False)
    assert daily_volatility(replace(panel, adj_factor=factor), 2)[-1, 0].round(12) == deviation(0.1, -0.1)
