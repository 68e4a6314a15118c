"""Looks into arrays without numba's test for negative indices, which no kernel uses: a fifth of the engine's time.

Python counts negative indices from an array's end, so numba tests each, and has no switch for it. What it compiles for
kernels, known by their names, leaves the test out; everything else in a process keeps it. With NUMBA_BOUNDSCHECK a
negative index in a kernel is an error.
"""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.core.base import BaseContext
from numba.np import arrayobj

__all__ = ["KERNELS"]

KERNELS = "_ZN6newsbt7kernels"  # how numba's names for compiled functions of this package begin

_tested = getattr(arrayobj, "fix_integer_index", None)  # a numba without it would test as before


def _untested(
    context: BaseContext, builder: ir.IRBuilder, kind: types.Type, index: ir.Value, size: ir.Value
) -> ir.Value:
    if kind in types.signed_domain and builder.function.name.startswith(KERNELS):
        widened = context.cast
        return widened(builder, index, kind, types.intp)
    assert _tested is not None
    return _tested(context, builder, kind, index, size)


if _tested is not None:
    arrayobj.fix_integer_index = _untested
