"""Distribution functions of SciPy, without the rest of `scipy.special`.

The package wraps its functions for other array libraries when it is imported, and goes through every submodule of NumPy
for that, f2py and the testing tools among them: 0.14 s of processor time, a fifth of importing pandas. The compiled
functions below the wrappers are what it hands out for NumPy arrays all the same, and take 0.02 s. From SciPy 1.18 on
they import `scipy.linalg`, which goes through NumPy itself: less is saved there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from threading import RLock
from types import ModuleType

import scipy

from newsbt._typing import Floats

__all__ = ["bdtrc", "chdtrc", "ndtr", "ndtri", "stdtr", "stdtrit"]

_PACKAGE = "scipy.special"
_COMPILED = "scipy.special._ufuncs"
_IMPORTING = RLock()


class _StandIn(ModuleType):
    """Stands in place of the package while the functions below it are imported. Another thread that meets it waits for
    the end of that, and gets what it asks for of the true package."""

    def __getattr__(self, name: str) -> Callable[..., Floats]:
        with _IMPORTING:
            true = importlib.import_module(_PACKAGE)
        found: Callable[..., Floats] = getattr(true, name)
        return found


def _compiled_functions() -> ModuleType:
    """The module of the compiled functions, without the package that it is in where nobody has imported that."""
    if _PACKAGE in sys.modules or _COMPILED in sys.modules:
        return importlib.import_module(_COMPILED)
    stand_in = _StandIn(_PACKAGE)
    stand_in.__path__ = [f"{folder}/special" for folder in scipy.__path__]
    with _IMPORTING:
        sys.modules[_PACKAGE] = stand_in
        try:
            return importlib.import_module(_COMPILED)
        except ImportError:  # a SciPy that is laid out otherwise
            del sys.modules[_PACKAGE]
            return importlib.import_module(_PACKAGE)
        finally:
            if sys.modules.get(_PACKAGE) is stand_in:
                del sys.modules[_PACKAGE]


_functions = _compiled_functions()
bdtrc = _functions.bdtrc
chdtrc = _functions.chdtrc
ndtr = _functions.ndtr
ndtri = _functions.ndtri
stdtr = _functions.stdtr
stdtrit = _functions.stdtrit
