"""What numba compiles for kernels looks into arrays without a test for negative indices, and for nobody else."""

from __future__ import annotations

import os

import numba
import numpy as np
import pytest

from newsbt.kernels import _indexing

IS_TESTED = "NUMBA_DISABLE_JIT" in os.environ or "NUMBA_BOUNDSCHECK" in os.environ


def at(values: np.ndarray, index: int) -> float:
    return values[index]


def of_kernels(values: np.ndarray, index: int) -> float:
    return values[index]


of_kernels.__module__ = "newsbt.kernels.codes"


@pytest.mark.skipif(IS_TESTED, reason="nothing is compiled, or every index is checked")
def test_a_kernel_counts_from_the_start_only_and_others_code_from_the_end_too() -> None:
    inside = np.arange(5.0)[2:]
    found = {function: numba.njit(function)(inside, -1) for function in (at, of_kernels)}
    assert found == {at: 4.0, of_kernels: 1.0}  # the number before the first
    assert [numba.njit(function)(inside, 1) for function in (at, of_kernels)] == [3.0, 3.0]


@pytest.mark.skipif(IS_TESTED, reason="nothing is compiled, or every index is checked")
def test_its_functions_are_known_by_their_names() -> None:
    compiled = numba.njit(of_kernels)
    compiled(np.arange(5.0), 1)
    (found,) = compiled.overloads.values()
    assert found.fndesc.llvm_func_name.startswith(_indexing.KERNELS)
