"""The one place that imports numba.

Modules of this package are imported where they are used, not at the top of the command line, so that
`newsbt --help` never pays for the compiler. `fastmath` stays off: results must equal the plain functions bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["kernel", "plain"]

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function of arrays and scalars on its first call, and keep the machine code on disk."""
    return cast(F, numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy")(function))


def plain(compiled: F) -> F:
    """The Python function behind a kernel; the kernel itself where compiling is switched off."""
    return cast(F, getattr(compiled, "py_func", compiled))
