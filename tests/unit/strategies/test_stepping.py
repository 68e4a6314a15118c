"""What a `StepStrategy` is handed in each row: news that trades in the next one, and nothing later (S3)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.testing import SmallMarket, make_events

pytestmark = pytest.mark.rule("S3")

DAYS = ("2025-03-03", "2025-03-04", "2025-03-05", "2025-03-06")
INSTRUMENTS = pd.DataFrame(
    {"ticker": ["A.HK", "B.HK", "C.HK", "D.HK"], "name": ["Alpha", "Beta", "Gamma", "Delta"]}
).assign(exchange="XHKG", board="main", currency="HKD", sector="", themes="", sector_index="", aliases="", lot_size=100)


class Counting(newsbt.StepStrategy):
    """A tenth of what there is in each row: links, events, dates, and relations known on the row's day."""

    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        return np.array([len(past.links), len(past.events), len(past.dates), len(past.universe.relations)]) / 10


class Rows(newsbt.StepStrategy):
    """A tenth of how many rows of prices and volumes there are."""

    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        return np.array([len(past.open), len(past.close), len(past.volume), len(past.dates)]) / 10


def small_market() -> SmallMarket:
    made = [(one, day, 10.0, 10.0, 10.0, 10.0, 1e6) for one in INSTRUMENTS["ticker"] for day in DAYS]
    return SmallMarket(
        prices=pd.DataFrame(made, columns=["ticker", "date", "open", "high", "low", "close", "volume"]),
        # Known before the openings of rows 2 and 3.
        announcements=make_events(("2025-03-05T00:00Z", "Alpha"), ("2025-03-05T12:00Z", "Beta")),
        instruments=INSTRUMENTS,
        relations=pd.DataFrame(
            {"subject": "Gamma", "relation": "peer_of", "object": "Delta", "from": ["2025-03-05"], "effect": 1.0}
        ),
        memberships=pd.DataFrame(),
        fx=pd.DataFrame(),
        options={"execution": {"latency": 0}},
    )


def test_news_counts_in_the_row_before_its_first_tradable_bar() -> None:
    grid = (small_market().signals(Counting()) * 10).round().astype(int)
    assert grid.to_numpy().tolist() == [[0, 0, 1, 0], [1, 1, 2, 0], [2, 2, 3, 1], [2, 2, 4, 1]]


def test_prices_end_with_the_row_that_is_asked_about() -> None:
    grid = (small_market().signals(Rows()) * 10).round().astype(int)
    assert grid.to_numpy().tolist() == [[t + 1] * 4 for t in range(4)]
