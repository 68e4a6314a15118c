"""The books of the compiled engine never write past their room, and never need more than they reckon with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsbt.simulation.compiled import engine
from twin.corpus import world
from twin.handmade import DAYS, A, flat, stock
from twin.handmade import world as handmade
from twin.named import NAMED
from twin.product import check
from twin.scenario import Cause, Position, Scenario

B = stock("B.HK", "XHKG", shortable=True)
U = stock("U.HK", "XHKG")
SEEDS = range(6)


def one_more(records: np.ndarray) -> np.ndarray:
    return np.concatenate([records, np.empty(1, dtype=records.dtype)])


@pytest.fixture
def just_enough(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Books that begin with no room, and get one record more whenever the kernel asks for some: it always has exactly
    what it reckons with. The list gets the room for lots whenever it grew."""
    grown: list[int] = []
    opened, with_capacity = engine.open_books, engine.with_capacity

    def watched(books: Any, **more: bool) -> Any:
        books = with_capacity(books, **more)
        grown.append(len(books.lots))
        return books

    monkeypatch.setattr(engine, "open_books", lambda *known, lots, records: opened(*known, lots=lots, records=0))
    monkeypatch.setattr(engine, "_doubled", one_more)
    monkeypatch.setattr(engine, "with_capacity", watched)
    return grown


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["crowded grid", "hourly grid of three", "grid of three", "crowded", "closes"])
def test_the_books_need_no_more_room_than_they_reckon_with(kind: str, seed: int, just_enough: list[int]) -> None:
    check(world(kind, seed), "compiled")


@pytest.mark.parametrize("name", [name for name in NAMED if name.startswith("a sale of what")])
def test_nor_with_many_events_behind_a_purchase(name: str, just_enough: list[int]) -> None:
    check(NAMED[name], "compiled")


def every_ticker_enters(events: int) -> Scenario:
    """Three tickers bought in one row; so many events behind the first, none behind the others."""
    grid = {day: {"A.HK": 0.3, "B.HK": 0.3, "U.HK": 0.3} for day in DAYS[:3]}
    causes = tuple(Cause(DAYS[0], "A.HK", f"e{n}", 1.0) for n in range(events))
    bars = {item: [flat(10)] * 3 for item in (A, B, U)}
    return handmade(bars, grid=grid, causes=causes, position=Position(weight=1.0, min_trade=0.0))


@pytest.mark.parametrize(("events", "lots"), [(0, 3), (1, 3), (5, 7)])
def test_a_row_in_which_every_ticker_enters_comes_within_one_lot_of_its_room(
    events: int, lots: int, just_enough: list[int]
) -> None:
    """A lot for each ticker, or for each event behind it: the row before it grew had room for at most one more."""
    books = check(every_ticker_enters(events), "compiled")
    assert len(books.lots) == lots
    # Row 2 reckons with three tickers more and buys nothing: what row 1 had is what was there before it asked again.
    assert lots <= max(capacity for capacity in just_enough if capacity <= lots + 1) <= lots + 1


def test_what_purchases_have_used_needs_no_room_again(just_enough: list[int]) -> None:
    """Four purchases with five events behind each. The last rows have 20 fills, reckon with three records for each of
    20 lots and of one ticker, and two more: 85, and with none for the events, which purchases have used."""
    levels = (0.1, 0.2, 0.3, 0.4, 0.4, 0.4)
    grid = {day: {"A.HK": level} for day, level in zip(DAYS, levels, strict=False)}
    causes = tuple(Cause(day, "A.HK", f"e{n}{k}", 1.0) for n, day in enumerate(DAYS[:4]) for k in range(5))
    bars = {A: [flat(10)] * 6}
    scenario = handmade(bars, grid=grid, causes=causes, position=Position(weight=1.0, min_trade=0.0))
    books = check(scenario, "compiled")
    assert len(books.lots) == 20
    assert max(just_enough) == 20 + 3 * (20 + 1) + 2


@pytest.mark.skipif("NUMBA_DISABLE_JIT" in os.environ, reason="this is that run")
def test_the_same_with_every_index_checked() -> None:
    """Writing past the end raises nothing in compiled code: as plain Python it does."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", __file__],
        cwd=Path(__file__).parents[4], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout
