"""Made-up rows that the services of providers know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def rows() -> pd.DataFrame:
    """Ten days from 2025-03-03 on, as they were traded."""
    days = pd.bdate_range("2025-03-03", "2025-03-14")
    close = 100.0 + np.arange(10.0)
    volume = 1000.0 * (1 + np.arange(10))
    return pd.DataFrame(
        {"open": close - 0.5, "high": close + 1, "low": close - 1, "close": close, "volume": volume}, index=days
    )
