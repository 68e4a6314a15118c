"""The plain Python behind kernels and parts."""

from __future__ import annotations

import importlib
import sys

import pytest

from newsbt.errors import UnsupportedError
from newsbt.kernels import _compile
from newsbt.kernels._compile import part, plain


@part
def doubled(value: float) -> float:
    return 2.0 * value


@part
def raised(value: float) -> float:
    return doubled(value) + 1.0


@part
def twice_raised(value: float) -> float:
    return raised(raised(value))


def test_plain_functions_call_plain_functions_however_deep() -> None:
    assert plain(twice_raised)(3.0) == 15.0
    assert plain(twice_raised).__globals__["raised"] is plain(raised)
    assert plain(raised).__globals__["doubled"] is plain(doubled)


def test_what_calls_no_part_is_the_function_itself() -> None:
    assert plain(doubled) is getattr(doubled, "py_func", doubled)
    assert plain(_compile.plain) is _compile.plain


def test_a_numba_that_cannot_be_imported_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "newsbt.kernels._compile")
    with pytest.raises(UnsupportedError, match="numba, which cannot be imported"):
        importlib.import_module("newsbt.kernels._compile")
