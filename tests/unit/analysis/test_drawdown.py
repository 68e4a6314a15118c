"""Drawdowns, worked by hand."""

from datetime import date

import numpy as np
import pytest

from newsbt.analysis.drawdown import drawdown_measures, drawdown_path, find_drawdown

DAYS = tuple(date(2024, 3, day) for day in (1, 4, 5, 6, 7, 8, 11))


def test_a_hand_worked_path():
    # 100 | 110, 99, 104.5, 88, 110, 121, 120: two dips below 110, the second deeper, then one below 121.
    path = drawdown_path(np.array([110, 99, 104.5, 88, 110, 121, 120.0]), 100.0)
    assert path == pytest.approx([0, -0.1, -0.05, -0.2, 0, 0, -1 / 121])
    measures = drawdown_measures(path, DAYS)
    values = {key: measure.value for key, measure in measures.items()}
    assert values["max_drawdown"] == pytest.approx(-0.2)
    assert values["max_drawdown_peak"] == DAYS[0]
    assert values["max_drawdown_trough"] == DAYS[3]
    assert values["max_drawdown_recovery"] == DAYS[4]
    assert (values["max_drawdown_bars_to_trough"], values["max_drawdown_days_to_trough"]) == (3, 5)
    assert (values["max_drawdown_bars_to_recovery"], values["max_drawdown_days_to_recovery"]) == (1, 1)
    assert (values["longest_underwater_bars"], values["longest_underwater_days"]) == (3, 3)


def test_a_loss_in_the_first_bar_counts_from_the_initial_capital():
    measures = drawdown_measures(drawdown_path(np.array([90.0, 95.0]), 100.0), DAYS[:2])
    assert measures["max_drawdown"].value == pytest.approx(-0.1)
    assert measures["max_drawdown_peak"] == (None, "initial capital")
    assert measures["max_drawdown_trough"].value == DAYS[0]
    assert measures["max_drawdown_recovery"] == (None, "not recovered")
    assert measures["max_drawdown_bars_to_trough"].value == 1
    assert measures["max_drawdown_days_to_trough"].reason == "the initial capital has no date"
    assert measures["max_drawdown_bars_to_recovery"].reason == "not recovered"
    assert measures["longest_underwater_bars"].value == 2


def test_without_a_drawdown_depth_is_zero_and_dates_are_null():
    measures = drawdown_measures(drawdown_path(np.array([100.0, 101.0, 101.0]), 100.0), DAYS[:3])
    assert measures["max_drawdown"].value == 0.0
    for key in ("peak", "trough", "recovery"):
        assert measures[f"max_drawdown_{key}"] == (None, "no drawdown")
    assert measures["longest_underwater_bars"].value == 0.0


def test_the_peak_is_the_last_bar_at_the_running_maximum():
    found = find_drawdown(drawdown_path(np.array([100.0, 90, 100, 80, 80, 100]), 100.0))
    assert (found.peak, found.trough, found.recovery) == (3, 4, 6)


def test_a_peak_regained_but_for_rounding_is_a_recovery():
    path = drawdown_path(np.array([1.0, 0.9, 1 - 2e-16, 1 - 2e-16]), 1.0)
    assert list(path[2:]) == [0.0, 0.0]
    assert find_drawdown(path).recovery == 3


def test_ruin_is_a_drawdown_of_everything():
    found = find_drawdown(drawdown_path(np.array([1.0, 0.0, 0.0]), 1.0))
    assert (found.depth, found.trough, found.recovery, found.underwater_last) == (-1.0, 2, None, 3)


def test_the_first_of_equal_troughs_is_taken():
    found = find_drawdown(drawdown_path(np.array([80.0, 100.0, 80.0]), 100.0))
    assert (found.peak, found.trough, found.recovery) == (0, 1, 2)
