"""Folds without samples that overlap the test."""

import numpy as np
import pytest

from newsbt.analysis.inference import purged_k_fold, purged_walk_forward

SIGNAL = np.arange(12)
OUTCOME = SIGNAL + 2


def test_walk_forward_trains_on_what_was_over():
    folds = purged_walk_forward(SIGNAL, OUTCOME, folds=2, first=4)
    assert [fold.test.tolist() for fold in folds] == [[4, 5, 6, 7], [8, 9, 10, 11]]
    # Sample 2 has its outcome at 4, the block's first signal: equality overlaps.
    assert [fold.train.tolist() for fold in folds] == [[0, 1], [0, 1, 2, 3, 4, 5]]
    assert [fold.purged for fold in folds] == [2, 2]


def test_k_fold_drops_overlaps_on_both_sides_and_the_embargo():
    folds = purged_k_fold(SIGNAL, OUTCOME, folds=3, embargo=1)
    assert folds[1].test.tolist() == [4, 5, 6, 7]
    # The block spans 4 to 9: samples 2 and 3 reach into it, 8 and 9 start in it, 10 is embargoed.
    assert folds[1].train.tolist() == [0, 1, 11]
    assert folds[1].purged == 5
    assert folds[0].train.tolist() == [7, 8, 9, 10, 11]


def test_one_sample_before_the_first_block_is_enough_and_none_is_not():
    """Samples that are over at once: with one to train on there are as many folds as other samples."""
    folds = purged_walk_forward(SIGNAL, SIGNAL, folds=11, first=1)
    assert [fold.test.tolist() for fold in folds] == [[k] for k in range(1, 12)]
    assert [fold.train.tolist() for fold in folds] == [list(range(k)) for k in range(1, 12)]
    assert [fold.test.tolist() for fold in purged_walk_forward(SIGNAL[:2], SIGNAL[:2], folds=1)] == [[1]]
    for folds, first in ((1, 0), (11, 2), (0, 4), (12, None)):
        with pytest.raises(ValueError, match="expected samples for training"):
            purged_walk_forward(SIGNAL, SIGNAL, folds=folds, first=first)


def test_by_default_a_block_as_large_as_the_others_comes_first():
    folds = purged_walk_forward(SIGNAL, SIGNAL, folds=3)
    assert [fold.test.tolist() for fold in folds] == [[3, 4, 5], [6, 7, 8], [9, 10, 11]]


def test_as_many_folds_as_samples_are_enough_and_an_outcome_at_its_signal_overlaps_nothing_else():
    folds = purged_k_fold(SIGNAL, SIGNAL, folds=12)
    assert [fold.purged for fold in folds] == [0] * 12
    assert [fold.train.size for fold in purged_k_fold(SIGNAL, SIGNAL, folds=2)] == [6, 6]
    with pytest.raises(ValueError, match="expected 2 to 12"):
        purged_k_fold(SIGNAL, SIGNAL, folds=13)


def test_signals_at_one_instant_are_in_order():
    together = np.zeros(4)
    with pytest.raises(ValueError, match="no training samples"):  # what is given at once overlaps
        purged_walk_forward(together, together, folds=2)
    with pytest.raises(ValueError, match=r"sample 2 has its outcome at 1\.0, before its signal at 2\.0"):
        purged_walk_forward(np.arange(4.0), np.array([0.0, 1.0, 1.0, 2.0]), folds=2)


def test_instants_work_like_numbers():
    days = np.datetime64("2024-01-01") + SIGNAL
    folds = purged_walk_forward(days, days + np.timedelta64(2, "D"), folds=2, first=4)
    assert folds[0].train.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: purged_walk_forward(SIGNAL, SIGNAL + 100, folds=2), "no training samples"),
        (lambda: purged_walk_forward(SIGNAL[::-1], OUTCOME, folds=2), "ordered"),
        (lambda: purged_walk_forward(SIGNAL, SIGNAL - 1, folds=2), "before its signal"),
        (lambda: purged_walk_forward(SIGNAL, OUTCOME[:5], folds=2), "one for each"),
        (lambda: purged_walk_forward(SIGNAL, OUTCOME, folds=2, first=12), "expected samples for training"),
        (lambda: purged_k_fold(SIGNAL, OUTCOME, folds=1), "folds"),
        (lambda: purged_k_fold(SIGNAL, OUTCOME, folds=3, embargo=-1), "embargo"),
        (lambda: purged_k_fold(SIGNAL, SIGNAL + 100, folds=3), "no training samples"),
    ],
)
def test_unusable_arguments_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
