"""Distribution functions of SciPy, without the rest of `scipy.special`.

The package wraps its functions for other array libraries when it is imported, and goes through every submodule of NumPy
for that, f2py and the testing tools among them: 0.14 s of processor time, a fifth of importing pandas. The compiled
functions below the wrappers are what it hands out for NumPy arrays all the same, and take 0.02 s.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import scipy

__all__ = ["bdtrc", "chdtrc", "ndtr", "ndtri", "stdtr", "stdtrit"]

_PACKAGE = "scipy.special"
_COMPILED = "scipy.special._ufuncs"


def _compiled_functions() -> ModuleType:
    """The module of the compiled functions, imported below a package without content where the true one is not there
    yet; whoever imports the true one later gets it."""
    if _PACKAGE in sys.modules or _COMPILED in sys.modules:
        return importlib.import_module(_COMPILED)
    empty = ModuleType(_PACKAGE)
    empty.__path__ = [f"{folder}/special" for folder in scipy.__path__]
    sys.modules[_PACKAGE] = empty
    try:
        return importlib.import_module(_COMPILED)
    except ImportError:  # a SciPy that is laid out otherwise
        del sys.modules[_PACKAGE]
        return importlib.import_module(_PACKAGE)
    finally:
        if sys.modules.get(_PACKAGE) is empty:
            del sys.modules[_PACKAGE]


_functions = _compiled_functions()
bdtrc = _functions.bdtrc
chdtrc = _functions.chdtrc
ndtr = _functions.ndtr
ndtri = _functions.ndtri
stdtr = _functions.stdtr
stdtrit = _functions.stdtrit
