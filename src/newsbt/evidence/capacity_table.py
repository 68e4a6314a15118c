"""What `newsbt.capacity` answers: every strategy with accounts of several sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from newsbt.assembly import Components
from newsbt.domain.progress import Progress, SilentProgress
from newsbt.errors import ConfigError
from newsbt.evidence import registry
from newsbt.evidence.contract import Case
from newsbt.steps.prepare import prepare

__all__ = ["capacity_table"]


def capacity_table(components: Components, sizes: Sequence[float], *, progress: Progress | None = None) -> pd.DataFrame:
    """What evidence there is of sizes of account, one table by strategy and size: see `newsbt.capacity`.

    Raises
    ------
    ConfigError
        There is no size, or one is not above 0.
    """
    wanted = tuple(sorted({float(size) for size in sizes}))
    if not wanted or not all(0.0 < size < np.inf for size in wanted):
        raise ConfigError(
            f"sizes are amounts of cash above 0, such as (1e5, 1e6); got {tuple(sizes)!r}", code="bad_value"
        )
    progress = progress or SilentProgress()
    case = Case(prepared=prepare(components, progress), sizes=wanted, progress=progress, kinds=registry.EVIDENCE)
    tables = []
    for kind, found in case.asked("capacity"):
        assert isinstance(found.section, list), f"{kind.name} answers rows of strategy and size"
        tables.append(pd.DataFrame(found.section).set_index(["strategy", "size"]))
    return pd.concat(tables, axis=1).reset_index()
