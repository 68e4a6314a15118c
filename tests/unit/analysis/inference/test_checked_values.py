"""How inference reads its input: numbers that say why they are none, returns without blanks, draws and seeds."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.inference.checked_values import Estimate, check_draws, clean_matrix, clean_returns, nan_because

NAN, INF = math.nan, math.inf


def test_an_estimate_is_a_float_that_says_why_it_is_none() -> None:
    assert (Estimate(0.5), Estimate(0.5).reason, Estimate(0.5) + 1) == (0.5, "", 1.5)
    none = nan_because("n<2")
    assert math.isnan(none) and none.reason == "n<2"
    again = pickle.loads(pickle.dumps(Estimate(0.25, "why")))
    assert (again, again.reason, type(again)) == (0.25, "why", Estimate)


def test_returns_are_read_without_blanks() -> None:
    assert clean_returns([0.1, NAN, -0.2]).tolist() == [0.1, -0.2]
    assert clean_returns(pd.Series([NAN, NAN])).size == 0
    with pytest.raises(ValueError, match="mine"):
        clean_returns([0.1, INF], "mine")


def test_a_matrix_loses_the_bars_in_which_any_is_blank() -> None:
    values, dropped = clean_matrix([[1.0, 2.0], [NAN, 3.0], [4.0, 5.0], [6.0, NAN]])
    assert (values.tolist(), dropped) == ([[1.0, 2.0], [4.0, 5.0]], 2)
    values, dropped = clean_matrix([[1.0, 2.0], [3.0, 4.0]])
    assert (values.tolist(), dropped) == ([[1.0, 2.0], [3.0, 4.0]], 0)
    values, dropped = clean_matrix([1.0, NAN, 2.0])
    assert (values.tolist(), dropped) == ([[1.0], [2.0]], 1)


def test_what_is_no_matrix_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"^mine: expected bars by configurations, got an array of shape \(1, 1, 1\)$"):
        clean_matrix([[[1.0]]], "mine")
    with pytest.raises(ValueError, match=r"^returns: expected bars by configurations, got an array of shape \(\)$"):
        clean_matrix(1.0)
    with pytest.raises(ValueError, match=r"^returns: infinite value in row 1, column 2; remove it$"):
        clean_matrix([[1.0, NAN, 2.0], [3.0, 4.0, -INF], [INF, 5.0, 6.0]])


@pytest.mark.parametrize(("draws", "seed"), [(1, 0), (np.int64(9), np.int32(7)), (1000, 20250306)])
def test_draws_and_seeds_are_whole_numbers(draws: int, seed: int) -> None:
    check_draws(draws, seed)


@pytest.mark.parametrize("draws", [0, -1, 1.0, "9", None, np.float64(3)])
def test_other_draws_are_refused(draws: object) -> None:
    with pytest.raises(ValueError, match=r"^draws: expected a count of at least 1, got "):
        check_draws(draws, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.0, "9", None, np.float64(3)])
def test_other_seeds_are_refused(seed: object) -> None:
    with pytest.raises(ValueError, match=r"^seed: expected a whole number of at least 0, got "):
        check_draws(1, seed)  # type: ignore[arg-type]
