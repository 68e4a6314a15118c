"""Pulls in a store: whole or not at all, each later than all before it, and what was known at an instant stays so."""

from __future__ import annotations

import errno
import os
import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from killed_steps import killed_copies, run_steps
from newsbt.errors import DataError
from newsbt.price_store import PriceStore, PulledPrices
from newsbt.price_store.store_files import listing, write_file
from pulled_answers import NOON, at, prices, rates, store_at

YEARS = ["2023-03-01", "2024-03-01", "2025-03-04"]
LATE = datetime(2030, 1, 1, tzinfo=UTC)


def closes(store: PriceStore, as_of: datetime = LATE) -> list[tuple[str, float]]:
    """Day and close of each row that is known, in the order of days and pulls."""
    table = store.read("prices", as_of).table
    return list(zip(map(str, table.column("date").to_pylist()), table.column("close").to_pylist(), strict=True))


def test_a_pull_is_a_file_a_year_and_a_record(tmp_path: Path) -> None:
    paths = store_at(tmp_path).add(prices(YEARS, [1.0, 2.0, 3.0]))
    names = [path.relative_to(tmp_path).as_posix().rpartition("-")[0] for path in paths]
    assert names == [
        "prices/XHKG-2023-20250306T120000000000Z-yfinance", "prices/XHKG-2024-20250306T120000000000Z-yfinance",
        "prices/XHKG-2025-20250306T120000000000Z-yfinance", "pulls/20250306T120000000000Z-yfinance",
    ]  # fmt: skip
    assert closes(PriceStore(tmp_path)) == [("2023-03-01", 1.0), ("2024-03-01", 2.0), ("2025-03-04", 3.0)]
    (pull,) = PriceStore(tmp_path).pulls(LATE)
    assert (pull.ticker, pull.pulled_at, pull.rows, pull.adjusted) == ("0700.HK", NOON, 3, "splits")


def test_what_was_known_at_an_instant_stays_so(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(YEARS[2:], [1.0]))
    before = closes(PriceStore(tmp_path), NOON)
    store_at(tmp_path, 1).add(prices(YEARS[2:], [2.0]))
    store_at(tmp_path, 2).add(rates(["2025-03-04"], [7.8]))
    store = PriceStore(tmp_path)
    assert closes(store, NOON) == before == [("2025-03-04", 1.0)]
    assert [close for _, close in closes(store, NOON + timedelta(days=1))] == [1.0, 2.0]
    assert closes(store, NOON - timedelta(seconds=1)) == []
    assert [pull.kind for pull in store.pulls(NOON + timedelta(days=1))] == ["prices", "prices"]
    assert store.read("rates", LATE).table.column("rate").to_pylist() == [7.8]
    assert {path.parent.name for path in store.files("prices", NOON)} == {"prices", "pulls"}
    assert len(store.files("prices", NOON)) == 2 and len(store.files("rates", LATE)) == 4


def test_an_answer_of_nothing_is_recorded(tmp_path: Path) -> None:
    nothing = prices(YEARS, [1.0, 2.0, 3.0])
    gap = {"0700.HK": "yfinance knows no such symbol"}
    empty = PulledPrices(
        provider="yfinance", provider_version="1.0", exchange="XHKG", adjusted="splits", asked=nothing.asked,
        frame=pd.DataFrame(), gaps=gap,
    )  # fmt: skip
    assert len(store_at(tmp_path).add(empty)) == 1
    (pull,) = PriceStore(tmp_path).pulls(LATE)
    assert (pull.gap, pull.rows, pull.last) == (gap["0700.HK"], 0, None)


def test_pulls_of_one_instant_come_one_after_the_other(tmp_path: Path) -> None:
    for _ in range(3):
        store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    stamps = [pull.pulled_at - NOON for pull in PriceStore(tmp_path).pulls(LATE)]
    assert stamps == [timedelta(microseconds=k) for k in range(3)]


def test_a_clock_that_is_behind_the_store_is_named(tmp_path: Path) -> None:
    store_at(tmp_path, 1).add(prices(YEARS[2:], [1.0]))
    with pytest.raises(DataError, match="later than this machine's clock, 2025-03-06T12:00:00") as caught:
        store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    assert caught.value.problems[0].code == "bad_time"
    a_little = PriceStore(tmp_path, at(NOON + timedelta(days=1, seconds=-30)))
    a_little.add(prices(YEARS[2:], [2.0]))
    assert len(closes(a_little)) == 2


@pytest.mark.parametrize("last", range(1, 5))
def test_a_disk_that_fills_leaves_nothing_of_a_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    before = sorted(tmp_path.rglob("*"))
    synced = 0

    def full(descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced == last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        store_at(tmp_path, 1).add(prices(YEARS, [4.0, 5.0, 6.0]))
    assert sorted(tmp_path.rglob("*")) == before
    store_at(tmp_path, 1).add(prices(YEARS, [4.0, 5.0, 6.0]))
    assert [close for _, close in closes(PriceStore(tmp_path))] == [4.0, 5.0, 1.0, 6.0]


def test_a_file_that_grows_too_large_leaves_nothing_of_a_pull(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(DataError, match="cannot be written: File too large"):
            store_at(tmp_path).add(prices(YEARS, [4.0, 5.0, 6.0]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_answer_that_cannot_be_stored_leaves_nothing(tmp_path: Path) -> None:
    bad = prices(YEARS, [1.0, 2.0, float("inf")])
    with pytest.raises(DataError, match="open: expected finite"):
        store_at(tmp_path).add(bad)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(DataError, match=r"store: the file cannot be written"):
        store_at(tmp_path / "store").add(prices(YEARS[2:], [1.0]))


def test_half_a_file_is_damage_and_what_was_pulled_with_it_can_be_left_out(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(YEARS, [1.0, 2.0, 3.0]))
    half, *_ = store_at(tmp_path, 1).add(prices(YEARS, [4.0, 5.0, 6.0]))
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    store = PriceStore(tmp_path)
    with pytest.raises(DataError, match="the file is damaged: its bytes are not those that were written") as caught:
        store.read("prices", LATE)
    assert caught.value.problems[0].file == str(half)
    found = store.read("prices", LATE, skip_damaged=True)
    assert found.table.column("close").to_pylist() == [1.0, 2.0, 3.0]
    assert found.records.num_rows == 1
    assert [str(half) in one for one in found.warnings] == [True]
    assert closes(store, NOON) == [("2023-03-01", 1.0), ("2024-03-01", 2.0), ("2025-03-04", 3.0)]


@pytest.mark.parametrize(("kind", "column"), [("prices", "ticker"), ("prices", "pulled_at"), ("pulls", "rows")])
def test_a_file_that_lacks_what_every_row_has_is_damaged(tmp_path: Path, kind: str, column: str) -> None:
    """Whoever wrote it: its name has the hash of its bytes."""
    store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    (file,) = (one for one in listing(tmp_path) if one.kind == kind)
    table = pq.read_table(file.path)
    at = table.column_names.index(column)
    emptied = table.set_column(at, table.field(at), pa.nulls(table.num_rows, table.field(at).type))
    file.path.unlink()
    write_file(tmp_path, kind, file.group, file.stamp, file.provider, emptied)
    with pytest.raises(DataError, match=f"the file is damaged: {column} is empty in 1 rows"):
        PriceStore(tmp_path).read("prices", LATE)


@pytest.mark.parametrize(("kind", "column"), [("pulls", "asked_from"), ("pulls", "last")])
@pytest.mark.parametrize("days", [2**31 - 1, -(2**31), 2_932_897])
def test_a_file_with_a_day_that_no_calendar_has_is_damaged(tmp_path: Path, kind: str, column: str, days: int) -> None:
    """Arrow's days go on for millions of years; the 2,932,897th is the first of the year 10000."""
    store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    (file,) = (one for one in listing(tmp_path) if one.kind == kind)
    table = pq.read_table(file.path)
    at = table.column_names.index(column)
    beyond = pa.array([days], pa.int32()).view(pa.date32())
    file.path.unlink()
    write_file(tmp_path, kind, file.group, file.stamp, file.provider, table.set_column(at, table.field(at), beyond))
    with pytest.raises(DataError, match=f"the file is damaged: {column} has a day that no calendar has"):
        PriceStore(tmp_path).pulls(LATE)


def test_a_file_with_a_text_that_is_none_is_damaged(tmp_path: Path) -> None:
    store_at(tmp_path).add(prices(YEARS[2:], [1.0]))
    (file,) = (one for one in listing(tmp_path) if one.kind == "prices")
    table = pq.read_table(file.path)
    broken = pa.array([b"0700.H\xe1"], pa.binary()).view(pa.string())
    at = table.column_names.index("ticker")
    file.path.unlink()
    write_file(tmp_path, "prices", file.group, file.stamp, file.provider, table.set_column(at, table.field(at), broken))
    with pytest.raises(DataError, match=r"the file is damaged: .*UTF8"):
        PriceStore(tmp_path).read("prices", LATE)


def test_a_file_that_was_deleted_is_missed(tmp_path: Path) -> None:
    first, *_ = store_at(tmp_path).add(prices(YEARS, [1.0, 2.0, 3.0]))
    first.unlink()
    with pytest.raises(DataError, match=r"of the pull of 2025-03-06T12:00:00\+00:00 1 of 3 rows are gone"):
        PriceStore(tmp_path).read("prices", LATE)
    left = PriceStore(tmp_path).read("prices", LATE, skip_damaged=True)
    assert left.table.num_rows == 0
    assert [NOON.isoformat() in one and "are gone" in one for one in left.warnings] == [True]


def test_a_file_that_is_none_of_the_store_is_named(tmp_path: Path) -> None:
    first, *_ = store_at(tmp_path).add(prices(YEARS, [1.0, 2.0, 3.0]))
    first.rename(first.with_name("mine.parquet"))
    with pytest.raises(DataError, match=r"mine.parquet: expected a file of a price store"):
        PriceStore(tmp_path).pulls()


BEFORE = [("2023-03-01", 1.0), ("2024-03-01", 2.0), ("2024-03-01", 4.0), ("2025-03-04", 3.0), ("2025-03-04", 5.0)]
AFTER = sorted([*BEFORE, *((day, 9.0) for day in YEARS)], key=lambda row: row[0])


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.slow), 11])
def test_a_pull_that_is_killed_at_any_step_is_there_whole_or_not_at_all(tmp_path: Path, stride: int) -> None:
    found = []
    store_at(tmp_path / "store", 0).add(prices(YEARS, [1.0, 2.0, 3.0]))
    store_at(tmp_path / "store", 1).add(prices(YEARS[1:], [4.0, 5.0]))
    for copy in killed_copies("add", tmp_path, stride):
        rows = closes(PriceStore(copy))
        assert rows in (BEFORE, AFTER), copy.name
        found.append(rows == AFTER)
        store_at(copy, 10).add(prices(YEARS, [7.0, 7.0, 7.0]))
        assert len(closes(PriceStore(copy))) == len(rows) + 3
        assert list(copy.rglob("*.partial")) == []
    assert found == sorted(found) and not found[0] and found[-1]


def test_two_writers_queue_up(tmp_path: Path) -> None:
    run_steps("race", tmp_path / "store", tmp_path, 6)
    store = PriceStore(tmp_path / "store")
    pulls = store.pulls()
    assert [pull.pulled_at - NOON for pull in pulls] == [timedelta(microseconds=k) for k in range(12)]
    assert store.read("prices", LATE).table.num_rows == 24
