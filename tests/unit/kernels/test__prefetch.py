"""What is asked of memory ahead changes nothing, and is an instruction of the processor's."""

from __future__ import annotations

import os

import numpy as np
import pytest

from newsbt.kernels._compile import kernel
from newsbt.kernels._prefetch import bring_near


def one_cell(array: np.ndarray, row: int, column: int) -> float:
    bring_near(array, row, column)
    bring_near(array, row + 1_000_000, column)
    return array[row, column]


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_cell_is_read_as_it_was_and_a_row_beyond_the_end_is_no_fault(order: str) -> None:
    array = np.asarray(np.arange(6.0).reshape(3, 2), order=order)
    assert kernel(one_cell)(array, 1, 1) == 3.0
    np.testing.assert_array_equal(array, np.arange(6.0).reshape(3, 2))


def test_python_asks_for_nothing() -> None:
    assert one_cell(np.ones((2, 2)), 1, 0) == 1.0


@pytest.mark.skipif("NUMBA_DISABLE_JIT" in os.environ, reason="nothing is compiled")
def test_machine_code_has_the_processor_s_own_instruction() -> None:
    import numba

    compiled = numba.njit(one_cell)
    compiled.compile((numba.float64[:, ::1], numba.int64, numba.int64))
    (code,) = compiled.inspect_llvm().values()
    assert code.count("call void @llvm.prefetch") == 2
