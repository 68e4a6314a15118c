"""Asking memory for what will be read soon: the processor's own instruction for it, which numba has no name for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from newsbt.kernels.code_wait import waiting_for_code

with waiting_for_code():
    import numba
    from llvmlite import ir
    from numba.core import cgutils
    from numba.core.base import BaseContext
    from numba.core.typing import Signature
    from numba.extending import intrinsic, overload

__all__ = ["bring_near"]


def bring_near(array: np.ndarray, row: int, column: int) -> None:
    """Have memory send a cell of a (T, N) array to the processor, for a read soon after: nobody waits for it.

    The row may lie beyond the array's end. To Python it is nothing.
    """


def _hint(
    _: BaseContext, array: numba.types.Array, row: numba.types.Type, column: numba.types.Type
) -> tuple[Signature, Callable[..., ir.Value]]:
    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        kind = signature.args[0]
        cells = context.make_array(kind)(context, builder, arguments[0])
        cell = cgutils.get_item_pointer(context, builder, kind, cells, list(arguments[1:]))
        address, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        taken = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        prefetch = cgutils.get_or_insert_function(builder.module, taken, "llvm.prefetch.p0")
        to_read, into_all_caches, as_data = number(0), number(3), number(1)
        builder.call(prefetch, [builder.bitcast(cell, address), to_read, into_all_caches, as_data])
        return context.get_dummy_value()

    return numba.types.void(array, row, column), generate


_prefetch = intrinsic(_hint)


def _compiled(array: np.ndarray, row: int, column: int) -> Callable[[np.ndarray, int, int], None]:  # noqa: ARG001 - types
    def near(array: np.ndarray, row: int, column: int) -> None:
        _prefetch(array, row, column)

    return near


overload(bring_near, inline="always")(_compiled)
