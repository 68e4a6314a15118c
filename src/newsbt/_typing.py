"""Aliases used in annotations; of arrays, the letters T, N, M, E, L are those of the docs' table of shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Instants: TypeAlias = npt.NDArray[np.datetime64]  # datetime64[ns], UTC, NaT where there is none
Days: TypeAlias = npt.NDArray[np.datetime64]  # datetime64[D]
Strings: TypeAlias = npt.NDArray[np.str_]
JsonValue: TypeAlias = "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
Records: TypeAlias = npt.NDArray[Any]  # structured arrays
