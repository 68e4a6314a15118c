"""A project on which every command that writes was tried once, and processes in which commands are tried again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from provider_services.services import ProviderServices
from provider_services.truth import Series
from warm_commands import WarmCommands

CLOSED = {
    "0700.HK": ["2024-07-01", "2024-09-06", "2024-09-18", "2024-10-01", "2024-10-11"],
    "BABA": ["2024-06-19", "2024-07-04", "2024-09-02"],
}


@pytest.fixture(scope="module")
def warm() -> Iterator[WarmCommands]:
    made = WarmCommands()
    yield made
    made.close()


@pytest.fixture
def environment(services: ProviderServices) -> dict[str, str]:
    """What leads a provider's library to the services, which know two shares and a rate."""
    for symbol, currency, start in (("0700.HK", "HKD", 380.0), ("BABA", "USD", 75.0), ("HKD=X", "HKD", 7.8)):
        days = pd.bdate_range("2024-06-17", "2024-10-31", freq="C", holidays=CLOSED.get(symbol, []))
        close = start * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, len(days))))
        frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), close), index=days)
        services.series[symbol] = Series(frame=frame.round(3).assign(volume=1e6), currency=currency)
    return dict(services.environment)
