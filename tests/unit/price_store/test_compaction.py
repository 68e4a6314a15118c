"""Compaction: fewer files, the same rows as of any instant, whatever is killed, damaged or full."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from killed_steps import killed_copies
from newsbt.errors import DataError
from newsbt.price_store import PriceStore, compact
from newsbt.prices.stored_prices import StoredPrices
from pulled_answers import NOON, prices, rates, store_at

YEARS = ["2024-03-01", "2025-03-04"]
INSTANTS = [NOON + timedelta(days=days) for days in (0, 1, 2, 3, 9)]


def fill(folder: Path) -> None:
    """Three pulls of prices, of which two are of the same days, and one of rates."""
    store_at(folder, 0).add(prices(YEARS, [1.0, 2.0]))
    store_at(folder, 1).add(prices(YEARS, [3.0, 4.0]))
    store_at(folder, 2).add(prices(YEARS[1:], [5.0], ticker="9988.HK"))
    store_at(folder, 3).add(rates(YEARS, [7.7, 7.8]))


def known(folder: Path, instants: Sequence[datetime] = INSTANTS) -> list[object]:
    """All that is known as of each instant."""
    store = PriceStore(folder)
    found: list[object] = [store.pulls(instant) for instant in instants]
    for instant in instants:
        tables = (store.read(kind, instant).table for kind in ("prices", "rates"))
        found.extend(table.drop_columns(["file", "row"]).to_pylist() for table in tables)
    return found


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix().rpartition("-")[0] for path in folder.rglob("*.parquet"))


def same(one: list[object], other: list[object]) -> bool:
    return repr(one) == repr(other)  # NaN is not itself


def test_every_row_of_every_pull_stays(tmp_path: Path) -> None:
    fill(tmp_path)
    before = known(tmp_path)
    done = compact(store_at(tmp_path, 9))
    assert (done.before, done.after, done.cut_off) == (11, 5, 0)
    assert files(tmp_path) == [
        "prices/XHKG-2024-20250307T120000000000Z-compacted", "prices/XHKG-2025-20250308T120000000000Z-compacted",
        "pulls/20250309T120000000000Z-compacted", "rates/2024-20250309T120000000000Z-yfinance",
        "rates/2025-20250309T120000000000Z-yfinance",
    ]  # fmt: skip
    assert same(known(tmp_path), before)
    assert compact(store_at(tmp_path, 9)).after == 5 and same(known(tmp_path), before)
    store_at(tmp_path, 9).add(prices(YEARS[1:], [6.0]))
    assert compact(store_at(tmp_path, 9)).after == 5 and same(known(tmp_path)[:4], before[:4])


def test_a_reader_of_an_earlier_instant_reads_the_same_and_says_so(tmp_path: Path) -> None:
    fill(tmp_path)
    before = StoredPrices(path=tmp_path, as_of=NOON).read()
    compact(store_at(tmp_path, 9))
    after = StoredPrices(path=tmp_path, as_of=NOON)
    assert after.read().values["close"].tolist() == before.values["close"].tolist() == [1.0, 2.0]
    assert after.read().readings == before.readings and after.identity() is not None


def test_what_pulls_left_behind_that_were_cut_off_goes(tmp_path: Path) -> None:
    fill(tmp_path)
    before = known(tmp_path)
    record = store_at(tmp_path, 4).add(prices(YEARS, [8.0, 9.0]))[-1]
    record.unlink()
    assert same(known(tmp_path), before), "rows without a record do not count"
    assert compact(store_at(tmp_path, 9)).cut_off == 2
    assert same(known(tmp_path), before)


def test_pulls_of_days_to_come_are_left_alone(tmp_path: Path) -> None:
    fill(tmp_path)
    done = compact(store_at(tmp_path, 0.5))
    assert done.before == done.after == 11
    compact(store_at(tmp_path, 1))
    assert "prices/XHKG-2025-20250307T120000000000Z-compacted" in files(tmp_path)
    assert "prices/XHKG-2025-20250308T120000000000Z-yfinance" in files(tmp_path)


def test_a_file_that_reaches_beyond_now_is_not_kept_under_its_bytes(tmp_path: Path) -> None:
    ahead = (datetime.now(UTC) - NOON).total_seconds() / 86_400 + 10
    store_at(tmp_path, 0).add(prices(YEARS, [1.0, 2.0]))
    store_at(tmp_path, ahead).add(prices(YEARS, [3.0, 4.0]))
    assert StoredPrices(path=tmp_path).identity() is not None
    compact(store_at(tmp_path, ahead))
    found = StoredPrices(path=tmp_path)
    assert found.identity() is None and found.read().values["close"].tolist() == [1.0, 2.0]


def test_a_damaged_file_is_named_and_everything_stays(tmp_path: Path) -> None:
    fill(tmp_path)
    half = next(tmp_path.glob("prices/*2025-2025030*"))
    half.write_bytes(half.read_bytes()[:100])
    before = files(tmp_path)
    with pytest.raises(DataError, match="the file is damaged"):
        compact(store_at(tmp_path, 9))
    assert {name for name in before if "2025-2025" in name} <= set(files(tmp_path))


@pytest.mark.parametrize("last", range(1, 4))
def test_a_disk_that_fills_changes_nothing_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    fill(tmp_path)
    before, synced = known(tmp_path), 0

    def full(descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced == last:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        compact(store_at(tmp_path, 9))
    assert same(known(tmp_path), before) and list(tmp_path.rglob("*.partial")) == []
    assert compact(store_at(tmp_path, 9)).after == 5


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.slow), 19])
def test_a_compaction_that_is_killed_at_any_step_loses_nothing(tmp_path: Path, stride: int) -> None:
    fill(tmp_path / "store")
    instants = [INSTANTS[1], INSTANTS[-1]]
    before = known(tmp_path / "store", instants)
    for copy in killed_copies("compact", tmp_path, stride):
        assert same(known(copy, instants), before), copy.name
        assert compact(store_at(copy, 10)).after == 5, copy.name
        assert same(known(copy, instants), before) and list(copy.rglob("*.partial")) == []


def test_a_reader_meets_a_compaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files go between the list of them and their reading: it begins again."""
    from newsbt.price_store import pull_store

    fill(tmp_path)
    before = known(tmp_path)
    listed, done = pull_store.listing, []

    def and_then_compacted(folder: Path) -> object:
        found = listed(folder)
        if not done:
            done.append(True)
            compact(store_at(tmp_path, 9))
        return found

    monkeypatch.setattr(pull_store, "listing", and_then_compacted)
    assert same([PriceStore(tmp_path).pulls(INSTANTS[-1])], before[4:5])
    assert done
