"""Which days were asked for, whoever asked, and what currency came."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.price_store import PriceStore
from newsbt.price_store.asked import asked_days, currencies_given
from newsbt.price_store.pulled import PULL_SCHEMA
from pulled_answers import NOON, prices, rates, store_at

FIRST = date(2025, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def records(spans: list[tuple[str, int, int]]) -> pa.Table:
    rows = [
        {"kind": "prices", "ticker": ticker, "asked_from": day(first), "asked_through": day(last), "currency": ""}
        for ticker, first, last in spans
    ]
    return pa.Table.from_pylist(rows, PULL_SCHEMA)


@pytest.mark.parametrize(
    ("spans", "stretches"),
    [
        ([(0, 3), (4, 6)], [(0, 6)]),
        ([(0, 3), (5, 6)], [(0, 3), (5, 6)]),
        ([(5, 6), (0, 9)], [(0, 9)]),
        ([(0, 3), (0, 3)], [(0, 3)]),
    ],
    ids=["next", "apart", "inside", "twice"],
)
def test_days_that_meet_are_one_stretch(spans: list[tuple[int, int]], stretches: list[tuple[int, int]]) -> None:
    found = asked_days(records([("A", *span) for span in spans] + [("B", 0, 1)]), "prices")
    assert found == {"A": tuple((day(a), day(b)) for a, b in stretches), "B": ((day(0), day(1)),)}


SPANS = st.tuples(st.sampled_from("ABC"), st.integers(0, 40), st.integers(0, 8))


@given(st.lists(SPANS.map(lambda one: (one[0], one[1], one[1] + one[2]))))
def test_stretches_hold_the_days_that_were_asked_for(spans: list[tuple[str, int, int]]) -> None:
    wanted = {(ticker, day(k)) for ticker, first, last in spans for k in range(first, last + 1)}
    found = asked_days(records(spans), "prices")
    days = [
        (ticker, first + timedelta(days=k))
        for ticker, stretches in found.items()
        for first, last in stretches
        for k in range((last - first).days + 1)
    ]
    assert len(days) == len(set(days)) and set(days) == wanted
    for stretches in found.values():
        assert all(other[0] - one[1] > timedelta(days=1) for one, other in pairwise(stretches))


def test_each_kind_is_apart_and_currencies_are_those_that_were_stated(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(["2025-03-03"], [1.0], currency="HKD"))
    store_at(tmp_path, 1).add(prices(["2025-03-04"], [1.0], currency="HKD"))
    store_at(tmp_path, 2).add(prices(["2025-03-04"], [1.0], provider="akshare"))
    store_at(tmp_path, 3).add(rates(["2025-03-03"], [7.8]))
    known = PriceStore(tmp_path).records(NOON + timedelta(days=9))
    assert list(asked_days(known, "rates")) == ["USDHKD"] and list(asked_days(known, "prices")) == ["0700.HK"]
    assert currencies_given(known) == (("0700.HK", "yfinance", "HKD"),)
