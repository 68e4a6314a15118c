"""Cross-validation in time order, without samples whose outcomes overlap the test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from newsbt._typing import Array, Ints
from newsbt.domain.showing import brief

__all__ = ["Fold", "purged_k_fold", "purged_walk_forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Positions of one fold's `train` and `test` samples, and how many were `purged` for overlap or embargo."""

    train: Ints
    test: Ints
    purged: int

    __repr__ = brief


def purged_walk_forward(
    signal_at: npt.ArrayLike, outcome_at: npt.ArrayLike, folds: int, first: int | None = None
) -> list[Fold]:
    """Expanding-window folds: each tests a block on what was over before the block's first signal.

    Parameters
    ----------
    signal_at, outcome_at : array of shape (n,)
        Instants (or bar numbers) at which each sample's signal was given and its outcome known, ordered by signal.
    folds : int
        Number of consecutive test blocks, of nearly equal size.
    first : int, optional
        Samples before the first test block; by default one block's worth.

    Returns
    -------
    list of Fold
        Training samples have outcome < the first signal of the block (Lopez de Prado 2018, ch. 7); equality overlaps.

    Raises
    ------
    ValueError
        For unordered or reversed spans, too few samples, or a fold whose training set is empty.

    Examples
    --------
    >>> [fold.test.tolist() for fold in purged_walk_forward(range(6), range(1, 7), folds=2)]
    [[2, 3], [4, 5]]
    """
    start, end = _spans(signal_at, outcome_at)
    n = start.size
    head = n // (folds + 1) if first is None else first
    if not (folds >= 1 and 1 <= head <= n - folds):
        raise ValueError(f"folds: expected samples for training and {folds} test blocks, got {n} with {head} before")
    result = []
    for test in np.array_split(np.arange(head, n), folds):
        before = np.arange(test[0])
        train = before[end[before] < start[test[0]]]
        result.append(_fold(train, test, before.size))
    return result


def purged_k_fold(signal_at: npt.ArrayLike, outcome_at: npt.ArrayLike, folds: int, embargo: int = 0) -> list[Fold]:
    """K folds that train on both sides of each test block, overlaps and `embargo` samples after it left out.

    Arguments, result and errors as for :func:`purged_walk_forward`. A training sample overlaps when its span meets
    [first signal, last outcome] of the block, ends included; the embargo drops the next `embargo` samples after those.

    Parameters
    ----------
    signal_at, outcome_at : array of shape (n,)
        Instants (or bar numbers) at which each sample's signal was given and its outcome known, ordered by signal.
    folds : int
        Number of test blocks, 2 to n.
    embargo : int
        Samples after each test block that do not train.

    Returns
    -------
    list of Fold
        Positions in the arrays.

    Raises
    ------
    ValueError
        As :func:`purged_walk_forward`.

    Examples
    --------
    >>> [fold.train.tolist() for fold in purged_k_fold(range(6), range(6), folds=2)]
    [[3, 4, 5], [0, 1, 2]]
    """
    start, end = _spans(signal_at, outcome_at)
    n = start.size
    if not 2 <= folds <= n:
        raise ValueError(f"folds: expected 2 to {n} for {n} samples, got {folds}")
    if embargo < 0:
        raise ValueError(f"embargo: expected a count of at least 0, got {embargo}")
    everything = np.arange(n)
    result = []
    for test in np.array_split(everything, folds):
        last = end[test].max()
        overlapping = (start <= last) & (end >= start[test[0]])
        overlapping[test] = True
        # Samples are ordered by signal: the first that starts after the block's last outcome opens the embargo.
        after = int(np.searchsorted(start, last, side="right"))
        overlapping[after : after + embargo] = True
        result.append(_fold(everything[~overlapping], test, n - test.size))
    return result


def _fold(train: Ints, test: Ints, candidates: int) -> Fold:
    if train.size == 0:
        raise ValueError(
            f"the fold that tests samples {test[0]} to {test[-1]} has no training samples left; use fewer folds"
        )
    return Fold(train=train, test=test, purged=candidates - train.size)


def _spans(signal_at: npt.ArrayLike, outcome_at: npt.ArrayLike) -> tuple[Array, Array]:
    start, end = np.asarray(signal_at), np.asarray(outcome_at)
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError(f"outcome_at: expected one for each of {start.shape} signals, got {end.shape}")
    if (start[1:] < start[:-1]).any():
        raise ValueError("signal_at: expected samples ordered by signal; sort both arrays")
    if (end < start).any():
        at = int(np.flatnonzero(end < start)[0])
        raise ValueError(f"outcome_at: sample {at} has its outcome at {end[at]}, before its signal at {start[at]}")
    return start, end
