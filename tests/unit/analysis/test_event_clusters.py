"""Independent events: the one definition, by hand and against every pair of spans."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.analysis.event_clusters import connected, independent_dates, lot_clusters
from newsbt.domain.ledger import LOT
from newsbt.domain.market_panel import Clock

HONG_KONG, NEW_YORK = 0, 1
DAYS = np.arange("2025-03-03", "2025-03-08", dtype="M8[D]")


def clock() -> Clock:
    """Five days in Hong Kong (01:30 to 08:00) and New York (14:30 to 21:00); New York is closed on the fourth."""
    open_at = np.column_stack((DAYS + np.timedelta64(90, "m"), DAYS + np.timedelta64(870, "m"))).astype("M8[ns]")
    close_at = np.column_stack((DAYS + np.timedelta64(480, "m"), DAYS + np.timedelta64(1260, "m"))).astype("M8[ns]")
    open_at[3, NEW_YORK] = close_at[3, NEW_YORK] = np.datetime64("NaT", "ns")
    return Clock(
        markets=("XHKG", "XNYS"), dates=DAYS, open_at=open_at, close_at=close_at, cutoff_at=open_at,
        session_of=np.zeros((5, 2), dtype=np.int64), previous_cutoff_at=np.full(2, np.datetime64("NaT", "ns")),
    )  # fmt: skip


def lots(*rows: tuple[int, int, str, str]) -> np.ndarray:
    """Of event, market, and when each was entered and left: ``3T01:30``, empty while open."""
    out = np.zeros(len(rows), dtype=LOT)
    for lot, (event, market, entered, left) in zip(out, rows, strict=True):
        lot["event"], lot["ticker"] = event, market
        lot["entry_at"], lot["exit_at"] = (np.datetime64(f"2025-03-0{at}") if at else "NaT" for at in (entered, left))
        lot["entry_row"], lot["exit_row"] = int(entered[0]) - 3, int(left[0]) - 3 if left else -1
    return out


@pytest.mark.rule("R5")
@pytest.mark.parametrize(
    ("rows", "clusters"),
    [
        # One announcement in two markets.
        ([(0, 0, "3T01:30", "4T01:30"), (0, 1, "3T14:30", "5T14:30")], [0, 0]),
        # One session, two announcements.
        ([(0, 0, "3T01:30", "4T01:30"), (1, 0, "3T01:30", "4T01:30")], [0, 0]),
        # One date in two markets, never held at one time.
        ([(0, 0, "3T01:30", "3T08:00"), (1, 1, "3T14:30", "4T14:30")], [0, 0]),
        # Day after day, each left at the opening in which the next is entered.
        ([(0, 0, "3T01:30", "4T01:30"), (1, 0, "4T01:30", "5T01:30")], [0, 1]),
        # The same held two sessions each: a chain.
        ([(0, 0, "3T01:30", "5T01:30"), (1, 0, "4T01:30", "6T01:30"), (2, 0, "5T01:30", "7T01:30")], [0, 0, 0]),
        # New York leaves at 14:30 what Hong Kong entered beside it at 01:30.
        ([(0, 1, "3T14:30", "4T14:30"), (1, 0, "4T01:30", "5T01:30")], [0, 0]),
        # A stop inside a session: what is entered later in it has that session in common.
        ([(0, 0, "3T01:30", "4T06:00"), (1, 1, "4T14:30", "5T14:30")], [0, 0]),
        # Between an announcement's lots another lies.
        ([(0, 0, "3T01:30", "4T01:30"), (1, 0, "4T01:30", "5T01:30"), (0, 1, "5T14:30", "7T14:30")], [0, 0, 0]),
        # An open lot reaches to the end; what no event caused is in no cluster.
        ([(0, 0, "3T01:30", ""), (-1, 0, "3T01:30", "4T01:30"), (1, 0, "7T01:30", "")], [0, -1, 0]),
        # Numbered by time, whatever the order of the lots.
        ([(0, 0, "6T01:30", "7T01:30"), (1, 0, "3T01:30", "4T01:30")], [1, 0]),
        ([], []),
    ],
)  # fmt: skip
def test_lots_by_hand(rows: list[tuple[int, int, str, str]], clusters: list[int]) -> None:
    found = lot_clusters(lots(*rows), np.array([HONG_KONG, NEW_YORK]), clock())
    assert found.tolist() == clusters
    assert independent_dates(lots(*rows), np.array([HONG_KONG, NEW_YORK]), clock()) == len({*clusters} - {-1})


spans = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(1, 6)), max_size=14)


@given(spans)
def test_clusters_are_the_components_of_all_pairs_of_events(rows: list[tuple[int, int, int]]) -> None:
    event = np.array([e for e, _, _ in rows], dtype=np.int64)
    since = np.array([start for _, start, _ in rows], dtype=np.int64)
    until = since + np.array([length for _, _, length in rows], dtype=np.int64)
    found = connected(event, since, until)
    hull = {e: (since[event == e].min(), until[event == e].max()) for e in set(event.tolist())}
    component = {e: e for e in hull}
    for _ in hull:
        for one, other in combinations(hull, 2):
            if hull[one][0] < hull[other][1] and hull[other][0] < hull[one][1]:
                component[one] = component[other] = min(component[one], component[other])
    assert len(set(found.tolist())) == len(set(component.values())) <= len(hull)
    for (k, one), (n, other) in combinations(list(enumerate(event.tolist())), 2):
        assert (found[k] == found[n]) == (component[one] == component[other])
