"""The one place that imports numba, with `_cache`, `_indexing` and `_prefetch`.

Modules of this package are imported where they are used, not at the top of the command line, so that
`newsbt --help` never pays for the compiler. `fastmath` stays off: results must equal the plain functions bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

from newsbt._plain import JsonValue
from newsbt.errors import UnsupportedError
from newsbt.kernels.code_wait import waiting_for_code

with waiting_for_code():
    try:
        import numba
    except (ImportError, ValueError) as error:  # of a numpy too new for it, or a NUMBA_NUM_THREADS of 0
        raise UnsupportedError(
            f"kernels are compiled by numba, which cannot be imported: {error} (`pip install --upgrade newsbt numba` "
            "brings versions that fit; a variable NUMBA_... of the environment may be what is wrong)",
            code="missing_extra",
        ) from error

    from newsbt.kernels._cache import attach_cache

__all__ = ["engine", "kernel", "part", "plain"]

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
T = TypeVar("T")

PLAIN_NUMBERS: dict[str, JsonValue] = {
    "nogil": True,
    "fastmath": False,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}


def kernel(function: F) -> F:
    """Compile a function of arrays and scalars on its first call, and keep the machine code on disk."""
    return cast(F, _cached(numba.njit(**PLAIN_NUMBERS)(function)))


def engine(function: F) -> F:
    """A kernel that creates no arrays and returns none, and so needs no count of who uses them.

    Counting is what tuples of many arrays cost most: a tenfold of the work itself.
    """
    return cast(F, _cached(numba.njit(_nrt=False, **PLAIN_NUMBERS)(function)))


def part(function: F) -> F:
    """A piece of engines, laid into each of its callers: calling it costs nothing, and it is kept with them.

    From Python it is called as `plain(...)`.
    """
    compiled = numba.njit(_nrt=False, forceinline=True, no_cpython_wrapper=True, **PLAIN_NUMBERS)(function)
    if hasattr(compiled, "py_func"):
        resolve = compiled.get_call_template

        def by_type(arguments: tuple[Any, ...], names: Any) -> Any:
            # Else a part would be compiled for each truth value that is written out in a call of it.
            return resolve(tuple(map(numba.types.unliteral, arguments)), names)

        compiled.get_call_template = by_type
    return cast(F, compiled)


def plain(compiled: F) -> F:
    """The Python function behind a kernel or a part, calling the Python functions behind those that it calls."""
    return cast(F, _uncompiled(compiled))


@cache
def _uncompiled(compiled: Any) -> Any:
    function = getattr(compiled, "py_func", compiled)
    known = function.__globals__
    called = {name: plain(known[name]) for name in function.__code__.co_names if hasattr(known.get(name), "py_func")}
    if not called:
        return function
    return FunctionType(function.__code__, {**known, **called}, function.__name__, function.__defaults__)


def _cached(compiled: Any) -> Any:
    attach_cache(compiled)
    if hasattr(compiled, "py_func"):
        compiled.compile = _awaited(compiled.compile)
    return compiled


def _awaited(find: Callable[P, T]) -> Callable[P, T]:
    """The same, its time being waiting for code: it reads a signature's machine code from disk, or compiles it."""

    @wraps(find)
    def awaited(*arguments: P.args, **named: P.kwargs) -> T:
        with waiting_for_code():
            return find(*arguments, **named)

    return awaited
