"""Aliases used in annotations; of arrays, the letters T, N, M, E, L are those of the docs' table of shapes."""

from __future__ import annotations

from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Instants: TypeAlias = npt.NDArray[np.datetime64]  # datetime64[ns], UTC, NaT where there is none
Days: TypeAlias = npt.NDArray[np.datetime64]  # datetime64[D]
Strings: TypeAlias = npt.NDArray[np.str_]
Records: TypeAlias = npt.NDArray[np.void]  # structured arrays
Objects: TypeAlias = npt.NDArray[np.object_]  # of texts and the like
Array: TypeAlias = npt.NDArray[np.generic]  # of any kind of values
Kind = TypeVar("Kind", bound=np.generic)  # of values of an array that comes out as it went in
